#include "model/safetensors.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string_view>

#include "model/json.h"

namespace facecascade {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 4 << 20;
constexpr std::size_t kHeaderAlignment = 8;
constexpr std::size_t kMostDimensions = 8;
constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53
constexpr const char* kMetadata = "__metadata__";

std::uint64_t ReadLittleEndian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  }
  return value;
}

std::string_view TypeName(TensorType type) { return type == TensorType::kFloat32 ? "F32" : "U8"; }
std::int64_t TypeBytes(TensorType type) { return type == TensorType::kFloat32 ? 4 : 1; }

// Whole numbers of an array in 0 … 2^53; false where it holds anything else.
bool ReadIntegers(const JsonArray& array, std::vector<std::int64_t>& integers) {
  for (const JsonValue& value : array) {
    const double* number = value.number();
    if (number == nullptr || !(*number >= 0 && *number <= kLargestExactInteger) ||
        *number != static_cast<double>(static_cast<std::int64_t>(*number))) {
      return false;
    }
    integers.push_back(static_cast<std::int64_t>(*number));
  }
  return true;
}

// Bytes of a shape, or −1 where there are more than `limit`.
std::int64_t ShapeBytes(const std::vector<std::int64_t>& shape, TensorType type,
                        std::int64_t limit) {
  std::int64_t bytes = TypeBytes(type);
  for (const std::int64_t extent : shape) {
    if (extent > 0 && bytes > limit / extent) return -1;
    bytes *= extent;
  }
  return bytes;
}

Status ReadTensor(const std::string& name, const JsonValue& entry, std::span<const std::byte> data,
                  TensorView& tensor) {
  const std::string where = "tensor '" + name + "'";
  JsonFields fields(entry, where);
  std::string type;
  fields.String("dtype", type);
  const JsonArray* shape = fields.Array("shape");
  const JsonArray* offsets = fields.Array("data_offsets");
  if (Status status = fields.Finish(); !status.ok()) return status;
  if (type != "F32" && type != "U8") return Error{where + ": dtype must be F32 or U8"};
  tensor.type = type == "F32" ? TensorType::kFloat32 : TensorType::kUint8;
  if (shape->size() > kMostDimensions || !ReadIntegers(*shape, tensor.shape)) {
    return Error{where + ": shape must hold at most 8 whole numbers"};
  }
  std::vector<std::int64_t> range;
  if (offsets->size() != 2 || !ReadIntegers(*offsets, range)) {
    return Error{where + ": data_offsets must be two whole numbers"};
  }
  const auto size = static_cast<std::int64_t>(data.size());
  if (range[0] > range[1] || range[1] > size) {
    return Error{where + ": data_offsets must lie within the file's " + std::to_string(size) +
                 " bytes of data"};
  }
  if (ShapeBytes(tensor.shape, tensor.type, size) != range[1] - range[0]) {
    return Error{where + ": shape and data_offsets disagree about its size"};
  }
  tensor.bytes = data.subspan(range[0], range[1] - range[0]);
  return Ok();
}

Status ReadMetadata(const JsonValue& entry, std::map<std::string, std::string>& metadata) {
  const JsonObject* object = entry.object();
  if (object == nullptr) return Error{"__metadata__ must be an object"};
  for (const auto& [key, value] : *object) {
    if (value.string() == nullptr) return Error{"__metadata__: '" + key + "' must be a string"};
    metadata[key] = *value.string();
  }
  return Ok();
}

// Every byte of data belongs to exactly one tensor.
Status CheckPlaces(const Safetensors& content, std::span<const std::byte> data) {
  std::vector<std::span<const std::byte>> places;
  for (const auto& [name, tensor] : content.tensors) {
    if (!tensor.bytes.empty()) places.push_back(tensor.bytes);
  }
  std::sort(places.begin(), places.end(),
            [](const auto& a, const auto& b) { return a.data() < b.data(); });
  const std::byte* end = data.data();
  for (const auto& place : places) {
    if (place.data() != end) return Error{"the tensors' data overlap or leave a gap"};
    end = place.data() + place.size();
  }
  if (end != data.data() + data.size()) return Error{"data follow the last tensor"};
  return Ok();
}

}  // namespace

Result<Safetensors> ReadSafetensors(std::span<const std::byte> file) {
  if (file.size() < kLengthBytes) return Error{"expected at least 8 bytes"};
  const std::uint64_t header_bytes = ReadLittleEndian(file.first(kLengthBytes));
  if (header_bytes > kLongestHeader || header_bytes > file.size() - kLengthBytes) {
    return Error{"the header's length of " + std::to_string(header_bytes) +
                 " bytes is beyond the file or 4 MiB"};
  }
  const auto* text = reinterpret_cast<const char*>(file.data() + kLengthBytes);
  const Result<JsonValue> header = ParseJson({text, static_cast<std::size_t>(header_bytes)});
  if (!header.ok()) return Error{"header: " + header.error().message};
  const JsonObject* entries = header.value().object();
  if (entries == nullptr) return Error{"the header must be an object"};

  Safetensors content;
  const std::span<const std::byte> data = file.subspan(kLengthBytes + header_bytes);
  for (const auto& [name, entry] : *entries) {
    const Status status = name == kMetadata ? ReadMetadata(entry, content.metadata)
                                            : ReadTensor(name, entry, data, content.tensors[name]);
    if (!status.ok()) return status.error();
  }
  if (Status status = CheckPlaces(content, data); !status.ok()) return status.error();
  return content;
}

std::vector<float> FloatsOf(const TensorView& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = ReadLittleEndian(tensor.bytes.subspan(i * sizeof(float), sizeof(float)));
    values[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  }
  return values;
}

std::vector<std::byte> BytesOf(std::span<const float> values) {
  std::vector<std::byte> bytes;
  bytes.reserve(values.size_bytes());
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(std::byte(bits >> shift & 0xFF));
  }
  return bytes;
}

std::string WriteSafetensors(const Safetensors& content) {
  JsonObject header;
  JsonObject metadata;
  for (const auto& [key, text] : content.metadata) metadata.emplace_back(key, text);
  header.emplace_back(kMetadata, std::move(metadata));
  std::string data;
  for (const auto& [name, tensor] : content.tensors) {
    JsonArray shape;
    for (const std::int64_t extent : tensor.shape) shape.emplace_back(static_cast<double>(extent));
    JsonArray offsets;
    offsets.emplace_back(static_cast<double>(data.size()));
    data.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    offsets.emplace_back(static_cast<double>(data.size()));
    JsonObject entry;
    entry.emplace_back("dtype", std::string(TypeName(tensor.type)));
    entry.emplace_back("shape", std::move(shape));
    entry.emplace_back("data_offsets", std::move(offsets));
    header.emplace_back(name, std::move(entry));
  }
  std::string text = WriteJson(JsonValue(std::move(header)));
  text.resize((text.size() + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment, ' ');
  std::string file;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    file.push_back(static_cast<char>(text.size() >> (8 * i) & 0xFF));
  }
  return file + text + data;
}

}  // namespace facecascade

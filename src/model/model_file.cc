#include "model/model_file.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <vector>

#include "model/model_metadata.h"
#include "model/safetensors.h"

namespace facecascade {
namespace {

constexpr std::uintmax_t kLargestFile = 1U << 30;

// Numbers in a layer's map for one window: far above any useful net, and low enough that a hostile
// file cannot make the detector ask for unbounded memory.
constexpr std::int64_t kLargestMap = 1 << 18;

Status CheckMaps(const NetworkSpec& spec) {
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const std::int64_t side = MapSize(spec, i);
    if (side * side * spec.convolutions[i].channels > kLargestMap) {
      return Error{"network '" + spec.name + "': convolution " + std::to_string(i) +
                   " yields more than " + std::to_string(kLargestMap) + " numbers for a window"};
    }
  }
  return Ok();
}

// Moves the file's tensors into `model`: each that its specs name, and no other.
Status TakeTensors(const Safetensors& content, ModelData& model) {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < model.spec.size(); ++i) {
    for (const NamedTensor& named : NameTensors(model.spec[i], model.weights[i])) {
      const auto found = content.tensors.find(named.name);
      if (found == content.tensors.end()) {
        return Error{"tensor '" + named.name + "' is missing"};
      }
      if (found->second.type != TensorType::kFloat32) {
        return Error{"tensor '" + named.name + "': dtype must be F32"};
      }
      *named.tensor = {found->second.shape, FloatsOf(found->second)};
      ++taken;
    }
  }
  if (taken != content.tensors.size()) return Error{"it holds tensors that its networks lack"};
  return Ok();
}

Status ReadModel(std::span<const std::byte> file, ModelData& model) {
  const Result<Safetensors> content = ReadSafetensors(file);
  if (!content.ok()) return content.error();
  if (Status status = ReadDescription(content.value().metadata, model); !status.ok()) return status;
  if (Status status = CheckCascadeSpec(model.spec); !status.ok()) return status;
  if (Status status = TakeTensors(content.value(), model); !status.ok()) return status;
  return CheckModel(model);
}

}  // namespace

Status CheckCascadeSpec(const CascadeSpec& spec) {
  std::set<std::string> names;
  for (const NetworkSpec& net : spec) {
    if (Status status = CheckNetworkSpec(net); !status.ok()) return status;
    if (Status status = CheckMaps(net); !status.ok()) return status;
    if (!names.insert(net.name).second) return Error{"two networks are named '" + net.name + "'"};
  }
  if (spec[0].hidden > 0) {
    return Error{"network '" + spec[0].name +
                 "': the lowest net runs over whole photos and can have no hidden layer"};
  }
  for (std::size_t i = 1; i < spec.size(); ++i) {
    if (spec[i].bridge == 0) continue;
    const std::string& below = spec[i - 1].name;
    if (spec[i].bridge != FeatureCount(spec[i - 1])) {
      return Error{"network '" + spec[i].name + "': bridge must be 0 or the " +
                   std::to_string(FeatureCount(spec[i - 1])) + " features of '" + below + "'"};
    }
    if (spec[i].input_size != 2 * spec[i - 1].input_size) {
      return Error{"network '" + spec[i].name +
                   "': with a bridge, input_size must be twice that "
                   "of '" +
                   below + "'"};
    }
  }
  return Ok();
}

Status CheckModel(const ModelData& model) {
  if (Status status = CheckCascadeSpec(model.spec); !status.ok()) return status;
  for (std::size_t i = 0; i < model.spec.size(); ++i) {
    Status status = CheckNetworkWeights(model.spec[i], model.weights[i]);
    if (!status.ok()) return status;
  }
  if (Status status = CheckCascadeSettings(model.settings); !status.ok()) return status;
  if (Status status = CheckDate(model.date); !status.ok()) return status;
  return CheckProvenance(model.provenance);
}

Result<ModelData> ParseModel(std::span<const std::byte> file, const std::string& name) {
  ModelData model;
  const Status status = ReadModel(file, model);
  if (!status.ok()) return Error{name + ": " + status.error().message};
  return model;
}

std::string SerializeModel(const ModelData& model) {
  Safetensors content;
  content.metadata = DescribeModel(model);
  std::vector<std::vector<std::byte>> bytes;
  ModelData copy = model;
  for (std::size_t i = 0; i < copy.spec.size(); ++i) {
    for (const NamedTensor& named : NameTensors(copy.spec[i], copy.weights[i])) {
      bytes.push_back(BytesOf(named.tensor->values));
      content.tensors[named.name] = {TensorType::kFloat32, named.tensor->shape, bytes.back()};
    }
  }
  return WriteSafetensors(content);
}

Result<ModelData> ReadModelFile(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return Error{path + ": " + error.message()};
  if (size > kLargestFile) return Error{path + ": expected a model file of at most 1 GiB"};
  std::vector<std::byte> bytes(size);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!file || file.gcount() != static_cast<std::streamsize>(size)) {
    return Error{path + ": cannot be read"};
  }
  return ParseModel(bytes, path);
}

Status WriteModelFile(const std::string& path, const ModelData& model) {
  if (Status status = CheckModel(model); !status.ok()) {
    return Error{path + ": " + status.error().message};
  }
  const std::string temporary = path + ".partial";
  const std::string bytes = SerializeModel(model);
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    std::remove(temporary.c_str());
    return Error{temporary + ": cannot be written"};
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) return Error{path + ": " + error.message()};
  return Ok();
}

}  // namespace facecascade

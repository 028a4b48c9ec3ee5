#include "dataset/wider.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "dataset/text_reader.h"

namespace facecascade {
namespace {

constexpr std::size_t kBoxFields = 4;
constexpr std::size_t kAllFields = 10;

struct AttributeField {
  const char* name;
  int FaceAttributes::*member;
  int highest;
};

// In the order of the list's fields behind the box.
constexpr std::array<AttributeField, 6> kAttributes = {{
    {"blur", &FaceAttributes::blur, 2},
    {"expression", &FaceAttributes::expression, 1},
    {"illumination", &FaceAttributes::illumination, 1},
    {"invalid", &FaceAttributes::invalid, 1},
    {"occlusion", &FaceAttributes::occlusion, 2},
    {"pose", &FaceAttributes::pose, 1},
}};

// Empty if the numbers are a face, else what is wrong.
std::string ReadAttributes(const std::vector<double>& numbers, FaceAttributes& attributes) {
  for (std::size_t i = 0; i < kAttributes.size(); ++i) {
    const AttributeField& field = kAttributes[i];
    const double value = numbers[kBoxFields + i];
    if (value != std::floor(value) || value < 0 || value > field.highest) {
      return std::string(field.name) + " must be a whole number from 0 to " +
             std::to_string(field.highest);
    }
    attributes.*field.member = static_cast<int>(value);
  }
  return {};
}

Result<AnnotatedFace> ReadFace(std::string_view line, const TextReader& reader) {
  std::vector<double> numbers;
  std::string_view bad_field;
  if (!ParseNumbers(line, numbers, bad_field)) {
    return reader.Fail("'" + std::string(bad_field) + "' is not a number");
  }
  if (numbers.size() != kBoxFields && numbers.size() != kAllFields) {
    return reader.Fail("expected a face as 4 or 10 numbers, found " +
                       std::to_string(numbers.size()));
  }
  AnnotatedFace face;
  face.box = {static_cast<float>(numbers[0]), static_cast<float>(numbers[1]),
              static_cast<float>(numbers[2]), static_cast<float>(numbers[3])};
  face.has_box = face.box.width > 0 && face.box.height > 0;
  if (numbers.size() == kAllFields) {
    const std::string wrong = ReadAttributes(numbers, face.attributes);
    if (!wrong.empty()) return reader.Fail(wrong);
  }
  return face;
}

Status ReadFaces(TextReader& reader, std::size_t count, AnnotatedPhoto& photo) {
  std::string_view line;
  for (std::size_t i = 0; i < count; ++i) {
    if (!reader.Next(line)) {
      return reader.Fail("the file ends after " + std::to_string(i) + " of " +
                         std::to_string(count) + " faces of " + photo.path);
    }
    auto face = ReadFace(line, reader);
    if (!face.ok()) return face.error();
    photo.faces.push_back(std::move(face).value());
  }
  return Ok();
}

// The published lists write a line of ten zeros where a photo has no faces.
bool IsPlaceholder(std::string_view line) {
  std::vector<double> numbers;
  std::string_view bad_field;
  return ParseNumbers(line, numbers, bad_field) && numbers.size() == kAllFields &&
         std::all_of(numbers.begin(), numbers.end(), [](double value) { return value == 0; });
}

bool LooksLikeFace(std::string_view line) {
  std::vector<double> numbers;
  std::string_view bad_field;
  return ParseNumbers(line, numbers, bad_field) && numbers.size() >= kBoxFields;
}

}  // namespace

Result<std::vector<AnnotatedPhoto>> ReadWiderList(const std::string& list_file,
                                                  const std::string& photo_folder) {
  const auto text = ReadWholeFile(list_file);
  if (!text.ok()) return text.error();
  TextReader reader(list_file, text.value());
  std::vector<AnnotatedPhoto> photos;
  std::string_view line;
  while (reader.Next(line)) {
    line = Trimmed(line);
    if (line.empty()) continue;
    const bool follows_empty = !photos.empty() && photos.back().faces.empty();
    if (follows_empty && IsPlaceholder(line)) continue;
    if (LooksLikeFace(line)) return reader.Fail("expected a photo's path, found a face's box");
    AnnotatedPhoto photo;
    photo.path = line;
    photo.file = (std::filesystem::path(photo_folder) / photo.path).string();
    std::size_t count = 0;
    if (!reader.Next(line) || !ParseCount(line, count)) {
      return reader.Fail("expected the number of faces of " + photo.path);
    }
    const Status status = ReadFaces(reader, count, photo);
    if (!status.ok()) return status.error();
    photos.push_back(std::move(photo));
  }
  return photos;
}

Result<std::vector<AnnotatedPhoto>> ReadWider(const std::string& folder, const std::string& part) {
  const std::filesystem::path root(folder);
  return ReadWiderList(
      (root / "wider_face_split" / ("wider_face_" + part + "_bbx_gt.txt")).string(),
      (root / ("WIDER_" + part) / "images").string());
}

}  // namespace facecascade

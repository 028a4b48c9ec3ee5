#include "dataset/mtfl.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "dataset/text_reader.h"

namespace facecascade {
namespace {

constexpr std::size_t kNumberCount = 2 * kLandmarkCount + 4;
constexpr double kLeftProfile = 1;
constexpr double kRightProfile = 5;

Result<AnnotatedPhoto> ReadRecord(std::string_view line, const TextReader& reader) {
  const std::size_t name_end = std::min(line.find_first_of(" \t"), line.size());
  std::vector<double> numbers;
  std::string_view bad_field;
  if (!ParseNumbers(line.substr(name_end), numbers, bad_field)) {
    return reader.Fail("'" + std::string(bad_field) + "' is not a number");
  }
  if (numbers.size() != kNumberCount) {
    return reader.Fail("expected a photo's path and " + std::to_string(kNumberCount) +
                       " numbers, found " + std::to_string(numbers.size()));
  }
  AnnotatedPhoto photo;
  photo.path = line.substr(0, name_end);
  std::replace(photo.path.begin(), photo.path.end(), '\\', '/');
  AnnotatedFace face;
  face.landmarks.emplace();
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    (*face.landmarks)[i] = {static_cast<float>(numbers[i]),
                            static_cast<float>(numbers[kLandmarkCount + i])};
  }
  const double pose = numbers.back();
  face.attributes.pose = pose == kLeftProfile || pose == kRightProfile ? 1 : 0;
  photo.faces.push_back(face);
  return photo;
}

}  // namespace

Result<std::vector<AnnotatedPhoto>> ReadMtfl(const std::string& list_file,
                                             const std::string& photo_folder) {
  const auto text = ReadWholeFile(list_file);
  if (!text.ok()) return text.error();
  TextReader reader(list_file, text.value());
  std::vector<AnnotatedPhoto> photos;
  std::string_view line;
  while (reader.Next(line)) {
    line = Trimmed(line);
    if (line.empty()) continue;
    auto photo = ReadRecord(line, reader);
    if (!photo.ok()) return photo.error();
    photos.push_back(std::move(photo).value());
    photos.back().file = (std::filesystem::path(photo_folder) / photos.back().path).string();
  }
  return photos;
}

}  // namespace facecascade

#include "dataset/landmark_list.h"

#include <filesystem>
#include <string_view>

#include "dataset/text_reader.h"

namespace facecascade {
namespace {

constexpr std::size_t kFirstPoint = 3;
constexpr std::size_t kFirstBox = kFirstPoint + 2 * kLandmarkCount;
constexpr std::size_t kFieldCount = kFirstBox + 4;
constexpr double kLargestPhotoSide = 1 << 20;

std::string ExpectedHeader() {
  std::string header = "#path\twidth\theight";
  for (const std::string name : kLandmarkNames) header += "\t" + name + "_x\t" + name + "_y";
  return header + "\tbox_x\tbox_y\tbox_w\tbox_h";
}

std::vector<std::string_view> SplitTabs(std::string_view line) {
  std::vector<std::string_view> fields;
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  while (true) {
    const std::size_t end = line.find('\t');
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

// Numbers of the fields from `first` on, `count` of them; false where one is no number.
bool ReadFields(const std::vector<std::string_view>& fields, std::size_t first, std::size_t count,
                std::vector<double>& numbers) {
  numbers.clear();
  std::vector<double> one;
  std::string_view bad_field;
  for (std::size_t i = first; i < first + count; ++i) {
    if (!ParseNumbers(fields[i], one, bad_field) || one.size() != 1) return false;
    numbers.push_back(one[0]);
  }
  return true;
}

bool AllEmpty(const std::vector<std::string_view>& fields, std::size_t first) {
  for (std::size_t i = first; i < fields.size(); ++i) {
    if (!Trimmed(fields[i]).empty()) return false;
  }
  return true;
}

Status ReadBox(const std::vector<std::string_view>& fields, const TextReader& reader,
               AnnotatedFace& face) {
  if (AllEmpty(fields, kFirstBox)) return Ok();
  std::vector<double> numbers;
  if (!ReadFields(fields, kFirstBox, 4, numbers) || numbers[2] < 0 || numbers[3] < 0) {
    return reader.Fail("expected a box as four numbers (size not negative) or four empty fields");
  }
  face.box = {static_cast<float>(numbers[0]), static_cast<float>(numbers[1]),
              static_cast<float>(numbers[2]), static_cast<float>(numbers[3])};
  face.has_box = face.box.width > 0 && face.box.height > 0;
  return Ok();
}

Result<AnnotatedPhoto> ReadRecord(std::string_view line, const TextReader& reader) {
  const auto fields = SplitTabs(line);
  if (fields.size() != kFieldCount) {
    return reader.Fail("expected " + std::to_string(kFieldCount) + " tab separated fields, found " +
                       std::to_string(fields.size()));
  }
  AnnotatedPhoto photo;
  photo.path = fields[0];
  if (photo.path.empty()) return reader.Fail("expected a photo's path in the first field");
  std::vector<double> numbers;
  if (!ReadFields(fields, 1, 2, numbers) || numbers[0] < 1 || numbers[1] < 1 ||
      numbers[0] > kLargestPhotoSide || numbers[1] > kLargestPhotoSide) {
    return reader.Fail("width and height must be numbers of at least 1");
  }
  photo.width = static_cast<int>(numbers[0]);
  photo.height = static_cast<int>(numbers[1]);
  if (!ReadFields(fields, kFirstPoint, 2 * kLandmarkCount, numbers)) {
    return reader.Fail("a landmark's coordinate is not a number");
  }
  AnnotatedFace face;
  face.landmarks.emplace();
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    (*face.landmarks)[i] = {static_cast<float>(numbers[2 * i]),
                            static_cast<float>(numbers[2 * i + 1])};
  }
  const Status status = ReadBox(fields, reader, face);
  if (!status.ok()) return status.error();
  photo.faces.push_back(face);
  return photo;
}

}  // namespace

Result<std::vector<AnnotatedPhoto>> ReadLandmarkList(const std::string& list_file,
                                                     const std::string& photo_folder) {
  const auto text = ReadWholeFile(list_file);
  if (!text.ok()) return text.error();
  TextReader reader(list_file, text.value());
  std::string_view line;
  const std::string header = ExpectedHeader();
  if (!reader.Next(line) || Trimmed(line) != header) {
    return reader.Fail("expected the header '" + header + "'");
  }
  std::vector<AnnotatedPhoto> photos;
  while (reader.Next(line)) {
    if (Trimmed(line).empty()) continue;
    auto photo = ReadRecord(line, reader);
    if (!photo.ok()) return photo.error();
    photos.push_back(std::move(photo).value());
    photos.back().file = (std::filesystem::path(photo_folder) / photos.back().path).string();
  }
  return photos;
}

Result<std::vector<AnnotatedPhoto>> ReadLandmarkList(const std::string& list_file) {
  return ReadLandmarkList(list_file, std::filesystem::path(list_file).parent_path().string());
}

}  // namespace facecascade

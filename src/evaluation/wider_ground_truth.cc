#include "evaluation/wider_ground_truth.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

#include "dataset/text_reader.h"
#include "dataset/wider.h"
#include "evaluation/detection_set.h"

namespace facecascade::evaluation {
namespace {

constexpr const char* kLevelsFile = "levels.txt";
constexpr const char* kValidationText = "wider_face_val_bbx_gt.txt";

void Count(WiderPhoto& photo, std::size_t level, std::size_t face) {
  photo.in_level[level][face] = true;
  ++photo.level_faces[level];
}

WiderPhoto MakePhoto(std::string name, std::size_t faces) {
  WiderPhoto photo;
  photo.name = std::move(name);
  photo.faces.reserve(faces);
  for (auto& level : photo.in_level) level.assign(faces, false);
  return photo;
}

WiderPhoto FromMatlab(const WiderMatlabPhoto& listed) {
  WiderPhoto photo = MakePhoto(listed.name, listed.boxes.size());
  for (const auto& box : listed.boxes) photo.faces.push_back({box[0], box[1], box[2], box[3]});
  for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
    for (const std::size_t face : listed.counted[level]) Count(photo, level, face);
  }
  return photo;
}

WiderPhoto FromAnnotation(const AnnotatedPhoto& annotated, bool levels_by_height) {
  WiderPhoto photo = MakePhoto(PhotoKey(annotated.path), annotated.faces.size());
  for (std::size_t i = 0; i < annotated.faces.size(); ++i) {
    const AnnotatedFace& face = annotated.faces[i];
    photo.faces.push_back({face.box.x, face.box.y, face.box.width, face.box.height});
    photo.attributes.push_back(face.attributes);
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      if (levels_by_height && face.attributes.invalid == 0 &&
          face.box.height > kWiderLevelHeights[level]) {
        Count(photo, level, i);
      }
    }
  }
  return photo;
}

Result<std::string> FindText(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return path;
  const auto validation = std::filesystem::path(path) / kValidationText;
  if (std::filesystem::exists(validation)) return validation.string();
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().string().ends_with("_bbx_gt.txt")) texts.push_back(entry.path());
  }
  if (texts.size() == 1) return texts.front();
  return Error{path + ": expected MATLAB lists or an annotation text *_bbx_gt.txt, found " +
               std::to_string(texts.size()) + " texts"};
}

// A line "EVENT/NAME faces levels" of levels.txt: 1 hard, 2 hard and medium, 3 all three.
Status SetLevels(const TextReader& reader, std::string_view line,
                 std::unordered_map<std::string, WiderPhoto*>& photos) {
  const auto fields = SplitFields(line);
  if (fields.size() < 2) return reader.Fail("expected EVENT/NAME, number of faces, levels");
  const auto found = photos.find(std::string(fields[0]));
  if (found == photos.end()) return Ok();  // the text may hold a part of the set
  WiderPhoto& photo = *found->second;
  const std::string_view digits = fields.size() > 2 ? fields[2] : std::string_view();
  if (digits.size() != photo.faces.size()) {
    return reader.Fail("expected " + std::to_string(photo.faces.size()) + " levels, found " +
                       std::to_string(digits.size()));
  }
  for (std::size_t face = 0; face < digits.size(); ++face) {
    if (digits[face] < '0' || digits[face] > '3') return reader.Fail("a level is 0, 1, 2 or 3");
    const auto levels = static_cast<std::size_t>(digits[face] - '0');
    for (std::size_t i = 0; i < levels; ++i) Count(photo, kWiderLevelCount - 1 - i, face);
  }
  photos.erase(found);
  return Ok();
}

Status ReadLevels(const std::string& path, std::vector<WiderPhoto>& photos) {
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  std::unordered_map<std::string, WiderPhoto*> by_name;
  for (WiderPhoto& photo : photos) by_name[photo.name] = &photo;
  TextReader reader(path, text.value());
  std::string_view line;
  while (reader.Next(line)) {
    line = Trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    const Status status = SetLevels(reader, line, by_name);
    if (!status.ok()) return status;
  }
  if (!by_name.empty()) {
    return Error{path + ": has no line for the photo " + by_name.begin()->first};
  }
  return Ok();
}

// EVENT/NAME of a longer path.
std::string LastTwo(const std::string& path) {
  const std::size_t last = path.rfind('/');
  if (last == std::string::npos || last == 0) return path;
  const std::size_t before = path.rfind('/', last - 1);
  return before == std::string::npos ? path : path.substr(before + 1);
}

}  // namespace

const char* NameOf(WiderSource source) {
  switch (source) {
    case WiderSource::kMatlab:
      return "MATLAB lists";
    case WiderSource::kLevels:
      return "levels.txt";
    case WiderSource::kText:
      return "annotation text";
  }
  return "";
}

Result<WiderGroundTruth> ReadWiderGroundTruth(const std::string& path, WiderSource source) {
  WiderGroundTruth truth{source, path, {}};
  if (source == WiderSource::kMatlab) {
    const auto listed = ReadWiderMatlab(path);
    if (!listed.ok()) return listed.error();
    for (const auto& photo : listed.value()) truth.photos.push_back(FromMatlab(photo));
    return truth;
  }
  const auto text = FindText(path);
  if (!text.ok()) return text.error();
  truth.file = text.value();
  const auto annotated = ReadWiderList(text.value(), "");
  if (!annotated.ok()) return annotated.error();
  for (const auto& photo : annotated.value()) {
    truth.photos.push_back(FromAnnotation(photo, source == WiderSource::kText));
  }
  if (source == WiderSource::kLevels) {
    const Status status =
        ReadLevels((std::filesystem::path(path) / kLevelsFile).string(), truth.photos);
    if (!status.ok()) return status.error();
  }
  return truth;
}

Result<WiderGroundTruth> ReadWiderGroundTruth(const std::string& path) {
  if (HasWiderMatlab(path)) return ReadWiderGroundTruth(path, WiderSource::kMatlab);
  const bool levels = std::filesystem::exists(std::filesystem::path(path) / kLevelsFile);
  return ReadWiderGroundTruth(path, levels ? WiderSource::kLevels : WiderSource::kText);
}

Result<std::vector<WiderPhoto>> SelectPhotos(const std::vector<WiderPhoto>& photos,
                                             const std::vector<std::string>& names) {
  std::unordered_set<std::string> wanted;
  std::unordered_set<std::string> known;
  for (const WiderPhoto& photo : photos) known.insert(photo.name);
  for (const std::string& name : names) {
    const std::string key = PhotoKey(name);
    const std::string short_key = LastTwo(key);
    if (!known.contains(key) && !known.contains(short_key)) {
      return Error{"the photo " + name + " of the list is not in the ground truth"};
    }
    wanted.insert(known.contains(key) ? key : short_key);
  }
  std::vector<WiderPhoto> selected;
  for (const WiderPhoto& photo : photos) {
    if (wanted.contains(photo.name)) selected.push_back(photo);
  }
  return selected;
}

}  // namespace facecascade::evaluation

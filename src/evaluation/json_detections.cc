#include <map>
#include <nlohmann/json.hpp>

#include "dataset/text_reader.h"
#include "evaluation/detection_readers.h"

namespace facecascade::evaluation {
namespace {

using Json = nlohmann::json;

constexpr const char* kExpectedLine =
    "expected {\"path\": …, \"faces\": [{\"box\": [left, top, width, height], \"score\": …}, …]}: ";

// What the JSON library says, without its own name and number of the error.
std::string Reason(const Json::exception& problem) {
  const std::string what = problem.what();
  return what.substr(std::min(what.find("] "), what.size() - 2) + 2);
}

Rectangle BoxFrom(const Json& numbers) {
  if (!numbers.is_array() || numbers.size() != 4) {
    throw std::invalid_argument("a box is [left, top, width, height]");
  }
  return {numbers[0].get<double>(), numbers[1].get<double>(), numbers[2].get<double>(),
          numbers[3].get<double>()};
}

Point PointFrom(const Json& numbers) {
  if (!numbers.is_array() || numbers.size() != 2) throw std::invalid_argument("a point is [x, y]");
  return {numbers[0].get<float>(), numbers[1].get<float>()};
}

Landmarks LandmarksFrom(const Json& json) {
  Landmarks landmarks;
  if (!json.is_object() && json.size() != kLandmarkCount && json.size() != 2 * kLandmarkCount) {
    throw std::invalid_argument("landmarks are five [x, y], or ten numbers, or an object by name");
  }
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    if (json.is_object()) {
      landmarks[i] = PointFrom(json.at(kLandmarkNames[i]));
    } else if (json.size() == kLandmarkCount) {
      landmarks[i] = PointFrom(json[i]);
    } else {
      landmarks[i] = {json[2 * i].get<float>(), json[2 * i + 1].get<float>()};
    }
  }
  return landmarks;
}

// COCO's keypoints: x, y, visibility of each of the five.
Landmarks KeypointsFrom(const Json& json) {
  if (!json.is_array() || json.size() != 3 * kLandmarkCount) {
    throw std::invalid_argument("keypoints are x, y, visibility of five points");
  }
  Landmarks landmarks;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    landmarks[i] = {json[3 * i].get<float>(), json[3 * i + 1].get<float>()};
  }
  return landmarks;
}

Detection DetectionFromLine(const Json& face) {
  Detection detection;
  detection.box = BoxFrom(face.at("box"));
  detection.score = face.at("score").get<double>();
  const auto landmarks = face.find("landmarks");
  if (landmarks != face.end() && !landmarks->is_null()) {
    detection.landmarks = LandmarksFrom(*landmarks);
  }
  return detection;
}

ScoredPhoto PhotoFromLine(const Json& json, int line) {
  ScoredPhoto photo{json.at("path").get<std::string>(), line, {}, {}};
  for (const Json& face : json.at("faces")) photo.detections.push_back(DetectionFromLine(face));
  return photo;
}

// Names of the photos by COCO's image identifiers.
std::map<std::string, std::string> NamesOf(const Json& document, DetectionSet& set,
                                           std::map<std::string, std::size_t>& places) {
  std::map<std::string, std::string> names;
  if (!document.is_object()) return names;
  for (const Json& image : document.at("images")) {
    const std::string name = image.at("file_name").get<std::string>();
    names[image.at("id").dump()] = name;
    places.emplace(name, set.photos.size());
    set.photos.push_back({name, 0, {}, {}});
  }
  return names;
}

std::string NameOf(const Json& result, const std::map<std::string, std::string>& names) {
  const Json& id = result.at("image_id");
  const auto found = names.find(id.dump());
  if (found != names.end()) return found->second;
  if (!id.is_string()) {
    throw std::invalid_argument("image_id " + id.dump() + " is none of the images'");
  }
  return id.get<std::string>();
}

void ReadCoco(const Json& document, DetectionSet& set) {
  std::map<std::string, std::size_t> places;
  const auto names = NamesOf(document, set, places);
  for (const Json& result : document.is_array() ? document : document.at("annotations")) {
    const std::string name = NameOf(result, names);
    const auto [place, is_new] = places.emplace(name, set.photos.size());
    if (is_new) set.photos.push_back({name, 0, {}, {}});
    Detection detection;
    detection.box = BoxFrom(result.at("bbox"));
    detection.score = result.at("score").get<double>();
    if (result.contains("keypoints")) detection.landmarks = KeypointsFrom(result["keypoints"]);
    set.photos[place->second].detections.push_back(detection);
  }
}

}  // namespace

Result<DetectionSet> ReadJsonLinesDetections(const std::string& path, std::string_view text) {
  DetectionSet set{path, DetectionFormat::kJsonLines, {}};
  TextReader reader(path, text);
  std::string_view line;
  while (reader.Next(line)) {
    if (Trimmed(line).empty()) continue;
    try {
      set.photos.push_back(PhotoFromLine(Json::parse(line), reader.line_number()));
    } catch (const Json::exception& problem) {
      return reader.Fail(kExpectedLine + Reason(problem));
    } catch (const std::exception& problem) {
      return reader.Fail(problem.what());
    }
  }
  return set;
}

Result<DetectionSet> ReadCocoDetections(const std::string& path, std::string_view text) {
  DetectionSet set{path, DetectionFormat::kCoco, {}};
  try {
    ReadCoco(Json::parse(text), set);
  } catch (const Json::exception& problem) {
    return Error{path + ": expected COCO's results or annotations: " + Reason(problem)};
  } catch (const std::exception& problem) {
    return Error{path + ": " + problem.what()};
  }
  return set;
}

}  // namespace facecascade::evaluation

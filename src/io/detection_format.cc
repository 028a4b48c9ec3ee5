#include "io/detection_format.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

namespace facecascade {
namespace {

using Out = std::back_insert_iterator<std::string>;

// As a JSON string, quotes included.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// A frame of a video is a photo of its own in the formats that know photos only.
std::string NameOf(const PhotoDetections& photo) {
  return photo.frame ? fmt::format("{}#{}", photo.path, *photo.frame) : photo.path;
}

void AppendJsonFace(const Face& face, bool has_landmarks, std::string& text) {
  fmt::format_to(Out(text), R"({{"box":[{:.2f},{:.2f},{:.2f},{:.2f}],"score":{:.6f})", face.box.x,
                 face.box.y, face.box.width, face.box.height, face.score);
  if (has_landmarks) {
    text += ",\"landmarks\":{";
    for (std::size_t i = 0; i < kLandmarkCount; ++i) {
      fmt::format_to(Out(text), R"({}"{}":[{:.2f},{:.2f}])", i == 0 ? "" : ",", kLandmarkNames[i],
                     face.landmarks[i].x, face.landmarks[i].y);
    }
    text += '}';
  }
  text += '}';
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return quoted + '"';
}

void AppendBoxLines(const PhotoDetections& photo, std::string& text) {
  fmt::format_to(Out(text), "{}\n", photo.faces.size());
  for (const Face& face : photo.faces) {
    fmt::format_to(Out(text), "{:.2f} {:.2f} {:.2f} {:.2f} {:.6f}\n", face.box.x, face.box.y,
                   face.box.width, face.box.height, face.score);
  }
}

}  // namespace

std::string ToJsonLine(const PhotoDetections& photo) {
  std::string text = "{\"path\":" + Quoted(photo.path);
  if (photo.frame) fmt::format_to(Out(text), R"(,"frame":{})", *photo.frame);
  fmt::format_to(Out(text), R"(,"width":{},"height":{},"faces":[)", photo.width, photo.height);
  for (std::size_t i = 0; i < photo.faces.size(); ++i) {
    if (i > 0) text += ',';
    AppendJsonFace(photo.faces[i], photo.has_landmarks, text);
  }
  return text + "]}\n";
}

std::string CsvHeader() {
  std::string text = "path,frame,x,y,width,height,score";
  for (const char* name : kLandmarkNames) fmt::format_to(Out(text), ",{0}_x,{0}_y", name);
  return text + "\n";
}

std::string ToCsv(const PhotoDetections& photo) {
  std::string text;
  const std::string path = CsvField(photo.path);
  const std::string frame = photo.frame ? std::to_string(*photo.frame) : "";
  for (const Face& face : photo.faces) {
    fmt::format_to(Out(text), "{},{},{:.2f},{:.2f},{:.2f},{:.2f},{:.6f}", path, frame, face.box.x,
                   face.box.y, face.box.width, face.box.height, face.score);
    for (const Point& point : face.landmarks) {
      if (photo.has_landmarks) {
        fmt::format_to(Out(text), ",{:.2f},{:.2f}", point.x, point.y);
      } else {
        text += ",,";
      }
    }
    text += '\n';
  }
  return text;
}

std::string ToFddb(const PhotoDetections& photo) {
  std::string text = NameOf(photo) + "\n";
  AppendBoxLines(photo, text);
  return text;
}

std::string ToWider(const PhotoDetections& photo) {
  std::string text = std::filesystem::path(WiderFileName(photo)).stem().string() + "\n";
  AppendBoxLines(photo, text);
  return text;
}

std::string WiderFileName(const PhotoDetections& photo) {
  const std::filesystem::path path(photo.path);
  const std::string frame = photo.frame ? fmt::format("-{}", *photo.frame) : "";
  return (path.parent_path().filename() / path.stem()).string() + frame + ".txt";
}

void CocoDocument::Add(const PhotoDetections& photo) {
  ++image_count_;
  fmt::format_to(Out(images_), R"({}{{"id":{},"file_name":{},"width":{},"height":{}}})",
                 images_.empty() ? "\n" : ",\n", image_count_, Quoted(NameOf(photo)), photo.width,
                 photo.height);
  for (const Face& face : photo.faces) {
    const Box& box = face.box;
    fmt::format_to(Out(annotations_),
                   R"({}{{"id":{},"image_id":{},"category_id":1,"iscrowd":0,)"
                   R"("bbox":[{:.2f},{:.2f},{:.2f},{:.2f}],"area":{:.2f},"score":{:.6f})",
                   annotations_.empty() ? "\n" : ",\n", ++annotation_count_, image_count_, box.x,
                   box.y, box.width, box.height, box.width * box.height, face.score);
    if (photo.has_landmarks) {
      annotations_ += ",\"keypoints\":[";
      for (std::size_t i = 0; i < kLandmarkCount; ++i) {
        fmt::format_to(Out(annotations_), "{}{:.2f},{:.2f},2", i == 0 ? "" : ",",
                       face.landmarks[i].x, face.landmarks[i].y);
      }
      fmt::format_to(Out(annotations_), R"(],"num_keypoints":{})", kLandmarkCount);
    }
    annotations_ += '}';
  }
}

std::string CocoDocument::Text() const {
  std::string names;
  for (const char* name : kLandmarkNames) {
    fmt::format_to(Out(names), R"({}"{}")", names.empty() ? "" : ",", name);
  }
  return fmt::format(
      "{{\"images\":[{}],\n\"annotations\":[{}],\n"
      "\"categories\":[{{\"id\":1,\"name\":\"face\",\"keypoints\":[{}],\"skeleton\":[]}}]}}\n",
      images_, annotations_, names);
}

}  // namespace facecascade

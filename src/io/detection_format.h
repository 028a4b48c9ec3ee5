// Faces as text, in the formats that detectors exchange them in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "io/detections.h"

namespace facecascade {

enum class OutputFormat { kJsonLines, kCsv, kFddb, kWider, kCoco };

/// The formats by the names that the command line gives them.
inline constexpr std::array<std::pair<std::string_view, OutputFormat>, 5> kOutputFormats = {{
    {"jsonl", OutputFormat::kJsonLines},
    {"csv", OutputFormat::kCsv},
    {"fddb", OutputFormat::kFddb},
    {"wider", OutputFormat::kWider},
    {"coco", OutputFormat::kCoco},
}};

/// One line {"path", "width", "height", "faces": [{"box": [x, y, w, h], "score", "landmarks":
/// {"left_eye": [x, y], …}}]}; a video's frame has "frame" behind "path". Pixels have two decimals,
/// scores six. What is not UTF-8 in a path becomes U+FFFD.
std::string ToJsonLine(const PhotoDetections& photo);

/// The line of column names of ToCsv.
std::string CsvHeader();

/// A line per face by RFC 4180: path, frame (empty for photos), box, score, landmarks.
std::string ToCsv(const PhotoDetections& photo);

/// FDDB's text for rectangles: the name, the number of faces, and "x y w h score" for each.
std::string ToFddb(const PhotoDetections& photo);

/// A photo's file of WIDER FACE: its name without folders and suffix, then as ToFddb.
std::string ToWider(const PhotoDetections& photo);

/// Where that file lies: EVENT/NAME.txt, after the last two parts of the photo's path; NAME-FRAME
/// for a video's frame.
std::string WiderFileName(const PhotoDetections& photo);

/// One COCO document of many photos: images, annotations with score and keypoints, one category.
/// Photos and faces are numbered from 1.
class CocoDocument {
 public:
  void Add(const PhotoDetections& photo);
  std::string Text() const;

 private:
  std::string images_;
  std::string annotations_;
  std::int64_t image_count_ = 0;
  std::int64_t annotation_count_ = 0;
};

}  // namespace facecascade

// Readers of detections in the formats that face detectors are published in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluation/detection_set.h"
#include "facecascade/result.h"

namespace facecascade::evaluation {

/// How a file EVENT/NAME.txt of WIDER FACE is read: the benchmark's two programs differ.
enum class WiderFileRule {
  kMatlab,  ///< as many lines as the count says; the photo is named by the file
  kPython   ///< all lines that do not begin with a blank; the photo is named by the first line
};

struct DetectionReadOptions {
  WiderFileRule wider_rule = WiderFileRule::kMatlab;
  /// Whether FDDB text may hold ellipses (six numbers a line) beside rectangles (five).
  bool ellipses = false;
};

/// Reads FDDB text, a folder or archive (.tar.xz and what libarchive knows) of WIDER files, JSON
/// Lines or COCO; which of them it is shows in the path and the content. Errors name the file,
/// the line and the reason.
Result<DetectionSet> ReadDetections(const std::string& path, const DetectionReadOptions& options);

/// FDDB text: NAME, count, and as many lines "x y w h score" or "ra rb theta cx cy score".
Result<DetectionSet> ReadFddbDetections(const std::string& path, std::string_view text,
                                        bool ellipses);

/// JSON Lines: an object {"path", "faces": [{"box": [x, y, w, h], "score", "landmarks"}]} a line.
/// Landmarks are five [x, y] or an object by kLandmarkNames.
Result<DetectionSet> ReadJsonLinesDetections(const std::string& path, std::string_view text);

/// COCO: {"images", "annotations"} with "score" and perhaps "keypoints", or a list of results
/// whose "image_id" is the photo's name.
Result<DetectionSet> ReadCocoDetections(const std::string& path, std::string_view text);

/// WIDER's files below a folder, or in an archive. The photo EVENT/NAME is named by the last two
/// parts of its file's path.
Result<DetectionSet> ReadWiderFolder(const std::string& path, WiderFileRule rule);
Result<DetectionSet> ReadWiderArchive(const std::string& path, WiderFileRule rule);

/// One of WIDER's files. `name` is the photo's by the file's path.
Result<ScoredPhoto> ParseWiderFile(const std::string& path, std::string name, std::string_view text,
                                   WiderFileRule rule);

}  // namespace facecascade::evaluation

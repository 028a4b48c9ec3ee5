// Anybody's detections on a set of photos, in the precision of their files.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dataset/fddb.h"
#include "evaluation/region_mask.h"
#include "facecascade/face.h"

namespace facecascade::evaluation {

/// A detection as its file has it. Doubles, since the benchmarks' programs read doubles.
struct Detection {
  Rectangle box;
  double score = 0;
  std::optional<Ellipse> ellipse;      ///< in place of the box, from an FDDB ellipse file
  std::optional<Landmarks> landmarks;  ///< where the format has them
};

/// A photo's detections in the order of the file.
struct ScoredPhoto {
  std::string name;  ///< as the file has it
  int line = 0;      ///< where the photo begins in the file, from 1; 0 where there are no lines
  std::vector<Detection> detections;
  std::optional<double> seconds;  ///< how long the detector took, if it was run here
};

enum class DetectionFormat { kFddbText, kWiderFiles, kJsonLines, kCoco, kModel };

struct DetectionSet {
  std::string source;  ///< file, folder, archive or model
  DetectionFormat format = DetectionFormat::kFddbText;
  std::vector<ScoredPhoto> photos;
};

/// A photo's name without a picture's extension, with '/' between folders.
std::string PhotoKey(std::string_view name);

/// The part behind the last '/'.
std::string_view LastComponent(std::string_view path);

/// Finds a set's photos under the names that annotations use.
class PhotoIndex {
 public:
  /// The photos outlive the index.
  explicit PhotoIndex(const std::vector<ScoredPhoto>& photos);

  /// The photo of that name: its path equals the name, or one ends in the other, whole folders
  /// compared, extensions ignored. Null if there is none, or several with equal claim.
  const ScoredPhoto* Find(std::string_view name) const;

  /// As Find, else the one photo whose file has that name, whatever its folder.
  const ScoredPhoto* FindByFileName(std::string_view name) const;

 private:
  struct Entry {
    std::string key;
    const ScoredPhoto* photo;
  };
  std::unordered_map<std::string, std::vector<Entry>> by_file_name_;
};

}  // namespace facecascade::evaluation

// WIDER FACE's faces and which of them count as easy, medium and hard.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "dataset/wider_matlab.h"
#include "evaluation/region_mask.h"
#include "facecascade/result.h"

namespace facecascade::evaluation {

inline constexpr std::size_t kWiderLevelCount = kWiderLevels.size();

/// Where there are only annotations, the faces higher than this (in pixels) that are not invalid
/// belong to the level; the published lists were made so, from unrounded boxes.
inline constexpr std::array<double, kWiderLevelCount> kWiderLevelHeights = {50, 30, 10};

struct WiderPhoto {
  std::string name;  ///< EVENT/NAME, without extension
  std::vector<Rectangle> faces;
  std::vector<FaceAttributes> attributes;  ///< of each face; empty where the source has none
  std::array<std::vector<bool>, kWiderLevelCount> in_level;  ///< of each face
  std::array<std::size_t, kWiderLevelCount> level_faces = {0, 0, 0};
};

enum class WiderSource {
  kMatlab,  ///< wider_{easy,medium,hard}_val.mat
  kLevels,  ///< levels.txt and the annotation text
  kText     ///< the annotation text alone, levels by height
};

const char* NameOf(WiderSource source);

struct WiderGroundTruth {
  WiderSource source = WiderSource::kText;
  std::string file;  ///< what was read
  std::vector<WiderPhoto> photos;
};

/// Reads a folder, the best source first, or an annotation text (*_bbx_gt.txt) by its own path.
/// A folder with several texts must hold wider_face_val_bbx_gt.txt.
Result<WiderGroundTruth> ReadWiderGroundTruth(const std::string& path);

/// The same from the given source.
Result<WiderGroundTruth> ReadWiderGroundTruth(const std::string& path, WiderSource source);

/// The photos that `names` lists (EVENT/NAME, perhaps behind folders and with an extension), in
/// the order of the ground truth. An error names the first that is not there.
Result<std::vector<WiderPhoto>> SelectPhotos(const std::vector<WiderPhoto>& photos,
                                             const std::vector<std::string>& names);

}  // namespace facecascade::evaluation

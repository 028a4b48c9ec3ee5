// All photos of a training, decoded once and kept in memory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "facecascade/result.h"
#include "geometry/geometry.h"
#include "image/image.h"
#include "training/config.h"

namespace facecascade::training {

struct TrainingFace {
  Box box;               ///< empty where only landmarks are known
  bool ignored = false;  ///< too small, invalid or hidden: no truth, no negative
  float weight = 1;      ///< how often it is drawn, beside the others
  std::optional<Landmarks> landmarks;
};

struct TrainingPhoto {
  std::string file;
  Octaves octaves;
  std::vector<TrainingFace> faces;
  bool negatives = false;  ///< all its faces are labelled
  bool held_out = false;   ///< measures the training's progress, is never trained on
};

struct PhotoStore {
  std::vector<TrainingPhoto> photos;
};

/// What was read, for the log and the model's provenance.
struct PhotoCounts {
  int photos = 0;
  int faces = 0;
  int ignored_faces = 0;
  int landmark_faces = 0;
  int photos_without_faces = 0;
};
PhotoCounts CountPhotos(const PhotoStore& store);

/// Threads that read photos fastest.
inline constexpr int kLoadingThreads = 2;

/// Reads everything that the configuration names below `data`. A photo that cannot be read is an
/// error with its name. `progress` is told photos done and in all.
Result<PhotoStore> LoadPhotos(const std::string& data, const DataConfig& config, int threads,
                              const std::function<void(int, int)>& progress);

/// Whether a photo is kept from training: by a hash of its name, so that the choice does not
/// depend on the order or number of photos.
bool IsHeldOut(const std::string& name, int every);

}  // namespace facecascade::training

// Runs a detector over a set's photos.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dataset/photo_list.h"
#include "evaluation/detection_set.h"
#include "facecascade/face_detector.h"

namespace facecascade::evaluation {

struct ModelRun {
  DetectionSet detections;        ///< photos in their order, unreadable ones absent
  std::vector<Error> unreadable;  ///< why each of those is
  double seconds = 0;             ///< of detection alone, photo by photo, summed up
};

/// Detects in each photo, `options.threads` photos at a time with one thread each. `source` names
/// the model in messages; `advance` is called for each photo, by one thread at a time.
ModelRun DetectAll(const FaceDetector& detector, const std::string& source,
                   const std::vector<PhotoName>& photos, const DetectOptions& options,
                   const std::function<void()>& advance);

}  // namespace facecascade::evaluation

// Recall at an overlap and false alarms at a threshold, for any photos in WIDER's text form, and
// for photos without faces.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "evaluation/curve_steps.h"
#include "evaluation/detection_set.h"

namespace facecascade::evaluation {

struct BoxOptions {
  double overlap = 0.5;    ///< least intersection over union of a found face
  double threshold = 0.0;  ///< least score of a detection that counts
};

struct BoxFace {
  std::size_t photo = 0;
  std::size_t face = 0;
  int occlusion = 0;
  bool found = false;
};

struct BoxResult {
  std::vector<BoxFace> faces;    ///< those with a box that are not invalid
  std::vector<CurveStep> steps;  ///< of all detections above the threshold, by falling score
  std::vector<std::pair<std::size_t, Detection>> false_alarms;  ///< photo and detection
  std::vector<std::string> without_entry;

  /// Found over all; of the covered (occlusion above 0) or the bare alone. 0 of none.
  double Recall() const;
  double RecallCovered() const;
  double RecallBare() const;
};

/// Detections by falling score take the free face they overlap most. A detection on an invalid
/// face, or on none that has a box, is neither found nor false.
BoxResult EvaluateBoxes(const std::vector<AnnotatedPhoto>& photos, const DetectionSet& detections,
                        const BoxOptions& options);

}  // namespace facecascade::evaluation

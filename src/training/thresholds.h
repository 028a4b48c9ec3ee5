// The detector's thresholds, chosen by recall on development photos (last step of the paper's
// training, section 3.1).
#pragma once

#include <array>
#include <string>

#include "facecascade/result.h"
#include "training/config.h"
#include "training/modules.h"

namespace facecascade::training {

/// What the cascade does on the development photos at the chosen thresholds.
struct ChosenThresholds {
  std::array<float, kStageCount> thresholds{};
  std::array<double, kStageCount> recall{};   ///< after each net, of all faces that count
  std::array<double, kStageCount> windows{};  ///< that each net lets through, mean of a photo
  double average_precision = 0;               ///< IoU 0.5, all last thresholds
  double false_positives = 0;                 ///< a photo
};

/// Reads config.development.boxes below `data` and chooses one threshold after the other: the first
/// two as high as the share config.development.recall of the faces allows that are still met (IoU
/// ≥ 0.5) at a very low threshold, the last as low as config.development.false_positives allows.
/// The photos are only looked at, never trained on.
Result<ChosenThresholds> ChooseThresholds(Nets& nets, const std::string& data,
                                          const TrainingConfig& config);

}  // namespace facecascade::training

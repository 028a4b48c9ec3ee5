// How the three nets' answers become faces: thresholds and suppression, as a model file holds them.
#pragma once

#include <array>

#include "network/network_spec.h"

namespace facecascade {

/// Overlaps above which the weaker of two boxes is suppressed; IoU but where said otherwise.
struct SuppressionSettings {
  float level = 0.5F;          ///< within a pyramid level, after the 12net
  float proposals = 0.7F;      ///< over all levels, after the 12net
  float refined = 0.7F;        ///< after the 24net
  float final = 0.4F;          ///< after the 48net
  float final_minimum = 0.8F;  ///< then by intersection over the smaller area; 1: never
  friend bool operator==(const SuppressionSettings&, const SuppressionSettings&) = default;
};

/// Calls use(name, overlap) for each of the suppression's fields, by the names that model files and
/// configurations have for them.
template <typename Settings, typename Use>
void ForEachOverlap(Settings& suppression, const Use& use) {
  use("level", suppression.level);
  use("proposals", suppression.proposals);
  use("refined", suppression.refined);
  use("final", suppression.final);
  use("final_minimum", suppression.final_minimum);
}

/// What a model file says about running its nets. The defaults are the paper's operating point.
struct CascadeSettings {
  std::array<float, kStageCount> thresholds = {0.6F, 0.6F, 0.7F};  ///< face probability, per net
  float pyramid_factor = 0.709F;  ///< from a level's size to the next one's, 0.1 … 0.98
  SuppressionSettings suppression;
  friend bool operator==(const CascadeSettings&, const CascadeSettings&) = default;
};

/// An error that names the field out of its range.
Status CheckCascadeSettings(const CascadeSettings& settings);

}  // namespace facecascade

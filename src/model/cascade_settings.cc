#include "model/cascade_settings.h"

#include <string>

namespace facecascade {
namespace {

constexpr float kSmallestFactor = 0.1F;
constexpr float kLargestFactor = 0.98F;

// False for a number that is not finite, too.
bool InUnit(float value) { return value >= 0 && value <= 1; }

}  // namespace

Status CheckCascadeSettings(const CascadeSettings& settings) {
  for (std::size_t i = 0; i < settings.thresholds.size(); ++i) {
    if (!InUnit(settings.thresholds[i])) {
      return Error{"thresholds[" + std::to_string(i) + "] must lie in 0 … 1"};
    }
  }
  if (!(settings.pyramid_factor >= kSmallestFactor && settings.pyramid_factor <= kLargestFactor)) {
    return Error{"pyramid_factor must lie in 0.1 … 0.98"};
  }
  const SuppressionSettings& suppression = settings.suppression;
  for (const float overlap : {suppression.level, suppression.proposals, suppression.refined,
                              suppression.final, suppression.final_minimum}) {
    if (!InUnit(overlap)) return Error{"the suppression's overlaps must lie in 0 … 1"};
  }
  return Ok();
}

}  // namespace facecascade

// WIDER FACE's protocol (Yang et al. 2016): average precision over a thousand thresholds.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/curve_steps.h"
#include "evaluation/detection_set.h"
#include "evaluation/wider_ground_truth.h"
#include "facecascade/result.h"

namespace facecascade::evaluation {

/// The benchmark's MATLAB program sorts each photo's detections and takes the true range of the
/// scores; the python rewrites keep the file's order and let the range reach from 0 to 1 at least.
enum class WiderConvention { kMatlab, kPython };

inline constexpr std::size_t kWiderThresholds = 1000;

/// Counts at a threshold, over all photos.
struct WiderCount {
  std::int64_t proposals = 0;
  std::int64_t found = 0;
};

using WiderCurve = std::vector<WiderCount>;  ///< of each threshold, from 0.999 down to 0

/// Counts that a photo adds from threshold `index` on.
struct WiderChange {
  std::uint32_t photo = 0;
  std::uint16_t index = 0;
  std::int32_t proposals = 0;
  std::int32_t found = 0;
};

struct WiderLevelResult {
  std::size_t faces = 0;
  WiderCurve curve;
  double average_precision = 0;      ///< NaN where the python program gives NaN
  std::vector<WiderChange> changes;  ///< the curve's, photo by photo
  std::vector<CurveStep> steps;      ///< by raw score, each photo sorted, whatever the convention
};

/// What became of one face or one detection, for tables and galleries.
struct WiderFaceOutcome {
  std::size_t photo = 0;
  std::size_t face = 0;
  double best_score = 0;  ///< of the detection that found it; −infinity if none did
};
struct WiderFalseAlarm {
  std::size_t photo = 0;
  std::size_t detection = 0;  ///< in the photo's file order
  double score = 0;
};

struct WiderResult {
  std::array<WiderLevelResult, kWiderLevelCount> levels;
  double lowest_score = 0;   ///< that was taken as 0
  double highest_score = 0;  ///< that was taken as 1
  std::size_t detections = 0;
  std::vector<std::string> without_entry;     ///< photos that the detections do not name
  std::vector<WiderFaceOutcome> hard_faces;   ///< all that count as hard
  std::vector<WiderFalseAlarm> false_alarms;  ///< at level hard, second hits among them
};

/// Evaluates the photos' detections. The python convention fails, as its program does, where the
/// detections do not name a photo.
Result<WiderResult> EvaluateWider(const std::vector<WiderPhoto>& photos,
                                  const DetectionSet& detections, WiderConvention convention);

/// Threshold number `index`, of scores that lie in 0 … 1.
double WiderThreshold(std::size_t index);

/// Area under precision over recall with precision made non-increasing.
double WiderAveragePrecision(const WiderCurve& curve, double faces, WiderConvention convention);

/// Intersection over union of boxes that cover the pixels x … x + width, the benchmark's rule.
double WiderOverlap(const Rectangle& a, const Rectangle& b);

}  // namespace facecascade::evaluation

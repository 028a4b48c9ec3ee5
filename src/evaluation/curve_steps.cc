#include "evaluation/curve_steps.h"

#include <algorithm>

namespace facecascade::evaluation {

void SortSteps(std::vector<CurveStep>& steps) {
  std::stable_sort(steps.begin(), steps.end(),
                   [](const CurveStep& a, const CurveStep& b) { return a.score > b.score; });
}

OperatingPoint PointAtFalsePositives(const std::vector<CurveStep>& steps, double faces,
                                     double false_positives, const PhotoWeights& weights) {
  OperatingPoint point;
  double found = 0;
  double false_so_far = 0;
  for (const CurveStep& step : steps) {
    const double weight = weights.empty() ? 1 : weights[step.photo];
    if (weight == 0) continue;
    found += weight * step.found;
    false_so_far += weight * step.false_positives;
    if (false_so_far > false_positives) break;
    point = {step.score, faces > 0 ? found / faces : 0, false_so_far};
  }
  return point;
}

double PrecisionAtRecall(const std::vector<CurveStep>& steps, double faces, double recall) {
  double found = 0;
  double false_positives = 0;
  for (const CurveStep& step : steps) {
    found += step.found;
    false_positives += step.false_positives;
    if (faces > 0 && found / faces >= recall) return found / (found + false_positives);
  }
  return 0;
}

std::vector<OperatingPoint> CurveOf(const std::vector<CurveStep>& steps, double faces) {
  std::vector<OperatingPoint> points;
  double found = 0;
  double false_positives = 0;
  for (const CurveStep& step : steps) {
    found += step.found;
    false_positives += step.false_positives;
    if (!points.empty() && points.back().score == step.score) points.pop_back();
    points.push_back({step.score, faces > 0 ? found / faces : 0, false_positives});
  }
  return points;
}

}  // namespace facecascade::evaluation

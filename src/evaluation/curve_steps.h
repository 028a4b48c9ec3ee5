// Curves of found faces over false positives, in a form that resamples fast.
#pragma once

#include <cstddef>
#include <vector>

namespace facecascade::evaluation {

/// What one photo adds to the counts when the threshold falls to `score`.
struct CurveStep {
  double score = 0;
  std::size_t photo = 0;
  double found = 0;
  double false_positives = 0;
};

/// By falling score; equal scores stay in their order.
void SortSteps(std::vector<CurveStep>& steps);

/// How often each photo counts; empty: each once.
using PhotoWeights = std::vector<double>;

/// A threshold of a curve, and what is found down to it.
struct OperatingPoint {
  double score = 0;
  double recall = 0;
  double false_positives = 0;
};

/// The lowest point with at most `false_positives`, step by step through sorted `steps`; recall 0
/// where the first step exceeds it. `faces` is counted with the weights.
OperatingPoint PointAtFalsePositives(const std::vector<CurveStep>& steps, double faces,
                                     double false_positives, const PhotoWeights& weights = {});

/// Found over found and false where `recall` is first reached; 0 where it never is.
double PrecisionAtRecall(const std::vector<CurveStep>& steps, double faces, double recall);

/// All points of the curve, one a distinct score, for plots and tables.
std::vector<OperatingPoint> CurveOf(const std::vector<CurveStep>& steps, double faces);

}  // namespace facecascade::evaluation

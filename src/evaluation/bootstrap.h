// Confidence intervals by bootstrap over photos (Efron 1979): faces of a photo are not independent,
// so whole photos are drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "evaluation/curve_steps.h"

namespace facecascade::evaluation {

struct Interval {
  double low = 0;
  double high = 0;
};

struct BootstrapOptions {
  int resamples = 200;
  std::uint64_t seed = 1;
};

/// Figures of a set in which each photo counts as often as its weight says.
using Statistic = std::function<std::vector<double>(const PhotoWeights&)>;

/// The 2.5th and 97.5th percentile of each of the statistic's figures over resampled sets. The
/// same draws for all figures, so that a figure may be the difference of two detectors.
std::vector<Interval> BootstrapIntervals(std::size_t photos, const Statistic& statistic,
                                         const BootstrapOptions& options);

}  // namespace facecascade::evaluation

#include "evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace facecascade::evaluation {
namespace {

// Linear between the two nearest ranks; NaN where any value is.
double Percentile(const std::vector<double>& sorted, double share) {
  const double rank = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(rank);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (rank - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

std::vector<Interval> BootstrapIntervals(std::size_t photos, const Statistic& statistic,
                                         const BootstrapOptions& options) {
  std::vector<std::vector<double>> values;
  Random random(options.seed);
  PhotoWeights weights(photos);
  for (int resample = 0; resample < options.resamples; ++resample) {
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::size_t i = 0; i < photos; ++i) {
      weights[static_cast<std::size_t>(random.Below(static_cast<int>(photos)))] += 1;
    }
    const auto figures = statistic(weights);
    values.resize(figures.size());
    for (std::size_t i = 0; i < figures.size(); ++i) {
      if (std::isfinite(figures[i])) values[i].push_back(figures[i]);
    }
  }
  std::vector<Interval> intervals;
  for (auto& figure : values) {
    std::sort(figure.begin(), figure.end());
    intervals.push_back(figure.empty()
                            ? Interval{}
                            : Interval{Percentile(figure, 0.025), Percentile(figure, 0.975)});
  }
  return intervals;
}

}  // namespace facecascade::evaluation

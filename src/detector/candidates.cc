#include "detector/candidates.h"

#include <algorithm>
#include <cmath>

namespace facecascade {
namespace {

// No photo has a coordinate near this; weights gone wrong do, and must not become faces.
constexpr float kLargestCoordinate = 1e10F;

bool IsSane(float value) { return std::abs(value) < kLargestCoordinate; }

}  // namespace

bool IsSane(const Candidate& candidate) {
  const Box& box = candidate.box;
  return box.width > 0 && box.height > 0 && IsSane(box.x) && IsSane(box.y) && IsSane(box.width) &&
         IsSane(box.height) &&
         std::all_of(candidate.landmarks.begin(), candidate.landmarks.end(),
                     [](const Point& point) { return IsSane(point.x) && IsSane(point.y); });
}

float LogOdds(float probability) { return std::log(probability / (1 - probability)); }

float Probability(float log_odds) { return 1 / (1 + std::exp(-log_odds)); }

std::optional<Candidate> MakeCandidate(const Window& window, const float* outputs,
                                       float least_odds) {
  const float odds = outputs[1] - outputs[0];
  if (!(odds >= least_odds)) return std::nullopt;
  BoxOffsets box;
  std::copy_n(outputs + kBoxOutputsBegin, box.size(), box.begin());
  LandmarkOffsets landmarks;
  std::copy_n(outputs + kLandmarkOutputsBegin, landmarks.size(), landmarks.begin());
  const Candidate candidate = {window, OffsetsToBox(window, box), Probability(odds),
                               OffsetsToLandmarks(window, landmarks)};
  return IsSane(candidate) ? std::optional(candidate) : std::nullopt;
}

void FindKept(const std::vector<Candidate>& candidates, float overlap, OverlapMeasure measure,
              int limit, SuppressionBuffers& buffers) {
  buffers.boxes.clear();
  buffers.scores.clear();
  for (const Candidate& candidate : candidates) {
    buffers.boxes.push_back(candidate.box);
    buffers.scores.push_back(candidate.score);
  }
  SuppressNonMaximum(buffers.boxes, buffers.scores, overlap, measure, limit, buffers.scratch,
                     buffers.kept);
}

void SuppressCandidates(const std::vector<Candidate>& candidates, float overlap,
                        OverlapMeasure measure, int limit, SuppressionBuffers& buffers,
                        std::vector<Candidate>& kept) {
  FindKept(candidates, overlap, measure, limit, buffers);
  for (const int index : buffers.kept) kept.push_back(candidates[index]);
}

}  // namespace facecascade

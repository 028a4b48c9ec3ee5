// From a net's raw outputs to candidates, and the suppression of the weaker ones.
#pragma once

#include <optional>
#include <vector>

#include "detector/cascade.h"

namespace facecascade {

/// The log odds of a probability; infinite at 0 and 1.
float LogOdds(float probability);

/// And back.
float Probability(float log_odds);

/// Whether a candidate's box is a box, and its numbers lie in the bounds of all photos.
bool IsSane(const Candidate& candidate);

/// The candidate that a net's kOutputs outputs describe, unless its log odds of being a face lie
/// below `least_odds` or its box is no box (empty, or numbers out of all bounds).
std::optional<Candidate> MakeCandidate(const Window& window, const float* outputs,
                                       float least_odds);

/// Memory of SuppressCandidates, reused.
struct SuppressionBuffers {
  std::vector<Box> boxes;
  std::vector<float> scores;
  SuppressionScratch scratch;
  std::vector<int> kept;
};

/// Leaves in `buffers.kept` the indices of what greedy suppression leaves of `candidates`, by
/// falling score, at most `limit` (0: no limit).
void FindKept(const std::vector<Candidate>& candidates, float overlap, OverlapMeasure measure,
              int limit, SuppressionBuffers& buffers);

/// Appends to `kept` what greedy suppression leaves of `candidates`, by falling score, at most
/// `limit` (0: no limit).
void SuppressCandidates(const std::vector<Candidate>& candidates, float overlap,
                        OverlapMeasure measure, int limit, SuppressionBuffers& buffers,
                        std::vector<Candidate>& kept);

}  // namespace facecascade

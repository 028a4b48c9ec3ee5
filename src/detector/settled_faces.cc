#include "detector/settled_faces.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace facecascade {
namespace {

// The log odds that settle a face: with less, average precision falls. Measured, as the other
// numbers here, with the shipped model on its development photos (docs/performance.md).
constexpr float kSettledOdds = 3.9F;  // a probability of .98

// IoU above which two candidates may show the same face.
constexpr float kSameFace = 0.3F;

bool IsSmall(const Candidate& candidate, float small_side) {
  return SquareAround(candidate.box).side < small_side;
}

// Share of the small side below which a second look says little new: the first one tells the score
// of both to half a unit of log odds. It is spared but where it may decide over the threshold.
constexpr float kTiny = 0.42F;
constexpr float kUndecided = 0.75F;  // log odds

bool IsSettled(const Candidate& face, float small_side) {
  static const float score = Probability(kSettledOdds);
  return face.score >= score && IsSmall(face, small_side);
}

// A second look says less than the first, which chose the window because it liked it.
float ScoreOfTwoLooks(float score) {
  constexpr float kShare = 0.9F;
  constexpr float kLess = 0.6F;
  return Probability(kShare * LogOdds(score) - kLess);
}

bool MayShow(const std::vector<Candidate>& faces, float small_side, const Candidate& follower) {
  return std::any_of(faces.begin(), faces.end(), [&](const Candidate& face) {
    return IsSettled(face, small_side) && IoU(face.box, follower.box) > kSameFace;
  });
}

}  // namespace

float EnoughBelow(int input_size, const Window& window) {
  constexpr float kMostEnlarged = 1.4F;
  constexpr float kEnough = 6.6F;  // foretells 5
  const bool small = window.side < kMostEnlarged * static_cast<float>(input_size);
  return small ? kEnough : std::numeric_limits<float>::infinity();
}

float ForetoldOdds(float odds_below) {
  constexpr float kShare = 0.8F;
  constexpr float kLess = 0.3F;
  return kShare * odds_below - kLess;
}

void HoldFollowers(float small_side, SuppressionBuffers& buffers,
                   std::vector<Candidate>& candidates, std::vector<Candidate>& followers) {
  followers.clear();
  FindKept(candidates, kSameFace, OverlapMeasure::kUnion, 0, buffers);
  assert(std::is_sorted(buffers.kept.begin(), buffers.kept.end()));  // as the candidates are
  auto kept = buffers.kept.begin();
  std::size_t leaders = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const bool is_kept = kept != buffers.kept.end() && *kept == static_cast<int>(i);
    if (is_kept) ++kept;
    if (is_kept || !IsSmall(candidates[i], small_side)) {
      candidates[leaders++] = candidates[i];
    } else {
      followers.push_back(candidates[i]);
    }
  }
  candidates.resize(leaders);
}

void DropSettled(float small_side, const std::vector<Candidate>& faces,
                 std::vector<Candidate>& followers) {
  std::erase_if(followers,
                [&](const Candidate& follower) { return MayShow(faces, small_side, follower); });
}

void TakeSettled(float small_side, float threshold, std::vector<Candidate>& faces,
                 std::vector<Candidate>& settled) {
  settled.clear();
  std::erase_if(faces, [&](const Candidate& face) {
    const float score = ScoreOfTwoLooks(face.score);
    const bool reaches = score >= threshold;
    const bool decided = std::abs(LogOdds(score) - LogOdds(threshold)) >= kUndecided;
    const bool tiny = IsSmall(face, kTiny * small_side);
    if (!(tiny && decided) && !(reaches && IsSettled(face, small_side))) return false;
    if (reaches) {
      settled.push_back(face);
      settled.back().score = score;
    }
    return true;
  });
}

}  // namespace facecascade

// The whole way of a photo: through the pyramid and the three nets to faces.
#include <algorithm>
#include <cassert>
#include <utility>

#include "detector/candidates.h"
#include "detector/cascade.h"
#include "detector/settled_faces.h"
#include "detector/stage_clock.h"
#include "detector/stages.h"
#include "detector/workspace.h"

namespace facecascade {
namespace {

// Of the first of two looks at a face that is followed. It finds the face off the window's middle,
// where scores are low, and only moves the window there: so faces are followed over twice the way.
constexpr float kFirstLookThreshold = 0.05F;

// The last net's threshold at its first look, where the mean of two looks is to reach `threshold`:
// the second one may make up for so much. (With more, no more faces are found.)
float ForgivingThreshold(float threshold) {
  constexpr float kMostGain = 1;  // in log odds of the mean
  return Probability(LogOdds(threshold) - kMostGain);
}

// Faces below it are enlarged for the last net: one look at them shows all that there is.
float SmallSide(const Cascade& cascade) {
  return static_cast<float>(cascade.plan(cascade.stages() - 1).spec().input_size);
}

// Candidates of the 12net: suppressed level by level, so that no list is long, then over all.
void Propose(const Cascade& cascade, const Octaves& octaves, const CascadeOptions& options,
             CascadeWorkspace::Buffers& buffers, StageClock& clock) {
  const SuppressionSettings& overlaps = options.settings.suppression;
  const Image& photo = octaves.levels[0];
  PlanPyramid(photo.width, photo.height, cascade.plan(0).spec(), options.min_face,
              options.settings.pyramid_factor, buffers.levels);
  CutTiles(buffers.levels, cascade.plan(0).spec(), buffers.tiles);
  ScanPyramid(cascade.plan(0), octaves, options.settings.thresholds[0], options.threads, buffers);
  clock.EndScan(cascade.plan(0).spec(), buffers);

  std::vector<Candidate>& level_candidates = buffers.found;
  std::vector<Candidate>& proposals = buffers.gathered;
  proposals.clear();
  for (std::size_t i = 0; i < buffers.tiles.size();) {
    level_candidates.clear();
    const int level = buffers.tiles[i].level;
    for (; i < buffers.tiles.size() && buffers.tiles[i].level == level; ++i) {
      const TileCandidates& of_tile = buffers.tile_candidates[i];
      const Candidate* found = buffers.workers[of_tile.worker].found.data();
      level_candidates.insert(level_candidates.end(), found + of_tile.begin, found + of_tile.end);
    }
    SuppressCandidates(level_candidates, overlaps.level, OverlapMeasure::kUnion,
                       options.limits.level, buffers.suppression, proposals);
  }
  buffers.found.clear();
  SuppressCandidates(proposals, overlaps.proposals, OverlapMeasure::kUnion,
                     options.limits.proposals, buffers.suppression, buffers.found);
  clock.EndSuppression();
}

void PrepareWorkers(const CascadeOptions& options, CascadeWorkspace::Buffers& buffers) {
  if (static_cast<int>(buffers.workers.size()) < options.threads) {
    buffers.workers.resize(options.threads);
  }
}

// Leaves in `found` the best of what net `stage` ≥ 1 gathered, more strictly after the last.
void SuppressGathered(int stage, const CascadeOptions& options,
                      CascadeWorkspace::Buffers& buffers) {
  const SuppressionSettings& overlaps = options.settings.suppression;
  buffers.found.clear();
  if (stage + 1 < kStageCount) {
    SuppressCandidates(buffers.gathered, overlaps.refined, OverlapMeasure::kUnion,
                       options.limits.refined, buffers.suppression, buffers.found);
    return;
  }
  SuppressCandidates(buffers.gathered, overlaps.final, OverlapMeasure::kUnion, 0,
                     buffers.suppression, buffers.found);
  std::swap(buffers.gathered, buffers.found);
  buffers.found.clear();
  SuppressCandidates(buffers.gathered, overlaps.final_minimum, OverlapMeasure::kMinimum, 0,
                     buffers.suppression, buffers.found);
}

// Looks again with the net above at what is left: first at the best of those windows that may show
// the same face, then at the others, where the first look has not settled it.
void Refine(const Cascade& cascade, int stage, const Octaves& octaves,
            const LookThresholds& thresholds, const CascadeOptions& options,
            CascadeWorkspace::Buffers& buffers, StageClock& clock) {
  const auto look = [&] {
    LookAgain(cascade, stage, octaves, thresholds, options.threads, buffers);
    clock.EndNet(cascade, stage, static_cast<std::int64_t>(buffers.windows.size()));
  };
  const float small_side = SmallSide(cascade);
  buffers.gathered.clear();
  HoldFollowers(small_side, buffers.suppression, buffers.found, buffers.followers);
  look();
  DropSettled(small_side, buffers.gathered, buffers.followers);
  std::swap(buffers.found, buffers.followers);
  look();
  SuppressGathered(stage, options, buffers);
  clock.EndSuppression();
}

// Shows the last net the mirror images of the faces that are not settled, each now in the middle of
// its window: the mean of both looks is nearer to the truth in score, box and landmarks.
void Confirm(const Cascade& cascade, const Octaves& octaves, const CascadeOptions& options,
             CascadeWorkspace::Buffers& buffers, StageClock& clock) {
  constexpr int kLast = kStageCount - 1;
  const float threshold = options.settings.thresholds[kLast];
  TakeSettled(SmallSide(cascade), threshold, buffers.found, buffers.settled);
  LookMirrored(cascade, octaves, threshold, options.threads, buffers);
  clock.EndNet(cascade, kLast, static_cast<std::int64_t>(buffers.windows.size()));
  buffers.gathered.insert(buffers.gathered.end(), buffers.settled.begin(), buffers.settled.end());
  SuppressGathered(kLast, options, buffers);
  clock.EndSuppression();
}

}  // namespace

const std::vector<Candidate>& RunCascade(const Cascade& cascade, const Octaves& octaves,
                                         const CascadeOptions& options, int stages,
                                         CascadeWorkspace& workspace, StageClock& clock) {
  assert(stages >= 1 && stages <= cascade.stages());
  CascadeWorkspace::Buffers& buffers = workspace.buffers();
  PrepareWorkers(options, buffers);
  Propose(cascade, octaves, options, buffers, clock);
  const std::array<float, kStageCount>& thresholds = options.settings.thresholds;
  for (int stage = 1; stage < stages; ++stage) {
    const bool last = stage == kStageCount - 1;
    const float own = last ? ForgivingThreshold(thresholds[stage]) : thresholds[stage];
    Refine(cascade, stage, octaves, {own, thresholds[stage - 1], last}, options, buffers, clock);
  }
  if (stages == kStageCount) Confirm(cascade, octaves, options, buffers, clock);
  return buffers.found;
}

const std::vector<Candidate>& RunCascade(const Cascade& cascade, const Octaves& octaves,
                                         const CascadeOptions& options, int stages,
                                         CascadeWorkspace& workspace) {
  StageClock no_clock(nullptr);
  return RunCascade(cascade, octaves, options, stages, workspace, no_clock);
}

const std::vector<Candidate>& FollowCandidates(const Cascade& cascade, const Octaves& octaves,
                                               const CascadeOptions& options,
                                               CascadeWorkspace& workspace) {
  constexpr int kLast = kStageCount - 1;
  assert(cascade.stages() == kStageCount);
  CascadeWorkspace::Buffers& buffers = workspace.buffers();
  PrepareWorkers(options, buffers);
  const float threshold = options.settings.thresholds[kLast];
  buffers.gathered.clear();
  LookAgain(cascade, kLast, octaves, {std::min(kFirstLookThreshold, threshold)}, options.threads,
            buffers);
  std::swap(buffers.found, buffers.gathered);
  buffers.gathered.clear();
  LookAgain(cascade, kLast, octaves, {threshold}, options.threads, buffers);
  SuppressGathered(kLast, options, buffers);
  return buffers.found;
}

}  // namespace facecascade

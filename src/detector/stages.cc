#include "detector/stages.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>
#include <limits>
#include <new>

#include "base/thread_pool.h"
#include "detector/settled_faces.h"

namespace facecascade {
namespace {

// Windows that one tile may propose, the best first: a flood (a threshold near 0) takes no
// unbounded memory. A tile crowded with faces stays far below.
constexpr std::size_t kTileLimit = 1024;

// Windows run together, at most: enough to keep the kernels busy, few enough to stay in the cache.
// And at least, where there are threads to share them.
constexpr int kBatch = 32;
constexpr int kSmallBatch = 2;

// Of the candidates from `begin` on.
void KeepBest(std::size_t begin, std::vector<Candidate>& candidates) {
  if (candidates.size() - begin <= kTileLimit) return;
  const auto better = [](const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.window.y != b.window.y ? a.window.y < b.window.y : a.window.x < b.window.x;
  };
  const auto first = candidates.begin() + static_cast<std::ptrdiff_t>(begin);
  std::nth_element(first, first + kTileLimit, candidates.end(), better);
  candidates.resize(begin + kTileLimit);
  std::sort(candidates.begin() + static_cast<std::ptrdiff_t>(begin), candidates.end(), better);
}

// Appends the tile's candidates to worker.found.
void ScanTile(const NetworkPlan& plan, const Octaves& octaves, const PyramidLevel& level,
              const PyramidTile& tile, float least_odds, WorkerBuffers& worker) {
  const int step = TotalStride(plan.spec());
  const int input = plan.spec().input_size;
  const int width = CoveredPixels(tile.columns, plan.spec());
  const int height = CoveredPixels(tile.rows, plan.spec());
  const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(width) * kInputChannels;
  const Sampling sampling = TileSampling(level, tile, step);
  worker.pixels.resize(stride * height);
  Resample(octaves, sampling, width, height, worker.pixels.data(), stride);
  RunMap(plan, worker.pixels.data(), width, height, stride, worker.engine, worker.map);
  assert(worker.map.width == tile.columns && worker.map.height == tile.rows);

  const std::size_t begin = worker.found.size();
  const float* logit = worker.map.logits.data();
  for (int row = 0; row < tile.rows; ++row) {
    for (int column = 0; column < tile.columns; ++column, ++logit) {
      if (*logit < least_odds || *logit == kLeftEarly) continue;
      std::array<float, kOutputs> outputs;
      MapOutputs(plan, worker.engine, column, row, outputs.data());
      const Window window = {sampling.x + static_cast<float>(column * step) * sampling.scale,
                             sampling.y + static_cast<float>(row * step) * sampling.scale,
                             static_cast<float>(input) * sampling.scale};
      const std::optional<Candidate> candidate = MakeCandidate(window, outputs.data(), least_odds);
      if (candidate) worker.found.push_back(*candidate);
    }
  }
  KeepBest(begin, worker.found);
}

// The bridge of net `stage` for the batch in worker.windows[stage]: the features of the net below
// on the same windows at its own resolution; its outputs lie in worker.lower_outputs. Null where
// the net takes none.
const float* BridgeFeatures(const Cascade& cascade, int stage, int count, WorkerBuffers& worker) {
  const NetworkSpec& upper = cascade.plan(stage).spec();
  if (upper.bridge == 0) return nullptr;
  const NetworkPlan& lower = cascade.plan(stage - 1);
  const std::size_t upper_bytes =
      static_cast<std::size_t>(upper.input_size) * upper.input_size * kInputChannels;
  const std::size_t lower_bytes = upper_bytes / 4;
  std::vector<std::uint8_t>& windows = worker.windows[stage - 1];
  std::vector<float>& features = worker.features[stage - 1];
  windows.resize(count * lower_bytes);
  features.resize(static_cast<std::size_t>(count) * upper.bridge);
  worker.lower_outputs.resize(static_cast<std::size_t>(count) * kOutputs);
  for (int i = 0; i < count; ++i) {
    HalveWindow(worker.windows[stage].data() + i * upper_bytes, upper.input_size,
                windows.data() + i * lower_bytes);
  }
  const float* bridge = BridgeFeatures(cascade, stage - 1, count, worker);
  RunWindows(lower, windows.data(), count, bridge, worker.engine, worker.lower_outputs.data(),
             features.data());
  return features.data();
}

// What a net's log odds of a face gain from those that the net below gives: the nets err in
// different places. Shares and bound are measured (docs/training-log.md, best3 and best5).
float OddsFromBelow(float odds, float share) {
  constexpr float kMost = 5;
  return share * std::clamp(odds, -kMost, kMost);
}

constexpr float kFirstLookShare = 0.5F;                                     // at where it found it
constexpr std::array<float, kStageCount> kSecondLookShares = {0, 0.3F, 0};  // at this net's window

float LowerOdds(const WorkerBuffers& worker, int index) {
  const float* outputs =
      worker.lower_outputs.data() + static_cast<std::ptrdiff_t>(index) * kOutputs;
  return outputs[1] - outputs[0];
}

// Moves the windows of the batch that the net below neither lets go nor settles to the front, with
// their bridges, and their indices into worker.promising.
void KeepPromising(const Cascade& cascade, int stage, int count, const BoundsBelow& below,
                   WorkerBuffers& worker) {
  const NetworkSpec& spec = cascade.plan(stage).spec();
  const std::ptrdiff_t bytes = std::ptrdiff_t{spec.input_size} * spec.input_size * kInputChannels;
  worker.promising.clear();
  for (int i = 0; i < count; ++i) {
    const float odds = LowerOdds(worker, i);
    if (below.LetsGo(i, odds) || below.Settles(i, odds)) continue;
    const auto place = static_cast<std::ptrdiff_t>(worker.promising.size());
    worker.promising.push_back(i);
    if (place == i) continue;
    std::copy_n(worker.windows[stage].begin() + i * bytes, bytes,
                worker.windows[stage].begin() + place * bytes);
    std::vector<float>& bridges = worker.features[stage - 1];
    std::copy_n(bridges.begin() + static_cast<std::ptrdiff_t>(i) * spec.bridge, spec.bridge,
                bridges.begin() + place * spec.bridge);
  }
}

// Moves the outputs of the promising windows to where those of all `count` windows stand, and
// fills in the others.
void SpreadOutputs(const BoundsBelow& below, int count, const WorkerBuffers& worker,
                   float* outputs) {
  auto place = static_cast<std::ptrdiff_t>(worker.promising.size()) - 1;
  for (int i = count - 1; i >= 0; --i) {  // from the last, so that none is overwritten
    float* target = outputs + static_cast<std::ptrdiff_t>(i) * kOutputs;
    if (place >= 0 && worker.promising[place] == i) {
      if (place != i) std::copy_n(outputs + place * kOutputs, kOutputs, target);
      --place;
    } else if (below.LetsGo(i, LowerOdds(worker, i))) {
      std::fill_n(target, kOutputs, 0.0F);
      target[1] = kLeftEarly;
    } else {
      std::copy_n(worker.lower_outputs.data() + static_cast<std::ptrdiff_t>(i) * kOutputs, kOutputs,
                  target);
    }
  }
}

// How a net looks at windows.
struct Look {
  int stage = 1;
  float below = 0;                // LookThresholds'
  bool below_may_settle = false;  // LookThresholds'
  bool mirrored = false;          // left to right, and what it says is about the mirrored window
};

// The log odds of a face, both looks of the net below counted, with less of which the window is let
// go. Of large windows less will do: a large face has few of them. (At as many windows more faces
// are left than by the second look alone: docs/performance.md.)
float LeastBelow(const Look& look, const Window& window) {
  constexpr std::array<float, kStageCount> kMore = {0, 0.3F, 1.2F};
  constexpr float kLessForADoubling = 0.4F;
  constexpr float kUsualSide = 24;
  return (1 + kFirstLookShare) * LogOdds(look.below) + kMore[look.stage] -
         kLessForADoubling * std::log2(window.side / kUsualSide);
}

// What the last net's log odds of a face are too high by in a window smaller than its input: the
// window has been enlarged and holds less than the net was led to expect. One for each halving is
// measured as well.
float EnlargedWindowExcess(const NetworkSpec& spec, const Window& window) {
  return std::max(0.0F, std::log2(static_cast<float>(spec.input_size) / window.side));
}

// The bounds of each window for the second look of the net below; its first one found it.
BoundsBelow FindBoundsBelow(const Cascade& cascade, const Look& look, const Candidate* found,
                            const Window* windows, int count, WorkerBuffers& worker) {
  worker.least.clear();
  worker.enough.clear();
  for (int i = 0; i < count; ++i) {
    const float first = OddsFromBelow(LogOdds(found[i].score), kFirstLookShare);
    if (look.below > 0) worker.least.push_back(LeastBelow(look, windows[i]) - first);
    if (!look.below_may_settle) continue;
    const int input = cascade.plan(look.stage - 1).spec().input_size;
    worker.enough.push_back(EnoughBelow(input, windows[i]) - first);
  }
  return {worker.least, worker.enough};
}

// Makes of the net's raw log odds in window `index` those that count.
float WeighOdds(const Cascade& cascade, const Look& look, const Candidate& found,
                const Window& window, const BoundsBelow& below, int index,
                const WorkerBuffers& worker, float odds) {
  const NetworkSpec& spec = cascade.plan(look.stage).spec();
  const bool last = look.stage == kStageCount - 1;
  // A mirrored look is one more, whose mean with the first one is taken.
  const float first = look.mirrored ? 0 : OddsFromBelow(LogOdds(found.score), kFirstLookShare);
  if (spec.bridge > 0) {
    const float lower = LowerOdds(worker, index);
    if (below.Settles(index, lower)) return ForetoldOdds(lower + first);
    odds += OddsFromBelow(lower, kSecondLookShares[look.stage]);
  }
  return odds + first - (last ? EnlargedWindowExcess(spec, window) : 0);
}

// The candidates from `found` on, around which the windows stand. Outputs are the net's, but for
// [1] − [0], the log odds that count.
void LookAtBatch(const Cascade& cascade, const Look& look, const Octaves& octaves,
                 const Candidate* found, const Window* windows, int count, WorkerBuffers& worker,
                 float* outputs) {
  const int stage = look.stage;
  const int input = cascade.plan(stage).spec().input_size;
  const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(input) * kInputChannels;
  std::vector<std::uint8_t>& crops = worker.windows[stage];
  crops.resize(count * stride * input);
  for (int i = 0; i < count; ++i) {
    const Sampling sampling = {windows[i].x, windows[i].y,
                               windows[i].side / static_cast<float>(input)};
    std::uint8_t* crop = crops.data() + i * stride * input;
    Resample(octaves, sampling, input, input, crop, stride);
    if (look.mirrored) MirrorWindow(input, crop);
  }
  const BoundsBelow below = FindBoundsBelow(cascade, look, found, windows, count, worker);
  RunStage(cascade, stage, count, below, worker, outputs);
  for (int i = 0; i < count; ++i, outputs += kOutputs) {
    if (outputs[1] == kLeftEarly) continue;
    outputs[1] = outputs[0] + WeighOdds(cascade, look, found[i], windows[i], below, i, worker,
                                        outputs[1] - outputs[0]);
  }
}

// Runs body(index, worker) for every index on up to `threads` threads. Bodies may run out
// of memory: the caller then sees the exception, not the pool.
template <typename Body>
void ForEach(int count, int threads, const Body& body) {
  std::atomic<bool> exhausted = false;
  ParallelFor(count, threads, [&](int index, int worker) {
    try {
      body(index, worker);
    } catch (const std::bad_alloc&) {
      exhausted = true;
    }
  });
  if (exhausted) throw std::bad_alloc();
}

// How many of `count` windows run together, so that all threads end together: the windows thought
// best, most of which the net below lets pass, stand first, and a thread with the others takes
// more.
int BatchSize(int count, int threads) {
  const int rounds = (count + threads * kBatch - 1) / (threads * kBatch);
  const int batches = std::max(1, rounds * (threads > 1 ? 2 * threads : 1));
  return std::max(kSmallBatch, (count + batches - 1) / batches);
}

// Looks at the windows around `buffers.found`: fills `buffers.windows` and `buffers.outputs`.
void LookAtFound(const Cascade& cascade, const Look& look, const Octaves& octaves, int threads,
                 CascadeWorkspace::Buffers& buffers) {
  buffers.windows.clear();
  for (const Candidate& candidate : buffers.found) {
    buffers.windows.push_back(SquareAround(candidate.box));
  }
  const int count = static_cast<int>(buffers.windows.size());
  buffers.outputs.resize(static_cast<std::size_t>(count) * kOutputs);
  const int together = BatchSize(count, threads);
  ForEach((count + together - 1) / together, threads, [&](int batch, int worker) {
    const int begin = batch * together;
    LookAtBatch(cascade, look, octaves, buffers.found.data() + begin,
                buffers.windows.data() + begin, std::min(together, count - begin),
                buffers.workers[worker],
                buffers.outputs.data() + static_cast<std::size_t>(begin) * kOutputs);
  });
}

// Half of what each of two looks says.
Candidate Mean(const Candidate& first, const Candidate& second) {
  const auto mean = [](float a, float b) { return (a + b) / 2; };
  Candidate both;
  both.window = second.window;
  both.box = {mean(first.box.x, second.box.x), mean(first.box.y, second.box.y),
              mean(first.box.width, second.box.width), mean(first.box.height, second.box.height)};
  both.score = Probability(mean(LogOdds(first.score), LogOdds(second.score)));
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    both.landmarks[i] = {mean(first.landmarks[i].x, second.landmarks[i].x),
                         mean(first.landmarks[i].y, second.landmarks[i].y)};
  }
  return both;
}

}  // namespace

void ScanPyramid(const NetworkPlan& plan, const Octaves& octaves, float threshold, int threads,
                 CascadeWorkspace::Buffers& buffers) {
  buffers.tile_candidates.resize(buffers.tiles.size());
  for (WorkerBuffers& worker : buffers.workers) worker.found.clear();
  const float least_odds = LogOdds(threshold);
  const int count = static_cast<int>(buffers.tiles.size());
  ForEach(count, threads, [&](int index, int worker) {
    const PyramidTile& tile = buffers.tiles[index];
    WorkerBuffers& memory = buffers.workers[worker];
    const std::size_t begin = memory.found.size();
    ScanTile(plan, octaves, buffers.levels[tile.level], tile, least_odds, memory);
    buffers.tile_candidates[index] = {worker, begin, memory.found.size()};
  });
}

void RunStage(const Cascade& cascade, int stage, int count, const BoundsBelow& below,
              WorkerBuffers& worker, float* outputs) {
  const float* bridge = BridgeFeatures(cascade, stage, count, worker);
  int promising = count;
  if (bridge != nullptr) {
    KeepPromising(cascade, stage, count, below, worker);
    promising = static_cast<int>(worker.promising.size());
  }
  RunWindows(cascade.plan(stage), worker.windows[stage].data(), promising, bridge, worker.engine,
             outputs, nullptr);
  if (promising < count) SpreadOutputs(below, count, worker, outputs);
}

void LookAgain(const Cascade& cascade, int stage, const Octaves& octaves,
               const LookThresholds& thresholds, int threads, CascadeWorkspace::Buffers& buffers) {
  LookAtFound(cascade, {stage, thresholds.below, thresholds.below_may_settle}, octaves, threads,
              buffers);
  const float least_odds = LogOdds(thresholds.own);
  for (std::size_t i = 0; i < buffers.windows.size(); ++i) {
    const float* outputs = buffers.outputs.data() + i * kOutputs;
    if (outputs[1] == kLeftEarly) continue;
    const std::optional<Candidate> candidate =
        MakeCandidate(buffers.windows[i], outputs, least_odds);
    if (candidate) buffers.gathered.push_back(*candidate);
  }
}

void LookMirrored(const Cascade& cascade, const Octaves& octaves, float threshold, int threads,
                  CascadeWorkspace::Buffers& buffers) {
  constexpr int kLast = kStageCount - 1;
  constexpr float kAny = -std::numeric_limits<float>::infinity();
  LookAtFound(cascade, {.stage = kLast, .mirrored = true}, octaves, threads, buffers);
  buffers.gathered.clear();
  for (std::size_t i = 0; i < buffers.windows.size(); ++i) {
    const Window& window = buffers.windows[i];
    std::optional<Candidate> candidate =
        MakeCandidate(window, buffers.outputs.data() + i * kOutputs, kAny);
    if (!candidate) continue;
    const float mirror = 2 * window.x + window.side;
    candidate->box = MirrorBox(candidate->box, mirror);
    candidate->landmarks = MirrorLandmarks(candidate->landmarks, mirror);
    const Candidate both = Mean(buffers.found[i], *candidate);
    if (both.score >= threshold) buffers.gathered.push_back(both);
  }
}

}  // namespace facecascade

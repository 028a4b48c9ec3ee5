#include "detector/stage_clock.h"

#include "detector/workspace.h"

namespace facecascade {
namespace {

// Of one window of net `stage`, with the lower nets whose features it takes.
std::int64_t BridgedMultiplications(const Cascade& cascade, int stage) {
  const NetworkSpec& spec = cascade.plan(stage).spec();
  const std::int64_t own = MultiplicationCount(spec);
  return spec.bridge == 0 ? own : own + BridgedMultiplications(cascade, stage - 1);
}

}  // namespace

StageClock::StageClock(DetectProfile* profile) : profile_(profile) {
  if (profile_ != nullptr) last_ = std::chrono::steady_clock::now();
}

double StageClock::Lap() {
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double, std::milli> since = now - last_;
  last_ = now;
  return since.count();
}

void StageClock::EndCopy() {
  if (profile_ != nullptr) profile_->copy_milliseconds += Lap();
}

void StageClock::EndScan(const NetworkSpec& spec, const CascadeWorkspace::Buffers& buffers) {
  if (profile_ == nullptr) return;
  NetProfile& net = profile_->nets[0];
  net.milliseconds += Lap();
  for (const PyramidTile& tile : buffers.tiles) {
    net.windows += std::int64_t{tile.columns} * tile.rows;
    net.multiplications += MapMultiplicationCount(spec, CoveredPixels(tile.columns, spec),
                                                  CoveredPixels(tile.rows, spec));
  }
  for (const TileCandidates& of_tile : buffers.tile_candidates) {
    profile_->proposals += static_cast<std::int64_t>(of_tile.end - of_tile.begin);
  }
  Lap();  // the counting is not the cascade's time
}

void StageClock::EndNet(const Cascade& cascade, int stage, std::int64_t windows) {
  if (profile_ == nullptr) return;
  NetProfile& net = profile_->nets[stage];
  net.milliseconds += Lap();
  net.windows += windows;
  net.multiplications += windows * BridgedMultiplications(cascade, stage);
}

void StageClock::EndSuppression() {
  if (profile_ != nullptr) profile_->suppression_milliseconds += Lap();
}

}  // namespace facecascade

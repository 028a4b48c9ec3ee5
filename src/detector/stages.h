// The ways in which a net of the cascade looks at a photo. All leave their candidates, before
// any suppression, in the workspace.
#pragma once

#include <span>

#include "detector/cascade.h"
#include "detector/workspace.h"

namespace facecascade {

/// The lowest net over the whole pyramid: fills `buffers.tile_candidates`, one for each of
/// `buffers.tiles`.
void ScanPyramid(const NetworkPlan& plan, const Octaves& octaves, float threshold, int threads,
                 CascadeWorkspace::Buffers& buffers);

/// Least scores for a look at a window.
struct LookThresholds {
  float own = 0;    ///< of the net that looks
  float below = 0;  ///< of the net below, which is shown the window for its features; 0: any
  bool below_may_settle = false;  ///< a small face that the net below is sure of (EnoughBelow)
};

/// What the net below may decide of the windows of a batch, by its log odds of a face in each.
struct BoundsBelow {
  std::span<const float> least = {};   ///< with less a window is let go; empty: none
  std::span<const float> enough = {};  ///< with as much it is settled; empty: none

  bool LetsGo(int window, float odds) const { return !least.empty() && odds < least[window]; }
  bool Settles(int window, float odds) const { return !enough.empty() && odds >= enough[window]; }
};

/// Net `stage` (≥ 1) at the windows around `buffers.found`: adds to `buffers.gathered`.
void LookAgain(const Cascade& cascade, int stage, const Octaves& octaves,
               const LookThresholds& thresholds, int threads, CascadeWorkspace::Buffers& buffers);

/// The last net once more at `buffers.found`, each around its own box and mirrored: replaces
/// `buffers.gathered` by the means of what it said before and says now, where their score reaches
/// `threshold`.
void LookMirrored(const Cascade& cascade, const Octaves& octaves, float threshold, int threads,
                  CascadeWorkspace::Buffers& buffers);

/// Net `stage` on the `count` windows in worker.windows[stage] (input_size² · 3 bytes each, which
/// it may reorder), with the bridge's features of the nets below. Writes count · kOutputs raw
/// outputs. Windows that the net below decides it does not look at: of one that is let go the
/// outputs are 0 but for [1], which is kLeftEarly; of one that is settled they are the net below's.
/// (Without a bridge the net below is not asked.)
void RunStage(const Cascade& cascade, int stage, int count, const BoundsBelow& below,
              WorkerBuffers& worker, float* outputs);

}  // namespace facecascade

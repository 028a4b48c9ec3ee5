// The ways in which a net of the cascade looks at a photo. All leave their candidates, before
// any suppression, in the workspace.
#pragma once

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
/// outputs. A window of which the net below thinks less than the log odds `least_below` is not
/// looked at: its outputs are 0 but for [1], which is kLeftEarly. (Without a bridge the net below
/// is not asked.)
void RunStage(const Cascade& cascade, int stage, int count, float least_below,
              WorkerBuffers& worker, float* outputs);

}  // namespace facecascade

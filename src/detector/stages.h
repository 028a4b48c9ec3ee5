// The two ways in which a net of the cascade looks at a photo. Both leave their candidates, before
// any suppression, in the workspace.
#pragma once

#include "detector/cascade.h"
#include "detector/workspace.h"

namespace facecascade {

/// The lowest net over the whole pyramid: fills `buffers.tile_candidates`, one for each of
/// `buffers.tiles`.
void ScanPyramid(const NetworkPlan& plan, const Octaves& octaves, float threshold, int threads,
                 CascadeWorkspace::Buffers& buffers);

/// Net `stage` (≥ 1) at the windows around `buffers.found`: replaces `buffers.gathered`.
void LookAgain(const Cascade& cascade, int stage, const Octaves& octaves, float threshold,
               int threads, CascadeWorkspace::Buffers& buffers);

/// Net `stage` on the `count` windows in worker.windows[stage] (input_size² · 3 bytes each), with
/// the bridge's features of the nets below. Writes count · kOutputs raw outputs.
void RunStage(const Cascade& cascade, int stage, int count, WorkerBuffers& worker, float* outputs);

}  // namespace facecascade

// The two ways in which a net of the cascade looks at a photo. Both leave their candidates, before
// any suppression, in the workspace.
#pragma once

#include "detector/cascade.h"
#include "detector/workspace.h"

namespace facecascade {

/// The lowest net over the whole pyramid: fills `buffers.tile_candidates`, one list for each of
/// `buffers.tiles`.
void ScanPyramid(const NetworkPlan& plan, const Octaves& octaves, float threshold, int threads,
                 CascadeWorkspace::Buffers& buffers);

/// Net `stage` (≥ 1) at the windows around `buffers.found`: replaces `buffers.gathered`.
void LookAgain(const Cascade& cascade, int stage, const Octaves& octaves, float threshold,
               int threads, CascadeWorkspace::Buffers& buffers);

}  // namespace facecascade

// What a trained net needs to know of its own outputs to be told in fixed point.
#pragma once

#include <vector>

#include "training/held_out.h"
#include "training/modules.h"

namespace facecascade::training {

/// How large the outputs of each of the net's convolutions become on these samples. The net is in
/// evaluation afterwards.
Tensor MeasureRanges(Net& net, int stage, const std::vector<BatchTensors>& samples);

/// Scales the folded net's channels to about the same size on these samples (EqualizeChannels), as
/// 8 bits tell a layer as finely as its channels use them. The net is in evaluation afterwards.
void EqualizeOn(Net& net, int stage, const std::vector<BatchTensors>& samples,
                NetworkWeights& weights);

}  // namespace facecascade::training

// What a trained net needs to know of its own outputs to be told in fixed point.
#pragma once

#include <vector>

#include "training/held_out.h"
#include "training/modules.h"

namespace facecascade::training {

/// How large the outputs of each of the net's convolutions become on these samples. The net is in
/// evaluation afterwards.
Tensor MeasureRanges(Net& net, int stage, const std::vector<BatchTensors>& samples);

/// Scales the net's channels to about the same size on these samples, as bytes tell a layer as
/// finely as its channels use them: all but a thousandth of each channel's outputs above 0 lie
/// below 2/3, and the layer's range is 1. What the net says stays. It is in evaluation
/// afterwards.
void Equalize(Net& net, int stage, const std::vector<BatchTensors>& samples);

/// The finished net's weights for integers of so many bits: channels equalized where the integers
/// are bytes (of a fully convolutional net, which tells its few channels finely enough, only where
/// it was trained rounded), ranges as measured on these samples, or where integers are bytes and
/// channels as they were, 0.7 of that: rare outputs are cut off.
NetworkWeights FoldForIntegers(Net& net, int stage, int bits,
                               const std::vector<BatchTensors>& samples);

}  // namespace facecascade::training

// The kernels of layers with a single output. Deterministic, as those of engine/convolve.h.
#pragma once

#include <cstdint>

#include "engine/convolve.h"
#include "engine/fixed_layer.h"
#include "engine/packed_layer.h"

namespace facecascade {

/// output[i] = bias + Σ weights · inputs of pixel i.
void Project(const Projection& projection, const ConvolutionInput<float>& input, float* output);
void Project(const FixedProjection& projection, const ConvolutionInput<std::int16_t>& input,
             float* output);
void Project(const FixedProjection& projection, const ConvolutionInput<std::uint8_t>& input,
             float* output);

}  // namespace facecascade

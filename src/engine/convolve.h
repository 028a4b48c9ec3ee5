// The engine's kernels, each the fastest for this processor. All are deterministic: an output is
// summed up in the same order whatever lies beside it, so it does not depend on how a picture is
// cut into tiles or windows into batches.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/fixed_layer.h"
#include "engine/packed_layer.h"

namespace facecascade {

/// Where a layer finds its inputs: run `r` of output pixel `i` begins at
/// input + pixel_offsets[i] + row_offsets[r]. In fixed point kReadAhead elements behind it are
/// read.
template <typename Element>
struct ConvolutionInput {
  const Element* input = nullptr;
  const std::int32_t* pixel_offsets = nullptr;
  const std::ptrdiff_t* row_offsets = nullptr;  ///< layer.rows of them
  int pixels = 0;
};

/// output[i · channels + c] = max(floor, bias[c] + Σ weights · inputs of pixel i).
void Convolve(const PackedLayer& layer, const ConvolutionInput<float>& input, float* output);

/// The same in fixed point. Integers are rounded to the nearest and end at layer.largest_output.
void Convolve(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
              std::int16_t* output);
void Convolve(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
              std::uint8_t* output);  ///< largest_output ≤ 255
void Convolve(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input, float* output);

/// Whether layers in bytes, with narrow sums or without, are faster than pairs of 16 bits: where
/// there are dot products, and with narrow sums on x86.
bool BytesAreFast(bool narrow_sums);

/// The same of a layer in bytes (ToBytes).
void Convolve(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input,
              std::uint8_t* output);
void Convolve(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input, float* output);

}  // namespace facecascade

// A layer's weights as 16-bit integers, which this engine multiplies about twice as fast as floats.
#pragma once

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "engine/packed_layer.h"

namespace facecascade {

/// The largest activation in fixed point, and the largest pixel. Activations are cut off there, so
/// that no sum of products can overflow 32 bits; weights get what bits are left.
inline constexpr int kLargestActivation = 8191;
inline constexpr int kLargestPixel = 255;

/// Activations this many times as large as the largest one that was measured still fit.
inline constexpr float kRangeMargin = 2;

/// Elements behind the last one that the kernels read, and multiply by zero.
inline constexpr int kReadAhead = 1;

/// A PackedLayer in fixed point. Neighbouring inputs go in pairs; of a run of odd length the last
/// input has a zero weight beside it.
struct FixedLayer {
  int rows = 0;
  int run = 0;
  int channels = 0;
  float floor = 0;
  AlignedBuffer<std::int32_t> weights;  ///< {blocks, rows · pairs, kChannelBlock}: the lower half
                                        ///< of each is the first input's weight
  AlignedBuffer<std::int32_t> bias;     ///< {blocks · kChannelBlock}, in units of the sums
  AlignedBuffer<float> scale;           ///< {blocks · kChannelBlock}: outputs per unit of a sum

  int pairs() const { return (run + 1) / 2; }
  int blocks() const { return (channels + kChannelBlock - 1) / kChannelBlock; }
  std::size_t block_size() const {
    return static_cast<std::size_t>(rows) * pairs() * kChannelBlock;
  }
};

/// A Projection in fixed point.
struct FixedProjection {
  int rows = 0;
  int run = 0;
  std::vector<std::int16_t> weights;  ///< {rows, run}
  std::int32_t bias = 0;              ///< in units of the sums
  float scale = 1;                    ///< outputs per unit of a sum
};

/// `input_unit`, `output_unit`: what an integer 1 of an input and an output stands for;
/// `largest_input`: kLargestActivation or kLargestPixel. Each channel's weights have the largest
/// unit that no inputs can make overflow.
FixedLayer ToFixed(const PackedLayer& layer, float input_unit, float output_unit,
                   int largest_input);
FixedProjection ToFixed(const Projection& projection, float input_unit, int largest_input);

/// What an activation of 1 stands for where the largest one measured was `range`.
float ActivationUnit(float range);

}  // namespace facecascade

// A layer's weights as integers of 16 or 8 bits, which this engine multiplies faster than floats.
#pragma once

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "engine/packed_layer.h"
#include "network/network_spec.h"

namespace facecascade {

inline constexpr int kLargestPixel = 255;

/// How finely a net's activations and weights are told. Both are cut off at their largest integer;
/// with 16 bits weights get what is left of the 32 bits that hold the sums.
struct FixedPrecision {
  int largest_activation = 0;
  int largest_weight = 0;
  float range = 0;  ///< the largest activation, in units of the largest one that was measured
  bool narrow_sums = false;  ///< FixedLayer::narrow_sums, but where the inputs are pixels
};
inline constexpr FixedPrecision kSixteenBits = {8191, 32767, 2};
inline constexpr FixedPrecision kEightBits = {255, 127, 1};
inline constexpr FixedPrecision kSevenBits = {127, 127, 1, true};

/// The precision of a layer's weights of 16 bits whose activations have those of `precision`.
constexpr FixedPrecision WithWideWeights(FixedPrecision precision) {
  precision.largest_weight = kSixteenBits.largest_weight;
  precision.narrow_sums = false;
  return precision;
}

/// Convolutions that a net has in fixed point: those over maps. The last of them yields floats.
std::size_t FixedConvolutions(const NetworkSpec& spec);

/// Whether the first layer's weights have 16 bits where others have 8: the 27 inputs of a fully
/// convolutional net do not make up for coarser ones.
inline bool HasWideFirst(const NetworkSpec& spec) {
  return FitBytes(spec.fixed_point) && spec.hidden == 0;
}

/// How finely convolution `i` of a net in fixed point is told, or behind the last one its hidden
/// layer.
FixedPrecision PrecisionOf(const NetworkSpec& spec, std::size_t i);

/// Elements behind the last one that the kernels read, and multiply by zero.
inline constexpr int kReadAhead = 7;

/// A PackedLayer in fixed point. Neighbouring inputs go in groups, whose weights fill 32 bits
/// together; where a run ends within a group, zero weights fill it.
struct FixedLayer {
  int group = 2;  ///< inputs: two with weights of 16 bits, or four of 8
  /// Of each eight inputs of a run, the products of the first two and those of the third two, and
  /// of the others likewise, may be summed in 16 bits.
  bool narrow_sums = false;
  int rows = 0;
  int run = 0;
  int channels = 0;
  float floor = 0;
  float largest_output = 0;             ///< integers end here
  AlignedBuffer<std::int32_t> weights;  ///< {blocks, rows · groups, kChannelBlock}: the lowest bits
                                        ///< of each are the first input's weight
  AlignedBuffer<std::int32_t> bias;  ///< {blocks · kChannelBlock}, in units of the sums
  AlignedBuffer<float> scale;        ///< {blocks · kChannelBlock}: outputs per unit of a sum

  /// In a run; an even number where sums are narrow.
  int groups() const {
    const int step = group == 4 && narrow_sums ? 8 : group;
    return (run + step - 1) / step * (step / group);
  }
  int blocks() const { return (channels + kChannelBlock - 1) / kChannelBlock; }
  std::size_t block_size() const {
    return static_cast<std::size_t>(rows) * groups() * kChannelBlock;
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
/// `largest_input`: precision.largest_activation or kLargestPixel. Each channel's weights, of 16
/// bits, have the finest unit that no inputs can make overflow; with narrow sums the next one to it
/// from which ValuesOf makes weights that have the same integers again.
FixedLayer ToFixed(const PackedLayer& layer, float input_unit, float output_unit, int largest_input,
                   const FixedPrecision& precision);
FixedProjection ToFixed(const Projection& projection, float input_unit, int largest_input);

/// The numbers that a convolution's FixedLayer of pairs stands for, as PackConvolution takes them;
/// the units are those that ToFixed was given.
struct ConvolutionValues {
  Tensor weights;  ///< {channels, inputs, kernel, kernel}
  Tensor bias;     ///< {channels}
};
ConvolutionValues ValuesOf(const FixedLayer& layer, float input_unit, float output_unit);

/// The same layer with weights of 8 bits, where it was made with kEightBits: what it yields of
/// inputs of 8 bits are the same integers.
FixedLayer ToBytes(const FixedLayer& pairs);

/// What an activation of 1 stands for where the largest one measured was `range`.
float ActivationUnit(float range, const FixedPrecision& precision);

/// What ToFixed takes of a net's convolution.
struct ConvolutionUnits {
  float input = 1;
  float output = 1;
  int largest_input = kLargestPixel;
  FixedPrecision precision;
};

/// Of convolution `i` < FixedConvolutions; `ranges`: NetworkWeights', one for each convolution.
ConvolutionUnits UnitsOf(const NetworkSpec& spec, const std::vector<float>& ranges, std::size_t i);

}  // namespace facecascade

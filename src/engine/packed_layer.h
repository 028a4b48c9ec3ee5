// The weights of one layer in the order in which the kernels read them.
#pragma once

#include <cstddef>
#include <vector>

#include "base/aligned_buffer.h"
#include "network/network_spec.h"

namespace facecascade {

/// Output channels whose weights lie together: one cache line, and a whole number of vectors of
/// every instruction set, so that a plan does not depend on what it is run with.
inline constexpr int kChannelBlock = 16;

/// A convolution or a fully connected layer, to be multiplied with `rows` runs of `run`
/// neighbouring inputs: a convolution's kernel rows over an interleaved map, or one run of all
/// inputs.
struct PackedLayer {
  int rows = 0;
  int run = 0;
  int channels = 0;
  float floor = 0;               ///< least output: 0 for ReLU, −∞ for a linear layer
  AlignedBuffer<float> weights;  ///< {blocks, rows · run, kChannelBlock}, zeros behind `channels`
  AlignedBuffer<float> bias;     ///< {blocks · kChannelBlock}

  int blocks() const { return (channels + kChannelBlock - 1) / kChannelBlock; }
  std::size_t block_size() const { return static_cast<std::size_t>(rows) * run * kChannelBlock; }
};

/// A linear layer of a single output, multiplied with `rows` runs of `run` neighbouring inputs.
struct Projection {
  int rows = 0;
  int run = 0;
  std::vector<float> weights;  ///< {rows, run}
  float bias = 0;
};

/// A convolution over maps of `inputs` interleaved channels. `floor`: 0 for ReLU.
PackedLayer PackConvolution(int kernel, int inputs, const Tensor& weights, const Tensor& bias,
                            float floor);

/// Lets a first layer read pixels 0 … 255 as they are: normalisation is linear and there is no
/// padding, so it moves into weights and bias.
void FoldNormalization(PackedLayer& layer);

/// The hidden layer, with ReLU, over a last map of `side`² pixels of `channels` interleaved
/// channels followed by the bridge.
PackedLayer PackHidden(int side, int channels, const Tensor& weights, const Tensor& bias);

/// A linear layer whose inputs stay in their order.
PackedLayer PackLinear(const Tensor& weights, const Tensor& bias);

/// The single channel of a layer.
Projection ToProjection(const PackedLayer& layer);

}  // namespace facecascade

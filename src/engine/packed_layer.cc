#include "engine/packed_layer.h"

#include <algorithm>
#include <limits>

namespace facecascade {
namespace {

PackedLayer MakeLayer(int rows, int run, const Tensor& bias, float floor) {
  PackedLayer layer;
  layer.rows = rows;
  layer.run = run;
  layer.channels = static_cast<int>(bias.values.size());
  layer.floor = floor;
  const std::size_t padded = static_cast<std::size_t>(layer.blocks()) * kChannelBlock;
  std::fill_n(layer.weights.Reserve(layer.blocks() * layer.block_size()),
              layer.blocks() * layer.block_size(), 0.0F);
  std::fill_n(layer.bias.Reserve(padded), padded, 0.0F);
  std::copy(bias.values.begin(), bias.values.end(), layer.bias.data());
  return layer;
}

// Weight of input `index`, counted through all runs, for output `channel`.
float& WeightAt(PackedLayer& layer, int channel, int index) {
  return layer.weights
      .data()[channel / kChannelBlock * layer.block_size() +
              static_cast<std::size_t>(index) * kChannelBlock + channel % kChannelBlock];
}

}  // namespace

PackedLayer PackConvolution(int kernel, int inputs, const Tensor& weights, const Tensor& bias,
                            float floor) {
  PackedLayer layer = MakeLayer(kernel, kernel * inputs, bias, floor);
  const int area = kernel * kernel;
  const float* weight = weights.values.data();
  for (int channel = 0; channel < layer.channels; ++channel) {
    for (int input = 0; input < inputs; ++input) {
      for (int i = 0; i < area; ++i) WeightAt(layer, channel, i * inputs + input) = *weight++;
    }
  }
  return layer;
}

void FoldNormalization(PackedLayer& layer) {
  for (int channel = 0; channel < layer.channels; ++channel) {
    double sum = 0;
    for (int i = 0; i < layer.rows * layer.run; ++i) {
      float& weight = WeightAt(layer, channel, i);
      weight *= kPixelScale;
      sum += weight;
    }
    layer.bias.data()[channel] -= static_cast<float>(sum * kPixelMean);
  }
}

PackedLayer PackHidden(int side, int channels, const Tensor& weights, const Tensor& bias) {
  const int area = side * side;
  const int inputs = static_cast<int>(weights.values.size() / bias.values.size());
  PackedLayer layer = MakeLayer(1, inputs, bias, 0.0F);
  const float* weight = weights.values.data();
  for (int output = 0; output < layer.channels; ++output) {
    for (int channel = 0; channel < channels; ++channel) {
      for (int i = 0; i < area; ++i) WeightAt(layer, output, i * channels + channel) = *weight++;
    }
    for (int i = area * channels; i < inputs; ++i) WeightAt(layer, output, i) = *weight++;
  }
  return layer;
}

PackedLayer PackLinear(const Tensor& weights, const Tensor& bias) {
  const int inputs = static_cast<int>(weights.values.size() / bias.values.size());
  PackedLayer layer = MakeLayer(1, inputs, bias, -std::numeric_limits<float>::infinity());
  const float* weight = weights.values.data();
  for (int output = 0; output < layer.channels; ++output) {
    for (int i = 0; i < inputs; ++i) WeightAt(layer, output, i) = *weight++;
  }
  return layer;
}

Projection ToProjection(const PackedLayer& layer) {
  Projection projection = {layer.rows, layer.run, {}, layer.bias.data()[0]};
  for (int i = 0; i < layer.rows * layer.run; ++i) {
    projection.weights.push_back(
        layer.weights.data()[static_cast<std::ptrdiff_t>(i) * kChannelBlock]);
  }
  return projection;
}

}  // namespace facecascade

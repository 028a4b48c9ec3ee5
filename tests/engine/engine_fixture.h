// Nets with made-up weights, and the tolerance within which two sums of the same terms may differ.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.h"
#include "network/network_spec.h"

namespace facecascade {

inline Tensor RandomTensor(std::vector<std::int64_t> shape, float scale, Random& random) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  Tensor tensor = {std::move(shape), {}};
  for (std::int64_t i = 0; i < count; ++i) {
    tensor.values.push_back(static_cast<float>(random.Uniform(-scale, scale)));
  }
  return tensor;
}

/// Weights whose layers keep the size of what they are given.
inline NetworkWeights RandomWeights(const NetworkSpec& spec, std::uint64_t seed) {
  Random random(seed);
  NetworkWeights weights;
  const auto scale = [](int inputs) { return std::sqrt(3.0F / static_cast<float>(inputs)); };
  int inputs = kInputChannels;
  for (const ConvolutionSpec& layer : spec.convolutions) {
    weights.convolution_weights.push_back(
        RandomTensor({layer.channels, inputs, layer.kernel, layer.kernel},
                     1.4F * scale(inputs * layer.kernel * layer.kernel), random));
    weights.convolution_biases.push_back(RandomTensor({layer.channels}, 0.1F, random));
    inputs = layer.channels;
  }
  if (spec.hidden > 0) {
    weights.hidden_weights =
        RandomTensor({spec.hidden, HiddenInputs(spec)}, 1.4F * scale(HiddenInputs(spec)), random);
    weights.hidden_bias = RandomTensor({spec.hidden}, 0.1F, random);
  }
  if (spec.early_exit) {
    std::vector<std::int64_t> shape =
        weights.convolution_weights[ExitConvolution(spec)].shape;  // but for its channels
    shape[0] = 1;
    weights.exit_weights = RandomTensor(shape, 1, random);
    weights.exit_bias = RandomTensor({1}, 0.1F, random);
  }
  if (spec.fixed_point) {
    const std::size_t count = spec.convolutions.size();
    weights.ranges = {{static_cast<std::int64_t>(count)}, std::vector<float>(count, 4.0F)};
  }
  weights.output_weights =
      RandomTensor({kOutputs, FeatureCount(spec)}, scale(FeatureCount(spec)), random);
  weights.output_bias = RandomTensor({kOutputs}, 0.1F, random);
  return weights;
}

inline std::vector<std::uint8_t> RandomBytes(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.Below(256));
  return bytes;
}

inline std::vector<float> RandomFloats(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.Uniform(-1, 1));
  return values;
}

/// Two ways to sum up the same `terms` products of absolute sum `norm` differ by less: each of
/// the terms − 1 additions and each product rounds by at most ε/2 of a partial sum ≤ `norm`.
inline float SumTolerance(int terms, float norm) {
  return static_cast<float>(terms) * std::numeric_limits<float>::epsilon() * norm;
}

}  // namespace facecascade

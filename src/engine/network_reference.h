// The nets in plain fp32 loops: what every kernel is held against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "network/network_spec.h"

namespace facecascade {

/// `height` rows of `width` pixels of `channels` floats.
struct FeatureMap {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<float> values;
};

/// Interleaved RGB, rows `stride` bytes apart, as the nets see it.
FeatureMap NormalizeReference(const std::uint8_t* pixels, int width, int height,
                              std::ptrdiff_t stride);

/// A convolution without padding, then ReLU.
FeatureMap ConvolveReference(const FeatureMap& input, const ConvolutionSpec& layer,
                             const Tensor& weights, const Tensor& bias);

/// y = weights · x + bias.
std::vector<float> MultiplyReference(const std::vector<float>& x, const Tensor& weights,
                                     const Tensor& bias);

/// The map of the last convolution.
FeatureMap LastMapReference(const NetworkSpec& spec, const NetworkWeights& weights,
                            FeatureMap picture);

/// As RunWindows.
void RunWindowsReference(const NetworkSpec& spec, const NetworkWeights& weights,
                         const std::uint8_t* windows, int count, const float* bridge,
                         float* outputs, float* features);

}  // namespace facecascade

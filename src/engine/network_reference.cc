#include "engine/network_reference.h"

#include <algorithm>

namespace facecascade {
namespace {

float ConvolveAt(const FeatureMap& input, const ConvolutionSpec& layer, const float* weights,
                 int column, int row) {
  float sum = 0;
  for (int c = 0; c < input.channels; ++c) {
    for (int y = 0; y < layer.kernel; ++y) {
      for (int x = 0; x < layer.kernel; ++x) {
        const std::ptrdiff_t pixel =
            static_cast<std::ptrdiff_t>(row * layer.stride + y) * input.width +
            column * layer.stride + x;
        sum += *weights++ * input.values[pixel * input.channels + c];
      }
    }
  }
  return sum;
}

// The map in the order in which a hidden layer reads it: channel, row, column.
std::vector<float> Flatten(const FeatureMap& map) {
  std::vector<float> flat;
  flat.reserve(map.values.size());
  for (int c = 0; c < map.channels; ++c) {
    for (std::size_t i = c; i < map.values.size(); i += map.channels) flat.push_back(map.values[i]);
  }
  return flat;
}

std::vector<float> FeaturesReference(const NetworkSpec& spec, const NetworkWeights& weights,
                                     const FeatureMap& last_map, const float* bridge) {
  std::vector<float> inputs = Flatten(last_map);
  if (spec.hidden == 0) return inputs;
  inputs.insert(inputs.end(), bridge, bridge + spec.bridge);
  std::vector<float> features =
      MultiplyReference(inputs, weights.hidden_weights, weights.hidden_bias);
  for (float& feature : features) feature = std::max(feature, 0.0F);
  return features;
}

}  // namespace

FeatureMap NormalizeReference(const std::uint8_t* pixels, int width, int height,
                              std::ptrdiff_t stride) {
  FeatureMap map = {width, height, kInputChannels, {}};
  map.values.reserve(static_cast<std::size_t>(width) * height * kInputChannels);
  for (int row = 0; row < height; ++row) {
    for (int i = 0; i < width * kInputChannels; ++i) {
      map.values.push_back((static_cast<float>(pixels[row * stride + i]) - kPixelMean) *
                           kPixelScale);
    }
  }
  return map;
}

FeatureMap ConvolveReference(const FeatureMap& input, const ConvolutionSpec& layer,
                             const Tensor& weights, const Tensor& bias) {
  FeatureMap output;
  output.width = (input.width - layer.kernel) / layer.stride + 1;
  output.height = (input.height - layer.kernel) / layer.stride + 1;
  output.channels = layer.channels;
  output.values.reserve(static_cast<std::size_t>(output.width) * output.height * output.channels);
  const std::ptrdiff_t filter =
      static_cast<std::ptrdiff_t>(input.channels) * layer.kernel * layer.kernel;
  for (int row = 0; row < output.height; ++row) {
    for (int column = 0; column < output.width; ++column) {
      for (int channel = 0; channel < layer.channels; ++channel) {
        const float sum =
            ConvolveAt(input, layer, weights.values.data() + channel * filter, column, row);
        output.values.push_back(std::max(sum + bias.values[channel], 0.0F));
      }
    }
  }
  return output;
}

std::vector<float> MultiplyReference(const std::vector<float>& x, const Tensor& weights,
                                     const Tensor& bias) {
  std::vector<float> y = bias.values;
  const float* weight = weights.values.data();
  for (float& value : y) {
    for (const float input : x) value += *weight++ * input;
  }
  return y;
}

FeatureMap LastMapReference(const NetworkSpec& spec, const NetworkWeights& weights,
                            FeatureMap picture) {
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    picture = ConvolveReference(picture, spec.convolutions[i], weights.convolution_weights[i],
                                weights.convolution_biases[i]);
  }
  return picture;
}

void RunWindowsReference(const NetworkSpec& spec, const NetworkWeights& weights,
                         const std::uint8_t* windows, int count, const float* bridge,
                         float* outputs, float* features) {
  const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(spec.input_size) * kInputChannels;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const FeatureMap map =
        LastMapReference(spec, weights,
                         NormalizeReference(windows + i * stride * spec.input_size, spec.input_size,
                                            spec.input_size, stride));
    const float* window_bridge = bridge == nullptr ? nullptr : bridge + i * spec.bridge;
    const std::vector<float> of_window = FeaturesReference(spec, weights, map, window_bridge);
    const std::vector<float> output =
        MultiplyReference(of_window, weights.output_weights, weights.output_bias);
    std::copy(output.begin(), output.end(), outputs + i * kOutputs);
    if (features == nullptr) continue;
    std::copy(of_window.begin(), of_window.end(),
              features + i * static_cast<std::ptrdiff_t>(of_window.size()));
  }
}

}  // namespace facecascade

#include "network/network_spec.h"

#include <cmath>
#include <cstddef>

namespace facecascade {
namespace {

constexpr int kLargestInput = 256;
constexpr float kLargestRange = 1e6F;
constexpr int kLargestKernel = 16;
constexpr int kLargestWidth = 4096;
constexpr std::size_t kMostConvolutions = 32;

int InputChannels(const NetworkSpec& spec, std::size_t index) {
  return index == 0 ? kInputChannels : spec.convolutions[index - 1].channels;
}

int LastMapElements(const NetworkSpec& spec) {
  const int side = MapSize(spec, spec.convolutions.size() - 1);
  return spec.convolutions.back().channels * side * side;
}

std::int64_t ExitInputs(const NetworkSpec& spec) {
  const std::size_t index = ExitConvolution(spec);
  const int kernel = spec.convolutions[index].kernel;
  return std::int64_t{kernel} * kernel * InputChannels(spec, index);
}

Error Wrong(const NetworkSpec& spec, const std::string& what) {
  return Error{"network '" + spec.name + "': " + what};
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  }
  return text + "]";
}

Status CheckTensor(const std::string& name, const Tensor& tensor,
                   const std::vector<std::int64_t>& shape) {
  std::int64_t elements = 1;
  for (const std::int64_t extent : shape) elements *= extent;
  if (tensor.shape != shape || static_cast<std::int64_t>(tensor.values.size()) != elements) {
    return Error{"tensor '" + name + "' has shape " + ShapeText(tensor.shape) + ", expected " +
                 ShapeText(shape)};
  }
  for (const float value : tensor.values) {
    if (!std::isfinite(value)) {
      return Error{"tensor '" + name + "' holds a number that is not finite"};
    }
  }
  return Ok();
}

}  // namespace

int MapSize(const NetworkSpec& spec, std::size_t index) {
  int side = spec.input_size;
  for (std::size_t i = 0; i <= index; ++i) {
    side = (side - spec.convolutions[i].kernel) / spec.convolutions[i].stride + 1;
  }
  return side;
}

std::size_t ExitConvolution(const NetworkSpec& spec) {
  std::size_t index = 0;
  while (index + 1 < spec.convolutions.size() && MapSize(spec, index) > 1) ++index;
  return index;
}

int FeatureCount(const NetworkSpec& spec) {
  return spec.hidden > 0 ? spec.hidden : LastMapElements(spec);
}

int HiddenInputs(const NetworkSpec& spec) { return LastMapElements(spec) + spec.bridge; }

std::int64_t ParameterCount(const NetworkSpec& spec) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const ConvolutionSpec& layer = spec.convolutions[i];
    count += static_cast<std::int64_t>(layer.channels) *
             (InputChannels(spec, i) * layer.kernel * layer.kernel + 1);
  }
  if (spec.hidden > 0) count += static_cast<std::int64_t>(spec.hidden) * (HiddenInputs(spec) + 1);
  if (spec.early_exit) count += ExitInputs(spec) + 1;
  if (spec.fixed_point > 0) count += static_cast<std::int64_t>(spec.convolutions.size());
  return count + static_cast<std::int64_t>(kOutputs) * (FeatureCount(spec) + 1);
}

std::int64_t MultiplicationCount(const NetworkSpec& spec) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const ConvolutionSpec& layer = spec.convolutions[i];
    const std::int64_t side = MapSize(spec, i);
    count += side * side * layer.channels * InputChannels(spec, i) * layer.kernel * layer.kernel;
  }
  if (spec.hidden > 0) count += static_cast<std::int64_t>(spec.hidden) * HiddenInputs(spec);
  return count + static_cast<std::int64_t>(kOutputs) * FeatureCount(spec);
}

std::int64_t MapMultiplicationCount(const NetworkSpec& spec, int width, int height) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const ConvolutionSpec& layer = spec.convolutions[i];
    width = (width - layer.kernel) / layer.stride + 1;
    height = (height - layer.kernel) / layer.stride + 1;
    if (spec.early_exit && i == ExitConvolution(spec)) {
      return count + std::int64_t{width} * height * ExitInputs(spec);
    }
    count += std::int64_t{width} * height * layer.channels * InputChannels(spec, i) * layer.kernel *
             layer.kernel;
  }
  return count + std::int64_t{width} * height * FeatureCount(spec);
}

int TotalStride(const NetworkSpec& spec) {
  int stride = 1;
  for (const ConvolutionSpec& layer : spec.convolutions) stride *= layer.stride;
  return stride;
}

Status CheckNetworkSpec(const NetworkSpec& spec) {
  if (spec.name.empty()) return Error{"a network has no name"};
  if (spec.input_size < 4 || spec.input_size > kLargestInput) {
    return Wrong(spec, "input_size must lie in 4 … " + std::to_string(kLargestInput));
  }
  if (spec.convolutions.empty() || spec.convolutions.size() > kMostConvolutions) {
    return Wrong(spec, "must have 1 … " + std::to_string(kMostConvolutions) + " convolutions");
  }
  int side = spec.input_size;
  for (const ConvolutionSpec& layer : spec.convolutions) {
    if (layer.kernel < 1 || layer.kernel > kLargestKernel || layer.kernel > side) {
      return Wrong(spec, "a convolution's kernel must lie in 1 … " +
                             std::to_string(kLargestKernel) + " and fit its input");
    }
    if (layer.stride < 1 || layer.stride > layer.kernel) {
      return Wrong(spec, "a convolution's stride must lie in 1 … its kernel");
    }
    if (layer.channels < 1 || layer.channels > kLargestWidth) {
      return Wrong(spec,
                   "a convolution's channels must lie in 1 … " + std::to_string(kLargestWidth));
    }
    side = (side - layer.kernel) / layer.stride + 1;
  }
  if (spec.hidden < 0 || spec.hidden > kLargestWidth || spec.bridge < 0 ||
      spec.bridge > kLargestWidth) {
    return Wrong(spec, "hidden and bridge must lie in 0 … " + std::to_string(kLargestWidth));
  }
  if (spec.hidden == 0 && (side != 1 || spec.bridge != 0)) {
    return Wrong(spec, "without a hidden layer the last map must be 1×1 and take no bridge");
  }
  if (spec.early_exit && spec.hidden > 0) {
    return Wrong(spec, "with a hidden layer there can be no early exit");
  }
  if (spec.fixed_point != 0 && !IsFixedPoint(spec.fixed_point)) {
    return Wrong(spec, "fixed_point must be 0, 7, 8 or 16 bits");
  }
  return Ok();
}

Status CheckNetworkWeights(const NetworkSpec& spec, const NetworkWeights& weights) {
  if (weights.convolution_weights.size() != spec.convolutions.size() ||
      weights.convolution_biases.size() != spec.convolutions.size()) {
    return Wrong(spec, "expected weights of " + std::to_string(spec.convolutions.size()) +
                           " convolutions, found " +
                           std::to_string(weights.convolution_weights.size()));
  }
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const ConvolutionSpec& layer = spec.convolutions[i];
    const std::string name = spec.name + ".convolution" + std::to_string(i);
    Status status =
        CheckTensor(name + ".weight", weights.convolution_weights[i],
                    {layer.channels, InputChannels(spec, i), layer.kernel, layer.kernel});
    if (!status.ok()) return status;
    status = CheckTensor(name + ".bias", weights.convolution_biases[i], {layer.channels});
    if (!status.ok()) return status;
  }
  if (spec.hidden > 0) {
    Status status = CheckTensor(spec.name + ".hidden.weight", weights.hidden_weights,
                                {spec.hidden, HiddenInputs(spec)});
    if (!status.ok()) return status;
    status = CheckTensor(spec.name + ".hidden.bias", weights.hidden_bias, {spec.hidden});
    if (!status.ok()) return status;
  }
  if (spec.early_exit) {
    const std::size_t index = ExitConvolution(spec);
    const int kernel = spec.convolutions[index].kernel;
    Status status = CheckTensor(spec.name + ".exit.weight", weights.exit_weights,
                                {1, InputChannels(spec, index), kernel, kernel});
    if (!status.ok()) return status;
    status = CheckTensor(spec.name + ".exit.bias", weights.exit_bias, {1});
    if (!status.ok()) return status;
  }
  if (spec.fixed_point > 0) {
    Status status = CheckTensor(spec.name + ".ranges", weights.ranges,
                                {static_cast<std::int64_t>(spec.convolutions.size())});
    if (!status.ok()) return status;
    for (const float range : weights.ranges.values) {
      if (!(range >= 0 && range <= kLargestRange)) {
        return Error{spec.name + ".ranges: a range must lie in 0 … 1,000,000"};
      }
    }
  }
  Status status = CheckTensor(spec.name + ".output.weight", weights.output_weights,
                              {kOutputs, FeatureCount(spec)});
  if (!status.ok()) return status;
  return CheckTensor(spec.name + ".output.bias", weights.output_bias, {kOutputs});
}

std::vector<NamedTensor> NameTensors(const NetworkSpec& spec, NetworkWeights& weights) {
  weights.convolution_weights.resize(spec.convolutions.size());
  weights.convolution_biases.resize(spec.convolutions.size());
  std::vector<NamedTensor> named;
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const std::string name = spec.name + ".convolution" + std::to_string(i);
    named.push_back({name + ".weight", &weights.convolution_weights[i]});
    named.push_back({name + ".bias", &weights.convolution_biases[i]});
  }
  if (spec.hidden > 0) {
    named.push_back({spec.name + ".hidden.weight", &weights.hidden_weights});
    named.push_back({spec.name + ".hidden.bias", &weights.hidden_bias});
  }
  if (spec.early_exit) {
    named.push_back({spec.name + ".exit.weight", &weights.exit_weights});
    named.push_back({spec.name + ".exit.bias", &weights.exit_bias});
  }
  if (spec.fixed_point > 0) named.push_back({spec.name + ".ranges", &weights.ranges});
  named.push_back({spec.name + ".output.weight", &weights.output_weights});
  named.push_back({spec.name + ".output.bias", &weights.output_bias});
  return named;
}

CascadeSpec DefaultCascadeSpec() {
  return {NetworkSpec{"12net", 12, {{4, 2, 16}, {3, 2, 24}, {2, 1, 32}}, 0, 0},
          NetworkSpec{"24net", 24, {{4, 2, 32}, {3, 2, 64}, {3, 1, 64}}, 96, 32},
          NetworkSpec{
              "48net", 48, {{4, 2, 32}, {3, 2, 48}, {3, 1, 64}, {3, 2, 96}, {3, 1, 112}}, 192, 96}};
}

}  // namespace facecascade

#include "training/modules.h"

#include <cmath>
#include <string>

#include "engine/fixed_layer.h"

namespace facecascade::training {

Tensor ToTensor(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  Tensor result;
  result.shape.assign(plain.sizes().begin(), plain.sizes().end());
  result.values.assign(plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel());
  return result;
}

namespace {

struct Folded {
  torch::Tensor weight;
  torch::Tensor bias;
};

// Weight and bias of a layer without bias followed by batch norm in evaluation.
template <typename Norm>
Folded FoldNorm(const torch::Tensor& weight, Norm& norm) {
  const torch::Tensor gain = norm->weight / torch::sqrt(norm->running_var + norm->options.eps());
  std::vector<std::int64_t> shape(weight.dim(), 1);
  shape[0] = gain.size(0);
  return {weight * gain.view(shape), norm->bias - norm->running_mean * gain};
}

// `exact` with the value of `rounded`, and the gradient of its own.
torch::Tensor PassThrough(const torch::Tensor& exact, const torch::Tensor& rounded) {
  return exact + (rounded - exact).detach();
}

torch::Tensor FromTensor(const Tensor& tensor, const torch::Tensor& like) {
  return torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape)
      .clone()
      .to(like.device());
}

void CopyTensor(const Tensor& from, const torch::Tensor& to) {
  to.copy_(torch::from_blob(const_cast<float*>(from.values.data()), from.shape));
}

// Makes a batch norm add `bias` to these inputs and nothing else. `dimensions`: all but the
// channels.
template <typename Norm>
void UndoNorm(const torch::Tensor& inputs, torch::IntArrayRef dimensions, const Tensor& bias,
              Norm& norm) {
  norm->running_mean.copy_(inputs.mean(dimensions));
  norm->running_var.copy_(inputs.var(dimensions, /*unbiased=*/false));
  norm->weight.copy_(torch::sqrt(norm->running_var + norm->options.eps()));
  CopyTensor(bias, norm->bias);
  norm->bias.add_(norm->running_mean);
}

// Makes a batch norm normalise the chosen channels of these inputs, as one does that begins.
template <typename Norm>
void ResetNorm(const torch::Tensor& inputs, torch::IntArrayRef dimensions,
               const torch::Tensor& chosen, Norm& norm) {
  const auto set = [&](torch::Tensor target, const torch::Tensor& value) {
    target.copy_(torch::where(chosen, value, target));
  };
  set(norm->running_mean, inputs.mean(dimensions));
  set(norm->running_var, inputs.var(dimensions, /*unbiased=*/false));
  set(norm->weight, torch::ones_like(norm->weight));
  set(norm->bias, torch::zeros_like(norm->bias));
}

void CopyState(torch::nn::Module& from, torch::nn::Module& to) {
  const auto copy = [](const auto& sources, auto targets) {
    for (const auto& source : sources) targets[source.key()].copy_(source.value());
  };
  copy(from.named_parameters(), to.named_parameters());
  copy(from.named_buffers(), to.named_buffers());
}

// A rounded net's ranges are 1.
ConvolutionUnits RoundedUnits(const NetworkSpec& spec, std::size_t i) {
  return UnitsOf(spec, std::vector<float>(spec.convolutions.size(), 1.0F), i);
}

// The convolution that the engine makes of this one, on normalised pixels or the map below.
Folded RoundConvolution(const NetworkSpec& spec, std::size_t i, const Folded& exact) {
  PackedLayer packed =
      PackConvolution(spec.convolutions[i].kernel, static_cast<int>(exact.weight.size(1)),
                      ToTensor(exact.weight), ToTensor(exact.bias), 0);
  if (i == 0) FoldNormalization(packed);
  const ConvolutionUnits units = RoundedUnits(spec, i);
  const ConvolutionValues values =
      ValuesOf(ToFixed(packed, units.input, units.output, units.largest_input, units.precision),
               units.input, units.output);
  Folded rounded = {FromTensor(values.weights, exact.weight), FromTensor(values.bias, exact.bias)};
  if (i == 0) {
    rounded.bias += kPixelMean * rounded.weight.sum({1, 2, 3});
    rounded.weight /= kPixelScale;
  }
  return rounded;
}

// The hidden layer that the engine makes of this one.
Folded RoundHidden(const NetworkSpec& spec, const Folded& exact) {
  const std::size_t last = spec.convolutions.size() - 1;
  const int side = MapSize(spec, last);
  const int channels = spec.convolutions[last].channels;
  const FixedPrecision precision = PrecisionOf(spec, spec.convolutions.size());
  const PackedLayer packed =
      PackHidden(side, channels, ToTensor(exact.weight), ToTensor(exact.bias));
  const ConvolutionValues values =
      ValuesOf(ToFixed(packed, 1, 1, precision.largest_activation, precision), 1, 1);
  const torch::Tensor weight = FromTensor(values.weights, exact.weight).flatten(1);
  // Back from the engine's order: the channels of a pixel together.
  const torch::Tensor map = weight.narrow(1, 0, static_cast<std::int64_t>(side) * side * channels);
  return {torch::cat({map.view({spec.hidden, -1, channels}).transpose(1, 2).flatten(1),
                      weight.narrow(1, map.size(1), spec.bridge)},
                     1),
          exact.bias};
}

}  // namespace

NetImpl::NetImpl(const NetworkSpec& spec) : spec_(spec) {
  int channels = kInputChannels;
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const ConvolutionSpec& layer = spec.convolutions[i];
    const std::string number = std::to_string(i);
    convolutions_.push_back(register_module(
        "convolution" + number,
        torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, layer.channels, layer.kernel)
                              .stride(layer.stride)
                              .bias(false))));
    torch::nn::init::kaiming_normal_(convolutions_.back()->weight, 0, torch::kFanIn, torch::kReLU);
    norms_.push_back(register_module("norm" + number, torch::nn::BatchNorm2d(layer.channels)));
    channels = layer.channels;
  }
  if (spec.hidden > 0) {
    hidden_ = register_module(
        "hidden",
        torch::nn::Linear(torch::nn::LinearOptions(HiddenInputs(spec), spec.hidden).bias(false)));
    torch::nn::init::kaiming_normal_(hidden_->weight, 0, torch::kFanIn, torch::kReLU);
    hidden_norm_ = register_module("hidden_norm", torch::nn::BatchNorm1d(spec.hidden));
  }
  if (spec.early_exit) {
    const torch::Tensor& behind = convolutions_[ExitConvolution(spec)]->weight;
    exit_weight_ =
        register_buffer("exit_weight", torch::zeros_like(behind.detach().narrow(0, 0, 1)));
    exit_bias_ = register_buffer("exit_bias", torch::zeros({1}));
  }
  output_ = register_module("output", torch::nn::Linear(FeatureCount(spec), kOutputs));
  torch::nn::init::normal_(output_->weight, 0, 0.01);
  torch::nn::init::zeros_(output_->bias);
}

torch::Tensor NetImpl::Convolve(std::size_t i, const torch::Tensor& map) {
  if (rounded() && i < FixedConvolutions(spec_)) return ConvolveRounded(i, map);
  return torch::relu(norms_[i]->forward(convolutions_[i]->forward(map)));
}

torch::Tensor NetImpl::ConvolveRounded(std::size_t i, const torch::Tensor& map) {
  const Folded exact = FoldNorm(convolutions_[i]->weight, norms_[i]);
  const Folded rounded = RoundConvolution(spec_, i, exact);
  const torch::Tensor outputs = torch::relu(
      torch::conv2d(map, PassThrough(exact.weight, rounded.weight),
                    PassThrough(exact.bias, rounded.bias), spec_.convolutions[i].stride));
  if (i + 1 == FixedConvolutions(spec_)) return outputs;
  const ConvolutionUnits units = RoundedUnits(spec_, i);
  const torch::Tensor cut =
      outputs.clamp_max(units.output * static_cast<float>(units.precision.largest_activation));
  return PassThrough(cut, torch::round(cut / units.output) * units.output);
}

torch::Tensor NetImpl::MultiplyRounded(const torch::Tensor& features) {
  const Folded exact = FoldNorm(hidden_->weight, hidden_norm_);
  const Folded rounded = RoundHidden(spec_, exact);
  const FixedPrecision precision = PrecisionOf(spec_, convolutions_.size());
  const torch::Tensor range = features.detach().amax(1, /*keepdim=*/true).clamp_min(1e-6);
  const torch::Tensor unit = range / precision.largest_activation;
  return torch::relu(torch::linear(PassThrough(features, torch::round(features / unit) * unit),
                                   PassThrough(exact.weight, rounded.weight), exact.bias));
}

NetImpl::Seen NetImpl::forward(const torch::Tensor& pixels, const torch::Tensor& bridge) {
  torch::Tensor map = pixels;
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    map = Convolve(i, map);
  }
  torch::Tensor features = map.contiguous().flatten(1);
  if (spec_.bridge > 0) features = torch::cat({features, bridge}, 1);
  if (spec_.hidden > 0) {
    features = rounded() ? MultiplyRounded(features)
                         : torch::relu(hidden_norm_->forward(hidden_->forward(features)));
  }
  return {output_->forward(features), features};
}

torch::Tensor NetImpl::ExitInputs(const torch::Tensor& pixels) {
  torch::Tensor map = pixels;
  for (std::size_t i = 0; i < ExitConvolution(spec_); ++i) {
    map = Convolve(i, map);
  }
  return map.contiguous().flatten(1);
}

torch::Tensor NetImpl::LargestOutputs(const torch::Tensor& pixels) {
  std::vector<torch::Tensor> largest;
  torch::Tensor map = pixels;
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    map = Convolve(i, map);
    largest.push_back(map.max());
  }
  return torch::stack(largest);
}

std::vector<torch::Tensor> NetImpl::UsualOutputs(const torch::Tensor& pixels) {
  constexpr double kUnusual = 0.001;
  std::vector<torch::Tensor> usual;
  torch::Tensor map = pixels;
  for (std::size_t i = 0; i + 1 < convolutions_.size(); ++i) {
    map = Convolve(i, map);
    const torch::Tensor outputs = map.transpose(0, 1).flatten(1);  // {channels, outputs}
    const torch::Tensor awake = (outputs > 0).sum(1, /*keepdim=*/true);
    const torch::Tensor place = outputs.size(1) - 1 - (awake * kUnusual).floor().to(torch::kInt64);
    usual.push_back(std::get<0>(outputs.sort(1)).gather(1, place).squeeze(1));
  }
  return usual;
}

void NetImpl::ScaleChannels(const std::vector<torch::Tensor>& sizes) {
  torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const torch::Tensor size = torch::where(sizes[i] > 0, sizes[i], torch::ones_like(sizes[i]));
    norms_[i]->weight.div_(size);
    norms_[i]->bias.div_(size);
    convolutions_[i + 1]->weight.mul_(size.view({1, -1, 1, 1}));
    if (spec_.early_exit && i + 1 == ExitConvolution(spec_)) {
      exit_weight_.mul_(size.view({1, -1, 1, 1}));
    }
  }
}

void NetImpl::SetExit(const torch::Tensor& weights, double bias) {
  torch::NoGradGuard no_grad;
  exit_weight_.copy_(weights.view_as(exit_weight_));
  exit_bias_.fill_(bias);
}

NetworkWeights NetImpl::Fold() {
  torch::NoGradGuard no_grad;
  NetworkWeights weights;
  weights.convolution_weights.resize(convolutions_.size());
  weights.convolution_biases.resize(convolutions_.size());
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    const Folded exact = FoldNorm(convolutions_[i]->weight, norms_[i]);
    const bool in_integers = rounded() && i < FixedConvolutions(spec_);
    const Folded folded = in_integers ? RoundConvolution(spec_, i, exact) : exact;
    weights.convolution_weights[i] = ToTensor(folded.weight);
    weights.convolution_biases[i] = ToTensor(folded.bias);
  }
  if (spec_.hidden > 0) {
    const Folded exact = FoldNorm(hidden_->weight, hidden_norm_);
    const Folded folded = rounded() ? RoundHidden(spec_, exact) : exact;
    weights.hidden_weights = ToTensor(folded.weight);
    weights.hidden_bias = ToTensor(folded.bias);
  }
  if (spec_.early_exit) {
    weights.exit_weights = ToTensor(exit_weight_);
    weights.exit_bias = ToTensor(exit_bias_);
  }
  weights.output_weights = ToTensor(output_->weight);
  weights.output_bias = ToTensor(output_->bias);
  if (rounded()) weights.ranges = ToTensor(torch::ones(convolutions_.size()));
  return weights;
}

int NetImpl::Unfold(const NetworkWeights& weights, const torch::Tensor& pixels,
                    const torch::Tensor& bridge) {
  torch::NoGradGuard no_grad;
  train();
  int begun_anew = 0;
  torch::Tensor map = pixels;
  torch::Tensor anew;  // of the layer below: which channels
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    torch::Tensor weight = convolutions_[i]->weight;
    const torch::Tensor random = weight.clone();
    CopyTensor(weights.convolution_weights[i], weight);
    if (anew.defined()) weight.masked_fill_(anew.view({1, -1, 1, 1}), 0);
    const torch::Tensor inputs = map;
    map = convolutions_[i]->forward(inputs);
    UndoNorm(map, {0, 2, 3}, weights.convolution_biases[i], norms_[i]);
    map = torch::relu(norms_[i]->forward(map));
    anew = map.amax({0, 2, 3}) == 0;
    if (!anew.any().item<bool>()) continue;
    begun_anew += anew.sum().item<int>();
    weight.copy_(torch::where(anew.view({-1, 1, 1, 1}), random, weight));
    map = convolutions_[i]->forward(inputs);
    ResetNorm(map, {0, 2, 3}, anew, norms_[i]);
    map = torch::relu(norms_[i]->forward(map));
  }
  torch::Tensor features = map.contiguous().flatten(1);
  anew = anew.repeat_interleave(map.size(2) * map.size(3));
  if (spec_.bridge > 0) {
    features = torch::cat({features, bridge}, 1);
    anew = torch::cat({anew, torch::zeros({spec_.bridge}, anew.options())});
  }
  if (spec_.hidden > 0) {
    torch::Tensor weight = hidden_->weight;
    const torch::Tensor random = weight.clone();
    CopyTensor(weights.hidden_weights, weight);
    weight.masked_fill_(anew.view({1, -1}), 0);
    torch::Tensor hidden = hidden_->forward(features);
    UndoNorm(hidden, {0}, weights.hidden_bias, hidden_norm_);
    anew = torch::relu(hidden_norm_->forward(hidden)).amax({0}) == 0;
    begun_anew += anew.sum().item<int>();
    weight.copy_(torch::where(anew.view({-1, 1}), random, weight));
    ResetNorm(hidden_->forward(features), {0}, anew, hidden_norm_);
  }
  CopyTensor(weights.output_weights, output_->weight);
  output_->weight.masked_fill_(anew.view({1, -1}), 0);
  CopyTensor(weights.output_bias, output_->bias);
  return begun_anew;
}

void NetImpl::Mix(NetImpl& other, double share) {
  torch::NoGradGuard no_grad;
  const auto mix = [share](const auto& sources, auto targets) {
    for (const auto& source : sources) {
      torch::Tensor& target = targets[source.key()];
      if (target.is_floating_point()) target.mul_(share).add_(source.value(), 1 - share);
    }
  };
  mix(other.named_parameters(), named_parameters());
  mix(other.named_buffers(), named_buffers());
}

void NetImpl::CopyConvolutions(NetImpl& other) {
  torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    CopyState(*other.convolutions_[i], *convolutions_[i]);
    CopyState(*other.norms_[i], *norms_[i]);
  }
}

void NetImpl::CopyWithoutBridge(NetImpl& other) {
  torch::NoGradGuard no_grad;
  CopyConvolutions(other);
  torch::Tensor inputs = spec_.hidden > 0 ? hidden_->weight : output_->weight;
  const torch::Tensor& from = spec_.hidden > 0 ? other.hidden_->weight : other.output_->weight;
  inputs.zero_();
  inputs.narrow(1, 0, from.size(1)).copy_(from);
  output_->bias.copy_(other.output_->bias);
  if (spec_.hidden == 0) return;
  CopyState(*other.hidden_norm_, *hidden_norm_);
  output_->weight.copy_(other.output_->weight);
}

Nets MakeNets(const CascadeSpec& specs) { return {Net(specs[0]), Net(specs[1]), Net(specs[2])}; }

Result<Cascade> FoldCascade(Nets& nets, int stages) {
  std::vector<NetworkWeights> weights;
  for (int stage = 0; stage < stages; ++stage) weights.push_back(nets[stage]->Fold());
  return Cascade::Create({nets[0]->spec(), nets[1]->spec(), nets[2]->spec()}, weights);
}

NetImpl::Seen RunBridged(Nets& nets, const std::array<torch::Tensor, kStageCount>& pixels,
                         int stage) {
  torch::Tensor bridge;
  if (nets[stage]->spec().bridge > 0) bridge = RunBridged(nets, pixels, stage - 1).features;
  return nets[stage]->forward(pixels[stage], bridge);
}

torch::Tensor NormalisePixels(const torch::Tensor& bytes) {
  // A permuted NHWC tensor is channels-last already, which LibTorch's convolutions run fastest on.
  return bytes.to(torch::kFloat32).sub_(kPixelMean).mul_(kPixelScale).permute({0, 3, 1, 2});
}

}  // namespace facecascade::training

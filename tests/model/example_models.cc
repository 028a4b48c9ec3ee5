#include "tests/model/example_models.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/random.h"

namespace facecascade {
namespace {

constexpr std::uint8_t kGrey = 128;
constexpr std::uint8_t kBright = 255;
constexpr float kSpotValue = (kBright - kPixelMean) * kPixelScale;

// The spot's mass in a 12×12 window that the face fills: 6×6 pixels.
constexpr int kTemplate = 12;
constexpr float kMass = 36 * kSpotValue;

// The mean squared distance of its pixels from its centre.
constexpr float kSpread = 2 * (36 - 1) / 12.0F;

// What each net measures, as features that ReLU leaves alone.
enum Feature { kTooMuch, kTooLittle, kRight, kLeft, kDown, kUp, kTooWide, kTooNarrow, kFeatures };

// Where the landmarks lie in a spot face's box.
constexpr LandmarkOffsets kLandmarkPlaces = {0.3F,  0.35F, 0.7F,  0.35F, 0.5F,
                                             0.55F, 0.35F, 0.75F, 0.65F, 0.75F};

Tensor Zeros(std::vector<std::int64_t> shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return {std::move(shape), std::vector<float>(count, 0.0F)};
}

// A net's zero weights, to be filled in.
NetworkWeights ZeroWeights(const NetworkSpec& spec) {
  NetworkWeights weights;
  int channels = kInputChannels;
  for (const ConvolutionSpec& layer : spec.convolutions) {
    weights.convolution_weights.push_back(
        Zeros({layer.channels, channels, layer.kernel, layer.kernel}));
    weights.convolution_biases.push_back(Zeros({layer.channels}));
    channels = layer.channels;
  }
  if (spec.hidden > 0) {
    weights.hidden_weights = Zeros({spec.hidden, HiddenInputs(spec)});
    weights.hidden_bias = Zeros({spec.hidden});
  }
  if (spec.early_exit) {
    std::vector<std::int64_t> shape = weights.convolution_weights[ExitConvolution(spec)].shape;
    shape[0] = 1;
    weights.exit_weights = Zeros(shape);
    weights.exit_bias = Zeros({1});
  }
  if (spec.fixed_point) {
    weights.ranges = Zeros({static_cast<std::int64_t>(spec.convolutions.size())});
  }
  weights.output_weights = Zeros({kOutputs, FeatureCount(spec)});
  weights.output_bias = Zeros({kOutputs});
  return weights;
}

// The convolution over the whole template that yields the features from the pixels' mean.
void FillMeasures(Tensor& weight, Tensor& bias) {
  const std::int64_t channels = weight.shape[1];
  std::size_t i = 0;
  for (int feature = 0; feature < kFeatures; ++feature) {
    const float sign = feature % 2 == 0 ? 1.0F : -1.0F;
    for (std::int64_t channel = 0; channel < channels; ++channel) {
      for (int y = 0; y < kTemplate; ++y) {
        for (int x = 0; x < kTemplate; ++x, ++i) {
          const float dx = static_cast<float>(x) - 5.5F;
          const float dy = static_cast<float>(y) - 5.5F;
          const float measures[] = {1, dx / kTemplate, dy / kTemplate,
                                    (dx * dx + dy * dy) / kSpread};
          weight.values[i] = sign * measures[feature / 2] / (kMass * static_cast<float>(channels));
        }
      }
    }
  }
  bias.values[kTooMuch] = -1;
  bias.values[kTooLittle] = 1;
  bias.values[kTooWide] = -1;
  bias.values[kTooNarrow] = 1;
}

// The linear layer from the measures to probability, box and landmarks. `strictness`: how much of
// the log odds a measure costs.
void FillOutputs(float strictness, Tensor& weight, Tensor& bias) {
  const auto add = [&](int output, Feature more, float value) {
    weight.values[output * kFeatures + more] += value;
    weight.values[output * kFeatures + more + 1] -= value;
  };
  bias.values[1] = 3.85F;
  const float costs[kFeatures] = {1, 1, 0.75F, 0.75F, 0.75F, 0.75F, 0.25F, 0};
  for (int feature = 0; feature < kFeatures; ++feature) {
    weight.values[kFeatures + feature] = -strictness * costs[feature];
  }
  // A spot of mass 1 + m is 1 + m/2 times as wide, nearly.
  const float growth[] = {-0.25F, -0.25F, 0.25F, 0.25F};
  for (int edge = 0; edge < kBoxOutputs; ++edge) {
    add(kBoxOutputsBegin + edge, edge % 2 == 0 ? kRight : kDown, 1);
    add(kBoxOutputsBegin + edge, kTooMuch, growth[edge]);
  }
  for (int i = 0; i < kLandmarkOutputs; ++i) {
    bias.values[kLandmarkOutputsBegin + i] = kLandmarkPlaces[i];
    add(kLandmarkOutputsBegin + i, i % 2 == 0 ? kRight : kDown, 1);
    add(kLandmarkOutputsBegin + i, kTooMuch, (kLandmarkPlaces[i] - 0.5F) / 2);
  }
}

// Halving convolutions down to the template's size, then the measures.
NetworkSpec SpotNetwork(const std::string& name, int input, int stride) {
  NetworkSpec spec = {name, input, {}, 0, 0};
  for (int size = input; size > kTemplate; size /= 2) spec.convolutions.push_back({2, 2, 1});
  spec.convolutions.push_back({kTemplate, stride, kFeatures});
  return spec;
}

NetworkWeights SpotWeights(const NetworkSpec& spec, float strictness) {
  NetworkWeights weights = ZeroWeights(spec);
  const std::size_t last = spec.convolutions.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    std::vector<float>& values = weights.convolution_weights[i].values;
    std::fill(values.begin(), values.end(), 1.0F / static_cast<float>(values.size()));
  }
  if (spec.bridge == 0) {
    FillMeasures(weights.convolution_weights[last], weights.convolution_biases[last]);
  } else {
    const int inputs = HiddenInputs(spec);
    for (int i = 0; i < kFeatures; ++i) {
      weights.hidden_weights.values[i * inputs + (inputs - kFeatures) + i] = 1;
    }
  }
  FillOutputs(strictness, weights.output_weights, weights.output_bias);
  return weights;
}

}  // namespace

ModelData RandomModel(const CascadeSpec& spec, std::uint64_t seed) {
  ModelData model;
  model.spec = spec;
  model.training_data = "none: random weights";
  Random random(seed);
  for (int i = 0; i < kStageCount; ++i) {
    model.weights[i] = ZeroWeights(spec[i]);
    for (const NamedTensor& named : NameTensors(spec[i], model.weights[i])) {
      const std::vector<std::int64_t>& shape = named.tensor->shape;
      const double inputs =
          static_cast<double>(named.tensor->values.size()) / static_cast<double>(shape[0]);
      const double bound = std::sqrt(3 / inputs);
      for (float& value : named.tensor->values) {
        value = static_cast<float>(random.Uniform(-bound, bound) * (shape.size() > 1 ? 1 : 0.1));
      }
    }
    for (float& range : model.weights[i].ranges.values) range = 4;
  }
  return model;
}

CascadeSpec SmallCascadeSpec() {
  return {NetworkSpec{"12net", 12, {{4, 2, 4}, {3, 2, 5}, {2, 1, 6}}, 0, 0},
          NetworkSpec{"24net", 24, {{4, 4, 5}, {3, 3, 6}}, 7, 6},
          NetworkSpec{"48net", 48, {{4, 4, 6}, {3, 3, 7}, {2, 2, 8}}, 9, 7}};
}

ModelData SpotModel(bool bridged) {
  ModelData model;
  model.training_data = "none: weights written by hand";
  model.provenance = R"({"finds":"bright squares on grey"})";
  model.settings.thresholds = {0.5F, 0.5F, 0.5F};
  model.spec = {SpotNetwork("12net", 12, 2), SpotNetwork("24net", 24, 1),
                SpotNetwork("48net", 48, 1)};
  if (bridged) {
    for (int i = 1; i < kStageCount; ++i) {
      model.spec[i].hidden = kFeatures;
      model.spec[i].bridge = kFeatures;
    }
  }
  constexpr float kStrictness[] = {4, 8, 16};
  for (int i = 0; i < kStageCount; ++i) {
    model.weights[i] = SpotWeights(model.spec[i], kStrictness[i]);
  }
  return model;
}

Image GreyPhoto(int width, int height) {
  const std::size_t bytes = static_cast<std::size_t>(width) * height * kInputChannels;
  return {width, height, std::vector<std::uint8_t>(bytes, kGrey)};
}

void PaintSpotFace(const Box& box, Image& photo) {
  const float right = box.x + box.width * 0.75F;
  const float bottom = box.y + box.height * 0.75F;
  const float left = box.x + box.width * 0.25F;
  const float top = box.y + box.height * 0.25F;
  const auto covered = [](float pixel, float begin, float end) {
    return std::clamp(std::min(pixel + 1, end) - std::max(pixel, begin), 0.0F, 1.0F);
  };
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      const float share =
          covered(static_cast<float>(x), left, right) * covered(static_cast<float>(y), top, bottom);
      std::uint8_t* pixel =
          &photo.pixels[(static_cast<std::size_t>(y) * photo.width + x) * kInputChannels];
      for (int c = 0; c < kInputChannels; ++c) {
        const float value = static_cast<float>(pixel[c]);
        pixel[c] = static_cast<std::uint8_t>(std::lround(value + share * (kBright - value)));
      }
    }
  }
}

Landmarks SpotLandmarks(const Box& box) {
  return OffsetsToLandmarks(SquareAround(box), kLandmarkPlaces);
}

}  // namespace facecascade

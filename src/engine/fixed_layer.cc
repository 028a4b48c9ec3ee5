#include "engine/fixed_layer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace facecascade {
namespace {

constexpr double kLargestSum = std::numeric_limits<std::int32_t>::max();

// A channel's weights, {rows · run}.
std::vector<float> WeightsOf(const PackedLayer& layer, int channel) {
  const float* weight =
      layer.weights.data() + channel / kChannelBlock * layer.block_size() + channel % kChannelBlock;
  std::vector<float> weights;
  for (int i = 0; i < layer.rows * layer.run; ++i) {
    weights.push_back(weight[static_cast<std::ptrdiff_t>(i) * kChannelBlock]);
  }
  return weights;
}

// The finest unit with which no weight is larger.
double LargestWeightUnit(const std::vector<float>& weights, int largest_weight) {
  double largest = 0;
  for (const float weight : weights) largest = std::max<double>(largest, std::abs(weight));
  return largest / largest_weight;
}

// `unit` of weights, or as much coarser as keeps sums of products from overflowing; 1 for no
// weights.
double SafeUnit(double unit, const std::vector<float>& weights, double bias, int largest_input) {
  double sum = std::abs(bias);
  for (const double weight : weights) sum += std::abs(weight) * largest_input;
  // Rounding makes each weight larger by half a unit at most.
  const double rounding = 0.5 * static_cast<double>(weights.size()) * largest_input + 1;
  unit = std::max(unit, sum / (kLargestSum - rounding));
  return unit > 0 ? unit : 1;
}

// The unit that keeps weights within 7 bits and a sign, and sums of four products, of 7 bits each,
// within 16: of each eight weights the first, second, fifth and sixth, and the others. One sign is
// enough to look at: the other only makes a sum smaller.
double NarrowUnit(const std::vector<double>& weights, int run) {
  constexpr int kRounding = 2;  // four halves
  constexpr int kLargestSumOfFour = 32767 / kSevenBits.largest_activation - kRounding;
  double largest = 0;
  double largest_sum = 0;
  for (std::size_t row = 0; row < weights.size(); row += run) {
    for (int begin = 0; begin < run; begin += 8) {
      std::array<double, 4> sums = {};  // by half and sign
      for (int i = begin; i < std::min(begin + 8, run); ++i) {
        const double weight = weights[row + i];
        sums[2 * ((i - begin) / 2 % 2) + (weight < 0 ? 1 : 0)] += std::abs(weight);
        largest = std::max(largest, std::abs(weight));
      }
      largest_sum = std::max(largest_sum, *std::max_element(sums.begin(), sums.end()));
    }
  }
  return std::max(largest / kSevenBits.largest_weight, largest_sum / kLargestSumOfFour);
}

// About the narrow unit, one whose integers, were they the weights, would have the narrow unit 1:
// of the numbers that a layer's integers stand for come the same integers.
double SettledNarrowUnit(const std::vector<float>& weights, int run) {
  constexpr int kTries = 1024;
  constexpr double kStep = 1.0 / 16384;
  std::vector<double> units(weights.begin(), weights.end());
  const double narrow = NarrowUnit(units, run);
  for (int i = 0; narrow > 0 && i < kTries; ++i) {
    const int steps = i % 2 == 0 ? i / 2 : -(i / 2 + 1);
    const double unit = narrow * (1 + steps * kStep);
    std::transform(weights.begin(), weights.end(), units.begin(),
                   [unit](float weight) { return std::round(weight / unit); });
    if (NarrowUnit(units, run) == 1) return unit;
  }
  return narrow;
}

std::int32_t Pair(double first, double second) {
  const auto half = [](double value) {
    return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lround(value)));
  };
  return static_cast<std::int32_t>(half(first) | std::uint32_t{half(second)} << 16);
}

}  // namespace

std::size_t FixedConvolutions(const NetworkSpec& spec) {
  return spec.hidden > 0 ? spec.convolutions.size() : ExitConvolution(spec) + 1;
}

FixedPrecision PrecisionOf(const NetworkSpec& spec, std::size_t i) {
  const FixedPrecision& precision = spec.fixed_point == 7   ? kSevenBits
                                    : spec.fixed_point == 8 ? kEightBits
                                                            : kSixteenBits;
  return i == 0 && HasWideFirst(spec) ? WithWideWeights(precision) : precision;
}

FixedLayer ToFixed(const PackedLayer& layer, float input_unit, float output_unit, int largest_input,
                   const FixedPrecision& precision) {
  FixedLayer fixed;
  fixed.largest_output = static_cast<float>(precision.largest_activation);
  fixed.rows = layer.rows;
  fixed.run = layer.run;
  fixed.channels = layer.channels;
  fixed.floor = layer.floor;
  fixed.narrow_sums = precision.narrow_sums && largest_input <= precision.largest_activation;
  const std::size_t size = fixed.blocks() * fixed.block_size();
  const std::size_t padded = static_cast<std::size_t>(fixed.blocks()) * kChannelBlock;
  std::fill_n(fixed.weights.Reserve(size), size, 0);
  std::fill_n(fixed.bias.Reserve(padded), padded, 0);
  std::fill_n(fixed.scale.Reserve(padded), padded, 0.0F);
  for (int channel = 0; channel < layer.channels; ++channel) {
    const std::vector<float> weights = WeightsOf(layer, channel);
    const double bias = layer.bias.data()[channel] / input_unit;
    const double finest = fixed.narrow_sums ? SettledNarrowUnit(weights, layer.run)
                                            : LargestWeightUnit(weights, precision.largest_weight);
    const double unit = SafeUnit(finest, weights, bias, largest_input);
    std::int32_t* target = fixed.weights.data() + channel / kChannelBlock * fixed.block_size() +
                           channel % kChannelBlock;
    for (int row = 0; row < layer.rows; ++row) {
      for (int i = 0; i < layer.run; i += fixed.group, target += kChannelBlock) {
        const float* weight = &weights[static_cast<std::size_t>(row) * layer.run + i];
        *target = Pair(weight[0] / unit, i + 1 < layer.run ? weight[1] / unit : 0);
      }
    }
    fixed.bias.data()[channel] = static_cast<std::int32_t>(std::lround(bias / unit));
    fixed.scale.data()[channel] = static_cast<float>(unit * input_unit / output_unit);
  }
  return fixed;
}

ConvolutionValues ValuesOf(const FixedLayer& layer, float input_unit, float output_unit) {
  const int inputs = layer.run / layer.rows;
  const int area = layer.rows * layer.rows;
  ConvolutionValues values;
  values.weights.shape = {layer.channels, inputs, layer.rows, layer.rows};
  values.weights.values.resize(static_cast<std::size_t>(layer.channels) * inputs * area);
  values.bias.shape = {layer.channels};
  for (int channel = 0; channel < layer.channels; ++channel) {
    const float sum_unit = layer.scale.data()[channel] * output_unit;
    const float unit = sum_unit / input_unit;
    const std::int32_t* pairs = layer.weights.data() +
                                channel / kChannelBlock * layer.block_size() +
                                channel % kChannelBlock;
    float* target = &values.weights.values[static_cast<std::size_t>(channel) * inputs * area];
    for (int at = 0; at < inputs * area; ++at) {
      const std::ptrdiff_t pair = at / layer.run * layer.groups() + at % layer.run / 2;
      const auto bits = static_cast<std::uint32_t>(pairs[pair * kChannelBlock]);
      const auto weight = static_cast<std::int16_t>(bits >> 16 * (at % layer.run % 2) & 0xFFFF);
      target[at % inputs * area + at / inputs] = static_cast<float>(weight) * unit;
    }
    values.bias.values.push_back(static_cast<float>(layer.bias.data()[channel]) * sum_unit);
  }
  return values;
}

FixedProjection ToFixed(const Projection& projection, float input_unit, int largest_input) {
  const double bias = projection.bias / input_unit;
  const double unit = SafeUnit(LargestWeightUnit(projection.weights, kSixteenBits.largest_weight),
                               projection.weights, bias, largest_input);
  FixedProjection fixed = {projection.rows, projection.run, {}, 0, 1};
  for (const float weight : projection.weights) {
    fixed.weights.push_back(static_cast<std::int16_t>(std::lround(weight / unit)));
  }
  fixed.bias = static_cast<std::int32_t>(std::lround(bias / unit));
  fixed.scale = static_cast<float>(unit * input_unit);
  return fixed;
}

FixedLayer ToBytes(const FixedLayer& pairs) {
  FixedLayer bytes;
  bytes.group = 4;
  bytes.rows = pairs.rows;
  bytes.run = pairs.run;
  bytes.channels = pairs.channels;
  bytes.floor = pairs.floor;
  bytes.narrow_sums = pairs.narrow_sums;
  bytes.largest_output = pairs.largest_output;
  const std::size_t padded = static_cast<std::size_t>(bytes.blocks()) * kChannelBlock;
  std::copy_n(pairs.bias.data(), padded, bytes.bias.Reserve(padded));
  std::copy_n(pairs.scale.data(), padded, bytes.scale.Reserve(padded));
  std::int32_t* target = bytes.weights.Reserve(bytes.blocks() * bytes.block_size());
  const std::int32_t* row = pairs.weights.data();
  const auto narrow = [](std::int32_t two) {
    return (std::uint32_t(two) & 0xFF) | (std::uint32_t(two) >> 16 & 0xFF) << 8;
  };
  const std::ptrdiff_t row_size = std::ptrdiff_t{pairs.groups()} * kChannelBlock;
  for (int i = 0; i < bytes.blocks() * bytes.rows; ++i, row += row_size) {
    const auto two = [&](int pair, int lane) {
      return pair < pairs.groups() ? narrow(row[pair * kChannelBlock + lane]) : 0;
    };
    for (int group = 0; group < bytes.groups(); ++group) {
      for (int lane = 0; lane < kChannelBlock; ++lane) {
        *target++ =
            static_cast<std::int32_t>(two(2 * group, lane) | two(2 * group + 1, lane) << 16);
      }
    }
  }
  return bytes;
}

float ActivationUnit(float range, const FixedPrecision& precision) {
  constexpr float kNoActivation = 1e-6F;  // the layer never says anything
  if (!(range > kNoActivation)) return 1;
  return range * precision.range / static_cast<float>(precision.largest_activation);
}

ConvolutionUnits UnitsOf(const NetworkSpec& spec, const std::vector<float>& ranges, std::size_t i) {
  ConvolutionUnits units;
  units.precision = PrecisionOf(spec, i);
  if (i > 0) {
    const FixedPrecision below = PrecisionOf(spec, i - 1);
    units.input = ActivationUnit(ranges[i - 1], below);
    units.largest_input = below.largest_activation;
  }
  if (i + 1 < FixedConvolutions(spec)) units.output = ActivationUnit(ranges[i], units.precision);
  return units;
}

}  // namespace facecascade

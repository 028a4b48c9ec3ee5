#include "engine/convolve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/instruction_set.h"
#include "engine/network_reference.h"
#include "engine/peak.h"
#include "engine/project.h"
#include "engine/widen.h"
#include "engine_fixture.h"

namespace facecascade {
namespace {

class ConvolveTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceInstructionSet(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceInstructionSet("").ok()); }
};

float AbsoluteSum(const std::vector<float>& values) {
  float sum = 0;
  for (const float value : values) sum += std::abs(value);
  return sum;
}

// What a fixed-point layer makes of the runs at `begin` for a channel: sums of integers, one by
// one.
float FixedReference(const FixedLayer& layer, const std::int16_t* begin,
                     const std::vector<std::ptrdiff_t>& row_offsets, int channel) {
  const std::int32_t* pair =
      layer.weights.data() + channel / kChannelBlock * layer.block_size() + channel % kChannelBlock;
  std::int64_t sum = layer.bias.data()[channel];
  for (int row = 0; row < layer.rows; ++row) {
    for (int i = 0; i < layer.run; i += 2, pair += kChannelBlock) {
      const std::int16_t* inputs = begin + row_offsets[row] + i;
      sum += inputs[0] * static_cast<std::int16_t>(*pair & 0xFFFF);
      if (i + 1 < layer.run) sum += inputs[1] * (*pair >> 16);
    }
  }
  EXPECT_LE(std::abs(sum), std::numeric_limits<std::int32_t>::max());
  return std::max(layer.floor, static_cast<float>(sum) * layer.scale.data()[channel]);
}

// The same map in fixed point: the kernels give what the plain sums of integers give, and that is
// near what the layer in floats gives of them.
void CompareFixedConvolution(const PackedLayer& layer, const ConvolutionInput<float>& input,
                             const std::vector<std::ptrdiff_t>& row_offsets,
                             const std::vector<float>& values, const FeatureMap& expected) {
  constexpr int kLargestActivation = kSixteenBits.largest_activation;
  constexpr float kUnit = 2.0F / kLargestActivation;
  const float output_unit = ActivationUnit(4, kSixteenBits);
  std::vector<std::int16_t> integers;
  for (const float value : values) {
    integers.push_back(static_cast<std::int16_t>(std::lround(value / kUnit)));
  }
  integers.resize(integers.size() + kReadAhead, 99);
  const ConvolutionInput<std::int16_t> fixed_input = {integers.data(), input.pixel_offsets,
                                                      input.row_offsets, input.pixels};
  const FixedLayer to_floats = ToFixed(layer, kUnit, 1, kLargestActivation, kSixteenBits);
  const FixedLayer to_integers =
      ToFixed(layer, kUnit, output_unit, kLargestActivation, kSixteenBits);
  const std::size_t size = expected.values.size();
  constexpr std::int16_t kUntouched = -7;
  std::vector<float> floats(size + 16, kUntouched);
  std::vector<std::int16_t> narrow(size + 16, kUntouched);
  Convolve(to_floats, fixed_input, floats.data());
  Convolve(to_integers, fixed_input, narrow.data());
  for (std::size_t i = 0; i < size; ++i) {
    const std::int16_t* begin = integers.data() + input.pixel_offsets[i / layer.channels];
    const auto channel = static_cast<int>(i % layer.channels);
    ASSERT_EQ(floats[i], FixedReference(to_floats, begin, row_offsets, channel));
    const float rounded =
        std::nearbyint(std::min(FixedReference(to_integers, begin, row_offsets, channel),
                                static_cast<float>(kLargestActivation)));
    ASSERT_EQ(narrow[i], static_cast<std::int16_t>(rounded));
    const auto terms = static_cast<float>(layer.rows * layer.run);
    ASSERT_NEAR(floats[i], expected.values[i], 3e-4F * (terms + 1)) << layer.channels;
  }
  for (std::size_t i = size; i < narrow.size(); ++i) {
    ASSERT_EQ(floats[i], kUntouched) << "written behind the map, channels " << layer.channels;
    ASSERT_EQ(narrow[i], kUntouched) << "written behind the map, channels " << layer.channels;
  }
}

// The sizes of the values as bytes: the kernels of 8 (or 7) bits give what those of 16 bits and the
// plain sums do.
void CompareByteConvolution(const PackedLayer& layer, const ConvolutionInput<float>& input,
                            const std::vector<std::ptrdiff_t>& row_offsets,
                            const std::vector<float>& values, const FixedPrecision& precision) {
  const int largest = precision.largest_activation;
  const float unit = 1.0F / static_cast<float>(largest);
  std::vector<std::uint8_t> bytes;
  for (const float value : values) {
    bytes.push_back(static_cast<std::uint8_t>(std::lround(std::abs(value) / unit)));
  }
  bytes.resize(bytes.size() + kReadAhead, 99);
  const std::vector<std::int16_t> integers(bytes.begin(), bytes.end());
  const ConvolutionInput<std::uint8_t> byte_input = {bytes.data(), input.pixel_offsets,
                                                     input.row_offsets, input.pixels};
  const ConvolutionInput<std::int16_t> integer_input = {integers.data(), input.pixel_offsets,
                                                        input.row_offsets, input.pixels};
  const FixedLayer pairs = ToFixed(layer, unit, ActivationUnit(4, precision), largest, precision);
  const FixedLayer fours = ToBytes(pairs);
  const std::size_t size = static_cast<std::size_t>(input.pixels) * layer.channels;
  constexpr std::uint8_t kUntouched = 77;
  std::vector<std::uint8_t> narrow(size + 16, kUntouched);
  std::vector<std::int16_t> wide(size + 16, kUntouched);
  std::vector<float> floats(size + 16, kUntouched);
  Convolve(fours, byte_input, narrow.data());
  Convolve(fours, byte_input, floats.data());
  Convolve(pairs, integer_input, wide.data());
  std::vector<std::uint8_t> narrowed(size + 16, kUntouched);
  Convolve(pairs, integer_input, narrowed.data());
  for (std::size_t i = 0; i < size; ++i) {
    const std::int16_t* begin = integers.data() + input.pixel_offsets[i / layer.channels];
    const float expected =
        FixedReference(pairs, begin, row_offsets, static_cast<int>(i % layer.channels));
    ASSERT_EQ(floats[i], expected);
    ASSERT_EQ(wide[i], std::nearbyint(std::min(expected, static_cast<float>(largest))));
    ASSERT_EQ(narrow[i], wide[i]);
    ASSERT_EQ(narrowed[i], wide[i]);
  }
  for (std::size_t i = size; i < narrow.size(); ++i) {
    ASSERT_EQ(floats[i], kUntouched) << "written behind the map, channels " << layer.channels;
    ASSERT_EQ(narrow[i], kUntouched) << "written behind the map, channels " << layer.channels;
    ASSERT_EQ(narrowed[i], kUntouched) << "written behind the map, channels " << layer.channels;
  }
}

// A map of `width` × `height` through a layer, by the kernel and by the plain loops.
void CompareConvolution(const ConvolutionSpec& spec, int inputs, int width, int height) {
  Random random(spec.channels * 1000 + width);
  const Tensor weights =
      RandomTensor({spec.channels, inputs, spec.kernel, spec.kernel}, 1.0F, random);
  const Tensor bias = RandomTensor({spec.channels}, 1.0F, random);
  const FeatureMap input = {
      width, height, inputs,
      RandomFloats(static_cast<std::size_t>(width) * height * inputs, spec.channels)};
  const FeatureMap expected = ConvolveReference(input, spec, weights, bias);

  const PackedLayer layer = PackConvolution(spec.kernel, inputs, weights, bias, 0);
  std::vector<std::int32_t> pixel_offsets;
  for (int row = 0; row < expected.height; ++row) {
    for (int column = 0; column < expected.width; ++column) {
      pixel_offsets.push_back((row * width + column) * spec.stride * inputs);
    }
  }
  std::vector<std::ptrdiff_t> row_offsets;
  for (int row = 0; row < spec.kernel; ++row) row_offsets.push_back(row * width * inputs);
  constexpr float kUntouched = -7;
  std::vector<float> output(expected.values.size() + 16, kUntouched);
  const ConvolutionInput<float> given = {input.values.data(), pixel_offsets.data(),
                                         row_offsets.data(),
                                         static_cast<int>(pixel_offsets.size())};
  Convolve(layer, given, output.data());

  const int terms = spec.kernel * spec.kernel * inputs + 1;
  const float tolerance = SumTolerance(terms, static_cast<float>(terms));  // all terms are ≤ 1
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    ASSERT_NEAR(output[i], expected.values[i], tolerance) << spec.channels << ' ' << width;
  }
  for (std::size_t i = expected.values.size(); i < output.size(); ++i) {
    ASSERT_EQ(output[i], kUntouched) << "written behind the map, channels " << spec.channels;
  }
  CompareFixedConvolution(layer, given, row_offsets, input.values, expected);
  CompareByteConvolution(layer, given, row_offsets, input.values, kEightBits);
  CompareByteConvolution(layer, given, row_offsets, input.values, kSevenBits);
}

TEST_P(ConvolveTest, EveryNumberOfChannels) {
  for (int channels = 1; channels <= 70; ++channels) {
    CompareConvolution({2, 1, channels}, 3, 6, 3);
  }
}

TEST_P(ConvolveTest, EveryNumberOfPixels) {
  for (const int channels : {1, 8, 16, 17, 24, 32, 48, 64}) {
    for (int width = 2; width <= 28; ++width) CompareConvolution({2, 1, channels}, 2, width, 2);
  }
}

TEST_P(ConvolveTest, EveryKernelAndStride) {
  for (int kernel = 1; kernel <= 16; ++kernel) {
    for (int stride = 1; stride <= kernel; ++stride) {
      CompareConvolution({kernel, stride, 19}, 1, kernel + 3 * stride + 1, kernel + stride);
    }
  }
}

TEST_P(ConvolveTest, ALinearLayerKeepsNegativeOutputs) {
  Random random(5);
  for (const int inputs : {1, 7, 96}) {
    const Tensor weights = RandomTensor({kOutputs, inputs}, 1.0F, random);
    const Tensor bias = RandomTensor({kOutputs}, 1.0F, random);
    const std::vector<float> x = RandomFloats(inputs, 6);
    const std::vector<float> expected = MultiplyReference(x, weights, bias);
    const PackedLayer layer = PackLinear(weights, bias);
    const std::int32_t pixel = 0;
    const std::ptrdiff_t row = 0;
    std::vector<float> output(kOutputs);
    Convolve(layer, {x.data(), &pixel, &row, 1}, output.data());
    for (int i = 0; i < kOutputs; ++i) {
      ASSERT_NEAR(output[i], expected[i], SumTolerance(inputs + 1, static_cast<float>(inputs + 1)));
    }
  }
}

TEST_P(ConvolveTest, NoPixelsAreNoOutputs) {
  Random random(1);
  const PackedLayer layer =
      PackLinear(RandomTensor({24, 4}, 1.0F, random), Tensor{{24}, std::vector<float>(24)});
  const FixedLayer pairs = ToFixed(layer, 1, 1, kLargestPixel, kEightBits);
  const FixedLayer fours = ToBytes(pairs);
  std::vector<float> output(24, -1);
  const std::ptrdiff_t row = 0;
  Convolve(layer, ConvolutionInput<float>{nullptr, nullptr, &row, 0}, output.data());
  Convolve(pairs, ConvolutionInput<std::int16_t>{nullptr, nullptr, &row, 0}, output.data());
  Convolve(fours, ConvolutionInput<std::uint8_t>{nullptr, nullptr, &row, 0}, output.data());
  EXPECT_EQ(output, std::vector<float>(24, -1));
}

TEST_P(ConvolveTest, WidenIsExact) {
  for (std::size_t count = 0; count < 100; ++count) {
    const std::vector<std::uint8_t> bytes = RandomBytes(count, count);
    std::vector<float> output(count + 1, -1);
    Widen(bytes.data(), count, output.data());
    std::vector<std::int16_t> integers(count + 1, -1);
    Widen(bytes.data(), count, integers.data());
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(integers[i], bytes[i]);
    ASSERT_EQ(integers[count], -1);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(output[i], static_cast<float>(bytes[i]));
    ASSERT_EQ(output[count], -1);
  }
}

TEST_P(ConvolveTest, NarrowGivesTheNearestIntegers) {
  for (std::size_t count = 0; count < 100; ++count) {
    std::vector<float> values = RandomFloats(count, count);
    for (float& value : values) value = std::max(value, 0.0F);
    const float largest = LargestOf(values.data(), count);
    EXPECT_EQ(largest, count == 0 ? 0 : *std::max_element(values.begin(), values.end()));
    const float one = largest > 0 ? largest / kSixteenBits.largest_activation : 1;
    std::vector<std::int16_t> integers(count + 1, -1);
    Narrow(values.data(), count, one, integers.data());
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_NEAR(static_cast<float>(integers[i]) * one, values[i], 0.501F * one);
    }
    ASSERT_EQ(integers[count], -1);
  }
}

// The numbers that integers stand for, packed again, are the same integers.
TEST(FixedLayer, ValuesOfPackAgain) {
  constexpr float kInputUnit = 0.03F;
  for (const int kernel : {1, 2, 3}) {
    Random random(kernel);
    const Tensor weights = RandomTensor({40, 5, kernel, kernel}, 1.0F, random);
    const PackedLayer layer =
        PackConvolution(kernel, 5, weights, RandomTensor({40}, 1.0F, random), 0);
    for (const FixedPrecision& precision : {kSixteenBits, kEightBits, kSevenBits}) {
      const float output_unit = ActivationUnit(2, precision);
      const int largest = precision.largest_activation;
      const FixedLayer fixed = ToFixed(layer, kInputUnit, output_unit, largest, precision);
      const ConvolutionValues values = ValuesOf(fixed, kInputUnit, output_unit);
      const PackedLayer packed = PackConvolution(kernel, 5, values.weights, values.bias, 0);
      for (int channel = 0; channel < 40; ++channel) {
        const float unit = fixed.scale.data()[channel] * output_unit / kInputUnit;
        for (std::size_t i = 0; i < static_cast<std::size_t>(kernel) * kernel * 5; ++i) {
          const std::size_t at = channel / kChannelBlock * layer.block_size() + i * kChannelBlock +
                                 channel % kChannelBlock;
          ASSERT_NEAR(packed.weights.data()[at], layer.weights.data()[at], 0.501F * unit);
          const float integer = packed.weights.data()[at] / unit;
          ASSERT_NEAR(integer, std::round(integer), 1e-2F);
        }
        ASSERT_NEAR(packed.bias.data()[channel], layer.bias.data()[channel],
                    0.501F * unit * kInputUnit + 1e-6F);
      }
    }
  }
}

// The largest inputs with weights of one sign, where a sum comes nearest to the end of 32 bits.
TEST_P(ConvolveTest, NoSumInFixedPointOverflows) {
  for (const int inputs : {1, 3, 64, 2048}) {
    Random random(inputs);
    Tensor weights = RandomTensor({9, inputs}, 1.0F, random);
    for (std::size_t i = 0; i < weights.values.size(); ++i) {
      const float sign = i / inputs % 2 == 0 ? 1.0F : -1.0F;
      weights.values[i] = sign * std::abs(weights.values[i]);
    }
    const Tensor bias = {{9}, {100, -100, 0, -0.1F, 7, -7, 1e6F, -1e6F, 3}};
    constexpr int kLargest = kSixteenBits.largest_activation;
    const FixedLayer layer = ToFixed(PackLinear(weights, bias), 0.001F, 1, kLargest, kSixteenBits);
    const std::vector<std::int16_t> input(inputs + kReadAhead, kLargest);
    const std::int32_t pixel = 0;
    const std::vector<std::ptrdiff_t> row = {0};
    std::vector<float> output(9);
    Convolve(layer, {input.data(), &pixel, row.data(), 1}, output.data());
    for (int channel = 0; channel < 9; ++channel) {
      ASSERT_EQ(output[channel], FixedReference(layer, input.data(), row, channel)) << inputs;
    }
  }
}

// The largest inputs with weights of one sign, where a sum of four comes nearest to the end of 16
// bits; the same weights as pixels meet them, where it would overflow.
TEST_P(ConvolveTest, NoNarrowSumOverflows) {
  for (const int inputs : {1, 4, 6, 8, 20, 64}) {
    Random random(inputs);
    Tensor weights = RandomTensor({9, inputs}, 0.1F, random);
    for (std::size_t i = 0; i < weights.values.size(); ++i) {
      const float sign = i / inputs % 2 == 0 ? 1.0F : -1.0F;
      weights.values[i] = sign * (1 - std::abs(weights.values[i]));
    }
    const PackedLayer linear = PackLinear(weights, {{9}, std::vector<float>(9, 0.1F)});
    for (const int largest : {kSevenBits.largest_activation, kLargestPixel}) {
      const FixedLayer pairs = ToFixed(linear, 0.01F, 1, largest, kSevenBits);
      EXPECT_EQ(pairs.narrow_sums, largest != kLargestPixel);
      const std::vector<std::uint8_t> bytes(inputs + kReadAhead,
                                            static_cast<std::uint8_t>(largest));
      const std::vector<std::int16_t> input(bytes.begin(), bytes.end());
      const std::int32_t pixel = 0;
      const std::vector<std::ptrdiff_t> row = {0};
      std::vector<float> output(9);
      Convolve(ToBytes(pairs), {bytes.data(), &pixel, row.data(), 1}, output.data());
      for (int channel = 0; channel < 9; ++channel) {
        ASSERT_EQ(output[channel], FixedReference(pairs, input.data(), row, channel)) << inputs;
      }
    }
  }
}

// Runs of every length, from a map whose rows lie apart.
TEST_P(ConvolveTest, Project) {
  constexpr int kPixels = 5;
  constexpr int kRows = 2;
  for (int run = 1; run <= 70; ++run) {
    const std::ptrdiff_t row_offsets[kRows] = {0, run + 7};
    const std::int32_t pixel_offsets[kPixels] = {0, 200, 401, 602, 803};
    const std::vector<float> input = RandomFloats(1000, run);
    const Projection projection = {kRows, run, RandomFloats(kRows * run, 100 + run), 0.5F};
    std::vector<std::int16_t> integers;
    for (const float value : input) integers.push_back(static_cast<std::int16_t>(value * 8191));
    const FixedProjection fixed = ToFixed(projection, 1.0F / 8191, kSixteenBits.largest_activation);
    std::vector<std::uint8_t> bytes;
    for (const std::int16_t value : integers) bytes.push_back(static_cast<std::uint8_t>(value));
    float output[kPixels];
    float fixed_output[kPixels];
    float byte_output[kPixels];
    Project(projection, {input.data(), pixel_offsets, row_offsets, kPixels}, output);
    Project(fixed, {integers.data(), pixel_offsets, row_offsets, kPixels}, fixed_output);
    Project(fixed, {bytes.data(), pixel_offsets, row_offsets, kPixels}, byte_output);
    for (int pixel = 0; pixel < kPixels; ++pixel) {
      double expected = 0.5;
      std::int64_t sum = fixed.bias;
      std::int64_t byte_sum = fixed.bias;
      for (int i = 0; i < kRows * run; ++i) {
        const std::ptrdiff_t place = pixel_offsets[pixel] + row_offsets[i / run] + i % run;
        expected += input[place] * projection.weights[i];
        sum += integers[place] * fixed.weights[i];
        byte_sum += bytes[place] * fixed.weights[i];
      }
      ASSERT_NEAR(output[pixel], expected,
                  SumTolerance(kRows * run + 1, AbsoluteSum(projection.weights) + 0.5F));
      ASSERT_EQ(fixed_output[pixel], static_cast<float>(sum) * fixed.scale);
      ASSERT_EQ(byte_output[pixel], static_cast<float>(byte_sum) * fixed.scale);
      ASSERT_NEAR(fixed_output[pixel], expected, 3e-4 * (AbsoluteSum(projection.weights) + 1));
    }
  }
}

TEST_P(ConvolveTest, PeakIsARate) {
  const double peak = MeasurePeak();
  EXPECT_GT(peak, 1e7);
  EXPECT_LT(peak, 1e13);
}

INSTANTIATE_TEST_SUITE_P(Targets, ConvolveTest, testing::ValuesIn(SupportedInstructionSets()),
                         [](const auto& target) { return target.param; });

}  // namespace
}  // namespace facecascade

#include "engine/convolve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/instruction_set.h"
#include "engine/network_reference.h"
#include "engine/peak.h"
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
  Convolve(layer,
           {input.values.data(), pixel_offsets.data(), row_offsets.data(),
            static_cast<int>(pixel_offsets.size())},
           output.data());

  const int terms = spec.kernel * spec.kernel * inputs + 1;
  const float tolerance = SumTolerance(terms, static_cast<float>(terms));  // all terms are ≤ 1
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    ASSERT_NEAR(output[i], expected.values[i], tolerance) << spec.channels << ' ' << width;
  }
  for (std::size_t i = expected.values.size(); i < output.size(); ++i) {
    ASSERT_EQ(output[i], kUntouched) << "written behind the map, channels " << spec.channels;
  }
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

TEST_P(ConvolveTest, WidenIsExact) {
  for (std::size_t count = 0; count < 100; ++count) {
    const std::vector<std::uint8_t> bytes = RandomBytes(count, count);
    std::vector<float> output(count + 1, -1);
    Widen(bytes.data(), count, output.data());
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(output[i], static_cast<float>(bytes[i]));
    ASSERT_EQ(output[count], -1);
  }
}

TEST_P(ConvolveTest, Project) {
  for (int channels = 1; channels <= 70; ++channels) {
    constexpr int kPixels = 5;
    const std::vector<float> input = RandomFloats(kPixels * channels, channels);
    const std::vector<float> weights = RandomFloats(channels, 100 + channels);
    float output[kPixels];
    Project(input.data(), kPixels, channels, weights.data(), 0.5F, output);
    for (int i = 0; i < kPixels; ++i) {
      double expected = 0.5;
      for (int c = 0; c < channels; ++c) expected += input[i * channels + c] * weights[c];
      ASSERT_NEAR(output[i], expected, SumTolerance(channels + 1, AbsoluteSum(weights) + 0.5F));
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

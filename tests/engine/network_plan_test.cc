#include "engine/network_plan.h"

#include <gtest/gtest.h>

#include "base/instruction_set.h"
#include "engine/network_reference.h"
#include "engine_fixture.h"

namespace facecascade {
namespace {

// Outputs of nets whose layers keep sizes near 1 differ by rounding of a few hundred terms a layer.
constexpr float kFloatTolerance = 2e-5F;
// With 16 bits an activation is rounded to a 4,096th of the range (4), a weight more finely.
constexpr float kFixedTolerance = 5e-3F;
// With 8 bits an activation is rounded to a 255th of the range, a weight to a 127th of the largest.
constexpr float kByteTolerance = 0.12F;
// With 7 bits both are twice as coarse.
constexpr float kNarrowTolerance = 0.24F;

float Tolerance(const NetworkSpec& spec) {
  return spec.fixed_point == 7    ? kNarrowTolerance
         : spec.fixed_point == 8  ? kByteTolerance
         : spec.fixed_point == 16 ? kFixedTolerance
                                  : kFloatTolerance;
}

std::vector<NetworkSpec> Nets() {
  const CascadeSpec cascade = DefaultCascadeSpec();
  std::vector<NetworkSpec> nets(cascade.begin(), cascade.end());
  // Widths that fill no vector, kernels and strides unlike the cascade's.
  nets.push_back({"odd", 9, {{2, 1, 5}, {5, 3, 1}, {2, 1, 19}}, 0, 0});
  nets.push_back({"hidden", 7, {{3, 1, 37}}, 3, 5});
  nets.push_back({"one", 4, {{4, 4, 1}}, 1, 0});
  nets.push_back({"early exit", 12, {{4, 2, 8}, {3, 2, 24}, {2, 1, 32}, {1, 1, 20}}, 0, 0, true});
  nets.push_back({"exit at once", 6, {{6, 6, 9}}, 0, 0, true});
  for (std::size_t i = 0, count = nets.size(); i < count; ++i) {
    for (const int bits : {16, 8, 7}) {
      nets.push_back(nets[i]);
      nets.back().name += " in " + std::to_string(bits) + " bits";
      nets.back().fixed_point = bits;
    }
  }
  return nets;
}

// What a window's early exit says of it: what its convolution would with these weights.
float ExitScore(const NetworkSpec& spec, const NetworkWeights& weights,
                const std::vector<std::uint8_t>& window) {
  FeatureMap map = NormalizeReference(window.data(), spec.input_size, spec.input_size,
                                      static_cast<std::ptrdiff_t>(spec.input_size) * 3);
  for (std::size_t i = 0; i < ExitConvolution(spec); ++i) {
    map = ConvolveReference(map, spec.convolutions[i], weights.convolution_weights[i],
                            weights.convolution_biases[i]);
  }
  // Negated as well, since the reference cuts off below 0.
  Tensor negated = weights.exit_weights;
  for (float& value : negated.values) value = -value;
  const ConvolutionSpec one = {map.width, 1, 1};
  const float bias = weights.exit_bias.values[0];
  return ConvolveReference(map, one, weights.exit_weights, {{1}, {bias}}).values[0] -
         ConvolveReference(map, one, negated, {{1}, {-bias}}).values[0];
}

class NetworkPlanTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceInstructionSet(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceInstructionSet("").ok()); }
};

TEST_P(NetworkPlanTest, RunsWindowsLikeTheReference) {
  EngineWorkspace workspace;
  for (const NetworkSpec& spec : Nets()) {
    ASSERT_TRUE(CheckNetworkSpec(spec).ok()) << spec.name;
    const NetworkWeights weights = RandomWeights(spec, 1);
    const NetworkPlan plan(spec, weights);
    for (const int count : {0, 1, 2, 3, 7, 40}) {
      if (spec.input_size > 12 && count > 7) continue;  // the reference is slow
      const std::vector<std::uint8_t> windows =
          RandomBytes(static_cast<std::size_t>(count) * spec.input_size * spec.input_size * 3, 2);
      std::vector<float> bridge = RandomFloats(count * spec.bridge, 3);
      for (float& feature : bridge) feature = std::abs(feature);
      const float* given = spec.bridge > 0 ? bridge.data() : nullptr;
      std::vector<float> outputs(count * kOutputs);
      std::vector<float> features(count * FeatureCount(spec));
      std::vector<float> expected = outputs;
      std::vector<float> expected_features = features;
      RunWindowsReference(spec, weights, windows.data(), count, given, expected.data(),
                          expected_features.data());
      RunWindows(plan, windows.data(), count, given, workspace, outputs.data(), features.data());
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        ASSERT_NEAR(outputs[i], expected[i], Tolerance(spec))
            << spec.name << ' ' << count << ' ' << i;
      }
      for (std::size_t i = 0; i < features.size(); ++i) {
        ASSERT_NEAR(features[i], expected_features[i], Tolerance(spec)) << spec.name << ' ' << i;
      }
      std::vector<float> alone(outputs.size());
      RunWindows(plan, windows.data(), count, given, workspace, alone.data(), nullptr);
      EXPECT_EQ(alone, outputs) << "without features, " << spec.name;
    }
  }
}

TEST_P(NetworkPlanTest, AWindowsOutputsDoNotDependOnTheBatch) {
  EngineWorkspace workspace;
  constexpr int kCount = 11;
  for (const NetworkSpec& spec : Nets()) {
    const NetworkPlan plan(spec, RandomWeights(spec, 4));
    const std::size_t size = static_cast<std::size_t>(spec.input_size) * spec.input_size * 3;
    const std::vector<std::uint8_t> windows = RandomBytes(kCount * size, 5);
    const std::vector<float> bridge = RandomFloats(kCount * spec.bridge, 6);
    std::vector<float> together(kCount * kOutputs);
    std::vector<float> single(kCount * kOutputs);
    RunWindows(plan, windows.data(), kCount, bridge.data(), workspace, together.data(), nullptr);
    for (int i = 0; i < kCount; ++i) {
      RunWindows(plan, windows.data() + i * size, 1, bridge.data() + i * spec.bridge, workspace,
                 single.data() + i * kOutputs, nullptr);
    }
    EXPECT_EQ(single, together) << spec.name;
  }
}

// Every position of the map is a window; sizes around the first, and rows with gaps. An early exit
// leaves those, and only those, of which its score is below 0. What is left is the same as alone,
// to the last bit, also where maps hold other elements than windows.
TEST_P(NetworkPlanTest, RunsAMapLikeItsWindows) {
  EngineWorkspace workspace;
  EngineWorkspace workspace_alone;
  ScoreMap map;
  int left = 0;
  int gone_on = 0;
  for (const NetworkSpec& spec : Nets()) {
    if (spec.hidden > 0) continue;
    const NetworkWeights weights = RandomWeights(spec, 7);
    const NetworkPlan plan(spec, weights);
    const int side = spec.input_size;
    const int step = TotalStride(spec);
    for (const int extra : {0, 1, step - 1, step, step + 1, 7 * step + 2}) {
      const int width = side + extra;
      const int height = side + (extra * 3) % 25;
      const std::ptrdiff_t stride = width * 3 + 5;
      const std::vector<std::uint8_t> picture = RandomBytes(stride * height, 8 + extra);
      RunMap(plan, picture.data(), width, height, stride, workspace, map);
      ASSERT_EQ(map.width, (width - side) / step + 1);
      ASSERT_EQ(map.height, (height - side) / step + 1);
      ASSERT_EQ(map.logits.size(), static_cast<std::size_t>(map.width) * map.height);
      for (int row = 0; row < map.height; ++row) {
        for (int column = 0; column < map.width; ++column) {
          std::vector<std::uint8_t> window;
          for (int y = 0; y < side; ++y) {
            const std::uint8_t* begin = &picture[(row * step + y) * stride + column * step * 3];
            window.insert(window.end(), begin, begin + side * 3);
          }
          const float logit = map.logits[row * map.width + column];
          if (spec.early_exit) {
            const float score = ExitScore(spec, weights, window);
            if (std::abs(score) < 10 * Tolerance(spec)) continue;
            ASSERT_EQ(logit == kLeftEarly, score < 0) << score;
            ++(score < 0 ? left : gone_on);
            if (score < 0) continue;
          }
          float expected[kOutputs];
          float outputs[kOutputs];
          float alone[kOutputs];
          RunWindowsReference(spec, weights, window.data(), 1, nullptr, expected, nullptr);
          RunWindows(plan, window.data(), 1, nullptr, workspace_alone, alone, nullptr);
          MapOutputs(plan, workspace, column, row, outputs);
          for (int i = 0; i < kOutputs; ++i) {
            ASSERT_NEAR(outputs[i], expected[i], Tolerance(spec));
            ASSERT_EQ(outputs[i], alone[i]) << spec.name;
          }
          ASSERT_NEAR(logit, expected[1] - expected[0], 2 * Tolerance(spec));
        }
      }
    }
  }
  EXPECT_GT(left, 20);
  EXPECT_GT(gone_on, 20);
}

INSTANTIATE_TEST_SUITE_P(Targets, NetworkPlanTest, testing::ValuesIn(SupportedInstructionSets()),
                         [](const auto& target) { return target.param; });

}  // namespace
}  // namespace facecascade

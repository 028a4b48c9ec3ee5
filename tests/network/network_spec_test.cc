#include "network/network_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace facecascade {
namespace {

using testing::HasSubstr;

NetworkSpec Small() { return {"small", 12, {{4, 2, 5}, {3, 2, 7}}, 6, 3}; }

TEST(NetworkSpec, CountsFollowTheLayers) {
  const NetworkSpec spec = Small();
  EXPECT_EQ(MapSize(spec, 0), 5);
  EXPECT_EQ(MapSize(spec, 1), 2);
  EXPECT_EQ(HiddenInputs(spec), 7 * 4 + 3);
  EXPECT_EQ(FeatureCount(spec), 6);
  EXPECT_EQ(TotalStride(spec), 4);
  EXPECT_EQ(ParameterCount(spec), 5 * (3 * 16 + 1) + 7 * (5 * 9 + 1) + 6 * 32 + 16 * 7);
  EXPECT_EQ(MultiplicationCount(spec), 25 * 5 * 48 + 4 * 7 * 45 + 6 * 31 + 16 * 6);
}

TEST(NetworkSpec, CountsAPictureMapByMap) {
  const NetworkSpec spec = {"map", 12, {{4, 2, 5}, {3, 2, 7}, {2, 1, 6}}, 0, 0};
  // 20×14 pixels: maps of 9×6, 4×2 and 3×1.
  EXPECT_EQ(MapMultiplicationCount(spec, 20, 14), 54 * 5 * 48 + 8 * 7 * 45 + 3 * 6 * 28 + 3 * 6);
  // A single window, but for the outputs beside the log odds.
  EXPECT_EQ(MapMultiplicationCount(spec, 12, 12), MultiplicationCount(spec) - (kOutputs - 1) * 6);
}

TEST(NetworkSpec, AnEarlyExitStandsBeforeTheFirstMapOfOnePosition) {
  NetworkSpec spec = {"map", 12, {{4, 2, 5}, {3, 2, 7}, {2, 1, 6}, {1, 1, 8}}, 0, 0};
  EXPECT_EQ(ExitConvolution(spec), 2U);
  const std::int64_t parameters = ParameterCount(spec);
  spec.early_exit = true;
  EXPECT_EQ(ParameterCount(spec), parameters + 28 + 1);
  // 20×14 pixels: maps of 9×6 and 4×2, and the exit at 3×1 positions.
  EXPECT_EQ(MapMultiplicationCount(spec, 20, 14), 54 * 5 * 48 + 8 * 7 * 45 + 3 * 28);
  NetworkWeights weights;
  EXPECT_EQ(NameTensors(spec, weights)[8].name, "map.exit.weight");
}

TEST(NetworkSpec, TheDefaultCascadeIsSoundAndItsBridgesFit) {
  const CascadeSpec cascade = DefaultCascadeSpec();
  for (int stage = 0; stage < kStageCount; ++stage) {
    EXPECT_TRUE(CheckNetworkSpec(cascade[stage]).ok());
    if (stage > 0) {
      EXPECT_EQ(cascade[stage].bridge, FeatureCount(cascade[stage - 1]));
    }
  }
  EXPECT_EQ(MapSize(cascade[0], cascade[0].convolutions.size() - 1), 1);
}

TEST(NetworkSpec, WhatCannotBeBuiltIsNamed) {
  const auto error = [](auto change) {
    NetworkSpec spec = Small();
    change(spec);
    const Status status = CheckNetworkSpec(spec);
    return status.ok() ? std::string() : status.error().message;
  };
  EXPECT_EQ(error([](NetworkSpec&) {}), "");
  EXPECT_THAT(error([](NetworkSpec& s) { s.name = ""; }), HasSubstr("name"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.input_size = 0; }), HasSubstr("input_size"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.input_size = 1 << 30; }), HasSubstr("input_size"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.convolutions.clear(); }), HasSubstr("convolutions"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.convolutions[1].kernel = 6; }), HasSubstr("kernel"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.convolutions[0].stride = 0; }), HasSubstr("stride"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.convolutions[0].channels = -1; }),
              HasSubstr("channels"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.early_exit = true; }), HasSubstr("early exit"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.hidden = -1; }), HasSubstr("hidden"));
  EXPECT_THAT(error([](NetworkSpec& s) { s.hidden = 0; }), HasSubstr("1×1"));
}

TEST(NetworkWeights, TensorsOfAWrongShapeOrValueAreNamed) {
  const NetworkSpec spec = Small();
  NetworkWeights weights;
  for (const NamedTensor& named : NameTensors(spec, weights)) {
    EXPECT_THAT(named.name, testing::StartsWith("small."));
  }
  const auto fill = [](Tensor& tensor, std::vector<std::int64_t> shape) {
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) count *= extent;
    tensor.shape = std::move(shape);
    tensor.values.assign(count, 0.5F);
  };
  fill(weights.convolution_weights[0], {5, 3, 4, 4});
  fill(weights.convolution_biases[0], {5});
  fill(weights.convolution_weights[1], {7, 5, 3, 3});
  fill(weights.convolution_biases[1], {7});
  fill(weights.hidden_weights, {6, 31});
  fill(weights.hidden_bias, {6});
  fill(weights.output_weights, {16, 6});
  fill(weights.output_bias, {16});
  EXPECT_TRUE(CheckNetworkWeights(spec, weights).ok());
  NetworkWeights wrong = weights;
  wrong.hidden_weights.shape = {31, 6};
  EXPECT_THAT(CheckNetworkWeights(spec, wrong).error().message, HasSubstr("small.hidden.weight"));
  wrong = weights;
  wrong.convolution_biases[1].values[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(CheckNetworkWeights(spec, wrong).error().message,
              HasSubstr("small.convolution1.bias"));
}

}  // namespace
}  // namespace facecascade

#include "detector/candidates.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace facecascade {
namespace {

using Outputs = std::array<float, kOutputs>;

TEST(Candidates, AreMadeFromRawOutputs) {
  const Window window = {10, 20, 40};
  Outputs outputs = {1, 3, 0.1F, 0.2F, -0.3F, -0.1F, 0.25F, 0.5F};
  const std::optional<Candidate> candidate = MakeCandidate(window, outputs.data(), 0);
  ASSERT_TRUE(candidate.has_value());
  EXPECT_NEAR(candidate->score, std::exp(3.0F) / (std::exp(1.0F) + std::exp(3.0F)), 1e-6);
  EXPECT_FLOAT_EQ(candidate->box.x, 14);
  EXPECT_FLOAT_EQ(candidate->box.y, 28);
  EXPECT_FLOAT_EQ(candidate->box.width, 24);
  EXPECT_FLOAT_EQ(candidate->box.height, 28);
  EXPECT_FLOAT_EQ(candidate->landmarks[0].x, 19.5F);
  EXPECT_FLOAT_EQ(candidate->landmarks[0].y, 39.5F);
  EXPECT_EQ(candidate->window.side, window.side);
}

TEST(Candidates, NeedTheThreshold) {
  Outputs outputs = {0, 1};
  EXPECT_TRUE(MakeCandidate({0, 0, 12}, outputs.data(), LogOdds(0.73F)).has_value());
  EXPECT_FALSE(MakeCandidate({0, 0, 12}, outputs.data(), LogOdds(0.74F)).has_value());
  EXPECT_TRUE(MakeCandidate({0, 0, 12}, outputs.data(), LogOdds(0)).has_value());
  EXPECT_FALSE(MakeCandidate({0, 0, 12}, outputs.data(), LogOdds(1)).has_value());
}

TEST(Candidates, AreNotMadeFromOutputsGoneWrong) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (int output = 0; output < kOutputs; ++output) {
    for (const float value : {kInfinity, -kInfinity, std::nanf(""), 1e30F}) {
      if (output < kClassOutputs && !std::isnan(value)) continue;
      Outputs outputs = {0, 1};
      outputs[output] = value;
      EXPECT_FALSE(MakeCandidate({0, 0, 12}, outputs.data(), -5).has_value())
          << output << " " << value;
    }
  }
  Outputs empty = {0, 1, 0.6F, 0, -0.6F, 0};
  EXPECT_FALSE(MakeCandidate({0, 0, 12}, empty.data(), -5).has_value()) << "no width";
}

Candidate At(float x, float score) { return {{x, 0, 10}, {x, 0, 10, 10}, score, {}}; }

TEST(Candidates, GoWhereABetterOneIsNear) {
  const std::vector<Candidate> candidates = {At(0, 0.5F), At(1, 0.9F), At(50, 0.7F), At(51, 0.6F)};
  SuppressionBuffers buffers;
  std::vector<Candidate> kept = {At(99, 1)};
  SuppressCandidates(candidates, 0.5F, OverlapMeasure::kUnion, 0, buffers, kept);
  ASSERT_EQ(kept.size(), 3U) << "appends";
  EXPECT_EQ(kept[1].box.x, 1);
  EXPECT_EQ(kept[2].box.x, 50);
  kept.clear();
  SuppressCandidates(candidates, 0.5F, OverlapMeasure::kUnion, 1, buffers, kept);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].box.x, 1);
}

}  // namespace
}  // namespace facecascade

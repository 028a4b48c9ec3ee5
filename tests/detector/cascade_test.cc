#include "detector/cascade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"
#include "tests/model/example_models.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;

Image NoisePhoto(int width, int height, std::uint64_t seed) {
  Image photo = GreyPhoto(width, height);
  Random random(seed);
  for (std::uint8_t& value : photo.pixels) value = static_cast<std::uint8_t>(random.Below(256));
  return photo;
}

Octaves OctavesOf(const Image& photo) {
  Octaves octaves;
  BuildOctaves(photo.View(), octaves);
  return octaves;
}

Cascade CascadeOf(const ModelData& model, int nets = kStageCount) {
  return Cascade::Create(model.spec, std::span(model.weights).first(nets)).value();
}

CascadeOptions OptionsWithThreshold(float threshold) {
  CascadeOptions options;
  options.settings.thresholds = {threshold, threshold, threshold};
  return options;
}

TEST(Cascade, RunsWithTheLowestNetsAlone) {
  const ModelData model = RandomModel(SmallCascadeSpec(), 1);
  const Octaves octaves = OctavesOf(NoisePhoto(90, 70, 1));
  CascadeWorkspace whole_workspace;
  CascadeWorkspace part_workspace;
  const Cascade whole = CascadeOf(model);
  EXPECT_EQ(whole.stages(), 3);
  for (int nets = 1; nets <= kStageCount; ++nets) {
    const Cascade part = CascadeOf(model, nets);
    EXPECT_EQ(part.stages(), nets);
    const CascadeOptions options = OptionsWithThreshold(0.2F);
    const auto& expected = RunCascade(whole, octaves, options, nets, whole_workspace);
    const auto& found = RunCascade(part, octaves, options, nets, part_workspace);
    ASSERT_EQ(found.size(), expected.size());
    EXPECT_FALSE(found.empty());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].score, expected[i].score);
      EXPECT_EQ(found[i].box.x, expected[i].box.x);
    }
  }
}

TEST(Cascade, GivesCandidatesByFallingScoreAboveTheThreshold) {
  const Cascade cascade = CascadeOf(RandomModel(SmallCascadeSpec(), 2));
  const Octaves octaves = OctavesOf(NoisePhoto(120, 90, 2));
  CascadeWorkspace workspace;
  for (int stages = 1; stages <= kStageCount; ++stages) {
    const auto& found = RunCascade(cascade, octaves, OptionsWithThreshold(0.3F), stages, workspace);
    EXPECT_FALSE(found.empty());
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end(),
                               [](const auto& a, const auto& b) { return a.score > b.score; }));
    for (const Candidate& candidate : found) EXPECT_GE(candidate.score, 0.3F);
  }
}

TEST(Cascade, LooksAtTheSquareAroundTheCalibratedBox) {
  const Cascade cascade = CascadeOf(RandomModel(SmallCascadeSpec(), 3));
  const Octaves octaves = OctavesOf(NoisePhoto(60, 60, 3));
  CascadeWorkspace workspace;
  const CascadeOptions options = OptionsWithThreshold(0);
  const std::vector<Candidate> proposals = RunCascade(cascade, octaves, options, 1, workspace);
  const std::vector<Candidate> refined = RunCascade(cascade, octaves, options, 2, workspace);
  ASSERT_FALSE(refined.empty());
  for (const Candidate& candidate : refined) {
    EXPECT_TRUE(std::any_of(proposals.begin(), proposals.end(), [&](const Candidate& proposal) {
      const Window window = SquareAround(proposal.box);
      return window.x == candidate.window.x && window.y == candidate.window.y &&
             window.side == candidate.window.side;
    }));
  }
}

TEST(Cascade, LimitsTheCandidatesOfAFlood) {
  const Cascade cascade = CascadeOf(RandomModel(SmallCascadeSpec(), 4));
  const Octaves octaves = OctavesOf(NoisePhoto(640, 480, 4));
  CascadeOptions options = OptionsWithThreshold(0);
  options.settings.suppression = {1, 1, 1, 1, 1};
  options.limits = {100, 150, 40};
  CascadeWorkspace workspace;
  EXPECT_EQ(RunCascade(cascade, octaves, options, 1, workspace).size(), 150U);
  EXPECT_EQ(RunCascade(cascade, octaves, options, 2, workspace).size(), 40U);
  EXPECT_LE(RunCascade(cascade, octaves, options, 3, workspace).size(), 40U);
}

TEST(Cascade, SurvivesWeightsGoneWrong) {
  ModelData model = RandomModel(SmallCascadeSpec(), 5);
  for (int i = 0; i < kStageCount; ++i) {
    for (const NamedTensor& named : NameTensors(model.spec[i], model.weights[i])) {
      for (float& value : named.tensor->values) value *= 1e12F;
    }
  }
  const Cascade cascade = CascadeOf(model);
  const Octaves octaves = OctavesOf(NoisePhoto(100, 100, 5));
  CascadeWorkspace workspace;
  for (const Candidate& candidate :
       RunCascade(cascade, octaves, OptionsWithThreshold(0), 3, workspace)) {
    EXPECT_TRUE(std::isfinite(candidate.box.x) && std::isfinite(candidate.box.width));
  }
}

TEST(Cascade, IsTheSameForAnyNumberOfThreads) {
  const Cascade cascade = CascadeOf(RandomModel(SmallCascadeSpec(), 6));
  const Octaves octaves = OctavesOf(NoisePhoto(900, 500, 6));
  CascadeOptions options = OptionsWithThreshold(0.1F);
  CascadeWorkspace workspace;
  for (const int windows : {1000, 21}) {  // many batches of the upper nets, and a single one
    options.limits.proposals = options.limits.refined = windows;
    options.threads = 1;
    const std::vector<Candidate> expected = RunCascade(cascade, octaves, options, 3, workspace);
    EXPECT_FALSE(expected.empty());
    for (const int threads : {2, 3, 8}) {
      options.threads = threads;
      const std::vector<Candidate>& found = RunCascade(cascade, octaves, options, 3, workspace);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].score, expected[i].score);
        EXPECT_EQ(found[i].box.x, expected[i].box.x);
        EXPECT_EQ(found[i].landmarks[4].y, expected[i].landmarks[4].y);
      }
    }
  }
}

TEST(Cascade, RefusesNetsAndWeightsThatDoNotFit) {
  ModelData model = RandomModel(SmallCascadeSpec(), 7);
  const auto error = [&](std::size_t nets) {
    const auto cascade = Cascade::Create(model.spec, std::span(model.weights).first(nets));
    return cascade.ok() ? "" : cascade.error().message;
  };
  EXPECT_EQ(error(3), "");
  EXPECT_THAT(error(0), HasSubstr("1 … 3 nets"));
  model.weights[1].hidden_bias.shape = {1};
  EXPECT_EQ(error(1), "") << "a net not there is not looked at";
  EXPECT_THAT(error(2), HasSubstr("24net.hidden.bias"));
  model.spec[2].bridge = 1;
  EXPECT_THAT(error(1), HasSubstr("bridge"));
}

TEST(CascadeOptions, AreChecked) {
  const auto error = [](const auto& change) {
    CascadeOptions options;
    change(options);
    const Status status = CheckCascadeOptions(options);
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(error([](CascadeOptions&) {}), "");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float face : {0.0F, -1.0F, 3.9F, 2e6F, nan}) {
    EXPECT_THAT(error([&](CascadeOptions& options) { options.min_face = face; }),
                HasSubstr("min_face"));
  }
  for (const float factor : {0.0F, 0.99F, 1.0F, nan}) {
    EXPECT_THAT(error([&](CascadeOptions& options) { options.settings.pyramid_factor = factor; }),
                HasSubstr("pyramid_factor"));
  }
  EXPECT_THAT(error([&](CascadeOptions& options) { options.settings.thresholds[1] = nan; }),
              HasSubstr("thresholds[1]"));
  EXPECT_THAT(error([](CascadeOptions& options) { options.settings.suppression.refined = 2; }),
              HasSubstr("overlaps"));
  EXPECT_THAT(error([](CascadeOptions& options) { options.limits.refined = 0; }),
              HasSubstr("limits"));
  EXPECT_THAT(error([](CascadeOptions& options) { options.threads = 0; }), HasSubstr("threads"));
}

TEST(Thresholds, AreLoosenedInProportion) {
  const std::array<float, kStageCount> base = {0.6F, 0.6F, 0.7F};
  EXPECT_EQ(ThresholdsFor(base, 0.7F), base);
  const std::array<float, kStageCount> stricter = {0.6F, 0.6F, 0.9F};
  EXPECT_EQ(ThresholdsFor(base, 0.9F), stricter);
  std::array<float, kStageCount> previous = base;
  for (float last = 0.7F; last >= 0; last -= 0.01F) {
    const std::array<float, kStageCount> thresholds = ThresholdsFor(base, last);
    EXPECT_EQ(thresholds[2], last);
    for (int i = 0; i < 2; ++i) {
      EXPECT_LE(thresholds[i], previous[i]);
      EXPECT_GT(thresholds[i], previous[i] - 0.02F) << "no jumps";
      EXPECT_GT(thresholds[i], 0);
    }
    previous = thresholds;
  }
  EXPECT_LT(previous[0], base[0]);
  EXPECT_LT(previous[1], base[1]);
}

TEST(Thresholds, AreNeverTightenedByALowerLastOne) {
  const std::array<float, kStageCount> loose = {0.01F, 0.01F, 0.7F};
  EXPECT_EQ(ThresholdsFor(loose, 0.1F)[0], 0.01F);
  const std::array<float, kStageCount> lowest = {0.6F, 0.6F, 0.01F};
  EXPECT_EQ(ThresholdsFor(lowest, 0.005F)[0], 0.6F);
}

}  // namespace
}  // namespace facecascade

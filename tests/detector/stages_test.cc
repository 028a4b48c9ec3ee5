#include "detector/stages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/random.h"
#include "detector/settled_faces.h"
#include "detector/workspace.h"
#include "image/image.h"
#include "tests/model/example_models.h"

namespace facecascade {
namespace {

constexpr int kCount = 20;

struct Looked {
  std::vector<float> outputs;
  std::vector<float> lower_outputs;  // of the net below, on its half of each window
  std::vector<float> lower_odds;
};

Looked RunOnNoise(const Cascade& cascade, int stage, const BoundsBelow& below) {
  const int side = cascade.plan(stage).spec().input_size;
  WorkerBuffers worker;
  Random random(stage);
  for (int i = 0; i < kCount * side * side * 3; ++i) {
    worker.windows[stage].push_back(static_cast<std::uint8_t>(random.Below(256)));
  }
  Looked run;
  run.outputs.resize(kCount * kOutputs);
  RunStage(cascade, stage, kCount, below, worker, run.outputs.data());
  run.lower_outputs = worker.lower_outputs;
  for (int i = 0; i < kCount; ++i) {
    const float* lower = worker.lower_outputs.data() + i * kOutputs;
    run.lower_odds.push_back(lower[1] - lower[0]);
  }
  return run;
}

TEST(RunStage, LetsGoWhatTheNetBelowThinksLittleOfAndChangesNothingElse) {
  const ModelData model = RandomModel(SmallCascadeSpec(), 3);
  const Cascade cascade = Cascade::Create(model.spec, model.weights).value();
  for (int stage = 1; stage < kStageCount; ++stage) {
    const Looked all = RunOnNoise(cascade, stage, {});
    std::vector<float> sorted = all.lower_odds;
    std::sort(sorted.begin(), sorted.end());
    // None, some, all but one, and all of the windows go.
    for (const float least : {sorted[0], sorted[kCount / 2], sorted[kCount - 1], 1e9F}) {
      const Looked some = RunOnNoise(cascade, stage, {std::vector<float>(kCount, least)});
      EXPECT_EQ(some.lower_odds, all.lower_odds);
      for (int i = 0; i < kCount; ++i) {
        const float* outputs = some.outputs.data() + i * kOutputs;
        if (all.lower_odds[i] < least) {
          EXPECT_EQ(outputs[1], kLeftEarly) << stage << ' ' << i;
          EXPECT_EQ(std::count(outputs, outputs + kOutputs, 0.0F), kOutputs - 1);
        } else {
          EXPECT_TRUE(std::equal(outputs, outputs + kOutputs, all.outputs.data() + i * kOutputs))
              << stage << ' ' << i;
        }
      }
    }
  }
}

TEST(RunStage, TakesOverWhatTheNetBelowSettles) {
  const ModelData model = RandomModel(SmallCascadeSpec(), 3);
  const Cascade cascade = Cascade::Create(model.spec, model.weights).value();
  constexpr int kStage = kStageCount - 1;
  const Looked all = RunOnNoise(cascade, kStage, {});
  std::vector<float> sorted = all.lower_odds;
  std::sort(sorted.begin(), sorted.end());
  const float least = sorted[kCount / 4];
  // Every other window is settled at the odds in the middle, the others at none.
  std::vector<float> enough(kCount, std::numeric_limits<float>::infinity());
  for (int i = 0; i < kCount; i += 2) enough[i] = sorted[kCount / 2];
  const Looked some = RunOnNoise(cascade, kStage, {std::vector<float>(kCount, least), enough});
  int settled = 0;
  for (int i = 0; i < kCount; ++i) {
    const float* outputs = some.outputs.data() + i * kOutputs;
    const float odds = all.lower_odds[i];
    const bool is_settled = odds >= enough[i];
    if (is_settled) ++settled;
    const float* expected = (is_settled ? all.lower_outputs : all.outputs).data() + i * kOutputs;
    if (odds < least) {
      EXPECT_EQ(outputs[1], kLeftEarly) << i;
    } else {
      EXPECT_TRUE(std::equal(outputs, outputs + kOutputs, expected)) << i;
    }
  }
  EXPECT_GT(settled, 0);
  EXPECT_LT(settled, kCount / 2);
}

TEST(RunStage, AsksNoNetBelowWhereThereIsNoBridge) {
  CascadeSpec spec = SmallCascadeSpec();
  spec[1].bridge = 0;
  const ModelData model = RandomModel(spec, 4);
  const Cascade cascade = Cascade::Create(model.spec, model.weights).value();
  WorkerBuffers worker;
  worker.windows[1].assign(2 * 24 * 24 * 3, 77);
  std::vector<float> outputs(2 * kOutputs);
  const std::vector<float> too_much = {1e9F, 1e9F};
  RunStage(cascade, 1, 2, {too_much, {}}, worker, outputs.data());
  EXPECT_NE(outputs[1], kLeftEarly);
  EXPECT_EQ(outputs[1], outputs[kOutputs + 1]);
}

// The last net's candidate for one window, whose score so far is one half.
Candidate LookOnce(const Cascade& cascade, const Image& photo, const Candidate& found,
                   bool mirrored) {
  Octaves octaves;
  BuildOctaves(photo.View(), octaves);
  CascadeWorkspace workspace;
  CascadeWorkspace::Buffers& buffers = workspace.buffers();
  buffers.found = {found};
  if (mirrored) {
    LookMirrored(cascade, octaves, 0, 1, buffers);
  } else {
    LookAgain(cascade, kStageCount - 1, octaves, {}, 1, buffers);
  }
  EXPECT_EQ(buffers.gathered.size(), 1U);
  return buffers.gathered.at(0);
}

// Of a face of `side` pixels, found with `score`, where the 24net's odds are raised by `more`.
Candidate LookWhereBelowIsSure(float side, float score, float more, bool below_may_settle) {
  ModelData model = RandomModel(SmallCascadeSpec(), 5);
  model.weights[1].output_bias.values[1] += more;
  const Cascade cascade = Cascade::Create(model.spec, model.weights).value();
  const Image photo = {90, 70, std::vector<std::uint8_t>(90 * 70 * 3, 77)};
  Octaves octaves;
  BuildOctaves(photo.View(), octaves);
  CascadeWorkspace workspace;
  CascadeWorkspace::Buffers& buffers = workspace.buffers();
  buffers.found = {{{}, {20, 10, side, side}, score, {}}};
  LookAgain(cascade, kStageCount - 1, octaves, {0, 0, below_may_settle}, 1, buffers);
  EXPECT_EQ(buffers.gathered.size(), 1U);
  return buffers.gathered.at(0);
}

TEST(LookAgain, LeavesSmallFacesToTheNetBelowWhereItIsSure) {
  constexpr float kSure = 12;
  const auto changes = [](float side, float score, float more) {
    const Candidate settled = LookWhereBelowIsSure(side, score, more, true);
    const Candidate looked = LookWhereBelowIsSure(side, score, more, false);
    return settled.score != looked.score && settled.box.x != looked.box.x;
  };
  EXPECT_TRUE(changes(20, 0.5F, kSure));
  EXPECT_FALSE(changes(40, 0.5F, kSure)) << "too large";
  EXPECT_FALSE(changes(20, 0.5F, 0)) << "in doubt";
  const float odds = LogOdds(LookWhereBelowIsSure(20, 0.5F, kSure, true).score);
  EXPECT_NEAR(odds, ForetoldOdds(kSure), 2);
}

TEST(LookMirrored, IsTheMeanWithALookAtTheMirroredPhoto) {
  const ModelData model = RandomModel(SmallCascadeSpec(), 5);
  const Cascade cascade = Cascade::Create(model.spec, model.weights).value();
  constexpr float kWidth = 90;
  Image photo{static_cast<int>(kWidth), 70, {}};
  Random random(6);
  for (int i = 0; i < photo.width * photo.height * 3; ++i) {
    photo.pixels.push_back(static_cast<std::uint8_t>(random.Below(256)));
  }
  Image mirror = photo;
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      std::copy_n(&photo.pixels[(y * photo.width + x) * 3], 3,
                  &mirror.pixels[(y * photo.width + photo.width - 1 - x) * 3]);
    }
  }
  Candidate found;
  found.box = {13, 11, 48, 48};  // on whole pixels, so that both photos have the same samples
  found.score = 0.5F;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) found.landmarks[i] = {7.0F + i, 9.0F + 2 * i};
  Candidate in_mirror = found;
  in_mirror.box = MirrorBox(found.box, kWidth);
  const Candidate both = LookOnce(cascade, photo, found, true);
  const Candidate second = LookOnce(cascade, mirror, in_mirror, false);

  EXPECT_NEAR(LogOdds(both.score), LogOdds(second.score) / 2, 1e-5F);
  EXPECT_NE(both.score, 0.5F);
  const Box box = MirrorBox(second.box, kWidth);
  EXPECT_NEAR(both.box.x, (found.box.x + box.x) / 2, 1e-4F);
  EXPECT_NEAR(both.box.y, (found.box.y + box.y) / 2, 1e-4F);
  EXPECT_NEAR(both.box.width, (found.box.width + box.width) / 2, 1e-4F);
  EXPECT_NEAR(both.box.height, (found.box.height + box.height) / 2, 1e-4F);
  const Landmarks landmarks = MirrorLandmarks(second.landmarks, kWidth);
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    EXPECT_NEAR(both.landmarks[i].x, (found.landmarks[i].x + landmarks[i].x) / 2, 1e-4F);
    EXPECT_NEAR(both.landmarks[i].y, (found.landmarks[i].y + landmarks[i].y) / 2, 1e-4F);
  }
}

TEST(LookMirrored, LetsGoWhatBothLooksTogetherThinkLittleOf) {
  const ModelData model = RandomModel(SmallCascadeSpec(), 5);
  const Cascade cascade = Cascade::Create(model.spec, model.weights).value();
  Octaves octaves;
  BuildOctaves(GreyPhoto(90, 70).View(), octaves);
  CascadeWorkspace workspace;
  CascadeWorkspace::Buffers& buffers = workspace.buffers();
  Candidate found;
  found.box = {13, 11, 48, 48};
  found.score = 0.5F;
  buffers.found = {found};
  LookMirrored(cascade, octaves, 0, 1, buffers);
  ASSERT_EQ(buffers.gathered.size(), 1U);
  const float score = buffers.gathered[0].score;
  for (const float threshold : {score * 0.99F, score * 1.01F}) {
    buffers.found = {found};
    LookMirrored(cascade, octaves, threshold, 1, buffers);
    EXPECT_EQ(buffers.gathered.size(), threshold < score ? 1U : 0U);
  }
}

}  // namespace
}  // namespace facecascade

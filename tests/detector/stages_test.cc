#include "detector/stages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/random.h"
#include "tests/model/example_models.h"

namespace facecascade {
namespace {

constexpr float kAny = -std::numeric_limits<float>::infinity();
constexpr int kCount = 20;

struct Looked {
  std::vector<float> outputs;
  std::vector<float> lower_odds;  // of the net below, on its half of each window
};

Looked RunOnNoise(const Cascade& cascade, int stage, float least_below) {
  const int side = cascade.plan(stage).spec().input_size;
  WorkerBuffers worker;
  Random random(stage);
  for (int i = 0; i < kCount * side * side * 3; ++i) {
    worker.windows[stage].push_back(static_cast<std::uint8_t>(random.Below(256)));
  }
  Looked run;
  run.outputs.resize(kCount * kOutputs);
  RunStage(cascade, stage, kCount, least_below, worker, run.outputs.data());
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
    const Looked all = RunOnNoise(cascade, stage, kAny);
    std::vector<float> sorted = all.lower_odds;
    std::sort(sorted.begin(), sorted.end());
    // None, some, all but one, and all of the windows go.
    for (const float least : {sorted[0], sorted[kCount / 2], sorted[kCount - 1], 1e9F}) {
      const Looked some = RunOnNoise(cascade, stage, least);
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

TEST(RunStage, AsksNoNetBelowWhereThereIsNoBridge) {
  CascadeSpec spec = SmallCascadeSpec();
  spec[1].bridge = 0;
  const ModelData model = RandomModel(spec, 4);
  const Cascade cascade = Cascade::Create(model.spec, model.weights).value();
  WorkerBuffers worker;
  worker.windows[1].assign(2 * 24 * 24 * 3, 77);
  std::vector<float> outputs(2 * kOutputs);
  RunStage(cascade, 1, 2, 1e9F, worker, outputs.data());
  EXPECT_NE(outputs[1], kLeftEarly);
  EXPECT_EQ(outputs[1], outputs[kOutputs + 1]);
}

}  // namespace
}  // namespace facecascade

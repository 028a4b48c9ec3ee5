#include "training/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace facecascade::training {
namespace {

using testing::HasSubstr;

constexpr const char* kSmall = R"(
name = "small"
[data]
boxes = [{ images = "photos", annotations = "boxes.txt" }]
[stage.12net]
steps = 10
[stage.24net]
steps = 10
[stage.48net]
steps = 10
)";

std::string ErrorOf(const std::string& text) {
  const auto config = ParseTrainingConfig(text, "file.toml");
  return config.ok() ? "" : config.error().message;
}

TEST(TrainingConfig, DefaultsAreThePapers) {
  const auto config = ParseTrainingConfig(kSmall, "file.toml");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config.value().loss.hard_share, 0.7);
  EXPECT_EQ(config.value().loss.box_knee, 1);
  EXPECT_EQ(config.value().optimizer.kind, OptimizerKind::kSgd);
  EXPECT_EQ(config.value().stages[0].loss_weights, (std::array<double, 3>{1, 0.5, 0.5}));
  EXPECT_EQ(config.value().stages[2].loss_weights, (std::array<double, 3>{1, 0.5, 1}));
  EXPECT_EQ(config.value().networks, DefaultCascadeSpec());
}

TEST(TrainingConfig, ErrorsNameFileLineAndKey) {
  EXPECT_THAT(ErrorOf("name = \n"), HasSubstr("file.toml:1"));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "batch_siez = 4\n"), HasSubstr("batch_siez"));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "batch_size = \"x\"\n"),
              HasSubstr("file.toml:11: stage.48net.batch_size must be a number"));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "batch_size = 2\n"), HasSubstr("must lie in 4"));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "batch_size = 64.5\n"), HasSubstr("whole number"));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "shares = [1, 1, 0, 0]\n"), HasSubstr("add up to 1"));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "[optimizer]\nkind = \"adam\"\n"),
              HasSubstr("must be one of \"sgd\", \"adamw\""));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "[network.24net]\nbridge = 7\n"), HasSubstr("bridge"));
  EXPECT_THAT(ErrorOf(std::string(kSmall) + "[network.12net]\nconvolutions = [[3, 1, 8]]\n"),
              HasSubstr("12net"));
  EXPECT_THAT(ErrorOf("fixed_point = [16, 8, 4]" + std::string(kSmall)),
              HasSubstr("fixed_point must hold 0, 7, 8 or 16"));
  const std::string rounded = std::string(kSmall) + "rounded = true\n";
  EXPECT_THAT(ErrorOf(rounded), HasSubstr("stage.48net.rounded needs 7 or 8 bits"));
  EXPECT_THAT(ErrorOf("fixed_point = [8, 7, 7]" + rounded + "[together]\nsteps = 5\n"),
              HasSubstr("together.steps = 0"));
  EXPECT_EQ(ErrorOf("fixed_point = [8, 7, 7]" + rounded), "");
  EXPECT_THAT(ErrorOf("name = \"x\"\n"), HasSubstr("steps is missing"));
  EXPECT_THAT(ErrorOf("batch = \"mini\"" + std::string(kSmall)), HasSubstr("batch_norm = false"));
}

TEST(TrainingConfig, EveryFileOfTheTreeIsRead) {
  int read = 0;
  for (const auto& file : std::filesystem::directory_iterator(FACECASCADE_CONFIGS)) {
    const auto config = ReadTrainingConfig(file.path().string());
    EXPECT_TRUE(config.ok()) << config.error().message;
    ++read;
  }
  EXPECT_GE(read, 3);
}

// What the paper says in so many words (docs/training.md, "The paper's configuration").
TEST(TrainingConfig, ThePapersFileIsFaithful) {
  const auto read = ReadTrainingConfig(FACECASCADE_CONFIGS "/paper.toml");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const TrainingConfig& config = read.value();
  EXPECT_EQ(config.batch, BatchMode::kMini);
  EXPECT_FALSE(config.batch_norm);
  EXPECT_EQ(config.thresholds, (std::array<float, 3>{0.6F, 0.6F, 0.7F}));
  EXPECT_EQ(config.loss.hard_share, 0.7);
  EXPECT_EQ(config.loss.box_knee, 1);
  EXPECT_EQ(config.loss.landmark_knee, 1);
  EXPECT_EQ(config.loss.label_smoothing, 0);
  EXPECT_EQ(config.loss.quality_full, 0);
  EXPECT_EQ(config.optimizer.kind, OptimizerKind::kSgd);
  EXPECT_EQ(config.optimizer.schedule, ScheduleKind::kConstant);
  EXPECT_EQ(config.optimizer.average, 0);
  const AugmentationConfig& change = config.augmentation;
  EXPECT_EQ(change.rotation + change.landmark_rotation_degrees + change.colour + change.grey +
                change.blur + change.jpeg + change.occlusion,
            0);
  for (int stage = 0; stage < kStageCount; ++stage) {
    const StageConfig& net = config.stages[stage];
    EXPECT_EQ(net.batch_size, 64);
    EXPECT_EQ(net.learning_rate, 0.01);
    EXPECT_EQ(net.labels.negative, 0.3F);
    EXPECT_EQ(net.labels.part, 0.3F);
    EXPECT_EQ(net.labels.positive, 0.7F);
    EXPECT_FALSE(net.landmark_faces_are_positive);
    EXPECT_EQ(net.loss_weights, (std::array<double, 3>{1, 0.5, stage == 2 ? 1 : 0.5}));
    EXPECT_EQ(config.networks[stage].bridge > 0, stage > 0);
  }
  EXPECT_GT(config.together.steps, 0);
}

TEST(TrainingConfig, SuppressionIsTheModelsUnlessItSaysOtherwise) {
  const auto as_it_is = ParseTrainingConfig(kSmall, "file.toml");
  ASSERT_TRUE(as_it_is.ok()) << as_it_is.error().message;
  EXPECT_EQ(DetectorSettings(as_it_is.value()).suppression, SuppressionSettings{});
  const std::string begin = std::string(kSmall) + "[suppression]\n";
  const auto changed = ParseTrainingConfig(begin + "proposals = 0.5\n", "file.toml");
  ASSERT_TRUE(changed.ok()) << changed.error().message;
  EXPECT_EQ(DetectorSettings(changed.value()).suppression.proposals, 0.5F);
  EXPECT_EQ(DetectorSettings(changed.value()).suppression.refined, SuppressionSettings{}.refined);
  EXPECT_THAT(ErrorOf(begin + "proposals = 1.5\n"), HasSubstr("proposals must lie in 0 … 1"));
  EXPECT_THAT(ErrorOf(begin + "first = 0.5\n"), HasSubstr("first"));
}

TEST(TrainingConfig, AMissingFileIsNamed) {
  EXPECT_THAT(ReadTrainingConfig("/nowhere/x.toml").error().message, HasSubstr("/nowhere/x.toml"));
}

}  // namespace
}  // namespace facecascade::training

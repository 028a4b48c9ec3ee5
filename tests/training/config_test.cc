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
  EXPECT_THAT(ErrorOf("name = \"x\"\n"), HasSubstr("steps is missing"));
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

TEST(TrainingConfig, AMissingFileIsNamed) {
  EXPECT_THAT(ReadTrainingConfig("/nowhere/x.toml").error().message, HasSubstr("/nowhere/x.toml"));
}

}  // namespace
}  // namespace facecascade::training

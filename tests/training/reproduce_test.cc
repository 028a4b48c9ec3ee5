// The paper's experiments on made-up photos, through the program as people call it.
#include "training/reproduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "child_process.h"
#include "dataset/text_reader.h"
#include "made_up_photos.h"
#include "paper_configuration.h"
#include "training/experiments.h"

namespace facecascade::training {
namespace {

using std::filesystem::exists;
using testing::HasSubstr;
using testing::Not;

TEST(Reproduce, TheVerdictStandsOnOneLine) {
  ExperimentReport report{"joint", "landmarks help", Verdict::kHolds, {}, {}, {}};
  report.judged.push_back({"average precision", {"without", "with"}, {}});
  report.judged[0].values = {std::vector<double>{0.5, 0.6, 0.7}, {0.6, 0.7, 0.8}};
  EXPECT_EQ(VerdictLine(report, 3),
            "joint: the claim that landmarks help holds here (3 seeds, 95 % intervals; average "
            "precision +0.1 [+0.1, +0.1])");
}

TEST(Reproduce, QuickSettingOnlyCutsDown) {
  TrainingConfig config;
  config.data.held_out_every = 40;
  config.stages[0].steps = 100000;
  config.stages[2].steps = 10;
  const TrainingConfig quick = QuickSetting(config);
  EXPECT_LT(quick.stages[0].steps, 10000);
  EXPECT_EQ(quick.stages[2].steps, 10);
  EXPECT_GT(quick.data.photos, 0);
  EXPECT_LT(quick.data.held_out_every, 40);
  EXPECT_EQ(quick.together.steps, 0);
}

class ReproduceProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "facecascade_reproduce_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    WriteMadeUpPhotos(folder_ + "/data", 60);
    WriteSmallPaperConfig(folder_ + "/paper.toml");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Runs `facecascade reproduce` with two seeds; gives what it said. Its status is in status_.
  std::string Reproduce(const std::string& experiment, const std::string& share) {
    const std::string log = folder_ + "/log";
    std::filesystem::remove(log);
    status_ =
        WaitFor(StartProcess({FACECASCADE_PROGRAM, "reproduce", experiment, "--quick", "--seeds",
                              "2", "--steps-share", share, "--config", folder_ + "/paper.toml",
                              "--data", folder_ + "/data", "--output", folder_ + "/out"},
                             {}, log));
    return ReadWholeFile(log).value();
  }

  std::string folder_;
  int status_ = 0;
};

TEST_F(ReproduceProgramTest, ThePapersConfigurationTrainsACascade) {
  const std::string log = folder_ + "/log";
  EXPECT_EQ(WaitFor(StartProcess({FACECASCADE_PROGRAM, "train", "--config", folder_ + "/paper.toml",
                                  "--data", folder_ + "/data", "--output", folder_ + "/run"},
                                 {}, log)),
            0)
      << ReadWholeFile(log).value();
  EXPECT_TRUE(exists(folder_ + "/run/model.safetensors"));
}

TEST_F(ReproduceProgramTest, WritesVerdictsCurvesAndFiguresAndTrainsNothingTwice) {
  const std::string said = Reproduce("all", "1");
  ASSERT_EQ(status_, 0) << said;
  const std::string out = folder_ + "/out/";
  for (const std::string& name : ExperimentNames()) {
    EXPECT_THAT(said, HasSubstr(name + ": the claim that "));
    const auto json =
        nlohmann::json::parse(ReadWholeFile(out + name + ".json").value(), nullptr, false);
    ASSERT_TRUE(json.is_object()) << name;
    EXPECT_THAT(json["verdict"].get<std::string>(),
                testing::AnyOf("holds", "does not hold", "is not decided"));
    for (const auto& comparison : json["judged"]) {
      for (const auto& values : comparison["by_seed"]) EXPECT_EQ(values.size(), 2U) << name;
      EXPECT_EQ(comparison["interval"].size(), 2U) << name;
    }
  }
  for (const char* plot : {"table1-12net", "table1-24net", "table1-48net", "joint",
                           "hem-held_out_face_loss", "hem-loss", "end-to-end"}) {
    EXPECT_TRUE(exists(out + plot + ".csv")) << plot;
    EXPECT_TRUE(exists(out + plot + ".svg")) << plot;
  }
  EXPECT_THAT(ReadWholeFile(out + "report.txt").value(), HasSubstr("hem: the claim that"));

  const std::string first = ReadWholeFile(out + "hem.json").value();
  std::filesystem::remove_all(out + "seed-1/48net-all-examples");  // as if broken off before it
  const std::string again = Reproduce("hem", "1");
  ASSERT_EQ(status_, 0) << again;
  EXPECT_THAT(again, HasSubstr("seed 1: training 48net-all-examples"));
  EXPECT_THAT(again, Not(HasSubstr("training 12net-base")));
  EXPECT_THAT(again, Not(HasSubstr("seed 2: training")));
  EXPECT_EQ(ReadWholeFile(out + "hem.json").value(), first);  // the same training, the same figures

  EXPECT_THAT(Reproduce("hem", "0.5"), HasSubstr("another configuration or setting"));
  EXPECT_EQ(status_, 1);
}

}  // namespace
}  // namespace facecascade::training

// Whole trainings on made-up photos, through the program as people call it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "child_process.h"
#include "dataset/text_reader.h"
#include "detector/cascade.h"
#include "made_up_photos.h"
#include "model/model_file.h"
#include "training/files.h"

namespace facecascade::training {
namespace {

using std::filesystem::exists;

constexpr const char* kConfig = FACECASCADE_CONFIGS "/made-up.toml";

pid_t Start(const std::string& config, const std::string& data, const std::string& output,
            const std::string& log, const std::string& start = "",
            const std::string& teacher = "") {
  std::vector<std::string> command = {
      FACECASCADE_PROGRAM, "train", "--config", config, "--data", data, "--output", output};
  if (!start.empty()) command.insert(command.end(), {"--start", start});
  if (!teacher.empty()) command.insert(command.end(), {"--teacher", teacher});
  return StartProcess(command, {}, log);
}

void KillWhenThere(pid_t child, const std::string& file) {
  EXPECT_TRUE(WaitForFile(file));
  kill(child, SIGKILL);
  EXPECT_EQ(WaitFor(child), -1) << "the training ended before it could be killed";
}

// A stage's curve without the columns that tell time.
std::vector<std::string> Losses(const std::string& csv) {
  std::ifstream file(csv);
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string step;
    std::string time;
    std::string rest;
    std::getline(fields, step, ',');
    std::getline(fields, time, ',');
    std::getline(fields, time, ',');
    std::getline(fields, rest);
    rows.push_back(step + "," + rest);
  }
  return rows;
}

// The loss after the first stretch of a curve.
double FirstLoss(const std::string& csv) {
  std::ifstream file(csv);
  std::string row;
  std::getline(file, row);
  std::getline(file, row);
  for (int column = 0; column < 4; ++column) row.erase(0, row.find(',') + 1);
  return std::stod(row);
}

class TrainingRunTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "facecascade_training_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    WriteMadeUpPhotos(folder_ + "/data", 90);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  int Train(const std::string& output, const std::string& config = kConfig) {
    return WaitFor(Start(config, folder_ + "/data", folder_ + "/" + output, Log(output)));
  }
  // The usual configuration, with nets that are rounded for a few steps each.
  std::string WriteRoundedConfig() const {
    std::string text = ReadWholeFile(kConfig).value();
    const auto replace = [&](const std::string& from, const std::string& to) {
      const std::size_t place = text.find(from);
      ASSERT_NE(place, std::string::npos) << from;
      text.replace(place, from.size(), to);
    };
    replace("threads = 1", "threads = 1\nfixed_point = [7, 7, 7]");
    for (const char* steps : {"steps = 250", "steps = 120", "steps = 80"}) {
      replace(steps, "steps = 20\nrounded = true");
    }
    replace("[together]\nsteps = 30", "[together]\nsteps = 0");
    const std::string path = folder_ + "/rounded.toml";
    EXPECT_TRUE(WriteText(path, text).ok());
    return path;
  }
  std::string Log(const std::string& output) const { return folder_ + "/" + output + ".log"; }
  std::string Said(const std::string& output) const { return ReadWholeFile(Log(output)).value(); }

  std::string folder_;
};

TEST_F(TrainingRunTest, LearnsToFindFacesAndGoesOnAfterAKillAsIfThereHadBeenNone) {
  ASSERT_EQ(Train("whole"), 0) << Said("whole");
  const std::string killed = folder_ + "/killed";
  for (const char* file :
       {"/12net.checkpoint", "/24net.checkpoint", "/48net.checkpoint", "/48net-together-2.mined"}) {
    KillWhenThere(Start(kConfig, folder_ + "/data", killed, Log("killed")), killed + file);
  }
  ASSERT_EQ(Train("killed"), 0) << Said("killed");
  EXPECT_THAT(Said("killed"), testing::HasSubstr("goes on from its checkpoint"));
  for (const char* net : {"/12net.csv", "/24net.csv", "/48net.csv", "/12net-together.csv",
                          "/24net-together.csv", "/48net-together.csv"}) {
    EXPECT_EQ(Losses(killed + net), Losses(folder_ + "/whole" + net)) << net;
    EXPECT_GT(Losses(killed + net).size(), 3U) << net;
  }
  for (const auto& file : std::filesystem::directory_iterator(killed)) {
    EXPECT_NE(file.path().extension(), ".part") << file.path();
  }

  // Another run can start from these nets, and begins where they ended.
  // So can one from the model file, whose batch norms are folded.
  for (const char* start : {"/whole", "/whole/model.safetensors"}) {
    const std::string further =
        folder_ + "/further-" + std::filesystem::path(start).stem().string();
    KillWhenThere(Start(kConfig, folder_ + "/data", further, Log("further"), folder_ + start),
                  further + "/12net.net");
    EXPECT_LT(FirstLoss(further + "/12net.csv"), 0.8 * FirstLoss(folder_ + "/whole/12net.csv"))
        << start;
  }

  // And from a teacher it learns more than the truth: its loss is a larger sum.
  const std::string taught = folder_ + "/taught";
  KillWhenThere(Start(kConfig, folder_ + "/data", taught, Log("taught"), "", folder_ + "/whole"),
                taught + "/12net.net");
  EXPECT_GT(FirstLoss(taught + "/12net.csv"), 1.2 * FirstLoss(folder_ + "/whole/12net.csv"));

  // Trained on as the integers of 7 bits that they will be, nets begin where they ended, too.
  const std::string rounded = folder_ + "/rounded";
  const std::string config = WriteRoundedConfig();
  const std::string model_file = folder_ + "/whole/model.safetensors";
  KillWhenThere(Start(config, folder_ + "/data", rounded, Log("rounded"), model_file),
                rounded + "/24net.checkpoint");
  ASSERT_EQ(WaitFor(Start(config, folder_ + "/data", rounded, Log("rounded"), model_file)), 0)
      << Said("rounded");
  EXPECT_THAT(Said("rounded"), testing::HasSubstr("goes on from its checkpoint"));
  const auto bytes = ReadModelFile(rounded + "/model.safetensors");
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  for (int stage = 0; stage < kStageCount; ++stage) {
    const std::string curve = "/" + bytes.value().spec[stage].name + ".csv";
    EXPECT_LT(FirstLoss(rounded + curve), 0.8 * FirstLoss(folder_ + "/whole" + curve)) << curve;
    EXPECT_EQ(bytes.value().spec[stage].fixed_point, 7);
    const std::vector<float>& ranges = bytes.value().weights[stage].ranges.values;
    EXPECT_EQ(std::count(ranges.begin(), ranges.end() - 1, 1.0F),
              static_cast<std::ptrdiff_t>(ranges.size()) - 1);
  }

  // The model file finds faces in photos that the training has not seen.
  const auto model = ReadModelFile(folder_ + "/whole/model.safetensors");
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_NE(model.value().settings.thresholds, CascadeSettings{}.thresholds) << "none was chosen";
  EXPECT_THAT(model.value().provenance, testing::HasSubstr("average_precision"));
  EXPECT_EQ(ReadModelFile(killed + "/model.safetensors").value().weights[2].output_bias.values,
            model.value().weights[2].output_bias.values);
  const auto cascade = Cascade::Create(model.value().spec, model.value().weights);
  ASSERT_TRUE(cascade.ok());
  CascadeOptions options;
  options.settings.thresholds = {0.3F, 0.3F, 0.3F};
  CascadeWorkspace workspace;
  int faces = 0;
  int found = 0;
  for (int i = 1000; i < 1010; ++i) {
    const TrainingPhoto photo = MakeUpPhoto(i, 160, 2);
    const auto& candidates = RunCascade(cascade.value(), photo.octaves, options, 3, workspace);
    for (const TrainingFace& face : photo.faces) {
      ++faces;
      for (const Candidate& candidate : candidates) {
        if (IoU(candidate.box, face.box) < 0.5F) continue;
        ++found;
        break;
      }
    }
  }
  EXPECT_GE(found, 0.7 * faces) << found << " of " << faces;
}

TEST_F(TrainingRunTest, RefusesToGoOnWhenANetLearnsNothing) {
  std::string text = ReadWholeFile(kConfig).value();
  const std::size_t place = text.find("learning_rate = 0.01");
  ASSERT_NE(place, std::string::npos);
  text.replace(place, 20, "learning_rate = 1e-9");
  const std::string config = folder_ + "/lazy.toml";
  ASSERT_TRUE(WriteText(config, text).ok());
  EXPECT_EQ(Train("lazy", config), 1);
  EXPECT_THAT(Said("lazy"), testing::HasSubstr("12net has learnt nothing"));
  EXPECT_THAT(ReadWholeFile(folder_ + "/lazy/summary.json").value(),
              testing::HasSubstr("learnt nothing"));
}

TEST_F(TrainingRunTest, RefusesToGoOnWhenMiningFindsTooFewFaces) {
  std::string text = ReadWholeFile(kConfig).value();
  for (std::size_t at = 0; (at = text.find("mining_recall = 0.3", at)) != std::string::npos; ++at) {
    text.replace(at, 19, "mining_recall = 1.0");
  }
  for (std::size_t at = 0; (at = text.find("mining_threshold = 0.3", at)) != std::string::npos;
       ++at) {
    text.replace(at, 22, "mining_threshold = 0.999");
  }
  const std::string config = folder_ + "/strict.toml";
  ASSERT_TRUE(WriteText(config, text).ok());
  EXPECT_EQ(Train("strict", config), 1);
  EXPECT_THAT(Said("strict"), testing::HasSubstr("mining for the 24net"));
}

TEST_F(TrainingRunTest, NamesWhatIsWrongWithItsInput) {
  EXPECT_EQ(Train("rounded", WriteRoundedConfig()), 1);
  EXPECT_THAT(Said("rounded"), testing::HasSubstr("stage.12net.rounded"));
  EXPECT_THAT(Said("rounded"), testing::HasSubstr("--start"));
  std::filesystem::create_directories(folder_ + "/empty");
  EXPECT_EQ(
      WaitFor(Start(kConfig, folder_ + "/data", folder_ + "/new", Log("new"), folder_ + "/empty")),
      1);
  EXPECT_THAT(Said("new"), testing::HasSubstr("empty/12net.net"));
  EXPECT_EQ(WaitFor(Start(kConfig, folder_ + "/data", folder_ + "/new", Log("new"), "",
                          folder_ + "/no-teacher")),
            1);
  EXPECT_THAT(Said("new"), testing::HasSubstr("no-teacher/config.toml"));
  {
    std::filesystem::create_directories(folder_ + "/taken");
    const Result<FolderLock> lock = FolderLock::Take(folder_ + "/taken");
    ASSERT_TRUE(lock.ok()) << lock.error().message;
    EXPECT_EQ(Train("taken"), 1);
    EXPECT_THAT(Said("taken"), testing::HasSubstr("another training"));
  }
  std::filesystem::remove(folder_ + "/data/photos/made-up-0.png");
  EXPECT_EQ(Train("missing"), 1);
  EXPECT_THAT(Said("missing"), testing::HasSubstr("made-up-0.png"));
  ASSERT_TRUE(WriteText(folder_ + "/other.toml", ReadWholeFile(kConfig).value() + "\n").ok());
  EXPECT_EQ(Train("missing", folder_ + "/other.toml"), 1);
  EXPECT_THAT(Said("missing"), testing::HasSubstr("made-up-0.png")) << "nothing was begun there";
  ASSERT_TRUE(WriteText(folder_ + "/missing/12net.csv", "").ok());
  EXPECT_EQ(Train("missing"), 1);
  EXPECT_THAT(Said("missing"), testing::HasSubstr("another configuration"));
}

}  // namespace
}  // namespace facecascade::training

// Several processes that train one model, on this machine.
#include "training/distributed.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "child_process.h"
#include "dataset/text_reader.h"
#include "gradient_batch.h"
#include "made_up_photos.h"
#include "training/files.h"

namespace facecascade::training {
namespace {

using std::filesystem::exists;
using testing::HasSubstr;

// A port that nobody listens on at the moment.
int FreePort() {
  const int file = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  EXPECT_EQ(bind(file, reinterpret_cast<sockaddr*>(&address), length), 0);
  EXPECT_EQ(getsockname(file, reinterpret_cast<sockaddr*>(&address), &length), 0);
  close(file);
  return ntohs(address.sin_port);
}

std::vector<std::string> Environment(int port, int rank) {
  return {"MASTER_ADDR=127.0.0.1", "MASTER_PORT=" + std::to_string(port),
          "RANK=" + std::to_string(rank), "WORLD_SIZE=2"};
}

class DistributedTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "facecascade_distributed_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // One of two trainings of the made-up configuration, cut short.
  pid_t StartTraining(const std::string& output, int port, int rank) {
    return StartProcess(
        {FACECASCADE_PROGRAM, "train", "--config", folder_ + "/short.toml", "--data",
         folder_ + "/data", "--output", folder_ + "/" + output, "--distributed"},
        Environment(port, rank), Log(output, rank));
  }
  void WriteShortConfig() {
    std::string text = ReadWholeFile(FACECASCADE_CONFIGS "/made-up.toml").value();
    const std::size_t place = text.find("[development]");
    text = text.substr(0, place) + text.substr(text.find("# Nets narrow", place));
    ASSERT_TRUE(WriteText(folder_ + "/short.toml", text).ok());
    WriteMadeUpPhotos(folder_ + "/data", 60);
  }
  std::string Log(const std::string& output, int rank) const {
    return folder_ + "/" + output + "-" + std::to_string(rank) + ".log";
  }
  std::string Said(const std::string& output, int rank) const {
    return ReadWholeFile(Log(output, rank)).value();
  }

  std::string folder_;
};

TEST_F(DistributedTest, TwoProcessesHaveTheGradientsOfOneWithTheDoubleBatch) {
  const int port = FreePort();
  const std::string log = folder_ + "/log";
  const std::string files[2] = {folder_ + "/0.pt", folder_ + "/1.pt"};
  const pid_t first =
      StartProcess({FACECASCADE_GRADIENT_PROCESS, files[0]}, Environment(port, 0), log);
  const pid_t second =
      StartProcess({FACECASCADE_GRADIENT_PROCESS, files[1]}, Environment(port, 1), log);
  // Both hear of the flag that the second raises.
  ASSERT_EQ(WaitFor(first), 3) << ReadWholeFile(log).value();
  ASSERT_EQ(WaitFor(second), 3) << ReadWholeFile(log).value();

  GradientBatch batch = MakeGradientBatch();
  BackwardOnRows(batch, 0, batch.pixels.size(0));
  const std::vector<torch::Tensor> expected = Gradients(batch);
  for (const std::string& file : files) {
    std::vector<torch::Tensor> averaged;
    torch::load(averaged, file);
    ASSERT_EQ(averaged.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double size = expected[i].norm().item<double>();
      EXPECT_LT((averaged[i] - expected[i]).norm().item<double>(), 1e-5 * size + 1e-7) << i;
    }
  }
}

TEST_F(DistributedTest, TrainsOneModelAndGoesOnAfterAProcessIsLost) {
  WriteShortConfig();
  int port = FreePort();
  pid_t first = StartTraining("run", port, 0);
  pid_t second = StartTraining("run", port, 1);
  EXPECT_TRUE(WaitForFile(folder_ + "/run/12net.checkpoint"));
  kill(second, SIGKILL);
  EXPECT_EQ(WaitFor(second), -1);
  EXPECT_EQ(WaitFor(first), 1);
  EXPECT_THAT(Said("run", 0), HasSubstr("another process of this training has ended"));
  EXPECT_FALSE(exists(folder_ + "/run/model.safetensors"));

  port = FreePort();
  first = StartTraining("run", port, 0);
  second = StartTraining("run", port, 1);
  EXPECT_EQ(WaitFor(first), 0) << Said("run", 0);
  EXPECT_EQ(WaitFor(second), 0) << Said("run", 1);
  EXPECT_THAT(Said("run", 0), HasSubstr("goes on from its checkpoint"));
  EXPECT_TRUE(exists(folder_ + "/run/model.safetensors"));
}

TEST_F(DistributedTest, NamesWhatIsMissingInTheEnvironment) {
  WriteShortConfig();
  const pid_t process =
      StartProcess({FACECASCADE_PROGRAM, "train", "--config", folder_ + "/short.toml", "--data",
                    folder_ + "/data", "--output", folder_ + "/none", "--distributed"},
                   {"MASTER_ADDR=127.0.0.1", "MASTER_PORT=x"}, folder_ + "/none.log");
  EXPECT_EQ(WaitFor(process), 1);
  EXPECT_THAT(ReadWholeFile(folder_ + "/none.log").value(), HasSubstr("MASTER_PORT is 'x'"));
}

}  // namespace
}  // namespace facecascade::training

#include "training/early_exit.h"

#include <gtest/gtest.h>

namespace facecascade::training {
namespace {

// A batch of windows of even colour. The net below takes the brightest for faces.
BatchTensors EvenWindows(int count, int side, int seed) {
  torch::manual_seed(seed);
  BatchTensors batch;
  const torch::Tensor brightness = torch::rand({count, 1, 1, 1}) * 2 - 1;
  batch.pixels[0] = brightness.expand({count, kInputChannels, side, side}).contiguous();
  batch.targets.kinds = torch::where(
      brightness.flatten() > 0, torch::tensor(static_cast<std::int64_t>(SampleKind::kPositive)),
      torch::tensor(static_cast<std::int64_t>(SampleKind::kNegative)));
  return batch;
}

TEST(EarlyExit, KeepsWhatTheNetFindsAndLeavesMostOfTheRest) {
  torch::manual_seed(3);
  NetworkSpec spec = {"12net", 12, {{4, 2, 6}, {3, 2, 8}, {2, 1, 8}}, 0, 0, true};
  Net net(spec);
  const std::vector<BatchTensors> fitted = {EvenWindows(400, 12, 1), EvenWindows(400, 12, 2)};
  {  // A few steps teach the net what a face is here.
    net->train();
    torch::optim::Adam optimizer(net->parameters(), torch::optim::AdamOptions(0.01));
    for (int step = 0; step < 60; ++step) {
      const BatchTensors& batch = fitted[step % 2];
      const torch::Tensor truth =
          batch.targets.kinds.ne(static_cast<std::int64_t>(SampleKind::kNegative));
      optimizer.zero_grad();
      torch::cross_entropy_loss(net->forward(batch.pixels[0], {}).outputs.narrow(1, 0, 2),
                                truth.to(torch::kLong))
          .backward();
      optimizer.step();
    }
  }
  const std::vector<BatchTensors> chosen = {EvenWindows(600, 12, 4)};
  const EarlyExitReport report = FitEarlyExit(net, fitted, chosen, 0.98);
  EXPECT_GE(report.kept, 0.98);
  EXPECT_LT(report.kept, 1);
  EXPECT_LT(report.passed, 0.1);
  EXPECT_NE(net->Fold().exit_bias.values[0], 0);
  // All may be asked for, too.
  EXPECT_EQ(FitEarlyExit(net, fitted, chosen, 1).kept, 1);
}

}  // namespace
}  // namespace facecascade::training

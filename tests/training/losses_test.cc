#include "training/losses.h"

#include <gtest/gtest.h>

#include <functional>

#include "network/network_spec.h"

namespace facecascade::training {
namespace {

constexpr int kSamples = 12;

Targets MakeTargets() {
  torch::manual_seed(3);
  Targets targets;
  targets.kinds = torch::arange(kSamples, torch::kInt64) % kSampleKinds;
  targets.boxes = torch::randn({kSamples, kBoxOutputs}, torch::kFloat64) * 0.3;
  targets.landmarks = torch::rand({kSamples, kLandmarkOutputs}, torch::kFloat64);
  return targets;
}

torch::Tensor MakeOutputs() {
  torch::manual_seed(4);
  return torch::randn({kSamples, kOutputs}, torch::kFloat64) * 1.5;
}

// The derivative of `loss` by every output, by central differences.
torch::Tensor NumericGradient(const std::function<torch::Tensor(const torch::Tensor&)>& loss,
                              const torch::Tensor& outputs) {
  constexpr double kStep = 1e-6;
  torch::Tensor gradient = torch::zeros_like(outputs);
  for (int i = 0; i < outputs.size(0); ++i) {
    for (int j = 0; j < outputs.size(1); ++j) {
      torch::Tensor up = outputs.detach().clone();
      torch::Tensor down = outputs.detach().clone();
      up[i][j] += kStep;
      down[i][j] -= kStep;
      gradient[i][j] = (loss(up) - loss(down)) / (2 * kStep);
    }
  }
  return gradient;
}

void ExpectGradientMatches(const std::function<torch::Tensor(const torch::Tensor&)>& loss) {
  torch::Tensor outputs = MakeOutputs().requires_grad_();
  loss(outputs).backward();
  const torch::Tensor numeric = NumericGradient(loss, outputs);
  EXPECT_GT(numeric.abs().sum().item<double>(), 0);
  EXPECT_TRUE(torch::allclose(outputs.grad(), numeric, 1e-5, 1e-7))
      << (outputs.grad() - numeric).abs().max();
}

class EveryLoss : public testing::TestWithParam<int> {};

TEST_P(EveryLoss, HasTheGradientThatDifferencesGive) {
  const Targets targets = MakeTargets();
  for (const double knee : {1.0, 0.05}) {
    for (const double box_iou : {0.0, 0.7}) {
      LossConfig config;
      config.box_knee = config.landmark_knee = knee;
      config.box_iou = box_iou;
      ExpectGradientMatches([&](const torch::Tensor& outputs) {
        return ComputeSampleLosses(outputs, targets, config, false).values[GetParam()].sum();
      });
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FaceBoxLandmark, EveryLoss, testing::Range(0, 3));

TEST(Losses, TotalHasTheGradientThatDifferencesGive) {
  const Targets targets = MakeTargets();
  StageConfig stage;
  for (const double smoothing : {0.0, 0.1}) {
    LossConfig config;
    config.label_smoothing = smoothing;
    ExpectGradientMatches([&](const torch::Tensor& outputs) {
      return ComputeLosses(outputs, targets, config, stage).total;
    });
  }
}

TEST(Losses, DistillationHasTheGradientThatDifferencesGive) {
  const Targets targets = MakeTargets();
  const torch::Tensor taught = MakeOutputs().flip(0);
  ExpectGradientMatches([&](const torch::Tensor& outputs) {
    return DistillationLoss(outputs, taught, targets, {}, {});
  });
}

TEST(Losses, DistillationIsLeastWhereTheTeacherIs) {
  const torch::Tensor taught = MakeOutputs();
  const torch::Tensor same = taught.clone().requires_grad_();
  DistillationLoss(same, taught, MakeTargets(), {}, {}).backward();
  EXPECT_LT(same.grad().abs().max().item<double>(), 1e-12);
}

TEST(Losses, DistillationTeachesNoLandmarksOfNegativesAndPartsAndNoBoxesOfLandmarkFaces) {
  torch::Tensor outputs = MakeOutputs().requires_grad_();
  DistillationLoss(outputs, MakeOutputs().flip(0), MakeTargets(), {}, {}).backward();
  // Rows: negative, part, positive, landmark face; columns: face, box, landmarks.
  const bool taught[kSampleKinds][3] = {{1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {1, 0, 1}};
  const torch::Tensor face = outputs.grad().narrow(1, 0, kClassOutputs);
  const torch::Tensor box = outputs.grad().narrow(1, kBoxOutputsBegin, kBoxOutputs);
  const torch::Tensor landmarks = outputs.grad().narrow(1, kLandmarkOutputsBegin, kLandmarkOutputs);
  for (int sample = 0; sample < kSamples; ++sample) {
    int column = 0;
    for (const torch::Tensor& part : {face, box, landmarks}) {
      EXPECT_EQ(part[sample].abs().max().item<double>() > 0,
                taught[sample % kSampleKinds][column++]);
    }
  }
}

TEST(Losses, EachKindCarriesItsLossesOnly) {
  const Targets targets = MakeTargets();
  const SampleLosses losses = ComputeSampleLosses(MakeOutputs(), targets, {}, false);
  // Rows: negative, part, positive, landmark face; columns: face, box, landmark.
  const bool carried[kSampleKinds][3] = {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}};
  for (int sample = 0; sample < kSamples; ++sample) {
    for (int loss = 0; loss < 3; ++loss) {
      EXPECT_EQ(losses.carried[loss][sample].item<double>(), carried[sample % kSampleKinds][loss]);
      EXPECT_EQ(losses.values[loss][sample].item<double>() > 0,
                carried[sample % kSampleKinds][loss]);
    }
  }
}

TEST(Losses, LandmarkFacesCanCarryTheFaceLossToo) {
  const SampleLosses losses = ComputeSampleLosses(MakeOutputs(), MakeTargets(), {}, true);
  EXPECT_EQ(losses.carried[0][3].item<double>(), 1);
}

TEST(Losses, SmoothL1FollowsThePapersFormula) {
  const torch::Tensor difference = torch::tensor({{0.5, -2.0}}, torch::kFloat64);
  EXPECT_DOUBLE_EQ(SmoothL1(difference, 1)[0].item<double>(), 0.5 * 0.25 + 1.5);
  // At its knee both branches meet.
  const torch::Tensor at_knee = torch::tensor({{0.1}}, torch::kFloat64);
  EXPECT_NEAR(SmoothL1(at_knee, 0.1)[0].item<double>(), 0.05, 1e-12);
}

TEST(Losses, OfABoxCanCountItsIoU) {
  LossConfig config;
  Targets targets;
  targets.kinds = torch::full({2}, static_cast<std::int64_t>(SampleKind::kPositive));
  targets.boxes = torch::zeros({2, kBoxOutputs}, torch::kFloat64);
  targets.landmarks = torch::zeros({2, kLandmarkOutputs}, torch::kFloat64);
  torch::Tensor outputs = torch::zeros({2, kOutputs}, torch::kFloat64);
  outputs[1][kBoxOutputsBegin + 2] = -0.5;  // half as wide: IoU 0.5
  const auto box_losses = [&] {
    return ComputeSampleLosses(outputs, targets, config, false).values[1];
  };
  const torch::Tensor without = box_losses();
  config.box_iou = 3;
  const torch::Tensor more = box_losses() - without;
  EXPECT_NEAR(more[0].item<double>(), 0, 1e-9);
  EXPECT_NEAR(more[1].item<double>(), 1.5, 1e-9);
}

TEST(Losses, CrossEntropyOfACoinIsLnTwo) {
  const torch::Tensor outputs = torch::zeros({kSamples, kOutputs}, torch::kFloat64);
  const SampleLosses losses = ComputeSampleLosses(outputs, MakeTargets(), {}, false);
  EXPECT_NEAR(losses.values[0][0].item<double>(), 0.693147, 1e-6);
}

TEST(HardSelection, KeepsTheHardestShareOfEachKind) {
  const torch::Tensor kinds = torch::tensor({0, 0, 0, 0, 2, 2, 2, 2}, torch::kInt64);
  const torch::Tensor losses = torch::tensor({4., 1., 3., 2., .4, .1, .3, .2}, torch::kFloat64);
  const torch::Tensor chosen = SelectHard(losses, torch::ones({8}, torch::kFloat64), kinds, 0.5);
  const std::vector<double> expected = {1, 0, 1, 0, 1, 0, 1, 0};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(chosen[i].item<double>(), expected[i]) << i;
}

TEST(HardSelection, KeepsOneOfAKindAtLeastAndNoneThatCarriesNothing) {
  const torch::Tensor kinds = torch::tensor({0, 1, 2}, torch::kInt64);
  const torch::Tensor carried = torch::tensor({1., 0., 1.}, torch::kFloat64);
  const torch::Tensor losses = torch::tensor({0.1, 9., 0.2}, torch::kFloat64);
  const torch::Tensor chosen = SelectHard(losses, carried, kinds, 0.01);
  EXPECT_EQ(chosen.sum().item<double>(), 2);
  EXPECT_EQ(chosen[1].item<double>(), 0);
}

TEST(HardSelection, OthersHaveNoGradient) {
  const Targets targets = MakeTargets();
  LossConfig config;
  config.hard_share = 0.34;  // one of the three samples of a kind
  torch::Tensor outputs = MakeOutputs().requires_grad_();
  ComputeLosses(outputs, targets, config, {}).face.backward();
  const torch::Tensor touched = (outputs.grad().abs().sum(1) > 0).to(torch::kInt64);
  EXPECT_EQ(touched.sum().item<std::int64_t>(), 2);  // one negative, one positive
}

// Labels show in the loss: with even logits, entropy is ln 2 whatever the label; with the face's
// logit at +x and the background's at 0, its slope by x is the probability minus the label.
TEST(Losses, AQualityAwareLabelIsHowWellTheNetsOwnBoxFits) {
  LossConfig config;
  config.quality_from = 0.3;
  config.quality_full = 0.7;
  Targets targets;
  targets.kinds = torch::tensor({0, 1, 2, 2, 3}, torch::kInt64);  // negative, part, positives, …
  targets.boxes = torch::zeros({5, kBoxOutputs}, torch::kFloat64);
  targets.landmarks = torch::zeros({5, kLandmarkOutputs}, torch::kFloat64);
  torch::Tensor outputs = torch::zeros({5, kOutputs}, torch::kFloat64);
  outputs[1][kBoxOutputsBegin + 2] = -0.5;  // half as wide: IoU 0.5, half way from 0.3 to 0.7
  outputs[3][kBoxOutputsBegin + 2] = -0.8;  // IoU 0.2
  outputs.requires_grad_();
  const SampleLosses losses = ComputeSampleLosses(outputs, targets, config, true);
  losses.values[0].sum().backward();
  const std::array<double, 5> labels = {0, 0.5, 1, 0, 1};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(losses.carried[0][i].item<double>(), 1) << i;
    EXPECT_NEAR(outputs.grad()[i][1].item<double>(), 0.5 - labels[i], 1e-6) << i;
    EXPECT_EQ(outputs.grad()[i][kBoxOutputsBegin].item<double>(), 0) << "the label has no gradient";
  }
}

}  // namespace
}  // namespace facecascade::training

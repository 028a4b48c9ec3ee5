#include "training/losses.h"

#include <algorithm>
#include <cmath>

namespace facecascade::training {
namespace {

torch::Tensor OfKind(const Targets& targets, SampleKind kind) {
  return targets.kinds == static_cast<std::int64_t>(kind);
}

torch::Tensor Mean(const torch::Tensor& losses, const torch::Tensor& chosen) {
  return (losses * chosen).sum() / chosen.sum().clamp_min(1);
}

}  // namespace

torch::Tensor SmoothL1(const torch::Tensor& difference, double knee) {
  const torch::Tensor size = difference.abs();
  return torch::where(size < knee, 0.5 / knee * size * size, size - 0.5 * knee).sum(-1);
}

SampleLosses ComputeSampleLosses(const torch::Tensor& outputs, const Targets& targets,
                                 const LossConfig& config, bool landmark_faces_are_positive) {
  const torch::Tensor negative = OfKind(targets, SampleKind::kNegative);
  const torch::Tensor part = OfKind(targets, SampleKind::kPart);
  const torch::Tensor positive = OfKind(targets, SampleKind::kPositive);
  const torch::Tensor landmark = OfKind(targets, SampleKind::kLandmark);
  const torch::Tensor face = landmark_faces_are_positive ? positive | landmark : positive;

  const torch::Tensor log_probability = torch::log_softmax(outputs.narrow(1, 0, kClassOutputs), 1);
  const torch::Tensor label =
      face.to(outputs.dtype()) * (1 - 2 * config.label_smoothing) + config.label_smoothing;
  const torch::Tensor entropy =
      -(label * log_probability.select(1, 1) + (1 - label) * log_probability.select(1, 0));
  const torch::Tensor box_error = outputs.narrow(1, kBoxOutputsBegin, kBoxOutputs) - targets.boxes;
  const torch::Tensor landmark_error =
      outputs.narrow(1, kLandmarkOutputsBegin, kLandmarkOutputs) - targets.landmarks;

  SampleLosses losses;
  losses.carried = {(negative | face).to(outputs.dtype()), (part | positive).to(outputs.dtype()),
                    landmark.to(outputs.dtype())};
  losses.values = {entropy * losses.carried[0],
                   SmoothL1(box_error, config.box_knee) * losses.carried[1],
                   SmoothL1(landmark_error, config.landmark_knee) * losses.carried[2]};
  return losses;
}

torch::Tensor SelectHard(const torch::Tensor& losses, const torch::Tensor& carried,
                         const torch::Tensor& kinds, double share) {
  if (share >= 1) return carried;
  torch::NoGradGuard no_grad;
  torch::Tensor chosen = torch::zeros_like(carried);
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    const torch::Tensor places = ((kinds == kind) & (carried > 0)).nonzero().squeeze(1);
    if (places.numel() == 0) continue;
    const auto count =
        std::max<std::int64_t>(1, std::llround(share * static_cast<double>(places.numel())));
    const torch::Tensor order =
        std::get<1>(losses.detach().index_select(0, places).sort(true, 0, true));
    chosen.index_fill_(0, places.index_select(0, order.narrow(0, 0, count)), 1);
  }
  return chosen;
}

Losses ComputeLosses(const torch::Tensor& outputs, const Targets& targets, const LossConfig& config,
                     const StageConfig& stage) {
  const SampleLosses samples =
      ComputeSampleLosses(outputs, targets, config, stage.landmark_faces_are_positive);
  std::array<torch::Tensor, 3> means;
  for (std::size_t i = 0; i < means.size(); ++i) {
    means[i] = Mean(samples.values[i], SelectHard(samples.values[i], samples.carried[i],
                                                  targets.kinds, config.hard_share));
  }
  Losses losses{{}, means[0], means[1], means[2]};
  losses.total = stage.loss_weights[0] * losses.face + stage.loss_weights[1] * losses.box +
                 stage.loss_weights[2] * losses.landmark;
  return losses;
}

}  // namespace facecascade::training

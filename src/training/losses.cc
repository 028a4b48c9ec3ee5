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

// IoU of the boxes that two sets of offsets ({samples, 4}) of the same windows stand for.
torch::Tensor OffsetsIoU(const torch::Tensor& a, const torch::Tensor& b) {
  const auto begin = [](const torch::Tensor& offsets) { return offsets.narrow(1, 0, 2); };
  const auto end = [&](const torch::Tensor& offsets) {  // in sides of the window, no box inside out
    return torch::max(1 + offsets.narrow(1, 2, 2), begin(offsets) + 1e-3);
  };
  const auto area = [&](const torch::Tensor& offsets) {
    return (end(offsets) - begin(offsets)).prod(1);
  };
  const torch::Tensor common =
      (torch::min(end(a), end(b)) - torch::max(begin(a), begin(b))).clamp_min(0).prod(1);
  return common / (area(a) + area(b) - common);
}

torch::Tensor BoxLoss(const torch::Tensor& boxes, const torch::Tensor& truth,
                      const LossConfig& config) {
  const torch::Tensor loss = SmoothL1(boxes - truth, config.box_knee);
  return config.box_iou > 0 ? loss + config.box_iou * (1 - OffsetsIoU(boxes, truth)) : loss;
}

// The face label of every sample: of a quality-aware score, how well the net's own box fits.
torch::Tensor FaceLabels(const torch::Tensor& boxes, const Targets& targets,
                         const torch::Tensor& face, const torch::Tensor& has_box,
                         const LossConfig& config) {
  torch::Tensor labels = face.to(boxes.dtype());
  if (config.quality_full <= 0) return labels;
  const torch::Tensor quality = (OffsetsIoU(boxes.detach(), targets.boxes) - config.quality_from) /
                                (config.quality_full - config.quality_from);
  return torch::where(has_box, quality.clamp(0, 1), labels);
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
  const torch::Tensor has_box = part | positive;
  const torch::Tensor boxes = outputs.narrow(1, kBoxOutputsBegin, kBoxOutputs);

  const torch::Tensor log_probability = torch::log_softmax(outputs.narrow(1, 0, kClassOutputs), 1);
  const torch::Tensor label =
      FaceLabels(boxes, targets, face, has_box, config) * (1 - 2 * config.label_smoothing) +
      config.label_smoothing;
  const torch::Tensor entropy =
      -(label * log_probability.select(1, 1) + (1 - label) * log_probability.select(1, 0));
  const torch::Tensor landmark_error =
      outputs.narrow(1, kLandmarkOutputsBegin, kLandmarkOutputs) - targets.landmarks;

  SampleLosses losses;
  const torch::Tensor labelled = config.quality_full > 0 ? negative | face | part : negative | face;
  losses.carried = {labelled.to(outputs.dtype()), has_box.to(outputs.dtype()),
                    landmark.to(outputs.dtype())};
  losses.values = {entropy * losses.carried[0],
                   BoxLoss(boxes, targets.boxes, config) * losses.carried[1],
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

torch::Tensor DistillationLoss(const torch::Tensor& outputs, const torch::Tensor& taught,
                               const Targets& targets, const LossConfig& config,
                               const StageConfig& stage) {
  const torch::Tensor positive = OfKind(targets, SampleKind::kPositive);
  const torch::Tensor has_box = OfKind(targets, SampleKind::kPart) | positive;
  const torch::Tensor has_landmarks = OfKind(targets, SampleKind::kLandmark) | positive;
  const torch::Tensor log_probability = torch::log_softmax(outputs.narrow(1, 0, kClassOutputs), 1);
  const torch::Tensor probability = torch::softmax(taught.narrow(1, 0, kClassOutputs), 1);
  const torch::Tensor difference = outputs - taught;
  const torch::Tensor box =
      SmoothL1(difference.narrow(1, kBoxOutputsBegin, kBoxOutputs), config.box_knee);
  const torch::Tensor landmarks =
      SmoothL1(difference.narrow(1, kLandmarkOutputsBegin, kLandmarkOutputs), config.landmark_knee);
  return stage.loss_weights[0] * -(probability * log_probability).sum(1).mean() +
         stage.loss_weights[1] * Mean(box, has_box.to(box.dtype())) +
         stage.loss_weights[2] * Mean(landmarks, has_landmarks.to(landmarks.dtype()));
}

}  // namespace facecascade::training

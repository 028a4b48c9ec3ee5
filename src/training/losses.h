// The paper's losses (section 2.2) and its choice of hard examples (section 2.4).
#pragma once

#include <torch/torch.h>

#include <array>

#include "training/config.h"

namespace facecascade::training {

/// What a batch's samples should yield. Kinds are SampleKind as int64.
struct Targets {
  torch::Tensor kinds;      ///< {samples}
  torch::Tensor boxes;      ///< {samples, 4}
  torch::Tensor landmarks;  ///< {samples, 10}
};

struct Losses {
  torch::Tensor total;  ///< α·face + β·box + γ·landmark, with gradients
  torch::Tensor face;   ///< means over the samples that carry the loss and are hard enough
  torch::Tensor box;
  torch::Tensor landmark;
};

/// Per-sample losses before any choice, each {samples}, 0 where a sample does not carry it.
struct SampleLosses {
  std::array<torch::Tensor, 3> values;   ///< face, box, landmark
  std::array<torch::Tensor, 3> carried;  ///< 1 where the sample carries the loss, else 0
};

/// SmoothL1 with its knee, summed over the last dimension (paper, equations 3 and 4).
torch::Tensor SmoothL1(const torch::Tensor& difference, double knee);

SampleLosses ComputeSampleLosses(const torch::Tensor& outputs, const Targets& targets,
                                 const LossConfig& config, bool landmark_faces_are_positive);

/// 1 for the hardest `share` of the samples of each kind among the carriers, else 0. At least one
/// of a kind that is there is kept; equal losses are kept in order of their index.
torch::Tensor SelectHard(const torch::Tensor& losses, const torch::Tensor& carried,
                         const torch::Tensor& kinds, double share);

Losses ComputeLosses(const torch::Tensor& outputs, const Targets& targets, const LossConfig& config,
                     const StageConfig& stage);

/// How far the outputs are from a teacher's, {samples, kOutputs} both: cross-entropy with its face
/// probability over all samples, SmoothL1 from its boxes over those that truth gives a box, and
/// from its landmarks over positives and landmark faces; means, weighted as the stage's losses.
torch::Tensor DistillationLoss(const torch::Tensor& outputs, const torch::Tensor& taught,
                               const Targets& targets, const LossConfig& config,
                               const StageConfig& stage);

}  // namespace facecascade::training

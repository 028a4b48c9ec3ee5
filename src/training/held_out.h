// How good a net is on photos kept from its training.
#pragma once

#include <functional>
#include <vector>

#include "training/config.h"
#include "training/losses.h"
#include "training/modules.h"
#include "training/sampler.h"

namespace facecascade::training {

/// A batch as tensors on a device.
struct BatchTensors {
  std::array<torch::Tensor, kStageCount> pixels;
  Targets targets;
};
BatchTensors ToTensors(const Batch& batch, const TrainingConfig& config, torch::Device device);

/// Means over samples that the training never sees.
struct HeldOutFigures {
  double face_loss = 0;       ///< of negatives and positives alike, without choice of hard ones
  double recall = 0;          ///< positives above 0.5
  double false_rate = 0;      ///< negatives above 0.5
  double box_error = 0;       ///< mean |offset| error
  double landmark_error = 0;  ///< mean distance over the distance of the eyes
};

/// `outputs_of` runs the net that is measured on a batch: {samples, kOutputs}.
HeldOutFigures MeasureHeldOut(const std::vector<Batch>& batches, const TrainingConfig& config,
                              torch::Device device,
                              const std::function<torch::Tensor(const BatchTensors&)>& outputs_of);

}  // namespace facecascade::training

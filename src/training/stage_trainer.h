// Trains one net of the cascade on its samples, with checkpoints.
#pragma once

#include <functional>
#include <string>

#include "facecascade/result.h"
#include "training/config.h"
#include "training/losses.h"
#include "training/modules.h"
#include "training/progress.h"
#include "training/sampler.h"

namespace facecascade::training {

/// Means over samples that the training never sees.
struct HeldOutFigures {
  double face_loss = 0;       ///< of negatives and positives alike, without choice of hard ones
  double recall = 0;          ///< positives above 0.5
  double false_rate = 0;      ///< negatives above 0.5
  double box_error = 0;       ///< mean |offset| error
  double landmark_error = 0;  ///< mean distance over the distance of the eyes
};

struct StageResult {
  HeldOutFigures held_out;
  bool stopped = false;  ///< stopped from outside; the checkpoint holds everything
  double seconds = 0;    ///< spent in steps, over all resumptions
};

struct StageRun {
  const TrainingConfig* config = nullptr;
  int stage = 0;
  torch::Device device = torch::kCPU;
  std::string folder;  ///< of the run: checkpoints, curves and sheets
  const PhotoStore* photos = nullptr;
  const MinedWindows* mined = nullptr;  ///< null: none
  const Reporter* reporter = nullptr;
  std::function<bool()> stop_wanted = [] { return false; };
};

/// Trains nets[run.stage]; the nets below stand still and lend their features. Goes on from the
/// folder's checkpoint of this stage where there is one, to the losses it would have had without
/// the break. On success the net holds the averaged weights. An error where the net has learnt
/// nothing (a face loss near ln 2) or a file cannot be written.
Result<StageResult> TrainStage(Nets& nets, const StageRun& run);

/// The learning rate at a step.
double LearningRate(const OptimizerConfig& config, const StageConfig& stage, int step);

/// A batch as tensors on a device.
struct BatchTensors {
  std::array<torch::Tensor, kStageCount> pixels;
  Targets targets;
};
BatchTensors ToTensors(const Batch& batch, const TrainingConfig& config, torch::Device device);

}  // namespace facecascade::training

// The three nets fine-tuned together through their bridges: the paper's end-to-end training
// (sections 2.3 to 2.5), third step of its alternating training.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "facecascade/result.h"
#include "training/config.h"
#include "training/distributed.h"
#include "training/held_out.h"
#include "training/modules.h"
#include "training/progress.h"

namespace facecascade::training {

struct JointResult {
  std::array<HeldOutFigures, kStageCount> held_out;
  bool stopped = false;  ///< stopped from outside; the last round's checkpoint holds the rest
  double seconds = 0;    ///< spent, over all resumptions
};

struct JointRun {
  const TrainingConfig* config = nullptr;
  torch::Device device = torch::kCPU;
  std::string folder;  ///< of the run: checkpoint, curves, and the proposals in use
  const PhotoStore* photos = nullptr;
  /// Windows mined for the nets when they were trained alone: what progress is measured on.
  std::array<MinedWindows, kStageCount> mined;
  const Reporter* reporter = nullptr;
  Group* group = nullptr;  ///< processes that train together; null: this one alone
  std::function<bool()> stop_wanted = [] { return false; };
};

/// Trains all three nets by the sum of their losses, each net on its own batches; a net's loss
/// reaches the nets below it through the bridges. Batch norm keeps the statistics that the nets
/// were trained to alone. Examples come in rounds: while one round's are trained on, the next are
/// proposed by the nets as they stand (training/proposals.h). Checkpoints are written between
/// rounds; resumed from there, the losses are those it would have had without the break. On success
/// the nets hold the averaged weights. An error where a loss is not finite, a file cannot be
/// written, or a process of the group is lost. With a group all its processes call this alike; the
/// first one's folder counts, and it alone has the held-out figures.
Result<JointResult> TrainTogether(Nets& nets, const JointRun& run);

}  // namespace facecascade::training

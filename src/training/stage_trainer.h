// Trains one net of the cascade on its samples, with checkpoints.
#pragma once

#include <functional>
#include <string>

#include "facecascade/result.h"
#include "training/config.h"
#include "training/distributed.h"
#include "training/held_out.h"
#include "training/modules.h"
#include "training/progress.h"
#include "training/sampler.h"

namespace facecascade::training {

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
  Nets* teacher = nullptr;              ///< its outputs are learnt as well; null: none
  bool must_learn = true;               ///< false: a net that has learnt nothing is a result, too
  const Reporter* reporter = nullptr;
  Group* group = nullptr;  ///< processes that train together; null: this one alone
  std::function<bool()> stop_wanted = [] { return false; };
};

/// Trains nets[run.stage]; the nets below stand still and lend their features. Goes on from the
/// folder's checkpoint of this stage where there is one, to the losses it would have had without
/// the break. With a group all its processes call this alike; the first one's folder counts, and it
/// alone has the held-out figures. On success the net holds the averaged weights. An error where
/// the net has learnt nothing (a face loss near ln 2), a file cannot be written, or a process is
/// lost.
Result<StageResult> TrainStage(Nets& nets, const StageRun& run);

}  // namespace facecascade::training

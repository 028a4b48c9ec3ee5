// A whole training: photos to model file.
#pragma once

#include <functional>
#include <string>

#include "facecascade/result.h"
#include "training/config.h"
#include "training/progress.h"

namespace facecascade::training {

struct RunOptions {
  std::string data;     ///< folder that the configuration's paths start from
  std::string output;   ///< run folder; made if missing
  std::string start;    ///< another run's folder, or a model file, whose nets training starts from
  std::string teacher;  ///< another run's folder, whose nets' outputs are learnt as well; or none
  std::string device = "cpu";  ///< "cpu" or "cuda"
  bool distributed = false;    ///< one of several processes, as the environment says
  std::function<bool()> stop_wanted = [] { return false; };
};

struct RunSummary {
  bool finished = false;  ///< false: stopped from outside, the same call goes on
  std::string reason;     ///< why it ended, one sentence
  std::string model;      ///< path of the model file, where finished
};

/// Trains the three nets from low to high, mining each one's samples with the nets below it, and
/// writes model.safetensors, curves, sheets and summary.json to the run folder. A folder that
/// holds a run of the same configuration is gone on with; of another one, it is an error. Of
/// several processes (training/distributed.h) the first one's folder counts, and it alone writes.
Result<RunSummary> RunTraining(const TrainingConfig& config, const RunOptions& options,
                               const Reporter& reporter);

}  // namespace facecascade::training

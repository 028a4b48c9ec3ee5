// The paper's experiments from photos to verdict.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "facecascade/result.h"
#include "training/config.h"
#include "training/progress.h"

namespace facecascade::training {

struct ExperimentReport;  // training/experiments.h, which brings LibTorch

/// The experiments that can be asked for, "table1", "joint", "hem" and "end-to-end", in this order.
std::vector<std::string> ExperimentNames();

struct ReproduceOptions {
  std::vector<std::string> experiments;  ///< of ExperimentNames
  std::string data;                      ///< folder that the configuration's paths start from
  std::string output;                    ///< made if missing
  int seeds = 3;
  bool quick = false;      ///< few photos and steps: ten minutes on two cores for everything
  double steps_share = 1;  ///< of the configuration's steps
  std::function<bool()> stop_wanted = [] { return false; };
};

struct ReproduceSummary {
  bool finished = false;           ///< false: stopped from outside, the same call goes on
  std::vector<std::string> lines;  ///< one for each experiment: whether the claim holds
};

/// Trains what the experiments compare, once for each seed, and writes to the output folder
/// EXPERIMENT.json (every figure by seed, differences, intervals), the curves as CSV, SVG and PNG,
/// report.txt with all figures and the verdicts, and seed-N/ with every training's own curve,
/// samples and net. Seeds count from the configuration's. What the folder holds already is not
/// trained again; a folder of another configuration or setting is an error.
Result<ReproduceSummary> RunReproduce(const TrainingConfig& config, const ReproduceOptions& options,
                                      const Reporter& reporter);

/// The last line of an experiment: verdict, differences and their intervals.
std::string VerdictLine(const ExperimentReport& report, std::size_t seeds);

/// The quick setting of a configuration: photos, steps and mining cut down.
TrainingConfig QuickSetting(const TrainingConfig& config);

}  // namespace facecascade::training

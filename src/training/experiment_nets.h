// The nets that the paper's experiments compare, trained once each and kept in the output folder.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "facecascade/result.h"
#include "training/config.h"
#include "training/curve_log.h"
#include "training/held_out.h"
#include "training/modules.h"
#include "training/progress.h"
#include "training/sampler.h"

namespace facecascade::training {

/// What all experiments share. What it points at outlives them.
struct ExperimentSetting {
  TrainingConfig base;  ///< what every arm is trained by, but for the one thing that it tries
  std::string output;
  const PhotoStore* photos = nullptr;
  const Reporter* reporter = nullptr;
  std::function<bool()> stop_wanted = [] { return false; };
  int photo_threads = 1;  ///< that run cascades over photos
  std::array<int, kStageCount> timed_steps = {1000, 1000, 1000};
};

/// One arm's net and how good it is. Figures are of the same kept samples for all arms of a net
/// and seed.
struct TrainedNet {
  Net net{nullptr};
  HeldOutFigures figures;
  std::vector<CurvePoint> curve;

  /// Mean of the positives above 0.5 and the negatives below.
  double Accuracy() const { return (figures.recall + 1 - figures.false_rate) / 2; }
};

/// The nets of one seed. Whatever was trained in the output folder is read, not trained again.
class SeedNets {
 public:
  SeedNets(const ExperimentSetting& setting, std::uint64_t seed);

  const ExperimentSetting& setting() const { return setting_; }

  /// The base configuration with this seed and without bridges.
  const TrainingConfig& config() const { return config_; }

  /// OUTPUT/seed-N/NAME, made if missing.
  std::string Folder(const std::string& name) const;

  /// Net `stage` by the base configuration, on what the base nets below it let through.
  Result<TrainedNet> Base(int stage);

  /// The same by another configuration, which differs in training but not in nets.
  Result<TrainedNet> Train(int stage, const std::string& arm, const TrainingConfig& config);

  /// What the base nets below let through for net `stage`; nothing for the lowest.
  Result<MinedWindows> Mined(int stage);

  /// All three nets fine-tuned together from the base nets, with bridges or without.
  Result<Nets> Together(bool bridged);

  /// Seconds of 1000 steps under either configuration, measured once.
  Result<std::array<double, 2>> Times(int stage,
                                      const std::array<const TrainingConfig*, 2>& configs);

 private:
  Status TrainNet(int stage, const std::string& folder, const TrainingConfig& config, Net& net);
  Result<HeldOutFigures> Measure(int stage, Net& net);

  const ExperimentSetting& setting_;
  TrainingConfig config_;
  std::array<std::optional<TrainedNet>, kStageCount> base_;
  std::array<std::optional<MinedWindows>, kStageCount> mined_;
};

}  // namespace facecascade::training

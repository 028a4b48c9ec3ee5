// Pictures of what a net is fed and of what it does worst at.
#pragma once

#include <string>
#include <vector>

#include "training/sampler.h"

namespace facecascade::training {

/// A sample of a batch and how badly the net did on it.
struct RatedSample {
  const Batch* batch;
  int index;
  float loss;
};

/// Samples of each kind of a batch, a block of rows a kind, with true boxes and landmarks drawn.
void WriteFirstSamples(const Batch& batch, const TrainingConfig& config, int stage,
                       const std::string& path);

/// The samples of the highest loss of each kind.
void WriteWorstSamples(std::vector<RatedSample> samples, const TrainingConfig& config, int stage,
                       const std::string& path);

}  // namespace facecascade::training

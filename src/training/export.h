// From trained nets to the file that the detector reads.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "facecascade/result.h"
#include "network/network_spec.h"
#include "training/config.h"

namespace facecascade::training {

/// Scales channels so that `usual` (of each channel of each convolution but the last) becomes 1,
/// and the weights that read them back: as ReLU scales along, the net says the same, and a few
/// integers tell each of its channels equally finely. Their ranges become 1, too.
void EqualizeChannels(const std::vector<std::vector<float>>& usual, NetworkWeights& weights);

/// Writes the model file with the detector's thresholds and its provenance; `figures` is the run's
/// summary as JSON.
Status ExportModel(const TrainingConfig& config,
                   const std::array<NetworkWeights, kStageCount>& weights,
                   const std::array<float, kStageCount>& thresholds, const std::string& figures,
                   const std::string& path);

}  // namespace facecascade::training

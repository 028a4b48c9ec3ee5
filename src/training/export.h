// From trained nets to the file that the detector reads.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "facecascade/result.h"
#include "network/network_spec.h"
#include "training/config.h"

namespace facecascade::training {

/// Writes the model file with the detector's thresholds and its provenance; `figures` is the run's
/// summary as JSON.
Status ExportModel(const TrainingConfig& config,
                   const std::array<NetworkWeights, kStageCount>& weights,
                   const std::array<float, kStageCount>& thresholds, const std::string& figures,
                   const std::string& path);

}  // namespace facecascade::training

// From trained nets to the file that the detector reads.
#pragma once

#include <array>
#include <string>

#include "facecascade/result.h"
#include "network/network_spec.h"
#include "training/config.h"

namespace facecascade::training {

/// Writes the model file with its thresholds and provenance; `figures` is the run's summary as
/// JSON.
Status ExportModel(const TrainingConfig& config,
                   const std::array<NetworkWeights, kStageCount>& weights,
                   const std::string& figures, const std::string& path);

}  // namespace facecascade::training

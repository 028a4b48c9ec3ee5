// How long training steps take, of two ways of making batches.
#pragma once

#include <array>

#include "training/config.h"
#include "training/sampler.h"

namespace facecascade::training {

/// Seconds that 1000 steps (forward, losses, backward, update) of net `stage` take under each of
/// two configurations, from `steps` steps of each. They take turns in short blocks, so that what
/// else the machine does meets both alike. Batches are made before, and are not timed. The nets
/// must have no bridges.
std::array<double, 2> TimeThousandSteps(const std::array<const TrainingConfig*, 2>& configs,
                                        int stage, const PhotoStore& photos,
                                        const MinedWindows* mined, int steps);

}  // namespace facecascade::training

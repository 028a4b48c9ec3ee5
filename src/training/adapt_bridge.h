// Weights of a model file for a net in training that differs in what is not its own.
#pragma once

#include "network/network_spec.h"

namespace facecascade::training {

/// Makes weights of `from` those of `to`, where nothing but the bridge may differ (the weights of
/// another bridge's features become 0), the early exit, which is fitted anew, and the ranges of
/// fixed point, which are measured anew. False otherwise.
bool AdaptBridge(const NetworkSpec& to, NetworkSpec from, NetworkWeights& weights);

}  // namespace facecascade::training

// The 12net's early exit, fitted to the finished net.
#pragma once

#include <vector>

#include "training/held_out.h"
#include "training/modules.h"

namespace facecascade::training {

/// What an early exit does on samples that it was not fitted to.
struct EarlyExitReport {
  double kept = 0;    ///< of the windows on faces that the net itself finds, the share that goes on
  double passed = 0;  ///< of the negatives
};

/// Fits the early exit of `net` (spec().early_exit) by logistic regression to what the net says of
/// the samples `fitted`, and sets its bias so that of the windows on faces in `chosen` that the net
/// itself gives a probability of at least 0.2 the share `recall` goes on. Leaves the net in
/// evaluation mode.
EarlyExitReport FitEarlyExit(Net& net, const std::vector<BatchTensors>& fitted,
                             const std::vector<BatchTensors>& chosen, double recall);

}  // namespace facecascade::training

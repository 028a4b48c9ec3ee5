// What the commands that train have in common: their words and how they are stopped.
#pragma once

#include "training/progress.h"

namespace facecascade::cli {

/// The log on standard output; a line that is overwritten only where somebody watches.
training::Reporter MakeTrainingReporter();

/// From now on an interrupt (Ctrl-C) or a request to end asks the training to stop at its next
/// checkpoint; a second one ends the program at once.
void StopOnSignals();
bool StopWanted();

}  // namespace facecascade::cli

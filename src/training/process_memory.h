// How the process keeps its memory while it trains.
#pragma once

namespace facecascade::training {

/// Activations of tens of megabytes are allocated and freed at every step. Left to itself the C
/// library hands them back to the system each time, and the page faults cost four fifths of the
/// 48net's time (docs/training-log.md, best1). After this call freed memory stays with the process.
void KeepFreedMemory();

}  // namespace facecascade::training

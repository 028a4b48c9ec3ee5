// The processor's ceiling, beside which a kernel's speed says something.
#pragma once

namespace facecascade {

/// Floating point operations a second (two a multiply-add and lane, fp32) that one core reaches on
/// registers with the instruction set in force: the best of several runs, about 15 ms in all.
double MeasurePeak();

}  // namespace facecascade

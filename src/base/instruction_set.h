// Which instruction set the kernels run with, and how to choose another.
#pragma once

#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

/// The environment variable that forces an instruction set, read once, before the first kernel.
inline constexpr const char* kInstructionSetVariable = "FACECASCADE_TARGET";

/// Instruction sets that were built and that this processor has, the best first: of "avx3",
/// "avx3_plain" (where "avx3" has dot products: without), "avx2_vnni" ("avx2" with dot products),
/// "avx2", "sse4", "neon" and "scalar".
std::vector<std::string> SupportedInstructionSets();

/// What the kernels run with: the best, unless another one was forced. An error says that the
/// environment names one that is unknown here, while the kernels run with the best one.
Result<std::string> InstructionSet();

/// Lets all kernels of the process run with `name` from now on ("" for the best one). An error
/// that lists the supported ones, and no change, if `name` is none of them. For tests and
/// measurements: not while kernels run, whose results would mix rounding errors.
Status ForceInstructionSet(const std::string& name);

/// Whether the kernels may multiply and sum pairs of 16-bit or fours of 8-bit integers in one
/// instruction: in "avx3" where the processor has AVX512_VNNI, and in "avx2_vnni" (AVX-VNNI).
bool HasDotProducts();

/// What a kernel's entry calls before it dispatches: obeys the environment variable, once.
void PrepareDispatch();

}  // namespace facecascade

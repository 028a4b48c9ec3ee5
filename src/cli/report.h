// What the program says of failures, and ends with.
#pragma once

#include <string>

#include "facecascade/result.h"

namespace facecascade::cli {

/// What the program ends with.
enum class ExitStatus {
  kSuccess = 0,
  kBadInput = 1,   ///< something given could not be read, or the output not be written
  kWrongUsage = 2  ///< the command line makes no sense
};

/// Prints "facecascade: MESSAGE" on the error stream.
void Report(const std::string& message);

/// Reports the error; gives kBadInput.
ExitStatus Fail(const Error& error);

}  // namespace facecascade::cli

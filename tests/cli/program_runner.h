// Runs the built program as a user does.
#pragma once

#include <string>

#include "tests/io/temporary_folder.h"

namespace facecascade::tests {

struct ProgramResult {
  int exit_status = -1;  ///< -1: it did not end by itself
  std::string output;
  std::string errors;
};

/// Runs `facecascade ARGUMENTS` through the shell in the folder, with `input` on its standard
/// input.
ProgramResult RunFacecascade(const TemporaryFolder& folder, const std::string& arguments,
                             const std::string& input = "");

}  // namespace facecascade::tests

#pragma once

#include <CLI/CLI.hpp>

namespace facecascade::cli {

/// Adds `facecascade train`, which sets `exit_code` when it has run.
void AddTrainCommand(CLI::App& app, int& exit_code);

}  // namespace facecascade::cli

// What the program's commands have in common, and the list of them: one file per command.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/report.h"

namespace facecascade::cli {

/// Reports what is wrong with the command line; gives kWrongUsage.
ExitStatus FailUsage(const CLI::App& command, const std::string& message);

/// Whether an option was given on the command line.
inline bool IsGiven(const CLI::App& command, const std::string& option) {
  return command.get_option(option)->count() > 0;
}

// Each adds its command to the program; when it has been chosen and has run, `status` is its own.
void AddBenchCommand(CLI::App& program, ExitStatus& status);
void AddBlurCommand(CLI::App& program, ExitStatus& status);
void AddCheckDataCommand(CLI::App& program, ExitStatus& status);
void AddCropCommand(CLI::App& program, ExitStatus& status);
void AddDetectCommand(CLI::App& program, ExitStatus& status);
void AddEvaluateCommand(CLI::App& program, ExitStatus& status);
void AddInfoCommand(CLI::App& program, ExitStatus& status);
void AddReproduceCommand(CLI::App& program, ExitStatus& status);
void AddTrainCommand(CLI::App& program, ExitStatus& status);

}  // namespace facecascade::cli

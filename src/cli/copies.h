// What the commands that copy photos by their faces have in common.
#pragma once

#include <string>

#include "cli/detection_run.h"
#include "cli/report.h"

namespace facecascade::cli {

/// Finds the inputs' faces and writes the copies that `run` describes; reports what is bad.
ExitStatus MakeCopies(const InputOptions& input_options, const std::string& model_file,
                      const DetectionRun& run);

}  // namespace facecascade::cli

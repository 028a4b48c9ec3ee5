// The nets of a finished run, whose outputs another run's nets learn (distillation).
#pragma once

#include <string>

#include "facecascade/result.h"
#include "training/modules.h"

namespace facecascade::training {

/// The nets that the run in `folder` trained alone, by its config.toml, on the device and ready to
/// be asked. An error names the file that is missing or broken.
Result<Nets> LoadTeacher(const std::string& folder, torch::Device device);

}  // namespace facecascade::training

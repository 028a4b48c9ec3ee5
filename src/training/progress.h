// What a training tells about itself while it runs.
#pragma once

#include <functional>
#include <string>

namespace facecascade::training {

/// Receives the training's words: `line` for the log, `progress` to overwrite on a terminal.
struct Reporter {
  std::function<void(const std::string&)> line = [](const std::string&) {};
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

/// "1:02:03", or "2:03" below an hour.
std::string FormatDuration(double seconds);

}  // namespace facecascade::training

// Files of a run folder: written whole or not at all.
#pragma once

#include <functional>
#include <string>

#include "facecascade/result.h"

namespace facecascade::training {

/// Lets `write` fill `path` under a temporary name, syncs it and renames it. Nothing is left behind
/// on failure; the error names the file and the system's reason.
Status WriteWhole(const std::string& path, const std::function<Status(const std::string&)>& write);

Status WriteText(const std::string& path, const std::string& text);

}  // namespace facecascade::training

// How the program's --help looks.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

namespace facecascade::cli {

/// Options with the kind of their value, then what they do with their default, wrapped to lines of
/// at most 100 columns.
std::shared_ptr<CLI::Formatter> MakeHelpFormatter();

}  // namespace facecascade::cli

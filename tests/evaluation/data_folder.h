// The folder of benchmark data that tests labelled "data" need.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace facecascade {

/// $FACECASCADE_DATA, or nothing where it is not set.
inline std::optional<std::filesystem::path> DataFolder() {
  const char* folder = std::getenv("FACECASCADE_DATA");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  return std::filesystem::path(folder);
}

}  // namespace facecascade

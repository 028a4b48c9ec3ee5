// The data sets and the benchmarks' own outputs, which tests labelled "data" need.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace facecascade {

/// The folder of the data sets that $FACECASCADE_DATA names (itself, or the folder "data" in it);
/// nothing where it is not set.
inline std::optional<std::filesystem::path> DataFolder() {
  const char* folder = std::getenv("FACECASCADE_DATA");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  const std::filesystem::path named(folder);
  return std::filesystem::exists(named / "data") ? named / "data" : named;
}

/// The outputs of the benchmarks' programs: the folder "goldens" beside the data sets.
inline std::optional<std::filesystem::path> GoldensFolder() {
  const std::optional<std::filesystem::path> data = DataFolder();
  return data ? std::optional(std::filesystem::absolute(*data).parent_path() / "goldens")
              : std::nullopt;
}

}  // namespace facecascade

// Whole files in memory, and files that are either written completely or not at all.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

/// The bytes of a file. An error names the file and why it cannot be read.
Result<std::vector<std::uint8_t>> ReadBytes(const std::string& path);

/// Writes a file under a temporary name beside `path` and renames it, so that nobody ever sees half
/// of it. Folders on the way are made. An error names the file and the reason.
Status WriteFileAtomically(const std::string& path, std::string_view content);
Status WriteFileAtomically(const std::string& path, std::span<const std::uint8_t> content);

}  // namespace facecascade

#include "io/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace facecascade {
namespace {

std::string LastReason() { return errno != 0 ? std::strerror(errno) : "unknown reason"; }

}  // namespace

Result<std::vector<std::uint8_t>> ReadBytes(const std::string& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return Error{path + ": is a folder, not a file"};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{path + ": cannot be opened: " + LastReason()};
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file),
                                  std::istreambuf_iterator<char>()};
  if (file.bad()) return Error{path + ": cannot be read: " + LastReason()};
  return bytes;
}

Status WriteFileAtomically(const std::string& path, std::string_view content) {
  const std::filesystem::path target(path);
  std::error_code code;
  if (target.has_parent_path()) {
    std::filesystem::create_directories(target.parent_path(), code);
    if (code) return Error{target.parent_path().string() + ": cannot be made: " + code.message()};
  }
  const std::string temporary = path + ".part" + std::to_string(getpid());
  errno = 0;
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  if (!file) return Error{path + ": cannot be written: " + LastReason()};
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) {
    const std::string reason = LastReason();
    std::filesystem::remove(temporary, code);
    return Error{path + ": cannot be written: " + reason};
  }
  std::filesystem::rename(temporary, path, code);
  if (!code) return Ok();
  const std::string reason = code.message();
  std::filesystem::remove(temporary, code);
  return Error{path + ": cannot be written: " + reason};
}

Status WriteFileAtomically(const std::string& path, std::span<const std::uint8_t> content) {
  return WriteFileAtomically(
      path, std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
}

}  // namespace facecascade

#include "io/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace facecascade {
namespace {

std::string LastReason() { return errno != 0 ? std::strerror(errno) : "unknown reason"; }

// A file that exists and is no ordinary one cannot be replaced by renaming.
bool IsDevice(const std::string& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

// The file that a link leads to, so that the link stays; any other path as it is.
std::string Target(const std::string& path) {
  std::error_code code;
  if (!std::filesystem::is_symlink(path, code)) return path;
  const auto target = std::filesystem::weakly_canonical(path, code);
  return code ? path : target.string();
}

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

Result<OutputFile> OutputFile::Create(const std::string& path) {
  const std::filesystem::path target(path);
  std::error_code code;
  if (std::filesystem::is_directory(target, code)) {
    return Error{path + ": cannot be written: is a folder"};
  }
  if (target.has_parent_path()) {
    std::filesystem::create_directories(target.parent_path(), code);
    if (code) return Error{target.parent_path().string() + ": cannot be made: " + code.message()};
  }
  const bool is_device = IsDevice(path);
  const std::string file_path = is_device ? path : Target(path);
  const std::string temporary = is_device ? path : file_path + ".part" + std::to_string(getpid());
  TemporaryName name = is_device ? TemporaryName() : TemporaryName(temporary);
  errno = 0;
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) return Error{path + ": cannot be written: " + LastReason()};
  return OutputFile(file_path, temporary, std::move(name), file);
}

OutputFile::~OutputFile() {
  if (file_ == nullptr) return;
  file_.reset();
  if (temporary_ != path_) unlink(temporary_.c_str());
}

Error OutputFile::Fail() const { return Error{path_ + ": cannot be written: " + LastReason()}; }

Status OutputFile::Append(std::string_view content) {
  errno = 0;
  if (std::fwrite(content.data(), 1, content.size(), file_.get()) != content.size()) return Fail();
  return Ok();
}

Status OutputFile::Commit() {
  errno = 0;
  if (std::fflush(file_.get()) != 0) return Fail();
  if (temporary_ != path_ && std::rename(temporary_.c_str(), path_.c_str()) != 0) return Fail();
  file_.reset();
  return Ok();
}

Status WriteFileAtomically(const std::string& path, std::string_view content) {
  auto file = OutputFile::Create(path);
  if (!file.ok()) return file.error();
  if (Status status = file.value().Append(content); !status.ok()) return status;
  return file.value().Commit();
}

Status WriteFileAtomically(const std::string& path, std::span<const std::uint8_t> content) {
  return WriteFileAtomically(
      path, std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
}

}  // namespace facecascade

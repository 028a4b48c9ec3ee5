#include "training/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace facecascade::training {
namespace {

Error SystemError(const std::string& path, const char* what) {
  return Error{path + ": " + what + ": " + std::strerror(errno)};
}

}  // namespace

Status WriteWhole(const std::string& path, const std::function<Status(const std::string&)>& write) {
  const std::string temporary = path + ".part";
  Status status = write(temporary);
  if (status.ok()) {
    const int file = open(temporary.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 || fsync(file) != 0) status = SystemError(temporary, "cannot be written");
    if (file >= 0) close(file);
  }
  if (status.ok() && std::rename(temporary.c_str(), path.c_str()) != 0) {
    status = SystemError(path, "cannot be written");
  }
  if (!status.ok()) std::remove(temporary.c_str());
  return status;
}

Status WriteText(const std::string& path, const std::string& text) {
  return WriteWhole(path, [&](const std::string& temporary) -> Status {
    std::ofstream file(temporary, std::ios::binary);
    file << text;
    file.close();
    if (!file) return SystemError(temporary, "cannot be written");
    return Ok();
  });
}

bool HoldsWork(const std::string& folder) {
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
    const std::string name = entry.path().filename().string();
    if (name != "config.toml" && name != "lock") return true;
  }
  return false;
}

Result<FolderLock> FolderLock::Take(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return SystemError(path, "cannot be written");
  FolderLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return Error{folder + ": another training is at work in this folder"};
  return SystemError(path, "cannot be locked");
}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace facecascade::training

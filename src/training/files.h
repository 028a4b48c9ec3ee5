// Files of a run folder: written whole or not at all.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "facecascade/result.h"

namespace facecascade::training {

/// Lets `write` fill `path` under a temporary name, syncs it and renames it. Nothing is left behind
/// on failure; the error names the file and the system's reason.
Status WriteWhole(const std::string& path, const std::function<Status(const std::string&)>& write);

Status WriteText(const std::string& path, const std::string& text);

/// Whether a run folder holds more than its configuration and lock: then nobody may change those.
bool HoldsWork(const std::string& folder);

/// Keeps a folder to one process, until it is destroyed or the process ends, however it ends.
class FolderLock {
 public:
  /// An error where another process has the folder.
  static Result<FolderLock> Take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

}  // namespace facecascade::training

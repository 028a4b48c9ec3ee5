// Files that are written under another name until they are whole.
#pragma once

#include <string>
#include <utility>

namespace facecascade {

/// While it lives, a signal that ends the process removes the file of that name, once
/// RemoveTemporariesOnSignals has been called. It does not remove the file itself.
class TemporaryName {
 public:
  TemporaryName() = default;
  explicit TemporaryName(const std::string& path);
  TemporaryName(TemporaryName&& other) noexcept : place_(std::exchange(other.place_, -1)) {}
  TemporaryName& operator=(TemporaryName&& other) noexcept {
    std::swap(place_, other.place_);
    return *this;
  }
  ~TemporaryName();

 private:
  int place_ = -1;  // among those that the handler knows; −1: not known to it
};

/// Makes SIGHUP, SIGINT and SIGTERM remove all temporary files before they end the process. For
/// programs, not for the library: it takes over the handlers.
void RemoveTemporariesOnSignals();

}  // namespace facecascade

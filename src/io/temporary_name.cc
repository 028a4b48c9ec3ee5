#include "io/temporary_name.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace facecascade {
namespace {

// As many files as threads may write at once. What finds no place is left behind by a signal.
constexpr int kPlaces = 512;
std::array<std::atomic<char*>, kPlaces> names{};
static_assert(std::atomic<char*>::is_always_lock_free);  // as the handler needs

void RemoveAndEnd(int signal) {
  for (auto& place : names) {
    const char* name = place.exchange(nullptr);
    if (name != nullptr) unlink(name);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

TemporaryName::TemporaryName(const std::string& path) {
  char* name = strdup(path.c_str());
  for (int i = 0; name != nullptr && i < kPlaces; ++i) {
    char* free_place = nullptr;
    if (!names[static_cast<std::size_t>(i)].compare_exchange_strong(free_place, name)) continue;
    place_ = i;
    return;
  }
  std::free(name);
}

TemporaryName::~TemporaryName() {
  if (place_ >= 0) std::free(names[static_cast<std::size_t>(place_)].exchange(nullptr));
}

void RemoveTemporariesOnSignals() {
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) {
    // Whoever started the program may want it to ignore them (nohup).
    if (std::signal(signal, RemoveAndEnd) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

}  // namespace facecascade

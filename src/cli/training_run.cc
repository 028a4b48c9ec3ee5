#include "cli/training_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>

namespace facecascade::cli {
namespace {

std::atomic<bool> stop_wanted = false;

void WantStop(int signal) {
  stop_wanted = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

training::Reporter MakeTrainingReporter() {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  training::Reporter reporter;
  reporter.line = [terminal](const std::string& line) {
    if (terminal) fmt::print(stderr, "\r\033[K");
    fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  if (terminal) {
    reporter.progress = [](const std::string& line) { fmt::print(stderr, "\r\033[K{}", line); };
  }
  return reporter;
}

void StopOnSignals() {
  std::signal(SIGINT, WantStop);
  std::signal(SIGTERM, WantStop);
}

bool StopWanted() { return stop_wanted; }

}  // namespace facecascade::cli

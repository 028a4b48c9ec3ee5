#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace facecascade::cli {
namespace {

constexpr std::size_t kBarLength = 30;
constexpr auto kInterval = std::chrono::milliseconds(100);

std::string AsTime(double seconds) {
  const auto whole = static_cast<long>(std::min(seconds, 359999.0));
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

}  // namespace

bool OutputIsTerminal() { return isatty(STDOUT_FILENO) == 1; }
bool ErrorIsTerminal() { return isatty(STDERR_FILENO) == 1; }

Progress::Progress(std::string unit, std::size_t total, bool is_wanted)
    : unit_(std::move(unit)), total_(total), is_wanted_(is_wanted && ErrorIsTerminal()) {}

void Progress::Advance() {
  ++done_;
  if (is_wanted_ && Clock::now() - last_shown_ >= kInterval) Show();
}

void Progress::Show() {
  last_shown_ = Clock::now();
  const double seconds = std::chrono::duration<double>(last_shown_ - start_).count();
  const double rate = static_cast<double>(done_) / seconds;
  std::string line;
  if (total_ > 0) {
    const std::size_t filled = kBarLength * std::min(done_, total_) / total_;
    const double left = static_cast<double>(total_ - std::min(done_, total_)) / rate;
    line = fmt::format("[{:<{}}] {}/{}, {:.1f} {}/s, {} left", std::string(filled, '#'), kBarLength,
                       done_, total_, rate, unit_, AsTime(left));
  } else {
    line = fmt::format("{} {}, {:.1f} {}/s", done_, unit_, rate, unit_);
  }
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
  is_shown_ = true;
}

void Progress::Clear() {
  if (!is_shown_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  is_shown_ = false;
}

}  // namespace facecascade::cli

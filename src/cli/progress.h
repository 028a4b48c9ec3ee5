// A line on the terminal that says how far a long piece of work is.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace facecascade::cli {

/// Shows "[####    ] 123/400, 31 photos/s, 0:09 left" on the error stream where that is a terminal,
/// and nothing elsewhere. One thread at a time.
class Progress {
 public:
  /// `unit` is what is counted, in the plural. `total` 0: not known.
  Progress(std::string unit, std::size_t total, bool is_wanted);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Advance();

  /// Wipes the line, so that something else can be printed; the next Advance shows it again.
  void Clear();

 private:
  void Show();

  using Clock = std::chrono::steady_clock;
  std::string unit_;
  std::size_t total_;
  std::size_t done_ = 0;
  bool is_wanted_;
  bool is_shown_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_shown_ = start_;
};

/// Whether the standard output (the error stream) is a terminal.
bool OutputIsTerminal();
bool ErrorIsTerminal();

}  // namespace facecascade::cli

#include "cli/report.h"

#include <cstdio>

namespace facecascade::cli {

void Report(const std::string& message) {
  std::fputs(("facecascade: " + message + "\n").c_str(), stderr);
}

ExitStatus Fail(const Error& error) {
  Report(error.message);
  return ExitStatus::kBadInput;
}

}  // namespace facecascade::cli

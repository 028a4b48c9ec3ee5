// Other programs run by a test: several at once, killed at will.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace facecascade::training {

/// Starts words[0] with the other words as arguments and `environment` ("NAME=value") beside the
/// test's own; output and error stream are added to the file `log`.
pid_t StartProcess(std::vector<std::string> words, std::vector<std::string> environment,
                   const std::string& log);

/// Exit status, −1 of a process that was killed.
int WaitFor(pid_t process);

/// Waits a minute at most for the file to be there; whether it is.
bool WaitForFile(const std::string& file);

}  // namespace facecascade::training

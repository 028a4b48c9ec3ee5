#include "tests/cli/program_runner.h"

#include <sys/wait.h>

#include <cstdlib>

namespace facecascade::tests {

ProgramResult RunFacecascade(const TemporaryFolder& folder, const std::string& arguments,
                             const std::string& input) {
  const TemporaryFolder own;
  const std::string command = "cd '" + folder.path() + "' && '" FACECASCADE_PROGRAM "' " +
                              arguments + " < '" + own.Write("input", input) + "' > '" +
                              (own / "output") + "' 2> '" + (own / "errors") + "'";
  const int status = std::system(command.c_str());  // NOLINT: the shell is wanted
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadText(own / "output"),
          ReadText(own / "errors")};
}

}  // namespace facecascade::tests

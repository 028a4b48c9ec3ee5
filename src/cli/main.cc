#include <fcntl.h>
#include <unistd.h>

#include "cli/program.h"
#include "io/temporary_name.h"

namespace {

// A file opened later must not become one of the standard streams. One that is closed fails at
// every use, as before.
void ReserveStandardStreams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    if (open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1) return;
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  ReserveStandardStreams();
  facecascade::RemoveTemporariesOnSignals();
  return facecascade::cli::RunProgram(argument_count, arguments);
}

// facecascade reproduce where the program was built without LibTorch: says so.
#include "cli/command.h"

namespace facecascade::cli {

void AddReproduceCommand(CLI::App& program, ExitStatus& status) {
  CLI::App* command =
      program.add_subcommand("reproduce", "The paper's experiments (not in this build)");
  command->allow_extras();
  command->callback([&status] {
    status =
        Fail(Error{"this program was built without training; build with LibTorch and "
                   "-DFACECASCADE_TRAINING=ON"});
  });
}

}  // namespace facecascade::cli

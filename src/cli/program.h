// The program: its commands, its help, and its exit status.
#pragma once

namespace facecascade::cli {

/// Runs the command that the arguments name; gives the process's exit status.
int RunProgram(int argument_count, const char* const* arguments);

}  // namespace facecascade::cli

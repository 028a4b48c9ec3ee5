#include "cli/program.h"

int main(int argument_count, char** arguments) {
  return facecascade::cli::RunProgram(argument_count, arguments);
}

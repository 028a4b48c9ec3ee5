#include "cli/program.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <sstream>

#include "base/version.h"
#include "cli/command.h"
#include "cli/help.h"

namespace facecascade::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  facecascade detect photo.jpg                      faces of a photo as a line of JSON\n"
    "  facecascade detect photos/ --draw drawn           a folder's photos, drawn into copies\n"
    "  facecascade bench                                 how fast this machine is\n"
    "  facecascade detect --help                         all about a command\n"
    "\n"
    "Exit status: 0 done, 1 bad input (named on the error stream), 2 wrong usage.";

// Names the help of the command, or of the one that the command line chose.
std::string HelpHint(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const CLI::App* command = chosen.empty() ? &app : chosen.front();
  std::string names;
  for (; command->get_parent() != nullptr; command = command->get_parent()) {
    names = command->get_name() + " " + names;
  }
  return fmt::format("Run 'facecascade {}--help' for more information.\n", names);
}

// Help and version go to the output, all else to the error stream.
ExitStatus ReportParse(const CLI::App& program, const CLI::ParseError& error) {
  std::ostringstream output;
  std::ostringstream complaint;
  const bool is_answer = program.exit(error, output, complaint) == 0;
  std::fputs(output.str().c_str(), stdout);
  std::fputs(complaint.str().c_str(), stderr);
  return is_answer ? ExitStatus::kSuccess : ExitStatus::kWrongUsage;
}

}  // namespace

ExitStatus FailUsage(const CLI::App& command, const std::string& message) {
  fmt::print(stderr, "facecascade: {}\n{}", message, HelpHint(command));
  return ExitStatus::kWrongUsage;
}

int RunProgram(int argument_count, const char* const* arguments) {
  CLI::App program("Finds faces and their eyes, noses and mouths in photos.", "facecascade");
  program.set_version_flag("--version", std::string("facecascade ") + Version(),
                           "Print the version and exit");
  program.set_help_flag("-h,--help", "Print this help and exit");
  program.require_subcommand(0, 1);  // one is required below, after unknown ones are reported
  program.formatter(MakeHelpFormatter());
  program.failure_message([](const CLI::App* app, const CLI::Error& error) {
    return fmt::format("facecascade: {}\n{}", error.what(), HelpHint(*app));
  });
  // OpenCV prints there what it also reports; the program itself writes to stderr only.
  std::cerr.rdbuf(nullptr);
  ExitStatus status = ExitStatus::kSuccess;
  AddDetectCommand(program, status);
  AddBlurCommand(program, status);
  AddCropCommand(program, status);
  AddEvaluateCommand(program, status);
  AddCheckDataCommand(program, status);
  AddBenchCommand(program, status);
  AddInfoCommand(program, status);
  AddTrainCommand(program, status);
  AddReproduceCommand(program, status);
  program.footer(kFooter);  // last, as commands take over what is there when they are added
  try {
    program.parse(argument_count, arguments);
    if (program.get_subcommands().empty()) status = FailUsage(program, "a command is required");
  } catch (const CLI::ParseError& error) {
    status = ReportParse(program, error);
  } catch (const std::exception& error) {
    status = Fail(Error{fmt::format("unexpected: {}", error.what())});
  }
  if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && status == ExitStatus::kSuccess) {
    status = Fail(Error{"the standard output cannot be written"});
  }
  return static_cast<int>(status);
}

}  // namespace facecascade::cli

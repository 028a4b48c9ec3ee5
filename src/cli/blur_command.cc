// facecascade blur: copies of photos and videos whose faces nobody can recognise.
#include <memory>

#include "cli/command.h"
#include "cli/copies.h"
#include "cli/options.h"
#include "io/face_copies.h"

namespace facecascade::cli {
namespace {

constexpr const char* kFooter =
    "Each face is replaced by an oval of eight patches across. Faces that are not found stay as "
    "they\n"
    "are: look through the copies before you publish them, or lower --threshold.\n"
    "\n"
    "Example:\n"
    "  facecascade blur street.jpg clip.mp4 --output anonymous --threshold 0.3";

struct BlurSettings {
  InputOptions inputs;
  DetectorSettings detector;
  std::string output;
};

ExitStatus RunBlur(const CLI::App& command, const BlurSettings& settings) {
  if (NamesNoInput(settings.inputs)) return FailUsage(command, "blur needs a PATH or --list");
  DetectionRun run;
  run.options = settings.detector.options;
  run.copy_folder = settings.output;
  run.edit = HideFaces;
  return MakeCopies(settings.inputs, settings.detector.model_file, run);
}

}  // namespace

void AddBlurCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<BlurSettings>();
  CLI::App* command =
      program.add_subcommand("blur", "Copy photos and videos with their faces made unrecognisable");
  command->footer(kFooter);
  AddInputOptions(*command, settings->inputs);
  command->add_option("--output", settings->output, "Folder for the copies")
      ->type_name("DIR")
      ->required()
      ->check(NotEmpty());
  AddDetectorOptions(*command, settings->detector);
  command->callback([settings, command, &status] { status = RunBlur(*command, *settings); });
}

}  // namespace facecascade::cli

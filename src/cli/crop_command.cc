// facecascade crop: faces cut out upright and of one size, as face recognition wants them.
#include <memory>

#include "cli/command.h"
#include "cli/copies.h"
#include "cli/options.h"
#include "io/face_copies.h"
#include "io/photo.h"

namespace facecascade::cli {
namespace {

constexpr const char* kFooter =
    "Each face becomes DIR/NAME-1.png, -2, ... by falling score (of videos DIR/NAME-FRAME-1.png),\n"
    "turned and scaled so that its five points come nearest to InsightFace's template of 112x112.\n"
    "\n"
    "Example:\n"
    "  facecascade crop party.jpg --output faces --min-face 40";

struct CropSettings {
  InputOptions inputs;
  DetectorSettings detector;
  std::string output;
  int size = kAlignedSize;
};

Status WriteFaces(const std::vector<Face>& faces, const Image& photo, const std::string& stem,
                  int size) {
  int number = 0;
  for (const Face& face : faces) {
    const Image cut = CutAlignedFace(photo, face.landmarks, size);
    if (cut.pixels.empty()) continue;
    const Status status = WritePhoto(cut, stem + "-" + std::to_string(++number) + ".png");
    if (!status.ok()) return status;
  }
  return Ok();
}

ExitStatus RunCrop(const CLI::App& command, const CropSettings& settings) {
  if (NamesNoInput(settings.inputs)) return FailUsage(command, "crop needs a PATH or --list");
  DetectionRun run;
  run.options = settings.detector.options;
  run.copy_folder = settings.output;
  run.cut = [size = settings.size](const std::vector<Face>& faces, const Image& photo,
                                   const std::string& stem) {
    return WriteFaces(faces, photo, stem, size);
  };
  return MakeCopies(settings.inputs, settings.detector.model_file, run);
}

}  // namespace

void AddCropCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<CropSettings>();
  CLI::App* command =
      program.add_subcommand("crop", "Cut faces out, upright and of one size, by their landmarks");
  command->footer(kFooter);
  AddInputOptions(*command, settings->inputs);
  command->add_option("--output", settings->output, "Folder for the faces")
      ->type_name("DIR")
      ->required()
      ->check(NotEmpty());
  command->add_option("--size", settings->size, "Side of the cut faces in pixels, 8 to 4096")
      ->type_name("PIXELS")
      ->check(CLI::Range(8, 4096))
      ->capture_default_str();
  AddDetectorOptions(*command, settings->detector);
  command->callback([settings, command, &status] { status = RunCrop(*command, *settings); });
}

}  // namespace facecascade::cli

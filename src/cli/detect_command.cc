// facecascade detect: the faces of photos, folders and videos.
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/detection_run.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "io/detection_writer.h"
#include "io/drawing.h"

namespace facecascade::cli {
namespace {

constexpr const char* kFooter =
    "Formats:\n"
    "  jsonl  a line a photo: {\"path\", \"width\", \"height\", \"faces\": [{\"box\": [x, y, w, "
    "h],\n"
    "         \"score\", \"landmarks\": {\"left_eye\": [x, y], ...}}]}; \"frame\" in videos\n"
    "  csv    a line a face, with a header\n"
    "  fddb   name, number of faces, and a line \"x y w h score\" for each\n"
    "  wider  a folder (--output) with a file EVENT/NAME.txt for each photo\n"
    "  coco   one document with images, annotations (box, score, keypoints)\n"
    "Boxes and points are in pixels of the photo as it is displayed; left is the image's left.\n"
    "\n"
    "Examples:\n"
    "  facecascade detect photo.jpg\n"
    "  facecascade detect 'holiday/*.jpg' clip.mp4 --draw drawn --output faces.jsonl\n"
    "  facecascade detect --list FDDB-fold-01.txt --root originalPics --format fddb "
    "--threshold 0.02\n"
    "  cat photo.jpg | facecascade detect - --format csv\n"
    "\n"
    "A bad photo is named on the error stream and skipped; the exit status is then 1.";

struct DetectSettings {
  InputOptions inputs;
  DetectorSettings detector;
  std::string format = "jsonl";
  std::string output;
  std::string draw_folder;
  bool ignores_orientation = false;
  bool is_quiet = false;
  int every = 1;
};

OutputFormat FormatOf(const DetectSettings& settings) {
  for (const auto& [name, format] : kOutputFormats) {
    if (name == settings.format) return format;
  }
  return OutputFormat::kJsonLines;  // not reached: the parser has checked the name
}

DetectionRun PlanRun(const DetectSettings& settings) {
  DetectionRun run;
  run.options = settings.detector.options;
  run.copy_folder = settings.draw_folder;
  run.edit = [](const std::vector<Face>& faces, Image& photo) { DrawFaces(faces, {}, photo); };
  run.apply_orientation = !settings.ignores_orientation;
  // Lines on the same terminal would be mixed with the bar, and show the progress themselves.
  const bool prints_lines = settings.output.empty() && FormatOf(settings) != OutputFormat::kCoco;
  run.shows_progress = !settings.is_quiet && !(prints_lines && OutputIsTerminal());
  run.every = settings.every;
  return run;
}

ExitStatus RunDetect(const CLI::App& command, const DetectSettings& settings) {
  if (NamesNoInput(settings.inputs)) return FailUsage(command, "detect needs a PATH or --list");
  if (FormatOf(settings) == OutputFormat::kWider && settings.output.empty()) {
    return FailUsage(command, "--format wider needs --output DIR");
  }
  const auto detector = LoadDetector(settings.detector.model_file);
  if (!detector.ok()) return Fail(detector.error());
  const auto inputs = FindInputs(settings.inputs);
  if (!inputs.ok()) return Fail(inputs.error());
  const DetectionRun run = PlanRun(settings);
  for (const Status& status : {RefuseOverwriting(run, inputs.value().inputs),
                               RefuseOverwriting(inputs.value().inputs, {settings.output})}) {
    if (!status.ok()) return Fail(status.error());
  }
  for (const Error& error : inputs.value().errors) Report(error.message);
  auto writer = DetectionWriter::Open(FormatOf(settings), settings.output);
  if (!writer.ok()) return Fail(writer.error());

  bool has_results = false;
  const auto all_good =
      DetectInputs(detector.value(), run, inputs.value().inputs, [&](const PhotoDetections& photo) {
        has_results = true;
        return writer.value().Write(photo);
      });
  if (!all_good.ok()) return Fail(all_good.error());
  // Results of an earlier run are not replaced by none.
  if (!has_results && !settings.output.empty()) return ExitStatus::kBadInput;
  if (const Status status = writer.value().Finish(); !status.ok()) return Fail(status.error());
  const bool is_good = all_good.value() && inputs.value().errors.empty();
  return is_good ? ExitStatus::kSuccess : ExitStatus::kBadInput;
}

void AddReadingOptions(CLI::App& command, DetectSettings& settings) {
  AddInputOptions(command, settings.inputs);
  command
      .add_flag("--ignore-orientation", settings.ignores_orientation,
                "Take photos as they are stored, not turned as their EXIF data says")
      ->group("Input");
  command
      .add_option("--every", settings.every,
                  "Search each N-th frame of a video, and follow its faces through the frames "
                  "between: faster the fewer there are, but new ones wait for the next search")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str()
      ->group("Input");
}

void AddOutputOptions(CLI::App& command, DetectSettings& settings) {
  std::vector<std::string> names;
  for (const auto& [name, format] : kOutputFormats) names.emplace_back(name);
  command.add_option("--format", settings.format, "jsonl, csv, fddb, wider or coco")
      ->type_name("FORMAT")
      ->check(CLI::IsMember(names))
      ->capture_default_str()
      ->group("Output");
  command
      .add_option("--output", settings.output,
                  "File to write (default: the standard output), or folder for wider")
      ->type_name("FILE|DIR")
      ->group("Output");
  command
      .add_option("--draw", settings.draw_folder,
                  "Folder for copies of the photos and videos with the faces drawn in")
      ->type_name("DIR")
      ->group("Output");
  command.add_flag("--quiet", settings.is_quiet, "Show no progress bar")->group("Output");
}

}  // namespace

void AddDetectCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<DetectSettings>();
  CLI::App* command = program.add_subcommand("detect", "Find faces in photos, folders and videos");
  command->footer(kFooter);
  AddReadingOptions(*command, *settings);
  AddOutputOptions(*command, *settings);
  AddDetectorOptions(*command, settings->detector);
  command->callback([settings, command, &status] { status = RunDetect(*command, *settings); });
}

}  // namespace facecascade::cli

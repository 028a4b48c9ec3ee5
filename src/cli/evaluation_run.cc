#include "cli/evaluation_run.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/progress.h"
#include "evaluation/model_run.h"

namespace facecascade::cli {
namespace {

std::string NameOfSource(const std::string& path) {
  std::filesystem::path file(path);
  if (!file.has_filename()) file = file.parent_path();
  return file.filename().string();
}

Status RunModel(const EvaluationSettings& settings, const std::vector<PhotoName>& photos,
                bool whole_curve, Scored& scored) {
  const auto detector = LoadDetector(settings.detector.model_file);
  if (!detector.ok()) return detector.error();
  DetectOptions options = settings.detector.options;
  if (whole_curve && !options.threshold) options.threshold = kWholeCurve;
  Progress progress("photos", photos.size(), !settings.is_quiet);
  const std::string& file = settings.detector.model_file;
  auto run = evaluation::DetectAll(detector.value(), file.empty() ? "built-in model" : file, photos,
                                   options, [&progress] { progress.Advance(); });
  progress.Clear();
  std::vector<std::string> reasons;
  for (const Error& error : run.unreadable) reasons.push_back(error.message);
  NoteNames(reasons, "photos could not be read", scored.context);
  if (run.detections.photos.empty()) {
    return reasons.empty() ? Error{"there are no photos to run the model on"}
                           : Error{"no photo could be read; the first: " + reasons.front()};
  }
  scored.context.detector = run.detections.source;
  scored.context.settings.emplace_back("smallest face", fmt::format("{:g} px", options.min_face));
  scored.context.settings.emplace_back(
      "threshold", options.threshold ? fmt::format("{:g}", *options.threshold) : "the model's own");
  scored.context.seconds_a_photo = run.seconds / static_cast<double>(run.detections.photos.size());
  scored.detections = std::move(run.detections);
  return Ok();
}

}  // namespace

void AddEvaluationOptions(CLI::App& command, EvaluationSettings& settings, bool whole_curve) {
  command
      .add_option("--detections", settings.detections,
                  "Score these instead of running a model: FDDB text, a folder or .tar.xz of WIDER "
                  "files, JSON Lines, or COCO")
      ->type_name("PATH")
      ->check(CLI::ExistingPath)
      ->group("Input");
  command
      .add_option("--compare", settings.other_detections,
                  "A second detector's, drawn beside; the difference gets an interval, too")
      ->type_name("PATH")
      ->check(CLI::ExistingPath)
      ->group("Input");
  command.add_option("--images", settings.photo_folder, "Folder that the set's photos are below")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->group("Input");
  command
      .add_option("--output", settings.output,
                  "Folder for the figures (JSON), curves (CSV, SVG, PNG) and report.html")
      ->type_name("DIR")
      ->required()
      ->check(NotEmpty())
      ->group("Output");
  command
      .add_option("--resamples", settings.bootstrap.resamples,
                  "Bootstrap samples behind the confidence intervals; 0: no intervals")
      ->type_name("N")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str()
      ->group("Output");
  command.add_flag("--quiet", settings.is_quiet, "Do not show the progress")->group("Output");
  AddDetectorOptions(command, settings.detector,
                     whole_curve ? fmt::format("{:g}", kWholeCurve) : "the model's own");
}

Result<Scored> ObtainDetections(const EvaluationSettings& settings,
                                const std::vector<PhotoName>& photos,
                                const evaluation::DetectionReadOptions& options, bool whole_curve) {
  Scored scored;
  scored.context.bootstrap = settings.bootstrap;
  scored.context.photo_folder = settings.photo_folder;
  if (settings.detections.empty()) {
    const Status status = RunModel(settings, photos, whole_curve, scored);
    if (!status.ok()) return status.error();
  } else {
    auto read = evaluation::ReadDetections(settings.detections, options);
    if (!read.ok()) return read.error();
    scored.detections = std::move(read).value();
    scored.context.detector = NameOfSource(settings.detections);
  }
  if (!settings.other_detections.empty()) {
    auto read = evaluation::ReadDetections(settings.other_detections, options);
    if (!read.ok()) return read.error();
    scored.other = std::move(read).value();
    scored.context.other_detector = NameOfSource(settings.other_detections);
  }
  for (const std::string& option : settings.curves) {
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos) return Error{"--curve " + option + ": expected NAME=FILE"};
    const auto curve =
        evaluation::ReadRocCurve(option.substr(0, equals), option.substr(equals + 1));
    if (!curve.ok()) return curve.error();
    scored.context.other_curves.push_back(curve.value());
  }
  return scored;
}

ExitStatus FinishEvaluation(const EvaluationSettings& settings, evaluation::Report report) {
  const std::string summary = report.summary;
  const auto notes = report.page.notes;
  std::vector<std::string> warnings;
  const Status status = evaluation::WriteReport(std::move(report), settings.output, warnings);
  if (!status.ok()) return Fail(status.error());
  for (const std::string& note : notes) Report(note);
  for (const std::string& warning : warnings) Report(warning);
  fmt::print("{}\n", summary);
  return ExitStatus::kSuccess;
}

void NoteNames(const std::vector<std::string>& names, const std::string& what,
               evaluation::ReportContext& context) {
  if (names.empty()) return;
  context.notes.push_back(fmt::format("{} {} (the first: {})", names.size(), what, names.front()));
}

}  // namespace facecascade::cli

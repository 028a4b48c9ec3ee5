// facecascade evaluate boxes: recall and false alarms at a threshold, on any photos.
#include <memory>
#include <optional>

#include "cli/evaluation_run.h"
#include "dataset/wider.h"
#include "evaluation/landmark_report.h"

namespace facecascade::cli {
namespace {

struct BoxSettings {
  EvaluationSettings common;
  std::string annotations;
  evaluation::BoxOptions options;
};

// The annotated photos, or all of a folder as photos without faces.
Result<std::vector<AnnotatedPhoto>> ReadPhotos(const BoxSettings& settings) {
  if (!settings.annotations.empty()) {
    return ReadWiderList(settings.annotations, settings.common.photo_folder);
  }
  const auto names = ListPhotos(settings.common.photo_folder);
  if (!names.ok()) return names.error();
  std::vector<AnnotatedPhoto> photos;
  for (const PhotoName& name : names.value()) photos.push_back({name.path, name.file, 0, 0, {}});
  return photos;
}

Result<evaluation::Report> MakeReport(const BoxSettings& settings) {
  const auto photos = ReadPhotos(settings);
  if (!photos.ok()) return photos.error();
  std::vector<PhotoName> names;
  for (const AnnotatedPhoto& photo : photos.value()) names.push_back({photo.path, photo.file});
  auto scored = ObtainDetections(settings.common, names, {}, false);
  if (!scored.ok()) return scored.error();
  evaluation::ReportContext& context = scored.value().context;
  // A model's detections were already cut at its threshold.
  evaluation::BoxOptions options = settings.options;
  if (settings.common.detector.options.threshold) {
    options.threshold = *settings.common.detector.options.threshold;
  }
  const auto result = evaluation::EvaluateBoxes(photos.value(), scored.value().detections, options);
  NoteNames(result.without_entry, "photos have no entry in the detections", context);
  std::optional<evaluation::BoxResult> other;
  if (scored.value().other) {
    other = evaluation::EvaluateBoxes(photos.value(), *scored.value().other, options);
  }
  return evaluation::MakeBoxReport(photos.value(), result, other ? &*other : nullptr, options,
                                   context);
}

ExitStatus RunBoxes(const CLI::App& command, const BoxSettings& settings) {
  if (settings.common.photo_folder.empty() &&
      (settings.annotations.empty() || settings.common.detections.empty())) {
    return FailUsage(command, "evaluate boxes needs --images, or --annotations and --detections");
  }
  auto report = MakeReport(settings);
  if (!report.ok()) return Fail(report.error());
  return FinishEvaluation(settings.common, std::move(report).value());
}

}  // namespace

void AddBoxEvaluation(CLI::App& evaluate, ExitStatus& status) {
  const auto settings = std::make_shared<BoxSettings>();
  CLI::App* command = evaluate.add_subcommand(
      "boxes", "Recall, of covered faces too, and false alarms at a threshold (boxes.json)");
  command
      ->add_option("--annotations", settings->annotations,
                   "Faces in WIDER's text form; without it, the photos have none")
      ->type_name("FILE")
      ->check(CLI::ExistingFile)
      ->group("Input");
  command
      ->add_option("--overlap", settings->options.overlap,
                   "Least intersection over union of a found face")
      ->type_name("IOU")
      ->check(InRange(0.01, 1))
      ->capture_default_str();
  AddEvaluationOptions(*command, settings->common, false);
  command->callback([command, settings, &status] { status = RunBoxes(*command, *settings); });
}

}  // namespace facecascade::cli

// facecascade evaluate landmarks: errors of the five points.
#include <memory>

#include "cli/evaluation_run.h"
#include "evaluation/landmark_annotations.h"
#include "evaluation/landmark_report.h"

namespace facecascade::cli {
namespace {

struct LandmarkSettings {
  EvaluationSettings common;
  std::string annotations;
};

Result<evaluation::Report> MakeReport(const LandmarkSettings& settings) {
  const auto read =
      evaluation::ReadLandmarkAnnotations(settings.annotations, settings.common.photo_folder);
  if (!read.ok()) return read.error();
  const auto& photos = read.value().photos;
  std::vector<PhotoName> names;
  for (const AnnotatedPhoto& photo : photos) names.push_back({photo.path, photo.file});
  auto scored = ObtainDetections(settings.common, names, {}, false);
  if (!scored.ok()) return scored.error();
  evaluation::ReportContext& context = scored.value().context;
  const auto result = evaluation::EvaluateLandmarks(photos, scored.value().detections);
  if (result.faces.empty()) return Error{settings.annotations + ": no face has five landmarks"};
  std::optional<evaluation::LandmarkResult> other;
  if (scored.value().other) other = evaluation::EvaluateLandmarks(photos, *scored.value().other);
  NoteNames(result.without_entry,
            "photos have no entry in the detections; their faces count as missed", context);
  if (read.value().incomplete_faces > 0) {
    context.notes.push_back(std::to_string(read.value().incomplete_faces) +
                            " faces without all five points were left out");
  }
  context.settings.emplace_back("annotations",
                                read.value().kind + " (" + settings.annotations + ")");
  context.settings.emplace_back("error divided by", "distance of the true eyes");
  return evaluation::MakeLandmarkReport(photos, result, other ? &*other : nullptr, context);
}

ExitStatus RunLandmarks(const LandmarkSettings& settings) {
  auto report = MakeReport(settings);
  if (!report.ok()) return Fail(report.error());
  return FinishEvaluation(settings.common, std::move(report).value());
}

}  // namespace

void AddLandmarkEvaluation(CLI::App& evaluate, ExitStatus& status) {
  const auto settings = std::make_shared<LandmarkSettings>();
  CLI::App* command = evaluate.add_subcommand(
      "landmarks", "Mean error and failure rate of the five points (landmarks.json)");
  command
      ->add_option("--annotations", settings->annotations,
                   "aflw.sqlite, MTFL's testing.txt, a .tsv list, or CelebA's folder")
      ->type_name("FILE|DIR")
      ->required()
      ->check(CLI::ExistingPath)
      ->group("Input");
  AddEvaluationOptions(*command, settings->common, false);
  command->callback([settings, &status] { status = RunLandmarks(*settings); });
}

}  // namespace facecascade::cli

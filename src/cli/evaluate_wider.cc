// facecascade evaluate wider: easy, medium and hard average precision.
#include <filesystem>
#include <map>
#include <memory>

#include "cli/evaluation_run.h"
#include "evaluation/wider_report.h"

namespace facecascade::cli {
namespace {

using evaluation::WiderConvention;
using evaluation::WiderPhoto;
using evaluation::WiderSource;

struct WiderSettings {
  EvaluationSettings common;
  std::string ground_truth;
  std::string list;
  std::optional<WiderSource> source;
  WiderConvention convention = WiderConvention::kMatlab;
};

Result<evaluation::WiderGroundTruth> ReadTruth(const WiderSettings& settings) {
  auto truth = settings.source
                   ? evaluation::ReadWiderGroundTruth(settings.ground_truth, *settings.source)
                   : evaluation::ReadWiderGroundTruth(settings.ground_truth);
  if (!truth.ok() || settings.list.empty()) return truth;
  const auto names = ReadNameList(settings.list);
  if (!names.ok()) return names.error();
  auto selected = evaluation::SelectPhotos(truth.value().photos, names.value());
  if (!selected.ok()) return selected.error();
  truth.value().photos = std::move(selected).value();
  return truth;
}

// The photos that a model is to be run on. Those that are not there leave the evaluation.
std::vector<PhotoName> KeepPresent(const std::string& folder, std::vector<WiderPhoto>& photos,
                                   std::vector<std::string>& missing) {
  std::vector<PhotoName> present;
  std::erase_if(photos, [&](const WiderPhoto& photo) {
    const std::string file = FindPhotoFile(photo.name, folder);
    if (!std::filesystem::exists(file)) {
      missing.push_back(photo.name);
      return true;
    }
    present.push_back({photo.name, file});
    return false;
  });
  return present;
}

Result<evaluation::Report> MakeReport(const WiderSettings& settings) {
  auto truth = ReadTruth(settings);
  if (!truth.ok()) return truth.error();
  std::vector<WiderPhoto>& photos = truth.value().photos;
  std::vector<std::string> missing;
  std::vector<PhotoName> present;
  if (settings.common.detections.empty()) {
    present = KeepPresent(settings.common.photo_folder, photos, missing);
  }
  evaluation::DetectionReadOptions options;
  options.wider_rule = settings.convention == WiderConvention::kPython
                           ? evaluation::WiderFileRule::kPython
                           : evaluation::WiderFileRule::kMatlab;
  auto scored = ObtainDetections(settings.common, present, options, true);
  if (!scored.ok()) return scored.error();
  evaluation::ReportContext& context = scored.value().context;
  const auto result =
      evaluation::EvaluateWider(photos, scored.value().detections, settings.convention);
  if (!result.ok()) return result.error();
  std::optional<evaluation::WiderResult> other;
  if (scored.value().other) {
    auto of_other = evaluation::EvaluateWider(photos, *scored.value().other, settings.convention);
    if (!of_other.ok()) return of_other.error();
    other = std::move(of_other).value();
  }
  NoteNames(missing, "photos of the ground truth are missing and were left out", context);
  NoteNames(result.value().without_entry,
            "photos have no entry in the detections; their faces count as missed", context);
  const bool by_height = truth.value().source == WiderSource::kText;
  context.settings.emplace_back(
      "ground truth", std::string(NameOf(truth.value().source)) + " (" + truth.value().file + ")");
  context.settings.emplace_back("levels", by_height ? "by height (above 50, 30, 10 px), not "
                                                      "invalid: near the published lists"
                                                    : "as published");
  context.settings.emplace_back(
      "convention", settings.convention == WiderConvention::kPython ? "python" : "MATLAB");
  return evaluation::MakeWiderReport(photos, scored.value().detections, result.value(),
                                     other ? &*other : nullptr, settings.convention, context);
}

ExitStatus RunWider(const CLI::App& command, const WiderSettings& settings) {
  if (settings.common.photo_folder.empty() && settings.common.detections.empty()) {
    return FailUsage(command, "evaluate wider needs --images to run the model on, or --detections");
  }
  auto report = MakeReport(settings);
  if (!report.ok()) return Fail(report.error());
  return FinishEvaluation(settings.common, std::move(report).value());
}

}  // namespace

void AddWiderEvaluation(CLI::App& evaluate, ExitStatus& status) {
  const auto settings = std::make_shared<WiderSettings>();
  CLI::App* command = evaluate.add_subcommand(
      "wider",
      "WIDER FACE's average precision, and recall by height and attribute (wider.json, curve.txt)");
  command
      ->add_option("--ground-truth", settings->ground_truth,
                   "Folder with wider_{easy,medium,hard}_val.mat, or levels.txt and the annotation "
                   "text, or the text alone; or a text *_bbx_gt.txt")
      ->type_name("DIR|FILE")
      ->required()
      ->check(CLI::ExistingPath)
      ->group("Input");
  command
      ->add_option("--source", settings->source,
                   "matlab, levels or text, where the folder has several (default: the first)")
      ->type_name("SOURCE")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, WiderSource>{{"matlab", WiderSource::kMatlab},
                                                         {"levels", WiderSource::kLevels},
                                                         {"text", WiderSource::kText}})
                      .description(""))
      ->group("Input");
  command->add_option("--list", settings->list, "Evaluate these photos only: EVENT/NAME a line")
      ->type_name("FILE")
      ->check(CLI::ExistingFile)
      ->group("Input");
  command
      ->add_option("--convention", settings->convention,
                   "matlab (default), the benchmark's own program, or python, the rewrites' ways "
                   "with unsorted files, scores beyond 0 to 1 and missing files")
      ->type_name("CONVENTION")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, WiderConvention>{{"matlab", WiderConvention::kMatlab},
                                                             {"python", WiderConvention::kPython}})
                      .description(""));
  AddEvaluationOptions(*command, settings->common, true);
  command->callback([command, settings, &status] { status = RunWider(*command, *settings); });
}

}  // namespace facecascade::cli

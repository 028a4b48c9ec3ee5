// facecascade evaluate fddb: discrete and continuous ROC.
#include <filesystem>
#include <map>
#include <memory>

#include "cli/evaluation_run.h"
#include "evaluation/fddb_report.h"
#include "io/photo.h"

namespace facecascade::cli {
namespace {

using evaluation::FddbAssignmentRule;
using evaluation::FddbShape;

struct FddbSettings {
  EvaluationSettings common;
  std::vector<std::string> lists;
  std::vector<std::string> annotations;
  std::string sizes;
  FddbShape shape = FddbShape::kRectangle;
  FddbAssignmentRule assignment = FddbAssignmentRule::kBenchmark;
};

// Sizes of photos, from the photos where they are there, else from the list of sizes.
class SizeFinder {
 public:
  SizeFinder(std::string photo_folder, std::map<std::string, PhotoSize> listed)
      : photo_folder_(std::move(photo_folder)), listed_(std::move(listed)) {}

  std::optional<PhotoSize> operator()(const std::string& name) const {
    if (!photo_folder_.empty()) {
      const auto photo = ReadPhoto(FindPhotoFile(name, photo_folder_));
      if (photo.ok()) return PhotoSize{photo.value().width, photo.value().height};
    }
    const auto found = listed_.find(name);
    return found == listed_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::string photo_folder_;
  std::map<std::string, PhotoSize> listed_;
};

std::vector<PhotoName> PhotosOf(const std::vector<std::string>& list, const std::string& folder) {
  std::vector<PhotoName> photos;
  for (const std::string& name : list) {
    const std::string file = FindPhotoFile(name, folder);
    if (std::filesystem::exists(file)) photos.push_back({name, file});
  }
  return photos;
}

Result<evaluation::FddbEvaluation> Evaluate(const FddbSettings& settings,
                                            const std::vector<std::string>& list,
                                            const std::vector<FddbPhoto>& annotations,
                                            const evaluation::DetectionSet& detections,
                                            const evaluation::FindPhotoSize& find_size,
                                            evaluation::FddbSet& set) {
  auto joined = evaluation::JoinFddb(list, annotations, detections, settings.shape, find_size);
  if (!joined.ok()) return joined.error();
  set = std::move(joined).value();
  if (set.photos.empty()) {
    return Error{"none of the list's photos is there, nor has a size in --sizes; the first: " +
                 (list.empty() ? std::string("(the list is empty)") : list.front())};
  }
  return evaluation::EvaluateFddb(set, settings.assignment);
}

Result<evaluation::Report> MakeReport(const FddbSettings& settings) {
  const auto list = ReadFddbList(settings.lists);
  if (!list.ok()) return list.error();
  const auto annotations = ReadFddbAnnotations(settings.annotations);
  if (!annotations.ok()) return annotations.error();
  std::map<std::string, PhotoSize> listed_sizes;
  if (!settings.sizes.empty()) {
    auto sizes = ReadPhotoSizes(settings.sizes);
    if (!sizes.ok()) return sizes.error();
    listed_sizes = std::move(sizes).value();
  }
  const SizeFinder find_size(settings.common.photo_folder, std::move(listed_sizes));
  evaluation::DetectionReadOptions options;
  options.ellipses = settings.shape == FddbShape::kEllipse;
  auto scored = ObtainDetections(settings.common,
                                 settings.common.detections.empty()
                                     ? PhotosOf(list.value(), settings.common.photo_folder)
                                     : std::vector<PhotoName>(),
                                 options, true);
  if (!scored.ok()) return scored.error();
  evaluation::ReportContext& context = scored.value().context;
  evaluation::FddbSet set;
  const auto result = Evaluate(settings, list.value(), annotations.value(),
                               scored.value().detections, find_size, set);
  if (!result.ok()) return result.error();
  std::optional<evaluation::FddbEvaluation> other;
  if (scored.value().other) {
    evaluation::FddbSet other_set;
    auto of_other = Evaluate(settings, list.value(), annotations.value(), *scored.value().other,
                             find_size, other_set);
    if (!of_other.ok()) return of_other.error();
    other = std::move(of_other).value();
  }
  NoteNames(set.missing, "photos of the list are missing and were left out", context);
  NoteNames(set.not_in_detections, "photos have no entry in the detections", context);
  context.settings.emplace_back("shape", options.ellipses ? "ellipse" : "rectangle");
  context.settings.emplace_back("assignment", settings.assignment == FddbAssignmentRule::kExact
                                                  ? "exact"
                                                  : "the benchmark's");
  return evaluation::MakeFddbReport(set, result.value(), other ? &*other : nullptr, context);
}

ExitStatus RunFddb(const CLI::App& command, const FddbSettings& settings) {
  if (settings.common.photo_folder.empty() && settings.sizes.empty()) {
    return FailUsage(command, "evaluate fddb needs the photos' sizes: --images or --sizes");
  }
  if (settings.common.photo_folder.empty() && settings.common.detections.empty()) {
    return FailUsage(command, "evaluate fddb needs --images to run the model on, or --detections");
  }
  auto report = MakeReport(settings);
  if (!report.ok()) return Fail(report.error());
  return FinishEvaluation(settings.common, std::move(report).value());
}

}  // namespace

void AddFddbEvaluation(CLI::App& evaluate, ExitStatus& status) {
  const auto settings = std::make_shared<FddbSettings>();
  CLI::App* command = evaluate.add_subcommand(
      "fddb", "FDDB's discrete and continuous ROC (DiscROC.txt, ContROC.txt)");
  command
      ->add_option("--list", settings->lists,
                   "Lists of photos as published, in order; a folder stands for its "
                   "FDDB-fold-NN.txt")
      ->type_name("FILE")
      ->required()
      ->check(CLI::ExistingPath)
      ->group("Input");
  command
      ->add_option("--annotations", settings->annotations,
                   "Ellipse lists as published, in the same order; or their folder")
      ->type_name("FILE")
      ->required()
      ->check(CLI::ExistingPath)
      ->group("Input");
  command
      ->add_option("--sizes", settings->sizes,
                   "Lines NAME width height, for photos that are not at hand")
      ->type_name("FILE")
      ->check(CLI::ExistingFile)
      ->group("Input");
  command
      ->add_option("--shape", settings->shape,
                   "rectangle (default), or ellipse: ellipses are read, rectangles become ellipses")
      ->type_name("SHAPE")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, FddbShape>{{"rectangle", FddbShape::kRectangle},
                                                       {"ellipse", FddbShape::kEllipse}})
                      .description(""));
  command
      ->add_option("--assignment", settings->assignment,
                   "benchmark (default), as FDDB's program pairs faces and detections, or exact")
      ->type_name("RULE")
      ->transform(CLI::CheckedTransformer(std::map<std::string, FddbAssignmentRule>{
                                              {"benchmark", FddbAssignmentRule::kBenchmark},
                                              {"exact", FddbAssignmentRule::kExact}})
                      .description(""));
  command
      ->add_option("--curve", settings->common.curves,
                   "NAME=FILE: another detector's DiscROC.txt, drawn beside; may be repeated")
      ->type_name("NAME=FILE")
      ->group("Output");
  AddEvaluationOptions(*command, settings->common, true);
  command->callback([command, settings, &status] { status = RunFddb(*command, *settings); });
}

}  // namespace facecascade::cli

// facecascade check-data: what is wrong in annotations.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "dataset/wider.h"
#include "evaluation/check_report.h"
#include "evaluation/landmark_annotations.h"

namespace facecascade::cli {
namespace {

struct CheckSettings {
  std::string annotations;
  std::string photo_folder;
  std::string output;
  bool is_quiet = false;
};

Result<std::vector<AnnotatedPhoto>> ReadPhotos(const CheckSettings& settings) {
  if (settings.annotations.ends_with("_bbx_gt.txt")) {
    const std::string beside = std::filesystem::path(settings.annotations).parent_path().string();
    return ReadWiderList(settings.annotations,
                         settings.photo_folder.empty() ? beside : settings.photo_folder);
  }
  auto read = evaluation::ReadLandmarkAnnotations(settings.annotations, settings.photo_folder);
  if (!read.ok()) return read.error();
  return std::move(read.value().photos);
}

ExitStatus RunCheck(const CheckSettings& settings) {
  auto photos = ReadPhotos(settings);
  if (!photos.ok()) return Fail(photos.error());
  Progress progress("photos", photos.value().size(), !settings.is_quiet);
  const auto problems = CheckDataset(photos.value(), [&progress] { progress.Advance(); });
  progress.Clear();
  auto report = evaluation::MakeCheckReport(settings.annotations, photos.value(), problems);
  const std::string summary = report.summary;
  std::vector<std::string> warnings;
  const Status status = evaluation::WriteReport(std::move(report), settings.output, warnings);
  if (!status.ok()) return Fail(status.error());
  fmt::print("{}\n", summary);
  return ExitStatus::kSuccess;
}

}  // namespace

void AddCheckDataCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<CheckSettings>();
  CLI::App* command = program.add_subcommand(
      "check-data",
      "Find empty, outside and doubled boxes, swapped landmarks, near-duplicate "
      "photos in annotations");
  command
      ->add_option("--annotations", settings->annotations,
                   "WIDER's text (*_bbx_gt.txt), a .tsv list, MTFL's list, aflw.sqlite, or "
                   "CelebA's folder")
      ->type_name("FILE|DIR")
      ->required()
      ->check(CLI::ExistingPath);
  command
      ->add_option("--images", settings->photo_folder,
                   "Folder that the photos are below (default: beside the annotations)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
  command
      ->add_option("--output", settings->output,
                   "Folder for check.json, problems.csv and report.html")
      ->type_name("DIR")
      ->required()
      ->check(NotEmpty());
  command->add_flag("--quiet", settings->is_quiet, "Do not show the progress");
  command->callback([settings, &status] { status = RunCheck(*settings); });
}

}  // namespace facecascade::cli

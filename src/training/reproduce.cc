#include "training/reproduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>
#include <utility>

#include "dataset/text_reader.h"
#include "training/experiments.h"
#include "training/files.h"
#include "training/photo_store.h"
#include "training/process_memory.h"

namespace facecascade::training {
namespace {

using Experiment = Result<ExperimentReport> (*)(std::vector<SeedNets>&);
const std::vector<std::pair<std::string, Experiment>> kExperiments = {
    {"table1", ReproduceTable1},
    {"joint", ReproduceJoint},
    {"hem", ReproduceHardExamples},
    {"end-to-end", ReproduceEndToEnd}};

TrainingConfig WithShareOfSteps(TrainingConfig config, double share) {
  const auto cut = [&](int steps) { return static_cast<int>(std::ceil(steps * share)); };
  for (StageConfig& stage : config.stages) stage.steps = cut(stage.steps);
  config.together.steps = cut(config.together.steps);
  return config;
}

// A folder holds the results of one configuration and setting.
Status PrepareFolder(const TrainingConfig& config, const ReproduceOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) return Error{options.output + ": " + error.message()};
  const std::string path = options.output + "/config.toml";
  const std::string text =
      fmt::format("# facecascade reproduce, {} setting, {} of the steps\n{}",
                  options.quick ? "quick" : "full", options.steps_share, config.text);
  if (!std::filesystem::exists(path)) return WriteText(path, text);
  const Result<std::string> present = ReadWholeFile(path);
  if (!present.ok()) return present.error();
  if (present.value() == text) return Ok();
  if (!HoldsWork(options.output)) return WriteText(path, text);
  return Error{options.output +
               ": holds experiments of another configuration or setting; name another folder, or "
               "remove it"};
}

std::string Number(double value) { return fmt::format("{:.4g}", value); }

std::string Signed(double value) { return fmt::format("{:+.3g}", value); }

std::string DifferenceText(const Comparison& comparison) {
  const PairedDifference difference = comparison.Difference();
  std::string text = Signed(difference.mean);
  if (std::isfinite(difference.low)) {
    text += fmt::format(" [{}, {}]", Signed(difference.low), Signed(difference.high));
  }
  return text;
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(std::max<std::size_t>(1, values.size()));
}

// "average precision: without landmarks 0.5, with landmarks 0.51, difference +0.01 [-0.02, +0.04]"
std::string ComparisonLine(const Comparison& comparison) {
  return fmt::format("{}: {} {}, {} {}, difference {}", comparison.figure, comparison.arms[0],
                     Number(Mean(comparison.values[0])), comparison.arms[1],
                     Number(Mean(comparison.values[1])), DifferenceText(comparison));
}

nlohmann::ordered_json ToJson(const Comparison& comparison) {
  const PairedDifference difference = comparison.Difference();
  nlohmann::ordered_json json = {{"figure", comparison.figure}};
  for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
    json["by_seed"][comparison.arms[arm]] = comparison.values[arm];
  }
  json["difference"] = difference.mean;
  if (std::isfinite(difference.low)) {
    json["interval"] = {difference.low, difference.high};
  }
  return json;
}

Status WriteReport(const ExperimentReport& report, const std::string& line,
                   const std::string& folder, const Reporter& reporter) {
  nlohmann::ordered_json json = {{"experiment", report.name},
                                 {"claim", report.claim},
                                 {"verdict", VerdictText(report.verdict)},
                                 {"line", line}};
  for (const Comparison& comparison : report.judged) json["judged"].push_back(ToJson(comparison));
  for (const Comparison& comparison : report.also_found) {
    json["also_found"].push_back(ToJson(comparison));
  }
  Status status = WriteText(folder + "/" + report.name + ".json", json.dump(2) + "\n");
  if (!status.ok()) return status;
  for (const evaluation::Plot& plot : report.plots) {
    status = evaluation::WritePlotTable(plot, folder);
    if (!status.ok()) return status;
    status = evaluation::DrawPlot(plot, folder);
    if (!status.ok()) reporter.line("no plot: " + status.error().message);
  }
  return Ok();
}

Result<PhotoStore> Load(const TrainingConfig& config, const std::string& data,
                        const Reporter& reporter) {
  reporter.line("reading photos below " + data);
  Result<PhotoStore> photos =
      LoadPhotos(data, config.data, kLoadingThreads, [&](int done, int all) {
        if (done % 50 == 0) reporter.progress(fmt::format("photo {} of {}", done, all));
      });
  if (!photos.ok()) return photos;
  const PhotoCounts counts = CountPhotos(photos.value());
  const auto kept = std::count_if(photos.value().photos.begin(), photos.value().photos.end(),
                                  [](const TrainingPhoto& photo) { return photo.held_out; });
  reporter.line(
      fmt::format("{} photos, {} of them kept to measure with; {} faces with boxes, {} "
                  "with landmarks",
                  counts.photos, kept, counts.faces, counts.landmark_faces));
  return photos;
}

Result<ReproduceSummary> RunExperiments(const ExperimentSetting& setting,
                                        const ReproduceOptions& options) {
  std::vector<SeedNets> seeds;
  for (int i = 0; i < options.seeds; ++i) {
    seeds.emplace_back(setting, setting.base.seed + static_cast<std::uint64_t>(i));
  }
  ReproduceSummary summary;
  std::string text;
  for (const auto& [name, experiment] : kExperiments) {
    if (std::find(options.experiments.begin(), options.experiments.end(), name) ==
        options.experiments.end()) {
      continue;
    }
    const Result<ExperimentReport> report = experiment(seeds);
    if (!report.ok()) return report.error();
    const std::string line = VerdictLine(report.value(), seeds.size());
    const Status status = WriteReport(report.value(), line, options.output, *setting.reporter);
    if (!status.ok()) return status.error();
    for (const auto* comparisons : {&report.value().judged, &report.value().also_found}) {
      for (const Comparison& comparison : *comparisons) {
        text += name + ": " + ComparisonLine(comparison) + "\n";
        setting.reporter->line(name + ": " + ComparisonLine(comparison));
      }
    }
    text += line + "\n\n";
    summary.lines.push_back(line);
  }
  const Status status = WriteText(options.output + "/report.txt", text);
  if (!status.ok()) return status.error();
  summary.finished = true;
  return summary;
}

}  // namespace

std::vector<std::string> ExperimentNames() {
  std::vector<std::string> names;
  for (const auto& [name, experiment] : kExperiments) names.push_back(name);
  return names;
}

std::string VerdictLine(const ExperimentReport& report, std::size_t seeds) {
  std::string line = fmt::format("{}: the claim that {} {} here ({} seed{}", report.name,
                                 report.claim, VerdictText(report.verdict), seeds,
                                 seeds == 1 ? ", so no interval" : "s, 95 % intervals");
  for (const Comparison& comparison : report.judged) {
    line += fmt::format("; {} {}", comparison.figure, DifferenceText(comparison));
  }
  return line + ")";
}

TrainingConfig QuickSetting(const TrainingConfig& config) {
  // Of two cores' ten minutes for three seeds, the 48net's four trainings take the most.
  constexpr std::array<int, kStageCount> kSteps = {4000, 2000, 600};
  constexpr int kTogetherSteps = 150;
  constexpr int kPhotos = 600;  // of each source
  constexpr int kMinedPhotos = 250;
  constexpr int kHeldOutEvery = 6;
  const auto limit = [](int& value, int most) {
    value = value == 0 ? most : std::min(value, most);
  };
  TrainingConfig quick = config;
  limit(quick.data.photos, kPhotos);
  limit(quick.data.held_out_every, kHeldOutEvery);
  limit(quick.mining.photos, kMinedPhotos);
  for (int stage = 0; stage < kStageCount; ++stage) {
    limit(quick.stages[stage].steps, kSteps[stage]);
    quick.stages[stage].mining_recall = 0;  // nets trained this short miss many faces
  }
  if (quick.together.steps > 0) {
    limit(quick.together.steps, kTogetherSteps);
    limit(quick.together.round_steps, kTogetherSteps / 2);
    limit(quick.together.photos, kMinedPhotos / 4);
  }
  return quick;
}

Result<ReproduceSummary> RunReproduce(const TrainingConfig& config, const ReproduceOptions& options,
                                      const Reporter& reporter) {
  KeepFreedMemory();
  const Status status = PrepareFolder(config, options);
  if (!status.ok()) return status.error();
  ExperimentSetting setting;
  setting.base =
      WithShareOfSteps(options.quick ? QuickSetting(config) : config, options.steps_share);
  setting.output = options.output;
  setting.reporter = &reporter;
  setting.stop_wanted = options.stop_wanted;
  setting.photo_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if (options.quick) setting.timed_steps = {400, 100, 30};
  const Result<PhotoStore> photos = Load(setting.base, options.data, reporter);
  if (!photos.ok()) return photos.error();
  setting.photos = &photos.value();
  torch::set_num_threads(setting.base.threads);
  try {
    Result<ReproduceSummary> summary = RunExperiments(setting, options);
    if (!summary.ok() && options.stop_wanted()) {
      return ReproduceSummary{false, {summary.error().message}};
    }
    return summary;
  } catch (const std::exception& exception) {  // LibTorch's way of telling
    const std::string reason = exception.what();
    return Error{"an experiment failed: " + reason.substr(0, reason.find('\n'))};
  }
}

}  // namespace facecascade::training

#include "training/run.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "dataset/text_reader.h"
#include "model/model_file.h"
#include "training/adapt_bridge.h"
#include "training/checkpoint.h"
#include "training/curve_log.h"
#include "training/distributed.h"
#include "training/early_exit.h"
#include "training/export.h"
#include "training/files.h"
#include "training/fixed_point.h"
#include "training/held_out.h"
#include "training/joint_trainer.h"
#include "training/mining.h"
#include "training/photo_store.h"
#include "training/process_memory.h"
#include "training/stage_trainer.h"
#include "training/teacher.h"
#include "training/thresholds.h"

namespace facecascade::training {
namespace {

nlohmann::ordered_json Figures(const HeldOutFigures& figures) {
  return {{"held_out_face_loss", figures.face_loss},
          {"held_out_recall", figures.recall},
          {"held_out_false_rate", figures.false_rate},
          {"held_out_box_error", figures.box_error},
          {"held_out_landmark_error", figures.landmark_error}};
}

// Samples that tell how large a net's outputs become.
constexpr int kFixedPointBatches = 16;

// One training with its folder; the parts of RunTraining in their order.
class TrainingRun {
 public:
  TrainingRun(const TrainingConfig& config, const RunOptions& options, const Reporter& reporter,
              Group* group)
      : config_(config), options_(options), reporter_(reporter), group_(group) {}

  Result<RunSummary> Run();

 private:
  std::string Path(const std::string& name) const { return options_.output + "/" + name; }
  // Of several processes the first one alone writes.
  bool Leads() const { return group_ == nullptr || group_->leads(); }
  Status CheckGroup();
  Status PrepareFolder();
  Status Load();
  Status PrepareTeacher();
  Result<MinedWindows> Mine(int stage);
  Result<MinedWindows> SharedMine(int stage);
  Status StartFrom(int stage, const MinedWindows& mined);
  Status StartFromModel(int stage, const MinedWindows& mined);
  void Round(int stage);
  Result<bool> TrainNet(int stage);
  Result<bool> FineTune();
  Status MixWithNetsAlone();
  std::vector<BatchTensors> DrawBatches(int stage, bool held_out, int count) const;
  void FitExit();
  Result<std::array<float, kStageCount>> Thresholds();
  Result<RunSummary> Finish();
  Error Failed(const Error& error);

  const TrainingConfig& config_;
  const RunOptions& options_;
  const Reporter& reporter_;
  Group* group_;
  std::optional<FolderLock> lock_;
  PhotoStore photos_;
  Nets nets_ = {nullptr, nullptr, nullptr};
  std::optional<Nets> teacher_;
  nlohmann::ordered_json summary_;
};

// All processes train by the same configuration.
Status TrainingRun::CheckGroup() {
  if (group_ == nullptr) return Ok();
  const auto text = group_->ShareBytes(config_.text);
  if (!text.ok()) return text.error();
  if (text.value() == config_.text) return Ok();
  return Error{fmt::format("process {} of {} was given another configuration than process 0",
                           group_->rank(), group_->size())};
}

Status TrainingRun::PrepareFolder() {
  if (!Leads()) return Ok();
  std::error_code error;
  std::filesystem::create_directories(options_.output, error);
  if (error) return Error{options_.output + ": " + error.message()};
  Result<FolderLock> lock = FolderLock::Take(options_.output);
  if (!lock.ok()) return lock.error();
  lock_.emplace(std::move(lock.value()));
  const std::string path = Path("config.toml");
  if (std::filesystem::exists(path)) {
    const Result<std::string> text = ReadWholeFile(path);
    if (!text.ok()) return text.error();
    if (text.value() != config_.text) {
      if (!HoldsWork(options_.output)) return WriteText(path, config_.text);
      return Error{options_.output +
                   ": holds a run of another configuration; name another folder, or remove it"};
    }
    if (std::filesystem::exists(Path("summary.json"))) {
      const Result<std::string> summary = ReadWholeFile(Path("summary.json"));
      if (summary.ok()) {
        summary_ = nlohmann::ordered_json::parse(summary.value(), nullptr, false);
        if (summary_.is_discarded()) return Error{Path("summary.json") + ": is not valid JSON"};
      }
    }
    return Ok();
  }
  return WriteText(path, config_.text);
}

Status TrainingRun::Load() {
  reporter_.line("reading photos below " + options_.data);
  Result<PhotoStore> photos =
      LoadPhotos(options_.data, config_.data, kLoadingThreads, [&](int done, int all) {
        if (done % 50 == 0) reporter_.progress(fmt::format("photo {} of {}", done, all));
      });
  if (!photos.ok()) return photos.error();
  photos_ = std::move(photos.value());
  const PhotoCounts counts = CountPhotos(photos_);
  reporter_.line(fmt::format(
      "{} photos ({} without faces), {} faces with boxes and {} ignored, {} faces with landmarks",
      counts.photos, counts.photos_without_faces, counts.faces, counts.ignored_faces,
      counts.landmark_faces));
  summary_["data"] = {{"photos", counts.photos},
                      {"photos_without_faces", counts.photos_without_faces},
                      {"faces", counts.faces},
                      {"ignored_faces", counts.ignored_faces},
                      {"landmark_faces", counts.landmark_faces}};
  return Ok();
}

Status TrainingRun::PrepareTeacher() {
  if (options_.teacher.empty()) return Ok();
  Result<Nets> teacher = LoadTeacher(options_.teacher, torch::Device(options_.device));
  if (!teacher.ok()) return teacher.error();
  teacher_ = std::move(teacher.value());
  summary_["teacher"] = options_.teacher;
  return Ok();
}

// Mined by the first process alone, for all.
Result<MinedWindows> TrainingRun::SharedMine(int stage) {
  const std::string path = Path(config_.networks[stage].name + ".mined");
  if (Leads()) {
    Result<MinedWindows> mined = Mine(stage);
    if (!mined.ok() || group_ == nullptr) return mined;
  }
  const auto bytes = ReadSharedFile(group_, path);
  if (!bytes.ok()) return bytes.error();
  if (!bytes.value()) return Error{path + ": is missing"};
  return ParseMinedWindows(*bytes.value(), path, photos_);
}

Result<MinedWindows> TrainingRun::Mine(int stage) {
  const std::string& name = config_.networks[stage].name;
  const std::string path = Path(name + ".mined");
  if (std::filesystem::exists(path)) return LoadMinedWindows(path, photos_);
  const Result<Cascade> cascade = FoldCascade(nets_, stage);
  if (!cascade.ok()) return cascade.error();
  MiningReport report;
  MinedWindows mined = MineWindows(
      cascade.value(), photos_, PhotosToMine(photos_, config_.mining), config_, stage,
      config_.threads,
      [&](int done, int all) {
        if (done % 20 == 0)
          reporter_.progress(fmt::format("mining for the {}: {} of {}", name, done, all));
      },
      report);
  reporter_.line(
      fmt::format("mined for the {}: {:.0f} windows a photo, recall {:.4f} of {} faces; {} "
                  "negatives, {} parts, "
                  "{} positives",
                  name, report.windows_per_photo, report.recall, report.faces, report.counts[0],
                  report.counts[1], report.counts[2]));
  summary_["mining"][name] = {{"windows_per_photo", report.windows_per_photo},
                              {"recall", report.recall},
                              {"faces", report.faces},
                              {"negatives", report.counts[0]},
                              {"parts", report.counts[1]},
                              {"positives", report.counts[2]}};
  Status status = CheckMining(report, config_, stage);
  if (!status.ok()) return status.error();
  status = WriteText(Path("summary.json"), summary_.dump(2) + "\n");
  if (status.ok()) status = SaveMinedWindows(mined, path);
  if (!status.ok()) return status.error();
  return mined;
}

// Gives the net the weights of the run or the model file that training starts from, where one is
// named.
Status TrainingRun::StartFrom(int stage, const MinedWindows& mined) {
  if (options_.start.empty()) return Ok();
  if (!std::filesystem::is_directory(options_.start)) return StartFromModel(stage, mined);
  const std::string path = options_.start + "/" + config_.networks[stage].name + ".net";
  const Result<std::string> bytes = ReadWholeFile(path);
  if (!bytes.ok()) return bytes.error();
  if (const Status status = ParseNet(bytes.value(), path, *nets_[stage]); !status.ok()) {
    return status;
  }
  summary_["stages"][config_.networks[stage].name]["start"] = path;
  return Ok();
}

Status TrainingRun::StartFromModel(int stage, const MinedWindows& mined) {
  Result<ModelData> model = ReadModelFile(options_.start);
  if (!model.ok()) return model.error();
  const NetworkSpec& spec = config_.networks[stage];
  if (!AdaptBridge(spec, model.value().spec[stage], model.value().weights[stage])) {
    reporter_.line(fmt::format("{}: starts at random, {} holds one of another shape", spec.name,
                               options_.start));
    return Ok();
  }
  const Sampler sampler(photos_, config_, stage, false, &mined);
  const BatchTensors samples =
      ToTensors(sampler.MakeBatch(0), config_, torch::Device(options_.device));
  torch::Tensor bridge;
  if (spec.bridge > 0) {
    torch::NoGradGuard no_grad;
    for (int below = 0; below < stage; ++below) nets_[below]->eval();
    bridge = RunBridged(nets_, samples.pixels, stage - 1).features;
  }
  const int anew =
      nets_[stage]->Unfold(model.value().weights[stage], samples.pixels[stage], bridge);
  if (anew > 0) {
    reporter_.line(fmt::format("{}: {} channels and hidden units that no sample wakes begin anew",
                               spec.name, anew));
  }
  summary_["stages"][spec.name]["start"] = options_.start;
  return Ok();
}

void TrainingRun::Round(int stage) { nets_[stage]->RoundTo(config_.fixed_point[stage]); }

// True when the net is trained, false when it was stopped.
Result<bool> TrainingRun::TrainNet(int stage) {
  const std::string& name = config_.networks[stage].name;
  const std::string path = Path(name + ".net");
  const auto trained = ReadSharedFile(group_, path);
  if (!trained.ok()) return trained.error();
  if (trained.value()) {
    const Status status = ParseNet(*trained.value(), path, *nets_[stage]);
    if (!status.ok()) return status.error();
    if (config_.stages[stage].rounded) Round(stage);
    reporter_.line(name + ": trained already");
    return true;
  }
  MinedWindows mined;
  if (stage > 0) {
    Result<MinedWindows> result = SharedMine(stage);
    if (!result.ok()) return result.error();
    mined = std::move(result.value());
  }
  Status status = StartFrom(stage, mined);
  if (!status.ok()) return status.error();
  if (config_.stages[stage].rounded) {
    if (options_.start.empty()) {
      return Error{"stage." + name + ".rounded trains a net on: name a run or a model by --start"};
    }
    Equalize(nets_[stage], stage, DrawBatches(stage, false, kFixedPointBatches));
    Round(stage);
  }
  StageRun run;
  run.config = &config_;
  run.stage = stage;
  run.device = torch::Device(options_.device);
  run.folder = options_.output;
  run.photos = &photos_;
  run.mined = &mined;
  run.teacher = teacher_ ? &*teacher_ : nullptr;
  run.reporter = &reporter_;
  run.group = group_;
  run.stop_wanted = options_.stop_wanted;
  const Result<StageResult> result = TrainStage(nets_, run);
  if (!result.ok()) return result.error();
  if (result.value().stopped) return false;
  if (!Leads()) return true;
  summary_["stages"][name]["steps"] = config_.stages[stage].steps;
  summary_["stages"][name]["seconds"] = result.value().seconds;
  summary_["stages"][name].update(Figures(result.value().held_out));
  status = SaveNet(path, *nets_[stage]);
  if (!status.ok()) return status.error();
  status = WriteText(Path("summary.json"), summary_.dump(2) + "\n");
  if (!status.ok()) return status.error();
  std::error_code ignored;
  std::filesystem::remove(Path(name + ".checkpoint"), ignored);
  return true;
}

// True when done (or not asked for), false when it was stopped.
// Weights between those of the nets trained alone and together do better than either on some sets.
Status TrainingRun::MixWithNetsAlone() {
  if (config_.together.share == 1) return Ok();
  for (int stage = 0; stage < kStageCount; ++stage) {
    const std::string path = Path(config_.networks[stage].name + ".net");
    const Result<std::string> bytes = ReadWholeFile(path);
    if (!bytes.ok()) return bytes.error();
    Net alone(config_.networks[stage]);
    if (const Status status = ParseNet(bytes.value(), path, *alone); !status.ok()) return status;
    alone->to(torch::Device(options_.device));
    nets_[stage]->Mix(*alone, config_.together.share);
  }
  return Ok();
}

Result<bool> TrainingRun::FineTune() {
  if (config_.together.steps == 0) return true;
  JointRun run;
  run.config = &config_;
  run.device = torch::Device(options_.device);
  run.folder = options_.output;
  run.photos = &photos_;
  for (int stage = 1; stage < kStageCount; ++stage) {
    Result<MinedWindows> mined = SharedMine(stage);
    if (!mined.ok()) return mined.error();
    run.mined[stage] = std::move(mined.value());
  }
  run.reporter = &reporter_;
  run.group = group_;
  run.stop_wanted = options_.stop_wanted;
  const Result<JointResult> result = TrainTogether(nets_, run);
  if (!result.ok()) return result.error();
  if (result.value().stopped) return false;
  if (!Leads()) return true;
  if (const Status status = MixWithNetsAlone(); !status.ok()) return status.error();
  nlohmann::ordered_json& summary = summary_["together"];
  summary = {{"steps", config_.together.steps}, {"seconds", result.value().seconds}};
  for (int stage = 0; stage < kStageCount; ++stage) {
    summary["held_out"][config_.networks[stage].name] = Figures(result.value().held_out[stage]);
  }
  return true;
}

// Samples that no net of the cascade has chosen.
std::vector<BatchTensors> TrainingRun::DrawBatches(int stage, bool held_out, int count) const {
  const Sampler sampler(photos_, config_, stage, held_out, nullptr);
  std::vector<BatchTensors> batches;
  for (int i = 0; i < count; ++i) {
    batches.push_back(ToTensors(sampler.MakeBatch(i), config_, torch::Device(options_.device)));
  }
  return batches;
}

// The lowest net's early exit, where it has one.
void TrainingRun::FitExit() {
  constexpr int kFittedBatches = 64;
  constexpr int kChosenBatches = 24;
  if (!config_.networks[0].early_exit) return;
  const EarlyExitReport report =
      FitEarlyExit(nets_[0], DrawBatches(0, false, kFittedBatches),
                   DrawBatches(0, true, kChosenBatches), config_.stages[0].exit_recall);
  reporter_.line(fmt::format(
      "early exit of the {}: {:.4f} of its windows on faces and {:.4f} of the negatives go on",
      config_.networks[0].name, report.kept, report.passed));
  summary_["early_exit"] = {{"kept", report.kept}, {"passed", report.passed}};
}

// The configuration's, or chosen where it names development photos.
Result<std::array<float, kStageCount>> TrainingRun::Thresholds() {
  if (config_.development.boxes.empty()) return config_.thresholds;
  reporter_.line("choosing thresholds on the development photos");
  const Result<ChosenThresholds> result = ChooseThresholds(nets_, options_.data, config_);
  if (!result.ok()) return result.error();
  const ChosenThresholds& chosen = result.value();
  summary_["development"] = {{"thresholds", chosen.thresholds},
                             {"recall_after_net", chosen.recall},
                             {"windows_per_photo_after_net", chosen.windows},
                             {"average_precision", chosen.average_precision},
                             {"false_positives_per_photo", chosen.false_positives},
                             {"smallest_face", config_.development.smallest_face}};
  reporter_.line(fmt::format(
      "thresholds {:.2f}, {:.2f}, {:.2f}: recall {:.3f}, {:.3f}, {:.3f}, windows a photo {:.0f}, "
      "{:.0f}, {:.1f}; average precision {:.4f}",
      chosen.thresholds[0], chosen.thresholds[1], chosen.thresholds[2], chosen.recall[0],
      chosen.recall[1], chosen.recall[2], chosen.windows[0], chosen.windows[1], chosen.windows[2],
      chosen.average_precision));
  return chosen.thresholds;
}

Result<RunSummary> TrainingRun::Finish() {
  FitExit();
  std::array<NetworkWeights, kStageCount> weights;
  for (int stage = 0; stage < kStageCount; ++stage) {
    weights[stage] = FoldForIntegers(nets_[stage], stage, config_.fixed_point[stage],
                                     DrawBatches(stage, false, kFixedPointBatches));
  }
  RunSummary summary;
  summary.finished = true;
  summary.reason = config_.together.steps > 0 ? "all three nets are trained alone and together"
                                              : "all three nets are trained";
  summary.model = Path("model.safetensors");
  const Result<std::array<float, kStageCount>> thresholds = Thresholds();
  if (!thresholds.ok()) return thresholds.error();
  Status status = ExportModel(config_, weights, thresholds.value(), summary_.dump(), summary.model);
  if (!status.ok()) return status.error();
  summary_["finished"] = true;
  summary_["reason"] = summary.reason;
  summary_["model"] = "model.safetensors";
  status = WriteText(Path("summary.json"), summary_.dump(2) + "\n");
  if (!status.ok()) return status.error();
  status = PlotCurves(options_.output, Path("curves.svg"));
  if (!status.ok()) reporter_.line("no plot of the curves: " + status.error().message);
  return summary;
}

RunSummary Stopped(const std::string& where) {
  return {false, "stopped at " + where + "; the same command goes on from the checkpoint", ""};
}

// The summary says why, for those who find the folder later.
Error TrainingRun::Failed(const Error& error) {
  if (!Leads()) return error;
  summary_["finished"] = false;
  summary_["reason"] = error.message;
  (void)WriteText(Path("summary.json"), summary_.dump(2) + "\n").ok();
  return error;
}

Result<RunSummary> TrainingRun::Run() {
  Status status = CheckGroup();
  if (status.ok()) status = PrepareFolder();
  if (!status.ok()) return status.error();
  status = Load();
  if (!status.ok()) return status.error();
  torch::set_num_threads(config_.threads);
  torch::manual_seed(static_cast<std::int64_t>(config_.seed));
  nets_ = MakeNets(config_.networks);
  for (Net& net : nets_) net->to(torch::Device(options_.device));
  status = PrepareTeacher();
  if (!status.ok()) return status.error();
  for (int stage = 0; stage < kStageCount; ++stage) {
    const Result<bool> trained = TrainNet(stage);
    if (!trained.ok()) return Failed(trained.error());
    if (!trained.value()) return Stopped("the " + config_.networks[stage].name);
  }
  const Result<bool> tuned = FineTune();
  if (!tuned.ok()) return Failed(tuned.error());
  if (!tuned.value()) return Stopped("the fine-tuning together");
  if (!Leads()) return RunSummary{true, "the first process writes the model", ""};
  return Finish();
}

}  // namespace

std::string FormatDuration(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

Result<RunSummary> RunTraining(const TrainingConfig& config, const RunOptions& options,
                               const Reporter& reporter) {
  if (options.device != "cpu" && options.device != "cuda") {
    return Error{"--device must be cpu or cuda, not '" + options.device + "'"};
  }
  if (options.device == "cuda" && !torch::cuda::is_available()) {
    return Error{"--device cuda: this LibTorch has no GPU to use"};
  }
  KeepFreedMemory();
  try {
    if (!options.distributed) return TrainingRun(config, options, reporter, nullptr).Run();
    const Result<GroupPlace> place = ReadGroupEnvironment();
    if (!place.ok()) return place.error();
    const Result<std::shared_ptr<Group>> group = Group::Join(place.value());
    if (!group.ok()) return group.error();
    const Reporter silent;
    return TrainingRun(config, options, place.value().rank == 0 ? reporter : silent,
                       group.value().get())
        .Run();
  } catch (const std::exception& exception) {  // LibTorch's way of telling
    std::string reason = exception.what();
    return Error{"training failed: " + reason.substr(0, reason.find('\n'))};
  }
}

}  // namespace facecascade::training

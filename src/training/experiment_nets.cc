#include "training/experiment_nets.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "dataset/text_reader.h"
#include "training/checkpoint.h"
#include "training/files.h"
#include "training/joint_trainer.h"
#include "training/mining.h"
#include "training/stage_trainer.h"
#include "training/step_timing.h"

namespace facecascade::training {
namespace {

constexpr int kMeasuredBatches = 16;
constexpr int kMeasuredBatchSize = 256;

Error Stopped() { return Error{"stopped; the same command goes on from there"}; }

// Numbers of a small JSON file by their names, in that order.
Status SaveNumbers(const std::string& path, const std::vector<const char*>& names,
                   const std::vector<double>& values) {
  nlohmann::ordered_json json;
  for (std::size_t i = 0; i < names.size(); ++i) json[names[i]] = values[i];
  return WriteText(path, json.dump(2) + "\n");
}

Result<std::vector<double>> LoadNumbers(const std::string& path,
                                        const std::vector<const char*>& names) {
  const Result<std::string> text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  const auto json = nlohmann::json::parse(text.value(), nullptr, false);
  std::vector<double> values;
  for (const char* name : names) {
    if (!json.is_object() || !json.contains(name) || !json[name].is_number()) {
      return Error{path + ": has no number '" + name + "'; remove it to measure again"};
    }
    values.push_back(json[name].get<double>());
  }
  return values;
}

const std::vector<const char*> kFigureNames = {"face_loss", "recall", "false_rate", "box_error",
                                               "landmark_error"};

}  // namespace

SeedNets::SeedNets(const ExperimentSetting& setting, std::uint64_t seed)
    : setting_(setting), config_(setting.base) {
  config_.seed = seed;
  for (NetworkSpec& network : config_.networks) network.bridge = 0;
}

std::string SeedNets::Folder(const std::string& name) const {
  const std::string folder = fmt::format("{}/seed-{}/{}", setting_.output, config_.seed, name);
  std::error_code ignored;  // writing into it will tell
  std::filesystem::create_directories(folder, ignored);
  return folder;
}

Result<TrainedNet> SeedNets::Base(int stage) {
  if (!base_[stage]) {
    Result<TrainedNet> trained = Train(stage, "base", config_);
    if (!trained.ok()) return trained.error();
    base_[stage] = std::move(trained.value());
  }
  return *base_[stage];
}

Result<TrainedNet> SeedNets::Train(int stage, const std::string& arm,
                                   const TrainingConfig& config) {
  const std::string name = config.networks[stage].name + "-" + arm;
  const std::string folder = Folder(name);
  const std::string net_path = folder + "/trained.net";
  const std::string figures_path = folder + "/figures.json";
  torch::manual_seed(static_cast<std::int64_t>(config.seed));  // all arms begin alike
  TrainedNet trained;
  trained.net = Net(config.networks[stage]);
  if (std::filesystem::exists(net_path)) {
    const Status status = LoadNet(net_path, *trained.net);
    if (!status.ok()) return status.error();
  } else {
    Status status = TrainNet(stage, folder, config, trained.net);
    if (status.ok()) status = SaveNet(net_path, *trained.net);
    if (!status.ok()) return status.error();
  }
  trained.net->eval();
  if (!std::filesystem::exists(figures_path)) {
    const Result<HeldOutFigures> measured = Measure(stage, trained.net);
    if (!measured.ok()) return measured.error();
    const HeldOutFigures& f = measured.value();
    const Status status =
        SaveNumbers(figures_path, kFigureNames,
                    {f.face_loss, f.recall, f.false_rate, f.box_error, f.landmark_error});
    if (!status.ok()) return status.error();
  }
  const Result<std::vector<double>> figures = LoadNumbers(figures_path, kFigureNames);
  if (!figures.ok()) return figures.error();
  const std::vector<double>& f = figures.value();
  trained.figures = {f[0], f[1], f[2], f[3], f[4]};
  Result<std::vector<CurvePoint>> curve =
      ReadCurve(folder + "/" + config.networks[stage].name + ".csv");
  if (!curve.ok()) return curve.error();
  trained.curve = std::move(curve.value());
  return trained;
}

Status SeedNets::TrainNet(int stage, const std::string& folder, const TrainingConfig& config,
                          Net& net) {
  const Result<MinedWindows> mined = Mined(stage);
  if (!mined.ok()) return mined.error();
  setting_.reporter->line(fmt::format("seed {}: training {}", config.seed,
                                      std::filesystem::path(folder).filename().string()));
  Nets nets = MakeNets(config.networks);
  nets[stage] = net;
  StageRun run;
  run.config = &config;
  run.stage = stage;
  run.folder = folder;
  run.photos = setting_.photos;
  run.mined = &mined.value();
  run.must_learn = false;
  run.reporter = setting_.reporter;
  run.stop_wanted = setting_.stop_wanted;
  const Result<StageResult> result = TrainStage(nets, run);
  if (!result.ok()) return result.error();
  if (result.value().stopped) return Stopped();
  std::error_code ignored;
  std::filesystem::remove(folder + "/" + config.networks[stage].name + ".checkpoint", ignored);
  return Ok();
}

Result<HeldOutFigures> SeedNets::Measure(int stage, Net& net) {
  const Result<MinedWindows> mined = Mined(stage);
  if (!mined.ok()) return mined.error();
  TrainingConfig config = config_;
  config.batch = BatchMode::kMixed;
  config.stages[stage].batch_size = kMeasuredBatchSize;
  config.stages[stage].shares = {0.25, 0.25, 0.25, 0.25};
  const Sampler sampler(*setting_.photos, config, stage, true, &mined.value());
  std::vector<Batch> batches;
  for (int i = 0; i < kMeasuredBatches; ++i) batches.push_back(sampler.MakeBatch(i));
  return MeasureHeldOut(batches, config, torch::kCPU, [&](const BatchTensors& tensors) {
    return net->forward(tensors.pixels[stage], {}).outputs;
  });
}

Result<MinedWindows> SeedNets::Mined(int stage) {
  if (stage == 0) return MinedWindows{};
  if (mined_[stage]) return *mined_[stage];
  const std::string path = Folder("mined") + "/" + config_.networks[stage].name + ".mined";
  if (std::filesystem::exists(path)) {
    Result<MinedWindows> loaded = LoadMinedWindows(path, *setting_.photos);
    if (!loaded.ok()) return loaded.error();
    mined_[stage] = std::move(loaded.value());
    return *mined_[stage];
  }
  std::vector<NetworkWeights> weights;
  for (int below = 0; below < stage; ++below) {
    Result<TrainedNet> trained = Base(below);
    if (!trained.ok()) return trained.error();
    weights.push_back(trained.value().net->Fold());
  }
  const Result<Cascade> cascade = Cascade::Create(config_.networks, weights);
  if (!cascade.ok()) return cascade.error();
  MiningReport report;
  const MinedWindows mined = MineWindows(
      cascade.value(), *setting_.photos, PhotosToMine(*setting_.photos, config_.mining), config_,
      stage, setting_.photo_threads, [](int, int) {}, report);
  setting_.reporter->line(fmt::format(
      "seed {}: mined for the {}: {:.0f} windows a photo, recall {:.3f} of {} faces", config_.seed,
      config_.networks[stage].name, report.windows_per_photo, report.recall, report.faces));
  Status status = CheckMining(report, config_, stage);
  if (status.ok()) status = SaveMinedWindows(mined, path);
  if (!status.ok()) return status.error();
  mined_[stage] = mined;
  return mined;
}

Result<Nets> SeedNets::Together(bool bridged) {
  TrainingConfig config = config_;
  if (config.together.steps == 0) {
    return Error{"the nets are to be trained together: together.steps must not be 0"};
  }
  for (int stage = 1; bridged && stage < kStageCount; ++stage) {
    config.networks[stage].bridge = FeatureCount(config.networks[stage - 1]);
  }
  const std::string name = bridged ? "together-bridged" : "together-separate";
  const std::string folder = Folder(name);
  Nets nets = MakeNets(config.networks);
  const auto path = [&](int stage) {
    return folder + "/" + config.networks[stage].name + "-trained.net";
  };
  if (std::filesystem::exists(path(kStageCount - 1))) {  // the last to be written
    for (int stage = 0; stage < kStageCount; ++stage) {
      const Status status = LoadNet(path(stage), *nets[stage]);
      if (!status.ok()) return status.error();
      nets[stage]->eval();
    }
    return nets;
  }
  JointRun run;
  for (int stage = 0; stage < kStageCount; ++stage) {
    Result<TrainedNet> trained = Base(stage);
    if (!trained.ok()) return trained.error();
    nets[stage]->CopyWithoutBridge(*trained.value().net);
    Result<MinedWindows> mined = Mined(stage);
    if (!mined.ok()) return mined.error();
    run.mined[stage] = std::move(mined.value());
  }
  setting_.reporter->line(fmt::format("seed {}: training {}", config.seed, name));
  run.config = &config;
  run.folder = folder;
  run.photos = setting_.photos;
  run.reporter = setting_.reporter;
  run.stop_wanted = setting_.stop_wanted;
  const Result<JointResult> result = TrainTogether(nets, run);
  if (!result.ok()) return result.error();
  if (result.value().stopped) return Stopped();
  for (int stage = 0; stage < kStageCount; ++stage) {
    const Status status = SaveNet(path(stage), *nets[stage]);
    if (!status.ok()) return status.error();
  }
  return nets;
}

Result<std::array<double, 2>> SeedNets::Times(int stage,
                                              const std::array<const TrainingConfig*, 2>& configs) {
  const std::string path = Folder("times") + "/" + config_.networks[stage].name + ".json";
  const std::vector<const char*> names = {"first", "second"};
  if (!std::filesystem::exists(path)) {
    const Result<MinedWindows> mined = Mined(stage);
    if (!mined.ok()) return mined.error();
    const auto seconds = TimeThousandSteps(configs, stage, *setting_.photos, &mined.value(),
                                           setting_.timed_steps[stage]);
    const Status status = SaveNumbers(path, names, {seconds[0], seconds[1]});
    if (!status.ok()) return status.error();
  }
  const Result<std::vector<double>> seconds = LoadNumbers(path, names);
  if (!seconds.ok()) return seconds.error();
  return std::array<double, 2>{seconds.value()[0], seconds.value()[1]};
}

}  // namespace facecascade::training

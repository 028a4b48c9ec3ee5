#include "training/joint_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "training/batch_queue.h"
#include "training/checkpoint.h"
#include "training/curve_log.h"
#include "training/optimizer.h"
#include "training/proposals.h"

namespace facecascade::training {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kHeldOutBatches = 8;
constexpr double kProgressSeconds = 1;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

// All nets as one module, for the optimizer, the average and the checkpoint.
class AllNets : public torch::nn::Module {
 public:
  explicit AllNets(const Nets& nets) {
    for (const Net& net : nets) register_module(net->spec().name, net);
  }
};

class JointTrainer {
 public:
  JointTrainer(Nets& nets, const JointRun& run);
  Result<JointResult> Run();

 private:
  std::string Path(const std::string& name) const { return run_.folder + "/" + name; }
  std::string ProposalsPath(int stage, std::int64_t round) const;
  // Of several processes the first one alone measures and writes.
  bool Leads() const { return run_.group == nullptr || run_.group->leads(); }
  int Rank() const { return run_.group == nullptr ? 0 : run_.group->rank(); }
  Status Restore();
  Status Save(std::int64_t round, const Proposals& proposals);
  Status LoadRounds();
  Result<Cascade> Snapshot();
  Status RunRound(bool& stopped);
  Status Step(const std::array<Batch, kStageCount>& batches, bool& stop);
  void Measure();
  Status Report();
  void Progress();
  std::int64_t Round() const { return state_.step / config_.together.round_steps; }

  Nets& nets_;
  const JointRun& run_;
  const TrainingConfig& config_;
  StageConfig schedule_;  // steps and rate of the whole
  Nets averages_;
  std::shared_ptr<AllNets> all_;
  std::shared_ptr<AllNets> average_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  std::array<std::vector<Batch>, kStageCount> held_out_;
  std::array<std::array<double, 4>, kStageCount> sums_{};  // of the losses since the last report
  int summed_ = 0;
  Proposer proposer_;
  std::deque<Proposals> rounds_;  // in use, the latest last
  CheckpointState state_;
  JointResult result_;
  Clock::time_point begin_ = Clock::now();
  double seconds_before_ = 0;
  std::int64_t first_step_ = 0;
};

JointTrainer::JointTrainer(Nets& nets, const JointRun& run)
    : nets_(nets),
      run_(run),
      config_(*run.config),
      averages_(MakeNets(run.config->networks)),
      all_(std::make_shared<AllNets>(nets)),
      average_(std::make_shared<AllNets>(averages_)),
      proposer_(*run.photos, *run.config) {
  schedule_.steps = config_.together.steps;
  schedule_.learning_rate = config_.together.learning_rate;
  average_->to(run.device);
  average_->eval();
  all_->eval();  // batch norm keeps its statistics
  UpdateAverage(*average_, *all_, 0, 0);
  optimizer_ = MakeOptimizer(config_.optimizer, all_->parameters());
  for (int stage = 0; stage < kStageCount; ++stage) {
    const Sampler sampler(*run.photos, config_, stage, true, &run.mined[stage]);
    for (int i = 0; i < kHeldOutBatches; ++i) held_out_[stage].push_back(sampler.MakeBatch(i));
  }
}

std::string JointTrainer::ProposalsPath(int stage, std::int64_t round) const {
  return Path(fmt::format("{}-together-{}.mined", config_.networks[stage].name, round));
}

Status JointTrainer::LoadRounds() {
  const std::int64_t last = Round();
  const std::int64_t first = std::max<std::int64_t>(0, last - config_.together.rounds_kept + 1);
  for (std::int64_t round = first; round <= last; ++round) {
    Proposals& proposals = rounds_.emplace_back();
    for (int stage = 0; stage < kStageCount; ++stage) {
      const std::string path = ProposalsPath(stage, round);
      const auto bytes = ReadSharedFile(run_.group, path);
      if (!bytes.ok()) return bytes.error();
      if (!bytes.value()) return Error{path + ": is missing; remove together.checkpoint as well"};
      Result<MinedWindows> windows = ParseMinedWindows(*bytes.value(), path, *run_.photos);
      if (!windows.ok()) return windows.error();
      proposals[stage] = std::move(windows.value());
    }
  }
  return Ok();
}

Status JointTrainer::Restore() {
  const std::string path = Path("together.checkpoint");
  const auto checkpoint = ReadSharedFile(run_.group, path);
  if (!checkpoint.ok()) return checkpoint.error();
  const bool resumed = checkpoint.value().has_value();
  if (resumed) {
    const Status status =
        ParseCheckpoint(*checkpoint.value(), path, *all_, *average_, *optimizer_, state_);
    if (!status.ok()) return status;
    first_step_ = state_.step;
    seconds_before_ = state_.seconds;
    run_.reporter->line(
        fmt::format("together: goes on from its checkpoint at step {}", state_.step));
  }
  for (const NetworkSpec& spec : config_.networks) {
    if (!Leads()) break;
    const Status status = CurveLog(Path(spec.name + "-together.csv")).StartAt(state_.step);
    if (!status.ok()) return status;
  }
  if (resumed) return LoadRounds();
  Result<Cascade> cascade = Snapshot();
  if (!cascade.ok()) return cascade.error();
  proposer_.Start(std::move(cascade.value()), 0);
  rounds_.push_back(proposer_.Wait());
  return Save(0, rounds_.back());
}

// The proposals first: a checkpoint never asks for files that are not there.
Status JointTrainer::Save(std::int64_t round, const Proposals& proposals) {
  if (!Leads()) return Ok();
  for (int stage = 0; stage < kStageCount; ++stage) {
    const Status status = SaveMinedWindows(proposals[stage], ProposalsPath(stage, round));
    if (!status.ok()) return status;
  }
  state_.seconds = seconds_before_ + Seconds(begin_);
  const Status status =
      SaveCheckpoint(Path("together.checkpoint"), *all_, *average_, *optimizer_, state_);
  if (!status.ok()) return status;
  for (int stage = 0; stage < kStageCount; ++stage) {
    std::error_code ignored;
    std::filesystem::remove(ProposalsPath(stage, round - config_.together.rounds_kept), ignored);
  }
  return Ok();
}

Result<Cascade> JointTrainer::Snapshot() { return FoldCascade(averages_, kStageCount); }

// `stop`: whether this process is to stop; becomes whether any is.
Status JointTrainer::Step(const std::array<Batch, kStageCount>& batches, bool& stop) {
  SetLearningRate(*optimizer_,
                  LearningRate(config_.optimizer, schedule_, static_cast<int>(state_.step)));
  optimizer_->zero_grad();
  for (int stage = 0; stage < kStageCount; ++stage) {
    const BatchTensors tensors = ToTensors(batches[stage], config_, run_.device);
    const Losses losses = ComputeLosses(RunBridged(nets_, tensors.pixels, stage).outputs,
                                        tensors.targets, config_.loss, config_.stages[stage]);
    (losses.total * config_.together.net_weights[stage]).backward();
    const torch::Tensor values =
        torch::stack({losses.total, losses.face, losses.box, losses.landmark}).detach().cpu();
    for (std::size_t i = 0; i < sums_[stage].size(); ++i) {
      sums_[stage][i] += values.data_ptr<float>()[i];
    }
  }
  if (run_.group != nullptr) {
    const Result<bool> any = run_.group->AverageGradients(all_->parameters(), stop);
    if (!any.ok()) return any.error();
    stop = any.value();
  }
  optimizer_->step();
  UpdateAverage(*average_, *all_, config_.optimizer.average, static_cast<int>(state_.step));
  ++summed_;
  ++state_.step;
  return Ok();
}

void JointTrainer::Measure() {
  for (int stage = 0; stage < kStageCount; ++stage) {
    result_.held_out[stage] = MeasureHeldOut(
        held_out_[stage], config_, run_.device,
        [&](const BatchTensors& t) { return RunBridged(averages_, t.pixels, stage).outputs; });
  }
}

Status JointTrainer::Report() {
  Measure();
  const double seconds = seconds_before_ + Seconds(begin_);
  for (int stage = 0; stage < kStageCount; ++stage) {
    const std::string& name = config_.networks[stage].name;
    const HeldOutFigures& figures = result_.held_out[stage];
    std::array<double, 4> means = sums_[stage];
    for (double& mean : means) mean /= std::max(1, summed_);
    const double rate = static_cast<double>(state_.step) * config_.stages[stage].batch_size /
                        std::max(seconds, 1e-9);
    const Status status =
        CurveLog(Path(name + "-together.csv"))
            .Append(state_.step,
                    {seconds, rate,
                     LearningRate(config_.optimizer, schedule_, static_cast<int>(state_.step)),
                     means[0], means[1], means[2], means[3], figures.face_loss, figures.recall,
                     figures.false_rate, figures.box_error, figures.landmark_error});
    if (!status.ok()) return status;
    run_.reporter->line(fmt::format(
        "together step {} of {}, {}: loss {:.4f} (face {:.4f}, box {:.4f}, landmarks {:.4f}); held "
        "out: face {:.4f}, recall {:.3f} at {:.4f} false, box {:.4f}, landmarks {:.4f}",
        state_.step, schedule_.steps, name, means[0], means[1], means[2], means[3],
        figures.face_loss, figures.recall, figures.false_rate, figures.box_error,
        figures.landmark_error));
    sums_[stage] = {};
  }
  summed_ = 0;
  return Ok();
}

void JointTrainer::Progress() {
  const double per_step =
      Seconds(begin_) / static_cast<double>(std::max<std::int64_t>(1, state_.step - first_step_));
  run_.reporter->progress(fmt::format(
      "together step {} of {} ({:.0f} %), {:.1f} steps a second, {} left", state_.step,
      schedule_.steps, 100.0 * static_cast<double>(state_.step) / schedule_.steps, 1 / per_step,
      FormatDuration(per_step * static_cast<double>(schedule_.steps - state_.step))));
}

Status JointTrainer::RunRound(bool& stopped) {
  const std::int64_t end =
      std::min<std::int64_t>(schedule_.steps, (Round() + 1) * config_.together.round_steps);
  Proposals pool;
  for (const Proposals& proposals : rounds_) {
    for (int stage = 0; stage < kStageCount; ++stage) AddWindows(proposals[stage], pool[stage]);
  }
  std::vector<Sampler> samplers;
  for (int stage = 0; stage < kStageCount; ++stage) {
    samplers.emplace_back(*run_.photos, config_, stage, false, &pool[stage], Rank());
  }
  // Beyond the alone trained steps, so that no batch comes twice.
  std::array<std::unique_ptr<BatchQueue>, kStageCount> queues;
  const int producers = std::max(1, ProducerCount(run_.device, config_.threads) / kStageCount);
  for (int stage = 0; stage < kStageCount; ++stage) {
    queues[stage] = std::make_unique<BatchQueue>(
        samplers[stage], config_.stages[stage].steps + state_.step, producers);
  }
  Clock::time_point shown = Clock::now();
  while (state_.step < end) {
    stopped = run_.stop_wanted();
    const Status status = Step({queues[0]->Next(), queues[1]->Next(), queues[2]->Next()}, stopped);
    if (!status.ok() || stopped) return status;
    if (!std::isfinite(sums_[0][0] + sums_[1][0] + sums_[2][0])) {
      return Error{"together: the loss is not finite at step " + std::to_string(state_.step) +
                   "; lower together.learning_rate"};
    }
    if (Seconds(shown) > kProgressSeconds) {
      Progress();
      shown = Clock::now();
    }
  }
  return Leads() ? Report() : Ok();
}

Result<JointResult> JointTrainer::Run() {
  Status status = Restore();
  if (!status.ok()) return status.error();
  while (state_.step < schedule_.steps) {
    Result<Cascade> cascade = Snapshot();
    if (!cascade.ok()) return cascade.error();
    const std::int64_t next = Round() + 1;
    proposer_.Start(std::move(cascade.value()), next);
    status = RunRound(result_.stopped);
    if (!status.ok()) return status.error();
    if (result_.stopped) break;
    rounds_.push_back(proposer_.Wait());
    if (static_cast<int>(rounds_.size()) > config_.together.rounds_kept) rounds_.pop_front();
    status = Save(next, rounds_.back());
    if (!status.ok()) return status.error();
  }
  result_.seconds = seconds_before_ + Seconds(begin_);
  if (result_.stopped) return result_;
  if (Leads()) Measure();
  UpdateAverage(*all_, *average_, 0, 0);
  return result_;
}

}  // namespace

Result<JointResult> TrainTogether(Nets& nets, const JointRun& run) {
  return JointTrainer(nets, run).Run();
}

}  // namespace facecascade::training

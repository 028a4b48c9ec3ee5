#include "training/stage_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <numbers>
#include <optional>

#include "training/batch_queue.h"
#include "training/checkpoint.h"
#include "training/contact_sheet.h"
#include "training/curve_log.h"
#include "training/held_out.h"
#include "training/optimizer.h"

namespace facecascade::training {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kHeldOutBatches = 8;
constexpr int kReports = 60;  // rows of a stage's curve
constexpr double kProgressSeconds = 1;
// A net whose face loss stays this near to a coin's has learnt nothing.
constexpr double kNothingLearnt = 0.97 * std::numbers::ln2;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

class Trainer {
 public:
  Trainer(Nets& nets, const StageRun& run)
      : nets_(nets),
        run_(run),
        config_(*run.config),
        stage_(run.config->stages[run.stage]),
        name_(run.config->networks[run.stage].name),
        average_(run.config->networks[run.stage]),
        sampler_(*run.photos, config_, run.stage, false, run.mined,
                 run.group == nullptr ? 0 : run.group->rank()),
        curve_(run.folder + "/" + name_ + ".csv") {
    average_->to(run.device);
    if (stage_.rounded) average_->RoundTo(config_.fixed_point[run.stage]);
    UpdateAverage(*average_, *net(), 0, 0);
    optimizer_ = MakeOptimizer(config_.optimizer, net()->parameters());
  }

  Result<StageResult> Run();

 private:
  Net& net() { return nets_[run_.stage]; }
  // Of several processes the first one alone measures and writes.
  bool Leads() const { return run_.group == nullptr || run_.group->leads(); }
  // A rounded net has its batch norm in its weights.
  bool NormIsTrained() const { return config_.batch_norm && !stage_.rounded; }
  std::string CheckpointPath() const { return run_.folder + "/" + name_ + ".checkpoint"; }
  Status Restore();
  Status Save();
  Result<Losses> Step(const Batch& batch, bool& stop);
  torch::Tensor Outputs(const BatchTensors& tensors, Net& top);
  torch::Tensor Taught(const BatchTensors& tensors);
  HeldOutFigures Measure();
  Status Report(const HeldOutFigures& figures);
  void Progress();
  void PrepareHeldOut();
  void WriteMistakes();

  Nets& nets_;
  const StageRun& run_;
  const TrainingConfig& config_;
  const StageConfig& stage_;
  std::string name_;
  Net average_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  Sampler sampler_;
  CurveLog curve_;
  std::vector<Batch> held_out_;
  CheckpointState state_;
  int first_step_ = 0;
  double seconds_before_ = 0;
  Clock::time_point begin_;
  std::array<double, 4> sums_{};  // of the losses since the last report
  int summed_ = 0;
};

Status Trainer::Restore() {
  const auto checkpoint = ReadSharedFile(run_.group, CheckpointPath());
  if (!checkpoint.ok()) return checkpoint.error();
  if (!checkpoint.value()) return Leads() ? curve_.StartAt(0) : Ok();
  const Status status = ParseCheckpoint(*checkpoint.value(), CheckpointPath(), *net(), *average_,
                                        *optimizer_, state_);
  if (!status.ok()) return status;
  first_step_ = static_cast<int>(state_.step);
  seconds_before_ = state_.seconds;
  sums_ = state_.sums;
  summed_ = static_cast<int>(state_.summed);
  run_.reporter->line(
      fmt::format("{}: goes on from its checkpoint at step {}", name_, state_.step));
  return Leads() ? curve_.StartAt(state_.step) : Ok();
}

Status Trainer::Save() {
  state_.seconds = seconds_before_ + Seconds(begin_);
  state_.sums = sums_;
  state_.summed = summed_;
  return SaveCheckpoint(CheckpointPath(), *net(), *average_, *optimizer_, state_);
}

torch::Tensor Trainer::Outputs(const BatchTensors& tensors, Net& top) {
  torch::Tensor bridge;
  if (top->spec().bridge > 0) {
    torch::NoGradGuard no_grad;
    bridge = RunBridged(nets_, tensors.pixels, run_.stage - 1).features;
  }
  return top->forward(tensors.pixels[run_.stage], bridge).outputs;
}

torch::Tensor Trainer::Taught(const BatchTensors& tensors) {
  torch::NoGradGuard no_grad;
  return RunBridged(*run_.teacher, tensors.pixels, run_.stage).outputs;
}

// `stop`: whether this process is to stop; becomes whether any is.
Result<Losses> Trainer::Step(const Batch& batch, bool& stop) {
  const BatchTensors tensors = ToTensors(batch, config_, run_.device);
  SetLearningRate(*optimizer_,
                  LearningRate(config_.optimizer, stage_, static_cast<int>(state_.step)));
  optimizer_->zero_grad();
  const torch::Tensor outputs = Outputs(tensors, net());
  Losses losses = ComputeLosses(outputs, tensors.targets, config_.loss, stage_);
  if (run_.teacher != nullptr) {
    losses.total = losses.total + config_.loss.distillation *
                                      DistillationLoss(outputs, Taught(tensors), tensors.targets,
                                                       config_.loss, stage_);
  }
  losses.total.backward();
  if (run_.group != nullptr) {
    const Result<bool> any = run_.group->AverageGradients(net()->parameters(), stop);
    if (!any.ok()) return any.error();
    stop = any.value();
  }
  optimizer_->step();
  if (config_.optimizer.average > 0) {
    UpdateAverage(*average_, *net(), config_.optimizer.average, static_cast<int>(state_.step));
  }
  return losses;
}

HeldOutFigures Trainer::Measure() {
  Net& measured = config_.optimizer.average > 0 ? average_ : net();
  measured->eval();
  const HeldOutFigures figures =
      MeasureHeldOut(held_out_, config_, run_.device,
                     [&](const BatchTensors& tensors) { return Outputs(tensors, measured); });
  measured->train(NormIsTrained());
  return figures;
}

void Trainer::PrepareHeldOut() {
  const Sampler sampler(*run_.photos, config_, run_.stage, true, run_.mined);
  for (int i = 0; i < kHeldOutBatches; ++i) held_out_.push_back(sampler.MakeBatch(i));
}

Status Trainer::Report(const HeldOutFigures& figures) {
  const double count = std::max(1, summed_);
  const double seconds = seconds_before_ + Seconds(begin_);
  const double rate =
      static_cast<double>(state_.step) * stage_.batch_size / std::max(seconds, 1e-9);
  const Status status = curve_.Append(
      state_.step,
      {seconds, rate, LearningRate(config_.optimizer, stage_, static_cast<int>(state_.step)),
       sums_[0] / count, sums_[1] / count, sums_[2] / count, sums_[3] / count, figures.face_loss,
       figures.recall, figures.false_rate, figures.box_error, figures.landmark_error});
  run_.reporter->line(fmt::format(
      "{} step {} of {}, loss {:.4f} (face {:.4f}, box {:.4f}, landmarks {:.4f}); held out: face "
      "{:.4f}, recall {:.3f} at {:.4f} false, box {:.4f}, landmarks {:.4f}",
      name_, state_.step, stage_.steps, sums_[0] / count, sums_[1] / count, sums_[2] / count,
      sums_[3] / count, figures.face_loss, figures.recall, figures.false_rate, figures.box_error,
      figures.landmark_error));
  sums_ = {};
  summed_ = 0;
  return status;
}

void Trainer::Progress() {
  const double seconds = Seconds(begin_);
  const auto steps = static_cast<double>(state_.step - first_step_);
  const double left = (stage_.steps - static_cast<double>(state_.step)) * seconds / steps;
  run_.reporter->progress(fmt::format(
      "{} step {} of {} ({:.0f} %), {:.0f} samples a second, {} left", name_, state_.step,
      stage_.steps, 100.0 * static_cast<double>(state_.step) / stage_.steps,
      steps * stage_.batch_size / seconds, FormatDuration(left)));
}

void Trainer::WriteMistakes() {
  torch::NoGradGuard no_grad;
  net()->eval();
  std::vector<RatedSample> rated;
  for (const Batch& batch : held_out_) {
    const BatchTensors tensors = ToTensors(batch, config_, run_.device);
    const torch::Tensor outputs = Outputs(tensors, net());
    const SampleLosses losses = ComputeSampleLosses(outputs, tensors.targets, config_.loss, false);
    const torch::Tensor all =
        (losses.values[0] + losses.values[1] + losses.values[2]).to(torch::kCPU).contiguous();
    for (int i = 0; i < batch.count; ++i) rated.push_back({&batch, i, all.data_ptr<float>()[i]});
  }
  net()->train(NormIsTrained());
  WriteWorstSamples(rated, config_, run_.stage, run_.folder + "/" + name_ + "-worst.png");
}

Result<StageResult> Trainer::Run() {
  net()->train(NormIsTrained());
  for (int below = 0; below < run_.stage; ++below) nets_[below]->eval();
  Status status = Restore();
  if (!status.ok()) return status.error();
  if (Leads()) PrepareHeldOut();
  BatchQueue queue(sampler_, static_cast<std::uint64_t>(first_step_),
                   ProducerCount(run_.device, config_.threads));
  begin_ = Clock::now();
  Clock::time_point saved = begin_;
  const int report_every = std::max(1, stage_.steps / kReports);
  Clock::time_point shown = begin_;
  bool stopped = false;
  while (state_.step < stage_.steps && !stopped) {
    const Batch batch = queue.Next();
    if (state_.step == 0 && Leads()) {
      WriteFirstSamples(batch, config_, run_.stage, run_.folder + "/" + name_ + "-samples.png");
    }
    stopped = run_.stop_wanted();
    const Result<Losses> result = Step(batch, stopped);
    if (!result.ok()) return result.error();
    const Losses& losses = result.value();
    ++state_.step;
    ++summed_;
    const torch::Tensor values =
        torch::stack({losses.total, losses.face, losses.box, losses.landmark}).detach().cpu();
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += values.data_ptr<float>()[i];
    if (!std::isfinite(sums_[0])) {
      return Error{name_ + ": the loss is not finite at step " + std::to_string(state_.step) +
                   "; lower stage." + name_ + ".learning_rate"};
    }
    if (!Leads()) continue;
    if (Seconds(shown) > kProgressSeconds) {
      Progress();
      shown = Clock::now();
    }
    if (state_.step % report_every == 0 || state_.step == stage_.steps) {
      status = Report(Measure());
      if (!status.ok()) return status.error();
    }
    if (stopped || Seconds(saved) > config_.checkpoint_seconds || state_.step == stage_.steps) {
      status = Save();
      if (!status.ok()) return status.error();
      saved = Clock::now();
    }
  }
  StageResult result;
  result.stopped = stopped && state_.step < stage_.steps;
  result.seconds = seconds_before_ + Seconds(begin_);
  if (result.stopped) return result;
  if (config_.optimizer.average > 0) UpdateAverage(*net(), *average_, 0, 0);
  if (run_.group != nullptr) {  // statistics of batch norm are each process's own
    status = run_.group->ShareModule(*net());
    if (!status.ok()) return status.error();
  }
  if (!Leads()) return result;
  result.held_out = Measure();
  if (run_.must_learn && result.held_out.face_loss > kNothingLearnt) {
    return Error{fmt::format(
        "{} has learnt nothing: its loss of face against background on kept photos is {:.3f}, a "
        "coin's is 0.693; look at {}-samples.png, try another learning rate or more steps",
        name_, result.held_out.face_loss, name_)};
  }
  WriteMistakes();
  return result;
}

}  // namespace

Result<StageResult> TrainStage(Nets& nets, const StageRun& run) { return Trainer(nets, run).Run(); }

}  // namespace facecascade::training

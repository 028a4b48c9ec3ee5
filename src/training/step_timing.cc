#include "training/step_timing.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "training/held_out.h"
#include "training/losses.h"
#include "training/modules.h"
#include "training/optimizer.h"

namespace facecascade::training {
namespace {

constexpr int kBatches = 8;
constexpr int kStepsOfBlock = 10;

// A net in training on a few batches that come again and again.
class Timed {
 public:
  Timed(const TrainingConfig& config, int stage, const PhotoStore& photos,
        const MinedWindows* mined)
      : config_(config), stage_(stage), net_(config.networks[stage]) {
    net_->train(config.batch_norm);
    optimizer_ = MakeOptimizer(config.optimizer, net_->parameters());
    SetLearningRate(*optimizer_, config.stages[stage].learning_rate);
    const Sampler sampler(photos, config, stage, false, mined);
    for (int i = 0; i < kBatches; ++i) batches_.push_back(sampler.MakeBatch(i));
  }

  double Block() {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kStepsOfBlock; ++i) Step(batches_[next_++ % kBatches]);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  void Step(const Batch& batch) {
    const BatchTensors tensors = ToTensors(batch, config_, torch::kCPU);
    optimizer_->zero_grad();
    const Losses losses = ComputeLosses(net_->forward(tensors.pixels[stage_], {}).outputs,
                                        tensors.targets, config_.loss, config_.stages[stage_]);
    losses.total.backward();
    optimizer_->step();
  }

  const TrainingConfig& config_;
  int stage_;
  Net net_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  std::vector<Batch> batches_;
  std::size_t next_ = 0;
};

}  // namespace

std::array<double, 2> TimeThousandSteps(const std::array<const TrainingConfig*, 2>& configs,
                                        int stage, const PhotoStore& photos,
                                        const MinedWindows* mined, int steps) {
  std::array<Timed, 2> timed = {Timed(*configs[0], stage, photos, mined),
                                Timed(*configs[1], stage, photos, mined)};
  for (Timed& one : timed) one.Block();  // memory and caches warm
  std::array<double, 2> seconds{};
  int done = 0;
  for (; done < steps; done += kStepsOfBlock) {
    for (std::size_t i = 0; i < timed.size(); ++i) seconds[i] += timed[i].Block();
  }
  for (double& sum : seconds) sum *= 1000.0 / done;
  return seconds;
}

}  // namespace facecascade::training

#include "training/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace facecascade::training {

std::unique_ptr<torch::optim::Optimizer> MakeOptimizer(const OptimizerConfig& config,
                                                       std::vector<torch::Tensor> parameters) {
  if (config.kind == OptimizerKind::kAdamW) {
    return std::make_unique<torch::optim::AdamW>(
        std::move(parameters), torch::optim::AdamWOptions(1e-3).weight_decay(config.weight_decay));
  }
  return std::make_unique<torch::optim::SGD>(
      std::move(parameters),
      torch::optim::SGDOptions(1e-2).momentum(config.momentum).weight_decay(config.weight_decay));
}

void SetLearningRate(torch::optim::Optimizer& optimizer, double rate) {
  for (auto& group : optimizer.param_groups()) group.options().set_lr(rate);
}

void UpdateAverage(torch::nn::Module& average, const torch::nn::Module& net, double decay,
                   int step) {
  torch::NoGradGuard no_grad;
  const double present = std::min(decay, (1.0 + step) / (10.0 + step));
  const auto mix = [&](auto targets, const auto& sources) {
    for (const auto& source : sources) {
      torch::Tensor& target = targets[source.key()];
      if (target.is_floating_point()) {
        target.lerp_(source.value(), 1 - present);
      } else {
        target.copy_(source.value());
      }
    }
  };
  mix(average.named_parameters(), net.named_parameters());
  mix(average.named_buffers(), net.named_buffers());
}

double LearningRate(const OptimizerConfig& config, const StageConfig& stage, int step) {
  const double done = static_cast<double>(step) / std::max(1, stage.steps);
  if (done < config.warm_up)
    return stage.learning_rate * (done + 1.0 / stage.steps) / config.warm_up;
  switch (config.schedule) {
    case ScheduleKind::kConstant:
      return stage.learning_rate;
    case ScheduleKind::kCosine:
      return stage.learning_rate * 0.5 *
             (1 + std::cos(std::numbers::pi * (done - config.warm_up) / (1 - config.warm_up)));
    case ScheduleKind::kSteps:
      return stage.learning_rate * (done < 0.6 ? 1 : done < 0.85 ? 0.1 : 0.01);
  }
  return stage.learning_rate;
}

}  // namespace facecascade::training

// The optimizers, their learning rate and the moving average of the weights.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "training/config.h"

namespace facecascade::training {

std::unique_ptr<torch::optim::Optimizer> MakeOptimizer(const OptimizerConfig& config,
                                                       std::vector<torch::Tensor> parameters);

/// The learning rate at a step of `stage.steps`.
double LearningRate(const OptimizerConfig& config, const StageConfig& stage, int step);

void SetLearningRate(torch::optim::Optimizer& optimizer, double rate);

/// average ← decay · average + (1 − decay) · net, parameters and buffers, with a decay that grows
/// from 0 so that the first weights are forgotten soon. A decay of 0 copies.
void UpdateAverage(torch::nn::Module& average, const torch::nn::Module& net, double decay,
                   int step);

}  // namespace facecascade::training

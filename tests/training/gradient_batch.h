// The batch whose gradients distributed_test compares, the same in every process.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "training/config.h"
#include "training/losses.h"
#include "training/modules.h"

namespace facecascade::training {

struct GradientBatch {
  Net net{nullptr};
  torch::Tensor pixels;
  Targets targets;
};

/// 32 samples of all four kinds, as many of each in either half, for a 24net without bridge.
inline GradientBatch MakeGradientBatch() {
  torch::manual_seed(5);
  NetworkSpec spec = DefaultCascadeSpec()[1];
  spec.bridge = 0;
  GradientBatch batch;
  batch.net = Net(spec);
  batch.net->eval();  // batch norm over half a batch is another function
  batch.pixels = torch::randn({32, kInputChannels, spec.input_size, spec.input_size});
  batch.targets.kinds = torch::arange(32, torch::kInt64).remainder(kSampleKinds);
  batch.targets.boxes = 0.1 * torch::randn({32, kBoxOutputs});
  batch.targets.landmarks = torch::rand({32, kLandmarkOutputs});
  return batch;
}

/// Forward and backward pass over some of the batch's samples, all of them counting.
inline void BackwardOnRows(GradientBatch& batch, std::int64_t begin, std::int64_t count) {
  LossConfig loss;
  loss.hard_share = 1;
  const Targets targets{batch.targets.kinds.narrow(0, begin, count),
                        batch.targets.boxes.narrow(0, begin, count),
                        batch.targets.landmarks.narrow(0, begin, count)};
  ComputeLosses(batch.net->forward(batch.pixels.narrow(0, begin, count), {}).outputs, targets, loss,
                StageConfig{})
      .total.backward();
}

inline std::vector<torch::Tensor> Gradients(const GradientBatch& batch) {
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& parameter : batch.net->parameters()) {
    gradients.push_back(parameter.grad());
  }
  return gradients;
}

}  // namespace facecascade::training

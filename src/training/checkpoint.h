// A stage's state in one file, from which training goes on as if it had not been broken off.
// Written and read on any device: read, it is on that of the net.
#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <string>

#include "facecascade/result.h"

namespace facecascade::training {

struct CheckpointState {
  std::int64_t step = 0;         ///< steps done
  double seconds = 0;            ///< spent on them
  std::array<double, 4> sums{};  ///< losses since the last row of the curve
  std::int64_t summed = 0;       ///< steps in `sums`
};

/// Writes whole or not at all; an error names the file and the reason (a full disk, say).
Status SaveCheckpoint(const std::string& path, const torch::nn::Module& net,
                      const torch::nn::Module& average, const torch::optim::Optimizer& optimizer,
                      const CheckpointState& state);

Status LoadCheckpoint(const std::string& path, torch::nn::Module& net, torch::nn::Module& average,
                      torch::optim::Optimizer& optimizer, CheckpointState& state);

/// From such a file's bytes; `path` only serves the messages.
Status ParseCheckpoint(const std::string& bytes, const std::string& path, torch::nn::Module& net,
                       torch::nn::Module& average, torch::optim::Optimizer& optimizer,
                       CheckpointState& state);

/// A trained net alone.
Status SaveNet(const std::string& path, const torch::nn::Module& net);
Status LoadNet(const std::string& path, torch::nn::Module& net);
Status ParseNet(const std::string& bytes, const std::string& path, torch::nn::Module& net);

}  // namespace facecascade::training

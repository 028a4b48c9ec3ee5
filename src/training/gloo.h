// LibTorch's process group over Gloo, as training/distributed.h uses it. Behind functions of its
// own, since not every LibTorch brings the headers of Gloo (gloo_absent.cc stands in there). All
// throw what LibTorch throws.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "training/distributed.h"

namespace facecascade::training {

struct GlooConnection;

/// Waits until all processes have come, ten minutes at most.
std::shared_ptr<GlooConnection> ConnectByGloo(const GroupPlace& place);

/// Every tensor becomes the sum of all processes'.
void SumByGloo(GlooConnection& connection, std::vector<torch::Tensor>& tensors);

/// Every tensor becomes the first process's.
void SendByGloo(GlooConnection& connection, std::vector<torch::Tensor>& tensors);

}  // namespace facecascade::training

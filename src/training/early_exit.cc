#include "training/early_exit.h"

#include <algorithm>

#include "training/config.h"

namespace facecascade::training {
namespace {

// Below these log odds of a face (a probability of 0.2) the 12net's word is not asked for.
constexpr double kExitOdds = -1.386;
constexpr int kIterations = 60;
constexpr double kShrinkage = 1e-3;  // of the standardised weights, so that none runs away

// What the exit reads of windows, and what the net says of them.
struct Windows {
  torch::Tensor inputs;  // {windows, exit inputs}
  torch::Tensor kept;    // {windows}: 1 where the net's odds are high enough, else 0
  torch::Tensor faces;   // {windows}: whether they lie on a face
};

Windows LookAt(Net& net, const std::vector<BatchTensors>& batches) {
  std::vector<torch::Tensor> inputs;
  std::vector<torch::Tensor> kept;
  std::vector<torch::Tensor> faces;
  for (const BatchTensors& batch : batches) {
    const torch::Tensor& pixels = batch.pixels[0];
    inputs.push_back(net->ExitInputs(pixels).cpu());
    const torch::Tensor outputs = net->forward(pixels, {}).outputs;
    kept.push_back((outputs.select(1, 1) - outputs.select(1, 0)).ge(kExitOdds).cpu());
    faces.push_back(batch.targets.kinds.ne(static_cast<std::int64_t>(SampleKind::kNegative)).cpu());
  }
  return {torch::cat(inputs), torch::cat(kept).to(torch::kFloat32), torch::cat(faces)};
}

torch::Tensor FitWeights(const Windows& windows) {
  const torch::Tensor mean = windows.inputs.mean(0);
  const torch::Tensor spread = windows.inputs.std(0).clamp_min(1e-6);
  const torch::Tensor inputs = (windows.inputs - mean) / spread;
  torch::Tensor weights = torch::zeros({inputs.size(1)}, torch::requires_grad());
  torch::Tensor bias = torch::zeros({1}, torch::requires_grad());
  torch::optim::LBFGS optimizer(
      {weights, bias},
      torch::optim::LBFGSOptions(1).max_iter(kIterations).line_search_fn("strong_wolfe"));
  torch::AutoGradMode with_gradients(true);
  optimizer.step([&] {
    optimizer.zero_grad();
    torch::Tensor loss =
        torch::binary_cross_entropy_with_logits(torch::mv(inputs, weights) + bias, windows.kept) +
        kShrinkage * weights.square().sum();
    loss.backward();
    return loss;
  });
  return weights.detach() / spread;
}

}  // namespace

EarlyExitReport FitEarlyExit(Net& net, const std::vector<BatchTensors>& fitted,
                             const std::vector<BatchTensors>& chosen, double recall) {
  torch::NoGradGuard no_grad;
  net->eval();
  const torch::Tensor weights = FitWeights(LookAt(net, fitted));
  const Windows judged = LookAt(net, chosen);
  const torch::Tensor scores = torch::mv(judged.inputs, weights);
  const torch::Tensor found = std::get<0>(
      scores.masked_select(judged.faces.logical_and(judged.kept.to(torch::kBool))).sort());
  EarlyExitReport report;
  if (found.numel() == 0) return report;  // a net that finds nothing keeps the exit that it has
  const auto lost =
      std::min(static_cast<std::int64_t>((1 - recall) * static_cast<double>(found.numel())),
               found.numel() - 1);
  const float least = found[lost].item<float>();
  net->SetExit(weights, -least);
  report.kept = found.ge(least).to(torch::kFloat64).mean().item<double>();
  report.passed = scores.masked_select(judged.faces.logical_not())
                      .ge(least)
                      .to(torch::kFloat64)
                      .mean()
                      .item<double>();
  return report;
}

}  // namespace facecascade::training

#include "training/fixed_point.h"

#include <algorithm>

namespace facecascade::training {
namespace {

// How far a channel's integers reach, in units of what its usual outputs stay below. Cut off
// earlier, the rare ones change what the nets say more than finer integers make up for
// (docs/training-log.md, best12).
constexpr double kReach = 1.5;

// How far a layer's reach where channels stay as they are, in units of the largest output measured.
constexpr float kReachOfLargest = 0.7F;

}  // namespace

Tensor MeasureRanges(Net& net, int stage, const std::vector<BatchTensors>& samples) {
  torch::NoGradGuard no_grad;
  net->eval();
  torch::Tensor largest;
  for (const BatchTensors& batch : samples) {
    const torch::Tensor of_batch = net->LargestOutputs(batch.pixels[stage]);
    largest = largest.defined() ? torch::maximum(largest, of_batch) : of_batch;
  }
  return ToTensor(largest);
}

void Equalize(Net& net, int stage, const std::vector<BatchTensors>& samples) {
  torch::NoGradGuard no_grad;
  net->eval();
  std::vector<torch::Tensor> usual;
  for (const BatchTensors& batch : samples) {
    const std::vector<torch::Tensor> of_batch = net->UsualOutputs(batch.pixels[stage]);
    usual.resize(of_batch.size());
    for (std::size_t i = 0; i < of_batch.size(); ++i) {
      usual[i] = usual[i].defined() ? usual[i] + of_batch[i] : of_batch[i];
    }
  }
  for (torch::Tensor& sizes : usual) sizes *= kReach / static_cast<double>(samples.size());
  net->ScaleChannels(usual);
}

NetworkWeights FoldForIntegers(Net& net, int stage, int bits,
                               const std::vector<BatchTensors>& samples) {
  const bool equal = net->rounded() || (FitBytes(bits) && net->spec().hidden > 0);
  if (equal && !net->rounded()) Equalize(net, stage, samples);
  NetworkWeights weights = net->Fold();
  weights.ranges = MeasureRanges(net, stage, samples);
  if (equal) std::fill(weights.ranges.values.begin(), weights.ranges.values.end() - 1, 1.0F);
  if (!equal && FitBytes(bits)) {
    for (float& range : weights.ranges.values) range *= kReachOfLargest;
  }
  return weights;
}

}  // namespace facecascade::training

#include "training/fixed_point.h"

#include "training/export.h"

namespace facecascade::training {

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

void EqualizeOn(Net& net, int stage, const std::vector<BatchTensors>& samples,
                NetworkWeights& weights) {
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
  std::vector<std::vector<float>> sizes;
  for (const torch::Tensor& size : usual) {
    sizes.push_back(ToTensor(size / static_cast<double>(samples.size())).values);
  }
  EqualizeChannels(sizes, weights);
}

}  // namespace facecascade::training

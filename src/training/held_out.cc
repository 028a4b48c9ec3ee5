#include "training/held_out.h"

namespace facecascade::training {
namespace {

torch::Tensor MeanWhere(const torch::Tensor& values, const torch::Tensor& mask) {
  return (values * mask).sum() / mask.sum().clamp_min(1);
}

}  // namespace

BatchTensors ToTensors(const Batch& batch, const TrainingConfig& config, torch::Device device) {
  BatchTensors tensors;
  for (int net = 0; net < kStageCount; ++net) {
    if (batch.pixels[net].empty()) continue;
    const std::int64_t side = config.networks[net].input_size;
    const torch::Tensor bytes =
        torch::from_blob(const_cast<std::uint8_t*>(batch.pixels[net].data()),
                         {batch.count, side, side, kInputChannels}, torch::kUInt8);
    tensors.pixels[net] = NormalisePixels(bytes.to(device));
  }
  const auto copy = [&](const auto& values, std::int64_t width, torch::ScalarType type) {
    using Value = typename std::decay_t<decltype(values)>::value_type;
    torch::Tensor tensor =
        torch::from_blob(const_cast<Value*>(values.data()), {batch.count, width}, type);
    return tensor.clone().to(device);
  };
  tensors.targets.kinds = copy(batch.kinds, 1, torch::kInt64).squeeze(1);
  tensors.targets.boxes = copy(batch.boxes, kBoxOutputs, torch::kFloat32);
  tensors.targets.landmarks = copy(batch.landmarks, kLandmarkOutputs, torch::kFloat32);
  return tensors;
}

HeldOutFigures MeasureHeldOut(const std::vector<Batch>& batches, const TrainingConfig& config,
                              torch::Device device,
                              const std::function<torch::Tensor(const BatchTensors&)>& outputs_of) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> outputs;
  std::array<std::vector<torch::Tensor>, 3> parts;
  for (const Batch& batch : batches) {
    const BatchTensors tensors = ToTensors(batch, config, device);
    outputs.push_back(outputs_of(tensors));
    parts[0].push_back(tensors.targets.kinds);
    parts[1].push_back(tensors.targets.boxes);
    parts[2].push_back(tensors.targets.landmarks);
  }
  const torch::Tensor all = torch::cat(outputs);
  const Targets targets{torch::cat(parts[0]), torch::cat(parts[1]), torch::cat(parts[2])};
  LossConfig plain = config.loss;
  plain.label_smoothing = 0;
  plain.quality_full = 0;
  const SampleLosses losses = ComputeSampleLosses(all, targets, plain, false);
  const auto mask = [&](SampleKind kind) {
    return (targets.kinds == static_cast<std::int64_t>(kind)).to(torch::kFloat32);
  };
  const torch::Tensor negative = mask(SampleKind::kNegative);
  const torch::Tensor positive = mask(SampleKind::kPositive);
  const torch::Tensor landmark = mask(SampleKind::kLandmark);
  const torch::Tensor above = (all.select(1, 1) > all.select(1, 0)).to(torch::kFloat32);
  const torch::Tensor box_error =
      (all.narrow(1, kBoxOutputsBegin, kBoxOutputs) - targets.boxes).abs().mean(1);
  const torch::Tensor distances =
      (all.narrow(1, kLandmarkOutputsBegin, kLandmarkOutputs) - targets.landmarks)
          .view({-1, static_cast<std::int64_t>(kLandmarkCount), 2})
          .norm(2, -1)
          .mean(1);
  const torch::Tensor eyes =
      (targets.landmarks.narrow(1, 2, 2) - targets.landmarks.narrow(1, 0, 2)).norm(2, 1);
  HeldOutFigures figures;
  // Both kinds count alike, whatever their shares.
  figures.face_loss =
      (MeanWhere(losses.values[0], negative) + MeanWhere(losses.values[0], positive))
          .item<double>() /
      2;
  figures.recall = MeanWhere(above, positive).item<double>();
  figures.false_rate = MeanWhere(above, negative).item<double>();
  figures.box_error = MeanWhere(box_error, positive).item<double>();
  figures.landmark_error = MeanWhere(distances / eyes.clamp_min(0.05), landmark).item<double>();
  return figures;
}

}  // namespace facecascade::training

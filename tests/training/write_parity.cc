// Writes the golden file that holds the engine against LibTorch:
//
//   write_parity MODEL.safetensors OUTPUT.golden.safetensors PHOTO...
//
// The outputs of the model's nets on random windows and on windows of the photos, computed by
// LibTorch from the weights in the file. tests/detector/parity_test.cc describes the format and
// reads it. To be run again whenever the built-in model changes.
#include <torch/torch.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/random.h"
#include "image/image.h"
#include "io/file.h"
#include "io/photo.h"
#include "model/model_file.h"
#include "model/safetensors.h"
#include "training/modules.h"

namespace facecascade::training {
namespace {

constexpr int kRandomWindows = 16;
constexpr int kWindowsPerPhoto = 16;

torch::Tensor ToTorch(const Tensor& tensor) {
  return torch::from_blob(const_cast<float*>(tensor.values.data()), tensor.shape, torch::kFloat32);
}

// Outputs and features of a net by LibTorch's own operations, from folded weights.
NetImpl::Seen Run(const ModelData& model, int stage, const torch::Tensor& windows) {
  const NetworkSpec& spec = model.spec[stage];
  const NetworkWeights& weights = model.weights[stage];
  torch::Tensor map = NormalisePixels(windows);
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    map = torch::relu(torch::conv2d(map, ToTorch(weights.convolution_weights[i]),
                                    ToTorch(weights.convolution_biases[i]),
                                    spec.convolutions[i].stride));
  }
  torch::Tensor features = map.contiguous().flatten(1);
  if (spec.bridge > 0) {
    const std::int64_t side = model.spec[stage - 1].input_size;
    torch::Tensor halved =
        torch::empty({windows.size(0), side, side, kInputChannels}, torch::kUInt8);
    for (std::int64_t i = 0; i < windows.size(0); ++i) {
      HalveWindow(windows[i].data_ptr<std::uint8_t>(), spec.input_size,
                  halved[i].data_ptr<std::uint8_t>());
    }
    features = torch::cat({features, Run(model, stage - 1, halved).features}, 1);
  }
  if (spec.hidden > 0) {
    features = torch::relu(
        torch::linear(features, ToTorch(weights.hidden_weights), ToTorch(weights.hidden_bias)));
  }
  return {torch::linear(features, ToTorch(weights.output_weights), ToTorch(weights.output_bias)),
          features};
}

torch::Tensor CutWindows(const std::vector<Octaves>& photos, std::int64_t side) {
  const auto count = static_cast<std::int64_t>(kRandomWindows + kWindowsPerPhoto * photos.size());
  torch::Tensor windows = torch::empty({count, side, side, kInputChannels}, torch::kUInt8);
  Random random(2026);
  std::uint8_t* bytes = windows.data_ptr<std::uint8_t>();
  const std::int64_t window_bytes = side * side * kInputChannels;
  for (std::int64_t i = 0; i < kRandomWindows * window_bytes; ++i) {
    *bytes++ = static_cast<std::uint8_t>(random.Below(256));
  }
  for (const Octaves& photo : photos) {
    const Image& image = photo.levels[0];
    for (int i = 0; i < kWindowsPerPhoto; ++i, bytes += window_bytes) {
      const double window = random.Uniform(24, 0.8 * std::min(image.width, image.height));
      const Sampling sampling{static_cast<float>(random.Uniform(0, image.width - window)),
                              static_cast<float>(random.Uniform(0, image.height - window)),
                              static_cast<float>(window / static_cast<double>(side))};
      Resample(photo, sampling, static_cast<int>(side), static_cast<int>(side), bytes,
               side * kInputChannels);
    }
  }
  return windows;
}

TensorView View(const torch::Tensor& tensor, TensorType type) {
  return {type,
          {tensor.sizes().begin(), tensor.sizes().end()},
          {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}};
}

int Write(const std::string& model_path, const std::string& output,
          const std::vector<std::string>& photo_paths) {
  const Result<ModelData> model = ReadModelFile(model_path);
  if (!model.ok()) return std::fprintf(stderr, "%s\n", model.error().message.c_str()), 1;
  std::vector<Octaves> photos;
  for (const std::string& path : photo_paths) {
    const Result<Image> photo = ReadPhoto(path);
    if (!photo.ok()) return std::fprintf(stderr, "%s\n", photo.error().message.c_str()), 1;
    BuildOctaves(photo.value().View(), photos.emplace_back());
  }
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> kept;
  Safetensors golden;
  golden.metadata = {{"model", "built-in"}, {"made_by", "write_parity, LibTorch"}};
  for (int stage = 0; stage < kStageCount; ++stage) {
    const NetworkSpec& spec = model.value().spec[stage];
    const torch::Tensor windows = CutWindows(photos, spec.input_size);
    const torch::Tensor outputs = Run(model.value(), stage, windows).outputs.contiguous();
    kept.insert(kept.end(), {windows, outputs});
    golden.tensors[spec.name + ".windows"] = View(windows, TensorType::kUint8);
    golden.tensors[spec.name + ".outputs"] = View(outputs, TensorType::kFloat32);
  }
  const Status status = WriteFileAtomically(output, WriteSafetensors(golden));
  if (!status.ok()) return std::fprintf(stderr, "%s\n", status.error().message.c_str()), 1;
  return 0;
}

}  // namespace
}  // namespace facecascade::training

int main(int argument_count, char** arguments) {
  if (argument_count < 3) {
    std::fprintf(stderr, "usage: write_parity MODEL OUTPUT PHOTO...\n");
    return 2;
  }
  return facecascade::training::Write(arguments[1], arguments[2],
                                      {arguments + 3, arguments + argument_count});
}

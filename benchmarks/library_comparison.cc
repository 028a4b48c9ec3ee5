// The engine beside LibTorch, with and without its oneDNN, and OpenCV DNN: the built-in model's
// nets with its own weights, on what the detector gives them (a tile of the pyramid for the 12net,
// 32 windows for the others). All run in turns on one thread; processor time counts. The others are
// given normalised floats in the layout they like best, the engine bytes. Their outputs must agree.
//
//   build/release/benchmarks/library_comparison
//
// AVX2 for all: FACECASCADE_TARGET=avx2 OPENCV_CPU_DISABLE=AVX512-SKX ATEN_CPU_CAPABILITY=avx2
//               DNNL_MAX_CPU_ISA=AVX2 build/…
#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <opencv2/core/utility.hpp>
#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "base/instruction_set.h"
#include "base/random.h"
#include "benchmarks/detector_shapes.h"
#include "benchmarks/rounds.h"
#include "engine/network_plan.h"
#include "facecascade/model.h"
#include "model/model_file.h"

namespace facecascade {
namespace {

constexpr int kRounds = 30;
constexpr double kMostDifference = 1e-3;
constexpr double kMostDifferenceInFixedPoint = 3e-2;
// Noise wakes outputs that photos do not, above the range that bytes hold.
constexpr double kMostDifferenceInBytes = 1.5;

// A net and what it is given. A net without hidden layer runs over one picture and gives the face's
// log odds at every position; the others give all outputs of every window.
struct Work {
  NetworkSpec spec;
  NetworkWeights weights;
  int count = 1;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> bytes;
  std::vector<float> bridge;
  bool whole_picture() const { return spec.hidden == 0; }
};

Work MakeWork(const NetworkSpec& spec, const NetworkWeights& weights) {
  Work work{spec, weights, 1, spec.input_size, spec.input_size, {}, {}};
  work.spec.early_exit = false;  // all of the work, whatever the picture shows
  if (work.whole_picture()) {
    work.width += (kTileColumns - 1) * TotalStride(spec);
    work.height += (kTileRows - 1) * TotalStride(spec);
  } else {
    work.count = kWindows;
  }
  Random random(1);
  work.bytes.resize(static_cast<std::size_t>(work.count) * work.width * work.height *
                    kInputChannels);
  for (std::uint8_t& byte : work.bytes) byte = static_cast<std::uint8_t>(random.Below(256));
  work.bridge.resize(static_cast<std::size_t>(work.count) * spec.bridge);
  for (float& value : work.bridge) value = static_cast<float>(random.Unit());
  return work;
}

torch::Tensor ToTorch(const Tensor& tensor) {
  return torch::tensor(tensor.values).view(tensor.shape);
}

// The output layer; of a net over a picture, its log odds alone, as a convolution.
torch::Tensor OutputWeights(const Work& work) {
  const torch::Tensor all = ToTorch(work.weights.output_weights);
  return work.whole_picture() ? (all.narrow(0, 1, 1) - all.narrow(0, 0, 1)).view({1, -1, 1, 1})
                              : all;
}
torch::Tensor OutputBias(const Work& work) {
  const torch::Tensor all = ToTorch(work.weights.output_bias);
  return work.whole_picture() ? all.narrow(0, 1, 1) - all.narrow(0, 0, 1) : all;
}

// {count, 3, height, width}, channels last.
torch::Tensor Pixels(const Work& work) {
  return torch::tensor(work.bytes)
      .view({work.count, work.height, work.width, kInputChannels})
      .to(torch::kFloat32)
      .sub(kPixelMean)
      .mul(kPixelScale)
      .permute({0, 3, 1, 2});
}

class TorchNet {
 public:
  explicit TorchNet(const Work& work) : spec_(work.spec), pixels_(Pixels(work)) {
    for (std::size_t i = 0; i < spec_.convolutions.size(); ++i) {
      weights_.push_back(ToTorch(work.weights.convolution_weights[i])
                             .contiguous(torch::MemoryFormat::ChannelsLast));
      biases_.push_back(ToTorch(work.weights.convolution_biases[i]));
    }
    if (spec_.hidden > 0) {
      hidden_weight_ = ToTorch(work.weights.hidden_weights);
      hidden_bias_ = ToTorch(work.weights.hidden_bias);
      bridge_ = torch::tensor(work.bridge).view({work.count, spec_.bridge});
    }
    output_weight_ = OutputWeights(work);
    output_bias_ = OutputBias(work);
  }

  torch::Tensor Run() const {
    const torch::NoGradGuard no_grad;
    torch::Tensor map = pixels_;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      map = torch::conv2d(map, weights_[i], biases_[i], spec_.convolutions[i].stride).relu_();
    }
    if (spec_.hidden == 0) return torch::conv2d(map, output_weight_, output_bias_);
    const torch::Tensor inputs = torch::cat({map.contiguous().flatten(1), bridge_}, 1);
    return torch::linear(torch::linear(inputs, hidden_weight_, hidden_bias_).relu_(),
                         output_weight_, output_bias_);
  }

 private:
  NetworkSpec spec_;
  torch::Tensor pixels_;
  std::vector<torch::Tensor> weights_;
  std::vector<torch::Tensor> biases_;
  torch::Tensor hidden_weight_, hidden_bias_, bridge_, output_weight_, output_bias_;
};

cv::Mat ToMat(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.contiguous();
  const std::vector<int> shape(plain.sizes().begin(), plain.sizes().end());
  return cv::Mat(shape, CV_32F, plain.data_ptr<float>()).clone();
}

class OpenCvNet {
 public:
  explicit OpenCvNet(const Work& work) : pixels_(ToMat(Pixels(work))) {
    net_.setInputsNames({"pixels", "bridge"});
    for (std::size_t i = 0; i < work.spec.convolutions.size(); ++i) {
      AppendConvolution(ToTorch(work.weights.convolution_weights[i]),
                        ToTorch(work.weights.convolution_biases[i]), work.spec.convolutions[i]);
      Append("ReLU", {});
    }
    if (work.whole_picture()) {
      AppendConvolution(OutputWeights(work), OutputBias(work), {1, 1, 1});
    } else {
      bridge_ = ToMat(torch::tensor(work.bridge).view({work.count, work.spec.bridge}));
      Append("Flatten", {});
      Append("Concat", {});
      if (!bridge_.empty()) net_.connect(0, 1, last_, 1);
      AppendLinear(ToTorch(work.weights.hidden_weights), ToTorch(work.weights.hidden_bias));
      Append("ReLU", {});
      AppendLinear(OutputWeights(work), OutputBias(work));
    }
    net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  }

  cv::Mat Run() {
    net_.setInput(pixels_, "pixels");
    if (!bridge_.empty()) net_.setInput(bridge_, "bridge");
    return net_.forward();
  }

 private:
  void Append(const std::string& type, cv::dnn::LayerParams parameters) {
    const int layer = net_.addLayer(type + std::to_string(count_++), type, parameters);
    net_.connect(last_, 0, layer, 0);
    last_ = layer;
  }

  void AppendConvolution(const torch::Tensor& weight, const torch::Tensor& bias,
                         const ConvolutionSpec& spec) {
    cv::dnn::LayerParams parameters;
    parameters.set("kernel_size", spec.kernel);
    parameters.set("stride", spec.stride);
    parameters.set("num_output", static_cast<int>(weight.size(0)));
    parameters.set("bias_term", true);
    parameters.blobs = {ToMat(weight), ToMat(bias.view({1, -1}))};
    Append("Convolution", parameters);
  }

  void AppendLinear(const torch::Tensor& weight, const torch::Tensor& bias) {
    cv::dnn::LayerParams parameters;
    parameters.set("num_output", static_cast<int>(weight.size(0)));
    parameters.set("bias_term", true);
    parameters.blobs = {ToMat(weight), ToMat(bias.view({1, -1}))};
    Append("InnerProduct", parameters);
  }

  cv::dnn::Net net_;
  cv::Mat pixels_;
  cv::Mat bridge_;
  int last_ = 0;
  int count_ = 0;
};

class OwnNet {
 public:
  explicit OwnNet(const Work& work) : work_(work), plan_(work.spec, work.weights) {
    outputs_.resize(static_cast<std::size_t>(work.count) * kOutputs);
  }

  const std::vector<float>& Run() {
    if (!work_.whole_picture()) {
      RunWindows(plan_, work_.bytes.data(), work_.count, work_.bridge.data(), workspace_,
                 outputs_.data(), nullptr);
      return outputs_;
    }
    const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(work_.width) * kInputChannels;
    RunMap(plan_, work_.bytes.data(), work_.width, work_.height, stride, workspace_, map_);
    return map_.logits;
  }

 private:
  const Work& work_;
  NetworkPlan plan_;
  EngineWorkspace workspace_;
  std::vector<float> outputs_;
  ScoreMap map_;
};

double Difference(const std::vector<float>& own, const float* other, std::size_t count) {
  if (own.size() != count) return std::numeric_limits<double>::infinity();
  double most = 0;
  for (std::size_t i = 0; i < count; ++i) {
    most = std::max(most, static_cast<double>(std::abs(own[i] - other[i])));
  }
  return most;
}

void UseOneDnn(bool wanted) { at::globalContext().setUserEnabledMkldnn(wanted); }

// Prints a row; false where the outputs differ.
bool Compare(const Work& work) {
  OwnNet own(work);
  TorchNet torch_net(work);
  OpenCvNet opencv_net(work);
  double difference = 0;
  for (const bool with_onednn : {true, false}) {
    UseOneDnn(with_onednn);
    const torch::Tensor outputs = torch_net.Run().contiguous();
    difference = std::max(difference, Difference(own.Run(), outputs.data_ptr<float>(),
                                                 static_cast<std::size_t>(outputs.numel())));
  }
  const cv::Mat outputs = opencv_net.Run();
  difference = std::max(difference, Difference(own.Run(), outputs.ptr<float>(), outputs.total()));
  const double most = FitBytes(work.spec.fixed_point) ? kMostDifferenceInBytes
                      : work.spec.fixed_point == 16   ? kMostDifferenceInFixedPoint
                                                      : kMostDifference;
  if (!(difference < most)) {
    std::fprintf(stderr, "%s: outputs differ by %g\n", work.spec.name.c_str(), difference);
    return false;
  }
  std::vector<Contender> contenders = {{"own", [&] { return !own.Run().empty(); }},
                                       {"oneDNN",
                                        [&] {
                                          UseOneDnn(true);
                                          return torch_net.Run().defined();
                                        }},
                                       {"LibTorch",
                                        [&] {
                                          UseOneDnn(false);
                                          return torch_net.Run().defined();
                                        }},
                                       {"OpenCV", [&] { return !opencv_net.Run().empty(); }}};
  if (!RunRounds(contenders, kRounds)) return false;
  std::printf("%-8s", work.spec.name.c_str());
  const double fastest = contenders[0].Median();
  for (Contender& contender : contenders) {
    std::printf("  %8.3f ms (%4.1f)", contender.Median(), contender.Median() / fastest);
  }
  std::printf("  differ by %.1e\n", difference);
  return true;
}

int Main() {
  const Result<std::string> instructions = InstructionSet();
  const Result<Model> model = Model::BuiltIn();
  if (!instructions.ok() || !model.ok()) {
    std::fprintf(stderr, "%s\n",
                 (!instructions.ok() ? instructions.error() : model.error()).message.c_str());
    return 1;
  }
  torch::set_num_threads(1);
  cv::setNumThreads(1);
  std::printf(
      "engine: %s; milliseconds, and times those of the engine\n%-8s  %-18s  %-18s  %-18s  %s\n",
      instructions.value().c_str(), "", "this engine", "LibTorch, oneDNN", "LibTorch, its own",
      "OpenCV DNN");
  for (int stage = 0; stage < kStageCount; ++stage) {
    if (!Compare(MakeWork(model.value().data().spec[stage], model.value().data().weights[stage]))) {
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace facecascade

int main() { return facecascade::Main(); }

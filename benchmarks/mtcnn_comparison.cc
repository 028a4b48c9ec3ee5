// The whole detector beside MTCNN's work on OpenCV DNN: nets of the same shapes with random weights
// over the same pyramid, and as many crops through the upper two as MTCNN takes for a photo of
// 800×600 with six faces. Both run in turns, round by round, and their processor time counts, so
// that the ratio holds on any machine, busy or not. One thread, photos in memory.
//
//   build/release/benchmarks/mtcnn_comparison [PHOTO …]     without photos: those of samples/
//
// AVX2 for both: FACECASCADE_TARGET=avx2 OPENCV_CPU_DISABLE=AVX512-SKX build/…
#include <algorithm>
#include <cstdio>
#include <opencv2/core/utility.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "base/instruction_set.h"
#include "base/random.h"
#include "benchmarks/rounds.h"
#include "engine/peak.h"
#include "facecascade/face_detector.h"
#include "io/photo.h"
#include "io/scaling.h"

namespace facecascade {
namespace {

constexpr int kWidth = 800;
constexpr int kHeight = 600;
constexpr float kMinFace = 20;
constexpr double kMtcnnFactor = 0.709;
constexpr int kRounds = 15;

// Crops of a photo of six faces that MTCNN shows its 24net and its 48net; their batches.
constexpr int kCrops24 = 545;
constexpr int kBatch24 = 109;
constexpr int kCrops48 = 42;
constexpr int kBatch48 = 42;

// A net for OpenCV, layer by layer, with random weights.
class NetBuilder {
 public:
  explicit NetBuilder(int input_size) : side_(input_size) {}

  NetBuilder& Convolve(int kernel, int channels) {
    cv::dnn::LayerParams parameters = Sized(channels, {channels, channels_, kernel, kernel});
    parameters.set("kernel_size", kernel);
    Append("Convolution", parameters);
    side_ -= kernel - 1;
    channels_ = channels;
    return *this;
  }

  NetBuilder& Connect(int width) {
    Append("InnerProduct", Sized(width, {width, channels_ * side_ * side_}));
    channels_ = width;
    side_ = 1;
    return *this;
  }

  NetBuilder& PRelu() {
    cv::dnn::LayerParams parameters;
    parameters.blobs = {Random({1, channels_})};
    Append("PReLU", parameters);
    return *this;
  }

  NetBuilder& Pool(int kernel) {
    cv::dnn::LayerParams parameters;
    parameters.set("pool", "max");
    parameters.set("kernel_size", kernel);
    parameters.set("stride", 2);
    parameters.set("ceil_mode", true);
    Append("Pooling", parameters);
    side_ = (side_ - kernel + 1) / 2 + 1;
    return *this;
  }

  // The classifier and the other heads, all on the layer so far: 1×1 convolutions, or fully
  // connected layers.
  cv::dnn::Net Finish(const std::vector<int>& heads) {
    const int body = last_;
    const int inputs = channels_;
    for (const int outputs : heads) {
      last_ = body;
      channels_ = inputs;
      if (is_flat_) {
        Connect(outputs);
      } else {
        Convolve(1, outputs);
      }
      if (outputs == heads.front()) Append("Softmax", {});
    }
    net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    return net_;
  }

 private:
  cv::Mat Random(const std::vector<int>& shape) {
    cv::Mat values(shape, CV_32F);
    random_.fill(values, cv::RNG::UNIFORM, -0.1, 0.1);
    return values;
  }

  cv::dnn::LayerParams Sized(int outputs, const std::vector<int>& shape) {
    cv::dnn::LayerParams parameters;
    parameters.set("num_output", outputs);
    parameters.set("bias_term", true);
    parameters.blobs = {Random(shape), Random({1, outputs})};
    return parameters;
  }

  void Append(const std::string& type, cv::dnn::LayerParams parameters) {
    const std::string name = type + std::to_string(count_++);
    const int layer = net_.addLayer(name, type, parameters);
    net_.connect(last_, 0, layer, 0);
    last_ = layer;
    is_flat_ = is_flat_ || type == "InnerProduct";
  }

  cv::dnn::Net net_;
  cv::RNG random_{1};
  int last_ = 0;  // the net's input
  int count_ = 0;
  int side_;
  int channels_ = 3;
  bool is_flat_ = false;
};

cv::dnn::Net Net12() {
  NetBuilder net(12);
  net.Convolve(3, 10).PRelu().Pool(2).Convolve(3, 16).PRelu().Convolve(3, 32).PRelu();
  return net.Finish({2, 4});
}

cv::dnn::Net Net24() {
  NetBuilder net(24);
  net.Convolve(3, 28).PRelu().Pool(3).Convolve(3, 48).PRelu().Pool(3).Convolve(2, 64).PRelu();
  net.Connect(128).PRelu();
  return net.Finish({2, 4});
}

cv::dnn::Net Net48() {
  NetBuilder net(48);
  net.Convolve(3, 32).PRelu().Pool(3).Convolve(3, 64).PRelu().Pool(3).Convolve(3, 64).PRelu();
  net.Pool(2).Convolve(2, 128).PRelu().Connect(256).PRelu();
  return net.Finish({2, 4, 10});
}

std::vector<cv::Mat> Forward(cv::dnn::Net& net, const cv::Mat& blob) {
  net.setInput(blob);
  std::vector<cv::Mat> outputs;
  net.forward(outputs, net.getUnconnectedOutLayersNames());
  return outputs;
}

cv::Mat ToBlob(const std::vector<cv::Mat>& pictures) {
  return cv::dnn::blobFromImages(pictures, 1.0 / 128, {}, cv::Scalar::all(127.5));
}

std::vector<cv::Rect> RandomCrops(int count) {
  Random random(1);
  std::vector<cv::Rect> crops;
  for (int i = 0; i < count; ++i) {
    const int side = 20 + random.Below(180);
    crops.emplace_back(random.Below(kWidth - side), random.Below(kHeight - side), side, side);
  }
  return crops;
}

// MTCNN's work on a photo but for its suppression. A net keeps the shape it was last run with, so
// that nothing is allocated anew: one for each level of the pyramid.
class MtcnnWork {
 public:
  MtcnnWork(const cv::Mat& photo, bool in_batches)
      : photo_(photo), batch24_(in_batches ? kBatch24 : 1), batch48_(in_batches ? kBatch48 : 1) {
    for (double scale = 12.0 / kMinFace; kHeight * scale >= 12; scale *= kMtcnnFactor) {
      levels_.push_back({cv::Size(cvCeil(kWidth * scale), cvCeil(kHeight * scale)), Net12()});
    }
  }

  void Run() {
    for (Level& level : levels_) {
      cv::Mat scaled;
      cv::resize(photo_, scaled, level.size, 0, 0, cv::INTER_LINEAR);
      Forward(level.net, ToBlob({scaled}));
    }
    RunCrops(net24_, 24, crops24_, batch24_);
    RunCrops(net48_, 48, crops48_, batch48_);
  }

  double GigaFlop() const {
    double sum = 0;
    for (const Level& level : levels_) {
      sum += static_cast<double>(level.net.getFLOPS({1, 3, level.size.height, level.size.width}));
    }
    sum += static_cast<double>(net24_.getFLOPS({kCrops24, 3, 24, 24}));
    sum += static_cast<double>(net48_.getFLOPS({kCrops48, 3, 48, 48}));
    return 1e-9 * sum;
  }

 private:
  struct Level {
    cv::Size size;
    cv::dnn::Net net;
  };

  void RunCrops(cv::dnn::Net& net, int size, const std::vector<cv::Rect>& crops, int batch) {
    std::vector<cv::Mat> pictures(batch);
    for (std::size_t i = 0; i < crops.size(); ++i) {
      cv::resize(photo_(crops[i]), pictures[i % batch], {size, size}, 0, 0, cv::INTER_LINEAR);
      if ((i + 1) % batch == 0) Forward(net, ToBlob(pictures));
    }
  }

  cv::Mat photo_;
  int batch24_;
  int batch48_;
  std::vector<Level> levels_;
  cv::dnn::Net net24_ = Net24();
  cv::dnn::Net net48_ = Net48();
  std::vector<cv::Rect> crops24_ = RandomCrops(kCrops24);
  std::vector<cv::Rect> crops48_ = RandomCrops(kCrops48);
};

std::string OpenCvInstructions() {
  if (cv::checkHardwareSupport(CV_CPU_AVX512_SKX)) return "AVX-512";
  return cv::checkHardwareSupport(CV_CPU_AVX2) ? "AVX2" : "less than AVX2";
}

// Prints the medians; the last two contenders are OpenCV's.
void Report(std::vector<Contender>& contenders) {
  std::vector<double> ours;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const double median = contenders[i].Median();
    const bool is_ours = i + 2 < contenders.size();
    if (is_ours) ours.push_back(median);
    std::printf("%8.2f ms  %s\n", median, contenders[i].name.c_str());
  }
  std::sort(ours.begin(), ours.end());
  const double middle = ours[ours.size() / 2];
  std::printf("%8.2f ms  the median photo: %.1f and %.1f times as fast\n", middle,
              contenders[ours.size()].Median() / middle,
              contenders[ours.size() + 1].Median() / middle);
}

int Compare(const std::vector<std::string>& files) {
  cv::setNumThreads(1);
  const Result<std::string> instructions = InstructionSet();
  if (!instructions.ok()) {
    std::fprintf(stderr, "%s\n", instructions.error().message.c_str());
    return 2;
  }
  std::vector<Image> photos;
  for (const std::string& file : files) {
    const Result<Image> photo = ReadPhoto(file);
    if (!photo.ok()) {
      std::fprintf(stderr, "%s\n", photo.error().message.c_str());
      return 1;
    }
    photos.push_back(ScaleToFit(photo.value(), kWidth, kHeight));
  }

  const FaceDetector detector;
  DetectOptions options;
  options.min_face = kMinFace;
  options.threads = 1;
  Workspace workspace;
  std::vector<Face> faces;
  std::vector<Contender> contenders;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const ImageView view = photos[i].View();
    const auto detect = [&, view] { return detector.Detect(view, options, workspace, faces).ok(); };
    if (!detect()) return 1;
    contenders.push_back({"facecascade, " + files[i] + ", " + std::to_string(faces.size()) +
                              " faces in " + std::to_string(view.width) + "x" +
                              std::to_string(view.height),
                          detect});
  }
  cv::Mat picture(kHeight, kWidth, CV_8UC3);
  cv::RNG(1).fill(picture, cv::RNG::UNIFORM, 0, 256);
  MtcnnWork one_by_one(picture, false);
  MtcnnWork in_batches(picture, true);
  const auto run = [](MtcnnWork& work) {
    work.Run();
    return true;
  };
  contenders.push_back(
      {"MTCNN's work on OpenCV DNN, crops one by one", [&] { return run(one_by_one); }});
  contenders.push_back(
      {"MTCNN's work on OpenCV DNN, crops in batches", [&] { return run(in_batches); }});

  std::printf("%s, peak %.0f GFLOP/s; OpenCV %s with %s, %.2f GFLOP; medians of %d rounds\n",
              instructions.value().c_str(), 1e-9 * MeasurePeak(), CV_VERSION,
              OpenCvInstructions().c_str(), one_by_one.GigaFlop(), kRounds);
  if (!RunRounds(contenders, kRounds)) return 1;
  Report(contenders);
  return 0;
}

}  // namespace
}  // namespace facecascade

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  if (files.empty()) {
    for (const char* name : {"eileen_collins.png", "grace_hopper.jpg", "solvay_1927.jpg"}) {
      files.push_back(std::string(FACECASCADE_SAMPLES "/") + name);
    }
  }
  return facecascade::Compare(files);
}

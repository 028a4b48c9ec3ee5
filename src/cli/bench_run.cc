#include "cli/bench_run.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <utility>

#include "cli/inputs.h"
#include "cli/made_up_photo.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "io/photo.h"
#include "io/scaling.h"

namespace facecascade::cli {
namespace {

constexpr double kMib = 1 << 20;

// Memory that the process has in RAM now, in MiB: "VmRSS", or without files' "RssAnon"; 0 where
// the system does not say.
double MemoryInUse(const std::string& kind) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(kind + ":")) return std::stod(line.substr(kind.size() + 1)) / 1024;
  }
  return 0;
}

// A median over rounds of what `get` reads from each.
template <typename Get>
double MedianOf(const std::vector<PhotoBench>& rounds, const Get& get) {
  std::vector<double> values;
  values.reserve(rounds.size());
  for (const PhotoBench& round : rounds) values.push_back(get(round));
  return Median(std::move(values));
}

// What is counted is the same in every round; what is timed becomes its median.
PhotoBench Summarize(const std::vector<PhotoBench>& rounds) {
  PhotoBench photo = rounds.front();
  photo.milliseconds = MedianOf(rounds, [](const PhotoBench& round) { return round.milliseconds; });
  DetectProfile& profile = photo.profile;
  profile.copy_milliseconds =
      MedianOf(rounds, [](const PhotoBench& round) { return round.profile.copy_milliseconds; });
  profile.suppression_milliseconds = MedianOf(
      rounds, [](const PhotoBench& round) { return round.profile.suppression_milliseconds; });
  for (std::size_t i = 0; i < profile.nets.size(); ++i) {
    profile.nets[i].milliseconds = MedianOf(
        rounds, [i](const PhotoBench& round) { return round.profile.nets[i].milliseconds; });
  }
  return photo;
}

class Bench {
 public:
  // `memory` is what the process took before there was a detector.
  Bench(const FaceDetector& detector, const BenchSettings& settings, double memory)
      : detector_(detector), settings_(settings), memory_before_(memory) {}

  Status Measure(const Image& photo) {
    malloc_trim(0);  // what decoding has left behind is not the detector's
    std::vector<PhotoBench> rounds;
    for (int i = -1; i < settings_.rounds; ++i) {
      PhotoBench round;
      const auto start = std::chrono::steady_clock::now();
      Status status = detector_.Detect(photo.View(), settings_.detector.options, workspace_, faces_,
                                       round.profile);
      const auto end = std::chrono::steady_clock::now();
      if (!status.ok()) return status;
      round.milliseconds = std::chrono::duration<double, std::milli>(end - start).count();
      round.faces = faces_.size();
      if (i >= 0) rounds.push_back(round);
    }
    result_.resident_mib = std::max(result_.resident_mib, MemoryInUse("VmRSS"));
    const double of_photo = static_cast<double>(photo.pixels.size()) / kMib;
    result_.detector_mib =
        std::max(result_.detector_mib, MemoryInUse("RssAnon") - memory_before_ - of_photo);
    result_.photos.push_back(Summarize(rounds));
    return Ok();
  }

  Status MeasureFile(const Input& input) {
    if (input.kind != InputKind::kPhoto) return Error{input.path + ": expected a photo"};
    auto photo = ReadPhoto(input.file);
    if (!photo.ok()) return photo.error();
    const Image fitting = ScaleToFit(photo.value(), settings_.width, settings_.height);
    photo.value() = {};  // the whole photo's memory is not the detector's
    Status status = Measure(fitting);
    return status.ok() ? status : Error{input.path + ": " + status.error().message};
  }

  void Complain(const Error& error) {
    Report(error.message);
    result_.all_good = false;
  }

  BenchResult Take() { return std::move(result_); }

 private:
  const FaceDetector& detector_;
  const BenchSettings& settings_;
  double memory_before_;
  Workspace workspace_;
  std::vector<Face> faces_;
  BenchResult result_;
};

}  // namespace

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Result<BenchResult> MeasurePhotos(const BenchSettings& settings) {
  const double memory = MemoryInUse("RssAnon");
  const auto detector = LoadDetector(settings.detector.model_file);
  if (!detector.ok()) return detector.error();
  Bench bench(detector.value(), settings, memory);
  if (settings.photos.empty()) {
    const Status status = bench.Measure(MakeUpPhoto(settings.width, settings.height));
    return status.ok() ? Result(bench.Take()) : status.error();
  }
  const auto inputs = FindInputs({.paths = settings.photos, .list_file = {}, .root = {}});
  if (!inputs.ok()) return inputs.error();
  for (const Error& error : inputs.value().errors) bench.Complain(error);
  Progress progress("photos", inputs.value().inputs.size(), true);
  for (const Input& input : inputs.value().inputs) {
    if (const Status status = bench.MeasureFile(input); !status.ok()) {
      progress.Clear();
      bench.Complain(status.error());
    }
    progress.Advance();
  }
  BenchResult result = bench.Take();
  if (result.photos.empty()) return Error{"bench: no photo to measure with"};
  return result;
}

}  // namespace facecascade::cli

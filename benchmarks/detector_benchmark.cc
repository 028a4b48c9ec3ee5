// The whole detector with its built-in model on the sample photos, one thread, in memory:
//
//   FACECASCADE_TARGET=avx2 build/release/benchmarks/detector_benchmark
//
// Each photo is looked at as it is; the first argument is the smallest face in pixels.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "facecascade/face_detector.h"
#include "io/photo.h"

namespace facecascade {
namespace {

void Detect(benchmark::State& state, const std::string& name) {
  const Result<Image> photo = ReadPhoto(FACECASCADE_SAMPLES "/" + name);
  if (!photo.ok()) {
    state.SkipWithError(photo.error().message.c_str());
    return;
  }
  const FaceDetector detector;
  DetectOptions options;
  options.min_face = static_cast<float>(state.range(0));
  options.threads = 1;
  Workspace workspace;
  std::vector<Face> faces;
  for (auto _ : state) {
    const Status status = detector.Detect(photo.value().View(), options, workspace, faces);
    if (!status.ok()) {
      state.SkipWithError(status.error().message.c_str());
      return;
    }
    benchmark::DoNotOptimize(faces.data());
  }
  state.counters["faces"] = static_cast<double>(faces.size());
  state.counters["megapixels"] =
      static_cast<double>(photo.value().width) * photo.value().height / 1e6;
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  for (const int min_face : {12, 20, 40}) benchmark->Arg(min_face);
  benchmark->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(Detect, eileen_collins, "eileen_collins.png")->Apply(Sizes);
BENCHMARK_CAPTURE(Detect, grace_hopper, "grace_hopper.jpg")->Apply(Sizes);
BENCHMARK_CAPTURE(Detect, solvay_1927, "solvay_1927.jpg")->Apply(Sizes);

}  // namespace
}  // namespace facecascade

BENCHMARK_MAIN();

// Scaling and cutting at the sizes of a photo of 800×600. FACECASCADE_TARGET chooses the
// instruction set.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "image/image.h"

namespace facecascade {
namespace {

Image Photo() {
  Random random(1);
  Image image = {800, 600, std::vector<std::uint8_t>(800 * 600 * 3)};
  for (std::uint8_t& byte : image.pixels) byte = static_cast<std::uint8_t>(random.Below(256));
  return image;
}

Octaves PhotoOctaves() {
  const Image photo = Photo();
  Octaves octaves;
  BuildOctaves(photo.View(), octaves);
  return octaves;
}

void CountPixels(benchmark::State& state, std::int64_t pixels) {
  state.SetItemsProcessed(state.iterations() * pixels);
}

void RunCopy(benchmark::State& state) {
  const Image photo = Photo();
  ImageView view = photo.View();
  view.format = static_cast<PixelFormat>(state.range(0));
  Image copy;
  for (auto _ : state) CopyToRgb(view, copy);
  CountPixels(state, std::int64_t{view.width} * view.height);
}
BENCHMARK(RunCopy)
    ->Name("copy")
    ->ArgName("format")
    ->Arg(static_cast<int>(PixelFormat::kRgb))
    ->Arg(static_cast<int>(PixelFormat::kBgr))
    ->Arg(static_cast<int>(PixelFormat::kGray))
    ->Unit(benchmark::kMicrosecond);

void RunOctaves(benchmark::State& state) {
  const Image photo = Photo();
  Octaves octaves;
  for (auto _ : state) BuildOctaves(photo.View(), octaves);
  CountPixels(state, std::int64_t{photo.width} * photo.height);
}
BENCHMARK(RunOctaves)->Name("octaves")->Unit(benchmark::kMicrosecond);

void RunResample(benchmark::State& state) {
  const Octaves octaves = PhotoOctaves();
  const int width = static_cast<int>(state.range(0));
  const int height = static_cast<int>(state.range(1));
  const float scale = static_cast<float>(state.range(2)) / 100;
  std::vector<std::uint8_t> output(static_cast<std::size_t>(width) * height * 3);
  for (auto _ : state) {
    Resample(octaves, {10, 10, scale}, width, height, output.data(),
             static_cast<std::ptrdiff_t>(width) * 3);
    benchmark::ClobberMemory();
  }
  CountPixels(state, std::int64_t{width} * height);
}
BENCHMARK(RunResample)
    ->Name("resample")
    ->ArgNames({"width", "height", "percent"})
    ->Args({392, 136, 167})
    ->Args({48, 48, 140})
    ->Args({48, 48, 60})
    ->Args({24, 24, 140});

void RunHalveWindow(benchmark::State& state) {
  const int side = static_cast<int>(state.range(0));
  const std::vector<std::uint8_t> window(static_cast<std::size_t>(side) * side * 3, 100);
  std::vector<std::uint8_t> small(window.size() / 4);
  for (auto _ : state) {
    HalveWindow(window.data(), side, small.data());
    benchmark::ClobberMemory();
  }
  CountPixels(state, std::int64_t{side} * side);
}
BENCHMARK(RunHalveWindow)->Name("halve_window")->Arg(24)->Arg(48);

}  // namespace
}  // namespace facecascade

BENCHMARK_MAIN();

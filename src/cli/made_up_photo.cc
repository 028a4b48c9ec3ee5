#include "cli/made_up_photo.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace facecascade::cli {
namespace {

constexpr int kLargestCloud = 256;  // pixels
constexpr int kSmallestCloud = 2;

// Random colours on a coarse grid, `cell` pixels apart.
Octaves RandomGrid(int width, int height, int cell, Random& random) {
  Image grid = {width / cell + 2, height / cell + 2, {}};
  grid.pixels.resize(std::size_t{3} * grid.width * grid.height);
  for (std::uint8_t& value : grid.pixels) value = static_cast<std::uint8_t>(random.Below(256));
  Octaves octaves;
  BuildOctaves(grid.View(), octaves);
  return octaves;
}

}  // namespace

Image MakeUpPhoto(int width, int height) {
  Random random(1);
  const std::size_t size = std::size_t{3} * width * height;
  Image layer = {width, height, std::vector<std::uint8_t>(size)};
  std::vector<std::uint16_t> sum(size, 0);
  int weights = 0;  // 255 at the end: sums stay below 2^16
  for (int cell = kLargestCloud; cell >= kSmallestCloud; cell /= 2) {
    const Octaves grid = RandomGrid(width, height, cell, random);
    Resample(grid, {0, 0, 1.0F / static_cast<float>(cell)}, width, height, layer.pixels.data(),
             std::ptrdiff_t{3} * width);
    const int weight = cell / kSmallestCloud;
    for (std::size_t i = 0; i < size; ++i) {
      sum[i] = static_cast<std::uint16_t>(sum[i] + weight * layer.pixels[i]);
    }
    weights += weight;
  }
  std::transform(sum.begin(), sum.end(), layer.pixels.begin(), [weights](std::uint16_t value) {
    return static_cast<std::uint8_t>(value / weights);
  });
  return layer;
}

}  // namespace facecascade::cli

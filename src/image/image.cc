#include "image/image.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "image/pixel_rows.h"

namespace facecascade {
namespace {

constexpr int kChannels = 3;

// Two neighbours in a row or column, and the second one's weight of kWeightOne. At the last pixel
// both are the same.
struct Tap {
  std::ptrdiff_t first;
  std::ptrdiff_t second;
  int weight;
};

// (A coordinate near 2³¹ rounds to more than the last pixel's.)
Tap MakeTap(float coordinate, int size) {
  const float limited = std::clamp(coordinate, 0.0F, static_cast<float>(size - 1));
  const std::ptrdiff_t last = size - 1;
  const std::ptrdiff_t first = std::min(static_cast<std::ptrdiff_t>(limited), last);
  const float fraction = limited - static_cast<float>(first);
  if (first == last) return {last, last, 0};
  return {first, first + 1, static_cast<int>(fraction * kWeightOne + 0.5F)};
}

// The taps of the output pixels that `coordinate`(0 … count − 1) says.
template <typename Coordinate>
void MakeColumnTaps(int count, int size, const Coordinate& coordinate, ColumnTaps& columns) {
  columns.count = count;
  columns.begin = MakeTap(coordinate(0), size).first;
  columns.columns = MakeTap(coordinate(count - 1), size).second + 1 - columns.begin;
  for (int i = 0; i < count; ++i) {
    const Tap tap = MakeTap(coordinate(i), size);
    columns.offsets[i] = static_cast<std::int32_t>((tap.first - columns.begin) * kChannels);
    columns.weights[i] = WeightPair(tap.weight);
  }
  // Kernels take several pixels at a time.
  for (int i = count; i < kStripColumns && i % kStripAlignment != 0; ++i) {
    columns.offsets[i] = columns.offsets[count - 1];
    columns.weights[i] = WeightPair(0);
  }
}

int LevelFor(const Octaves& octaves, float scale) {
  int level = 0;
  while (level + 1 < octaves.count && scale >= std::ldexp(1.0F, level + 1)) ++level;
  return level;
}

}  // namespace

void CopyToRgb(const ImageView& view, Image& image) {
  image.width = view.width;
  image.height = view.height;
  image.pixels.resize(static_cast<std::size_t>(view.width) * view.height * kChannels);
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* source = view.pixels + y * view.stride;
    std::uint8_t* target = image.pixels.data() + static_cast<std::size_t>(y) * view.width * 3;
    if (view.format == PixelFormat::kRgb) {
      std::memcpy(target, source, static_cast<std::size_t>(view.width) * kChannels);
    } else {
      ConvertRow(source, view.width, view.format, target);
    }
  }
}

void Halve(const Image& image, Image& small) {
  small.width = image.width / 2 + image.width % 2;
  small.height = image.height / 2 + image.height % 2;
  small.pixels.resize(static_cast<std::size_t>(small.width) * small.height * kChannels);
  const std::size_t row = static_cast<std::size_t>(image.width) * kChannels;
  for (int y = 0; y < small.height; ++y) {
    const std::uint8_t* upper = image.pixels.data() + 2 * y * row;
    const std::uint8_t* lower = image.pixels.data() + std::min(2 * y + 1, image.height - 1) * row;
    HalveRow(upper, lower, image.width,
             small.pixels.data() + static_cast<std::size_t>(y) * small.width * kChannels);
  }
}

void HalveWindow(const std::uint8_t* window, int side, std::uint8_t* small) {
  assert(side % 2 == 0);
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(side) * kChannels;
  for (int y = 0; y < side / 2; ++y) {
    HalveRow(window + 2 * y * row, window + (2 * y + 1) * row, side, small + y * row / 2);
  }
}

void MirrorWindow(int side, std::uint8_t* window) {
  for (int y = 0; y < side; ++y) {
    std::uint8_t* row = window + static_cast<std::ptrdiff_t>(y) * side * kChannels;
    for (int left = 0, right = side - 1; left < right; ++left, --right) {
      std::swap_ranges(row + left * kChannels, row + (left + 1) * kChannels,
                       row + right * kChannels);
    }
  }
}

void BuildOctaves(const ImageView& photo, Octaves& octaves) {
  if (octaves.levels.empty()) octaves.levels.emplace_back();
  CopyToRgb(photo, octaves.levels[0]);
  octaves.count = 1;
  while (octaves.levels[octaves.count - 1].width > 1 ||
         octaves.levels[octaves.count - 1].height > 1) {
    if (static_cast<int>(octaves.levels.size()) == octaves.count) octaves.levels.emplace_back();
    Halve(octaves.levels[octaves.count - 1], octaves.levels[octaves.count]);
    ++octaves.count;
  }
}

void Resample(const Octaves& octaves, const Sampling& sampling, int width, int height,
              std::uint8_t* output, std::ptrdiff_t stride) {
  assert(sampling.scale > 0);
  const int level = LevelFor(octaves, sampling.scale);
  const Image& image = octaves.levels[level];
  const float shrink = std::ldexp(1.0F, -level);
  const auto coordinate = [&](float begin, int index) {
    return (begin + (static_cast<float>(index) + 0.5F) * sampling.scale) * shrink - 0.5F;
  };
  // In strips of columns, whose taps need no memory but the stack's.
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * kChannels;
  ColumnTaps columns;
  for (int begin = 0; begin < width; begin += kStripColumns) {
    MakeColumnTaps(
        std::min(kStripColumns, width - begin), image.width,
        [&](int i) { return coordinate(sampling.x, begin + i); }, columns);
    for (int j = 0; j < height; ++j) {
      const Tap row = MakeTap(coordinate(sampling.y, j), image.height);
      BlendRow(image.pixels.data() + row.first * row_bytes,
               image.pixels.data() + row.second * row_bytes, row.weight, columns,
               output + j * stride + static_cast<std::ptrdiff_t>(begin) * kChannels);
    }
  }
}

}  // namespace facecascade

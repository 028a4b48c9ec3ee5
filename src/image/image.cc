#include "image/image.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>

namespace facecascade {
namespace {

constexpr int kChannels = 3;

void ConvertRow(const std::uint8_t* source, int width, PixelFormat format, std::uint8_t* target) {
  const int step = ChannelCount(format);
  const bool blue_first = format == PixelFormat::kBgr || format == PixelFormat::kBgra;
  const int red = format == PixelFormat::kGray ? 0 : (blue_first ? 2 : 0);
  const int green = format == PixelFormat::kGray ? 0 : 1;
  const int blue = format == PixelFormat::kGray ? 0 : (blue_first ? 0 : 2);
  for (int x = 0; x < width; ++x, source += step, target += kChannels) {
    target[0] = source[red];
    target[1] = source[green];
    target[2] = source[blue];
  }
}

void HalveRow(const std::uint8_t* upper, const std::uint8_t* lower, int width,
              std::uint8_t* target) {
  for (std::ptrdiff_t x = 0; x < (width + std::ptrdiff_t{1}) / 2; ++x) {
    const std::ptrdiff_t left = 2 * x * kChannels;
    const std::ptrdiff_t right = std::min(2 * x + 1, width - std::ptrdiff_t{1}) * kChannels;
    for (int c = 0; c < kChannels; ++c) {
      const int sum = upper[left + c] + upper[right + c] + lower[left + c] + lower[right + c];
      target[x * kChannels + c] = static_cast<std::uint8_t>((sum + 2) >> 2);
    }
  }
}

constexpr int kWeightBits = 7;
constexpr int kWeightOne = 1 << kWeightBits;

// Two neighbours in a row or column and the second one's weight.
struct Tap {
  int first;
  int second;
  int weight;
};

Tap MakeTap(float coordinate, int size) {
  const float limited = std::clamp(coordinate, 0.0F, static_cast<float>(size - 1));
  const int first = static_cast<int>(limited);
  const auto weight =
      static_cast<int>(std::lround((limited - static_cast<float>(first)) * kWeightOne));
  return {first, std::min(first + 1, size - 1), weight};
}

int LevelFor(const Octaves& octaves, float scale) {
  int level = 0;
  while (level + 1 < octaves.count && scale >= std::ldexp(1.0F, level + 1)) ++level;
  return level;
}

constexpr int kStripColumns = 512;

// One row of output: between two rows of the image and, for each pixel, two of its columns.
void BlendRow(const Image& image, const Tap& row, std::span<const Tap> columns,
              std::uint8_t* target) {
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * kChannels;
  const std::uint8_t* upper = image.pixels.data() + row.first * row_bytes;
  const std::uint8_t* lower = image.pixels.data() + row.second * row_bytes;
  for (const Tap& tap : columns) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(tap.first) * kChannels;
    const std::ptrdiff_t second = static_cast<std::ptrdiff_t>(tap.second) * kChannels;
    for (int c = 0; c < kChannels; ++c) {
      const auto blend = [&](std::ptrdiff_t at) {
        return upper[at + c] * (kWeightOne - row.weight) + lower[at + c] * row.weight;
      };
      const int value = blend(first) * (kWeightOne - tap.weight) + blend(second) * tap.weight;
      *target++ =
          static_cast<std::uint8_t>((value + (1 << (2 * kWeightBits - 1))) >> (2 * kWeightBits));
    }
  }
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
  std::array<Tap, kStripColumns> columns;
  for (int begin = 0; begin < width; begin += kStripColumns) {
    const int count = std::min(kStripColumns, width - begin);
    for (int i = 0; i < count; ++i) {
      columns[i] = MakeTap(coordinate(sampling.x, begin + i), image.width);
    }
    for (int j = 0; j < height; ++j) {
      const Tap row = MakeTap(coordinate(sampling.y, j), image.height);
      BlendRow(image, row, {columns.data(), static_cast<std::size_t>(count)},
               output + j * stride + static_cast<std::ptrdiff_t>(begin) * kChannels);
    }
  }
}

}  // namespace facecascade

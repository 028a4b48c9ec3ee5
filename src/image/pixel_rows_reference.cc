#include "image/pixel_rows_reference.h"

#include <algorithm>

namespace facecascade {
namespace {

constexpr int kChannels = 3;

}  // namespace

void ConvertRowReference(const std::uint8_t* source, std::ptrdiff_t width, PixelFormat format,
                         std::uint8_t* target) {
  const int step = ChannelCount(format);
  const bool blue_first = format == PixelFormat::kBgr || format == PixelFormat::kBgra;
  const int red = format == PixelFormat::kGray ? 0 : (blue_first ? 2 : 0);
  const int green = format == PixelFormat::kGray ? 0 : 1;
  const int blue = format == PixelFormat::kGray ? 0 : (blue_first ? 0 : 2);
  for (std::ptrdiff_t x = 0; x < width; ++x, source += step, target += kChannels) {
    target[0] = source[red];
    target[1] = source[green];
    target[2] = source[blue];
  }
}

void HalveRowReference(const std::uint8_t* upper, const std::uint8_t* lower, std::ptrdiff_t width,
                       std::uint8_t* target) {
  for (std::ptrdiff_t x = 0; x < width; x += 2) {
    const std::ptrdiff_t left = x * kChannels;
    const std::ptrdiff_t right = std::min(x + 1, width - 1) * kChannels;
    for (int c = 0; c < kChannels; ++c) {
      const int sum = upper[left + c] + upper[right + c] + lower[left + c] + lower[right + c];
      *target++ = static_cast<std::uint8_t>((sum + 2) >> 2);
    }
  }
}

void BlendRowReference(const std::uint8_t* upper, const std::uint8_t* lower, int lower_weight,
                       const ColumnTaps& columns, std::uint8_t* target) {
  constexpr int kHalf = 1 << (2 * kWeightBits - 1);
  for (int i = 0; i < columns.count; ++i) {
    const int weight = SecondWeight(columns.weights[i]);
    const std::ptrdiff_t left = columns.begin * kChannels + columns.offsets[i];
    const std::ptrdiff_t right = weight == 0 ? left : left + kChannels;
    for (int c = 0; c < kChannels; ++c) {
      const auto blend = [&](std::ptrdiff_t at) {
        return upper[at + c] * (kWeightOne - lower_weight) + lower[at + c] * lower_weight;
      };
      const int value = blend(left) * (kWeightOne - weight) + blend(right) * weight;
      *target++ = static_cast<std::uint8_t>((value + kHalf) >> (2 * kWeightBits));
    }
  }
}

}  // namespace facecascade

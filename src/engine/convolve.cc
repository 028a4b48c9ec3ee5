#include "engine/convolve.h"

#include <algorithm>

#include "base/instruction_set.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/convolve.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace facecascade {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, kChannelBlock>;
using FloatVector = hn::Vec<FloatTag>;

constexpr int kLanes = static_cast<int>(hn::MaxLanes(FloatTag()));
constexpr int kVectorsPerBlock = kChannelBlock / kLanes;

// A tile is kTilePixels output pixels × kVectors vectors of channels, held in registers. For each
// input it takes a load a vector, a broadcast a pixel, and kTilePixels × kVectors multiply-adds.
// The processors we know best (Zen 3–5, Intel since Haswell) begin two multiply-adds and two loads
// a cycle and have a sum ready after four, so that
//   - at least 2 · 4 = 8 sums must be under way: 6 × 2 = 12, 4 × 3 = 12;
//   - loads must not outnumber multiply-adds: 8 beside 12, 7 beside 12 (a single vector comes
//     close at best: 9 beside 8, 13 beside 12);
//   - sums, weights and one broadcast must fit 16 registers: 12 + 2 + 1 and 12 + 3 + 1. AVX-512
//     has 32, and with them room for a single vector over 12 pixels; so has NEON, with room for
//     four vectors over 6.
constexpr int kSinglePixels = HWY_TARGET == HWY_AVX3 ? 12 : 8;
constexpr int kBlockPixels = HWY_TARGET == HWY_NEON ? 6 : 3;
template <int kVectors>
constexpr int kTilePixels = kVectors == 1   ? kSinglePixels
                            : kVectors == 2 ? 6
                            : kVectors == 3 ? 4
                                            : kBlockPixels;

// Stores the lanes of `value` that are channels of the layer.
template <bool kPartial>
HWY_INLINE void StoreChannels(FloatVector value, int channel, int channels, float* target) {
  const FloatTag d;
  if (!kPartial || channel + kLanes <= channels) {
    hn::StoreU(value, d, target + channel);
  } else if (channel < channels) {
    hn::BlendedStore(value, hn::FirstN(d, channels - channel), d, target + channel);
  }
}

// Vectors `vector` … `vector` + kVectors − 1 of the pixels from `first`. What lies beyond the last
// pixel is that pixel again. kPartial: the last vector may reach beyond the last channel.
template <int kVectors, bool kPartial>
HWY_INLINE void RunTile(const PackedLayer& layer, const ConvolutionInput& input, int vector,
                        int first, float* HWY_RESTRICT output) {
  constexpr int kPixels = kTilePixels<kVectors>;
  const FloatTag d;
  const float* pixel[kPixels];
  FloatVector sum[kPixels][kVectors];
  const float* weights[kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    weights[v] = layer.weights.data() + (vector + v) / kVectorsPerBlock * layer.block_size() +
                 (vector + v) % kVectorsPerBlock * kLanes;
    sum[0][v] = hn::Load(d, layer.bias.data() + (vector + v) * kLanes);
  }
#pragma GCC unroll 16
  for (int p = 0; p < kPixels; ++p) {
    pixel[p] = input.input + input.pixel_offsets[HWY_MIN(first + p, input.pixels - 1)];
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) sum[p][v] = sum[0][v];
  }
  std::ptrdiff_t weight = 0;
  for (int row = 0; row < layer.rows; ++row) {
    const std::ptrdiff_t begin = input.row_offsets[row];
    const std::ptrdiff_t end = begin + layer.run;
    for (std::ptrdiff_t i = begin; i < end; ++i, weight += kChannelBlock) {
      FloatVector w[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) w[v] = hn::Load(d, weights[v] + weight);
#pragma GCC unroll 16
      for (int p = 0; p < kPixels; ++p) {
        const FloatVector x = hn::Set(d, pixel[p][i]);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) sum[p][v] = hn::MulAdd(x, w[v], sum[p][v]);
      }
    }
  }
  const FloatVector floor = hn::Set(d, layer.floor);
#pragma GCC unroll 16
  for (int p = 0; p < kPixels; ++p) {
    float* target =
        output + static_cast<std::ptrdiff_t>(HWY_MIN(first + p, input.pixels - 1)) * layer.channels;
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      StoreChannels<kPartial>(hn::Max(sum[p][v], floor), (vector + v) * kLanes, layer.channels,
                              target);
    }
  }
}

// All pixels for kVectors vectors of channels, whose weights so stay in the first-level cache.
template <int kVectors>
HWY_NOINLINE void RunVectors(const PackedLayer& layer, const ConvolutionInput& input, int vector,
                             float* HWY_RESTRICT output) {
  if ((vector + kVectors) * kLanes > layer.channels) {
    for (int first = 0; first < input.pixels; first += kTilePixels<kVectors>) {
      RunTile<kVectors, true>(layer, input, vector, first, output);
    }
    return;
  }
  for (int first = 0; first < input.pixels; first += kTilePixels<kVectors>) {
    RunTile<kVectors, false>(layer, input, vector, first, output);
  }
}

void Convolve(const PackedLayer& layer, const ConvolutionInput& input, float* HWY_RESTRICT output) {
  constexpr int kWide = kLanes <= 4 ? 4 : 2;  // 128-bit vectors: four make a block
  const int vectors = (layer.channels + kLanes - 1) / kLanes;
  int vector = 0;
  while (vectors - vector > 3 || vectors - vector == kWide) {
    RunVectors<kWide>(layer, input, vector, output);
    vector += kWide;
  }
  switch (vectors - vector) {
    case 1:
      return RunVectors<1>(layer, input, vector, output);
    case 2:
      return RunVectors<2>(layer, input, vector, output);
    case 3:
      return RunVectors<3>(layer, input, vector, output);
    default:
      return;
  }
}

void Widen(const std::uint8_t* HWY_RESTRICT bytes, std::size_t count, float* HWY_RESTRICT output) {
  const FloatTag d;
  const hn::Rebind<std::int32_t, FloatTag> words;
  const hn::Rebind<std::uint8_t, FloatTag> narrow;
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const auto value = hn::PromoteTo(words, hn::LoadU(narrow, bytes + i));
    hn::StoreU(hn::ConvertTo(d, value), d, output + i);
  }
  for (; i < count; ++i) output[i] = bytes[i];
}

void Project(const float* HWY_RESTRICT input, int pixels, int channels,
             const float* HWY_RESTRICT weights, float bias, float* HWY_RESTRICT output) {
  const FloatTag d;
  for (int i = 0; i < pixels; ++i, input += channels) {
    FloatVector sum = hn::Zero(d);
    int c = 0;
    for (; c + kLanes <= channels; c += kLanes) {
      sum = hn::MulAdd(hn::LoadU(d, input + c), hn::LoadU(d, weights + c), sum);
    }
    float total = bias + hn::GetLane(hn::SumOfLanes(d, sum));
    for (; c < channels; ++c) total += input[c] * weights[c];
    output[i] = total;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facecascade {

HWY_EXPORT(Convolve);
HWY_EXPORT(Widen);
HWY_EXPORT(Project);

void Convolve(const PackedLayer& layer, const ConvolutionInput& input, float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(Convolve)(layer, input, output);
}

void Widen(const std::uint8_t* bytes, std::size_t count, float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(Widen)(bytes, count, output);
}

void Project(const float* input, int pixels, int channels, const float* weights, float bias,
             float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(Project)(input, pixels, channels, weights, bias, output);
}

}  // namespace facecascade
#endif  // HWY_ONCE

#include "engine/convolve.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/instruction_set.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/convolve.cc"
// clang-format off: this one comes first, as it includes this file for each instruction set.
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// clang-format on
#include "engine/arithmetic-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace facecascade {
namespace HWY_NAMESPACE {

// A tile is kTilePixels output pixels × kVectors vectors of channels, held in registers. For each
// input it takes a load a vector, a broadcast a pixel, and kTilePixels × kVectors multiply-adds.
// The processors we know best (Zen 3–5, Intel since Haswell) begin two multiply-adds and two loads
// a cycle and have a sum ready after four, so that
//   - at least 2 · 4 = 8 sums must be under way: 6 × 2 = 12, 4 × 3 = 12;
//   - loads must not outnumber multiply-adds: 8 beside 12, 7 beside 12 (a single vector comes
//     close at best: 9 beside 8, 13 beside 12);
//   - sums, weights and one broadcast must fit 16 registers: 12 + 2 + 1 and 12 + 3 + 1. AVX-512
//     has 32, and with them room for a single vector over 12 pixels; so has NEON, with room for
//     four vectors over 6. Two groups of weights at a time (and of inputs) leave room for 4 × 2.
constexpr int kSinglePixels = HWY_TARGET == HWY_AVX3 ? 12 : 8;
constexpr int kBlockPixels = HWY_TARGET == HWY_NEON ? 6 : 3;
template <class Arithmetic, int kVectors>
constexpr int kTilePixels = Arithmetic::kGroups == 2 ? (kVectors == 1   ? 6
                                                        : kVectors == 2 ? 4
                                                                        : 2)
                            : kVectors == 1          ? kSinglePixels
                            : kVectors == 2          ? 6
                            : kVectors == 3          ? 4
                                                     : kBlockPixels;

// Stores the lanes of `value` that are channels of the layer.
template <bool kPartial, class D>
HWY_INLINE void StoreLanes(D d, hn::Vec<D> value, int channel, int channels,
                           hn::TFromD<D>* target) {
  if (!kPartial || channel + kLanes <= channels) {
    hn::StoreU(value, d, target + channel);
  } else if (channel < channels) {
    hn::BlendedStore(value, hn::FirstN(d, channels - channel), d, target + channel);
  }
}

// hn::NearestInt of values that 32 bits hold: it spends more on others than on the rounding.
HWY_INLINE SumVector RoundSmall(FloatVector value) {
#if HWY_TARGET == HWY_AVX3
  return SumVector{_mm512_cvtps_epi32(value.raw)};
#elif HWY_TARGET == HWY_AVX2
  return SumVector{_mm256_cvtps_epi32(value.raw)};
#else
  return hn::NearestInt(value);
#endif
}

template <bool kPartial, typename Output>
HWY_INLINE void StoreChannels(const Ending& ending, FloatVector value, int channel,
                              Output* target) {
  const hn::Rebind<Output, FloatTag> d;
  value = hn::Max(value, hn::Set(FloatTag(), ending.floor));
  if constexpr (std::is_same_v<Output, float>) {
    StoreLanes<kPartial>(d, value, channel, ending.channels, target);
  } else {
    const SumVector rounded = RoundSmall(hn::Min(value, hn::Set(FloatTag(), ending.largest)));
    StoreLanes<kPartial>(d, hn::DemoteTo(d, rounded), channel, ending.channels, target);
  }
}

// Two whole vectors of integers that lie one behind the other share the instructions that narrow
// them. Integers are outputs of ReLU: below 0 there is nothing.
template <typename Output>
constexpr bool kStoresPairs = HWY_TARGET == HWY_AVX2 && !std::is_same_v<Output, float>;

#if HWY_TARGET == HWY_AVX2
template <typename Output>
HWY_INLINE void StorePair(const Ending& ending, FloatVector first, FloatVector second,
                          Output* target) {
  const auto round = [&](FloatVector value) HWY_ATTR {
    return RoundSmall(hn::Min(value, hn::Set(FloatTag(), ending.largest))).raw;
  };
  // Halves of 128 bits stand in turns.
  const __m256i shorts = _mm256_packs_epi32(round(first), round(second));
  if constexpr (std::is_same_v<Output, std::uint8_t>) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5);
    const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(shorts, shorts), order);
    hn::StoreU(hn::Vec128<std::uint8_t>{_mm256_castsi256_si128(bytes)}, hn::Full128<std::uint8_t>(),
               target);
  } else if constexpr (std::is_same_v<Output, std::int16_t>) {
    const __m256i positive = _mm256_max_epi16(shorts, _mm256_setzero_si256());
    hn::StoreU(hn::Vec256<std::int16_t>{_mm256_permute4x64_epi64(positive, 0xD8)},
               hn::Full256<std::int16_t>(), target);
  }
}
#else
// Never called.
template <typename Output>
HWY_INLINE void StorePair(const Ending& /*ending*/, FloatVector /*first*/, FloatVector /*second*/,
                          Output* /*target*/) {}
#endif

// How much of a tile's last vector are channels of the layer.
enum class Last { kWhole, kPartial, kHalf };

// Inputs of a run that weights are held for, zeros among them.
inline int PaddedRun(const PackedLayer& layer) { return layer.run; }
inline int PaddedRun(const FixedLayer& layer) { return layer.groups() * layer.group; }

// Vectors `vector` … `vector` + kVectors − 1 of the pixels from `first`. What lies beyond the last
// pixel is that pixel again.
template <class Arithmetic, int kVectors, Last kLast, bool kFew, typename Input, typename Output>
HWY_INLINE void RunTile(const typename Arithmetic::Layer& layer,
                        const ConvolutionInput<Input>& input, int vector, int first,
                        Output* HWY_RESTRICT output) {
  constexpr int kPixels = kTilePixels<Arithmetic, kVectors>;
  const auto place = [&](int p) { return kFew ? HWY_MIN(first + p, input.pixels - 1) : first + p; };
  const Input* pixel[kPixels];
  Arithmetic sum[kPixels][kVectors];
  decltype(layer.weights.data()) weights[kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    weights[v] = layer.weights.data() + (vector + v) / kVectorsPerBlock * layer.block_size() +
                 (vector + v) % kVectorsPerBlock * kLanes;
    sum[0][v] = Arithmetic::Begin(layer, (vector + v) * kLanes);
  }
#pragma GCC unroll 16
  for (int p = 0; p < kPixels; ++p) {
    pixel[p] = input.input + input.pixel_offsets[place(p)];
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) sum[p][v] = sum[0][v];
  }
  std::ptrdiff_t weight = 0;
  for (int row = 0; row < layer.rows; ++row) {
    const std::ptrdiff_t begin = input.row_offsets[row];
    const std::ptrdiff_t end = begin + PaddedRun(layer);
    for (std::ptrdiff_t i = begin; i < end; i += Arithmetic::kInputs) {
      typename Arithmetic::Weights w[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        w[v] = Arithmetic::LoadWeights(weights[v] + weight);
      }
      weight += Arithmetic::kGroups * kChannelBlock;
#pragma GCC unroll 16
      for (int p = 0; p < kPixels; ++p) {
        const typename Arithmetic::Weights x = Arithmetic::Broadcast(pixel[p] + i);
#pragma GCC unroll 16
        for (int v = 0; v + 1 < kVectors; ++v) sum[p][v].template Add<false>(x, w[v]);
        sum[p][kVectors - 1].template Add<kLast == Last::kHalf>(x, w[kVectors - 1]);
      }
    }
  }
  const Ending ending(layer);
#pragma GCC unroll 16
  for (int p = 0; p < kPixels; ++p) {
    Output* target = output + static_cast<std::ptrdiff_t>(place(p)) * ending.channels;
    // Of three vectors the last one stays alone.
    constexpr int kInPairs = kStoresPairs<Output> && kLast == Last::kWhole ? kVectors / 2 * 2 : 0;
#pragma GCC unroll 16
    for (int v = 0; v < kInPairs; v += 2) {
      const int channel = (vector + v) * kLanes;
      StorePair(ending, sum[p][v].End(ending, channel), sum[p][v + 1].End(ending, channel + kLanes),
                target + channel);
    }
#pragma GCC unroll 16
    for (int v = kInPairs; v < kVectors; ++v) {
      const int channel = (vector + v) * kLanes;
      StoreChannels<kLast != Last::kWhole>(ending, sum[p][v].End(ending, channel), channel, target);
    }
  }
}

// All pixels for kVectors vectors of channels, whose weights so stay in the first-level cache.
template <class Arithmetic, int kVectors, Last kLast, typename Input, typename Output>
HWY_NOINLINE void RunTiles(const typename Arithmetic::Layer& layer,
                           const ConvolutionInput<Input>& input, int vector,
                           Output* HWY_RESTRICT output) {
  constexpr int kPixels = kTilePixels<Arithmetic, kVectors>;
  if (input.pixels < kPixels) {
    if (input.pixels == 0) return;
    RunTile<Arithmetic, kVectors, kLast, true>(layer, input, vector, 0, output);
    return;
  }
  // The last tile ends with the last pixel: some are made twice, and become the same.
  for (int first = 0; first < input.pixels; first += kPixels) {
    RunTile<Arithmetic, kVectors, kLast, false>(layer, input, vector,
                                                HWY_MIN(first, input.pixels - kPixels), output);
  }
}

template <class Arithmetic, int kVectors, typename Input, typename Output>
void RunVectors(const typename Arithmetic::Layer& layer, const ConvolutionInput<Input>& input,
                int vector, Output* HWY_RESTRICT output) {
  const int unused = (vector + kVectors) * kLanes - layer.channels;
  if constexpr (Arithmetic::kHalfIsFaster) {
    if (unused >= kLanes / 2) {
      RunTiles<Arithmetic, kVectors, Last::kHalf>(layer, input, vector, output);
      return;
    }
  }
  if (unused > 0) {
    RunTiles<Arithmetic, kVectors, Last::kPartial>(layer, input, vector, output);
  } else {
    RunTiles<Arithmetic, kVectors, Last::kWhole>(layer, input, vector, output);
  }
}

template <class Arithmetic, typename Input, typename Output>
void RunLayer(const typename Arithmetic::Layer& layer, const ConvolutionInput<Input>& input,
              Output* HWY_RESTRICT output) {
  constexpr int kWide = kLanes <= 4 ? 4 : 2;  // 128-bit vectors: four make a block
  const int vectors = (layer.channels + kLanes - 1) / kLanes;
  int vector = 0;
  while (vectors - vector > 3 || vectors - vector == kWide) {
    RunVectors<Arithmetic, kWide>(layer, input, vector, output);
    vector += kWide;
  }
  switch (vectors - vector) {
    case 1:
      return RunVectors<Arithmetic, 1>(layer, input, vector, output);
    case 2:
      return RunVectors<Arithmetic, 2>(layer, input, vector, output);
    case 3:
      return RunVectors<Arithmetic, 3>(layer, input, vector, output);
    default:
      return;
  }
}

void ConvolveFloats(const PackedLayer& layer, const ConvolutionInput<float>& input, float* output) {
  RunLayer<FloatArithmetic>(layer, input, output);
}

template <typename Output>
void RunFixedLayer(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
                   Output* output) {
  if constexpr (kMayHaveDotProducts) {
    if (HasDotProducts()) return RunLayer<FixedArithmetic<true>>(layer, input, output);
  }
  RunLayer<FixedArithmetic<false>>(layer, input, output);
}

void ConvolveFixed(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
                   std::int16_t* output) {
  RunFixedLayer(layer, input, output);
}

void ConvolveFixedToBytes(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
                          std::uint8_t* output) {
  RunFixedLayer(layer, input, output);
}

void ConvolveFixedToFloats(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
                           float* output) {
  RunFixedLayer(layer, input, output);
}

inline void StorePlainly(const FixedLayer& /*layer*/, float value, float* target) {
  *target = value;
}

inline void StorePlainly(const FixedLayer& layer, float value, std::uint8_t* target) {
  *target = static_cast<std::uint8_t>(std::nearbyint(std::min(value, layer.largest_output)));
}

// Where bytes are not fast (BytesAreFast).
template <typename Output>
void RunByteLayerPlainly(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input,
                         Output* output) {
  for (int pixel = 0; pixel < input.pixels; ++pixel) {
    for (int channel = 0; channel < layer.channels; ++channel) {
      const std::int32_t* weights = layer.weights.data() +
                                    channel / kChannelBlock * layer.block_size() +
                                    channel % kChannelBlock;
      std::int32_t sum = layer.bias.data()[channel];
      for (int row = 0; row < layer.rows; ++row) {
        const std::uint8_t* bytes =
            input.input + input.pixel_offsets[pixel] + input.row_offsets[row];
        for (int i = 0; i < layer.run; ++i) {
          const std::int32_t four = weights[i / 4 * kChannelBlock];
          sum += bytes[i] * static_cast<std::int8_t>(four >> 8 * (i % 4));
        }
        weights += static_cast<std::ptrdiff_t>(layer.groups()) * kChannelBlock;
      }
      const float value = static_cast<float>(sum) * layer.scale.data()[channel];
      StorePlainly(layer, std::max(layer.floor, value), output++);
    }
  }
}

template <typename Output>
void RunByteLayer(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input,
                  Output* output) {
  if constexpr (kMayHaveDotProducts) {
    if (HasDotProducts()) return RunLayer<ByteArithmetic>(layer, input, output);
  }
  if constexpr (kHasNarrowSums) {
    if (layer.narrow_sums) return RunLayer<NarrowSumArithmetic>(layer, input, output);
  }
  RunByteLayerPlainly(layer, input, output);
}

bool HasNarrowSums() { return kHasNarrowSums; }

void ConvolveBytes(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input,
                   std::uint8_t* output) {
  RunByteLayer(layer, input, output);
}

void ConvolveBytesToFloats(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input,
                           float* output) {
  RunByteLayer(layer, input, output);
}

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facecascade {

HWY_EXPORT(ConvolveFloats);
HWY_EXPORT(ConvolveFixed);
HWY_EXPORT(ConvolveFixedToBytes);
HWY_EXPORT(ConvolveFixedToFloats);
HWY_EXPORT(ConvolveBytes);
HWY_EXPORT(ConvolveBytesToFloats);
HWY_EXPORT(HasNarrowSums);

bool BytesAreFast(bool narrow_sums) {
  PrepareDispatch();
  return HasDotProducts() || (narrow_sums && HWY_DYNAMIC_DISPATCH(HasNarrowSums)());
}

void Convolve(const PackedLayer& layer, const ConvolutionInput<float>& input, float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ConvolveFloats)(layer, input, output);
}

void Convolve(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
              std::int16_t* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ConvolveFixed)(layer, input, output);
}

void Convolve(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input,
              std::uint8_t* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ConvolveFixedToBytes)(layer, input, output);
}

void Convolve(const FixedLayer& layer, const ConvolutionInput<std::int16_t>& input, float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ConvolveFixedToFloats)(layer, input, output);
}

void Convolve(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input,
              std::uint8_t* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ConvolveBytes)(layer, input, output);
}

void Convolve(const FixedLayer& layer, const ConvolutionInput<std::uint8_t>& input, float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ConvolveBytesToFloats)(layer, input, output);
}

}  // namespace facecascade
#endif  // HWY_ONCE

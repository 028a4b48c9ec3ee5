#include "engine/convolve.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

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
using SumTag = hn::RebindToSigned<FloatTag>;
using SumVector = hn::Vec<SumTag>;

constexpr int kLanes = static_cast<int>(hn::MaxLanes(FloatTag()));
constexpr int kVectorsPerBlock = kChannelBlock / kLanes;

// What makes outputs of sums, taken out of the layer: for all that the compiler knows, each output
// overwrites that.
struct Ending {
  int channels;
  float floor;
  float largest = 0;  // of integers
  const std::int32_t* bias = nullptr;
  const float* scale = nullptr;

  explicit Ending(const PackedLayer& layer) : channels(layer.channels), floor(layer.floor) {}
  explicit Ending(const FixedLayer& layer)
      : channels(layer.channels),
        floor(layer.floor),
        largest(layer.largest_output),
        bias(layer.bias.data()),
        scale(layer.scale.data()) {}

  HWY_INLINE FloatVector Scaled(SumVector sum, int channel) const {
    const FloatTag d;
    return hn::Mul(hn::ConvertTo(d, sum), hn::Load(d, scale + channel));
  }
};

// Floats: one input after the other.
struct FloatArithmetic {
  using Layer = PackedLayer;
  using Weights = FloatVector;
  static constexpr int kInputs = 1;             // multiplied at a time
  static constexpr bool kHalfIsFaster = false;  // to add to the lower half of the lanes only

  FloatVector sum;

  static FloatArithmetic Begin(const PackedLayer& layer, int channel) {
    return {hn::Load(FloatTag(), layer.bias.data() + channel)};
  }
  static FloatVector Broadcast(const float* input) { return hn::Set(FloatTag(), *input); }
  template <bool kHalf>
  HWY_INLINE void Add(FloatVector input, FloatVector weights) {
    sum = hn::MulAdd(input, weights, sum);
  }
  HWY_INLINE FloatVector End(const Ending& /*ending*/, int /*channel*/) const { return sum; }
};

#if HWY_TARGET == HWY_AVX3
constexpr bool kMayHaveDotProducts = true;
constexpr bool kHalfDotProductsAreFaster = true;  // of vectors that take two steps

// Adds to each lane of `sum` the sum of the products of its two 16-bit, or four 8-bit, integers of
// `input` and `weights` (AVX512_VNNI, which Highway 1.0.3 has only beside others that many
// processors lack). kHalf: the lower half of the lanes will do.
template <bool kHalf>
HWY_INLINE void AddPairs(SumVector& sum, SumVector input, SumVector weights) {
  if constexpr (kHalf) {
    asm("vpdpwssd %t2, %t1, %t0" : "+v"(sum.raw) : "v"(input.raw), "v"(weights.raw));
  } else {
    asm("vpdpwssd %2, %1, %0" : "+v"(sum.raw) : "v"(input.raw), "v"(weights.raw));
  }
}
template <bool kHalf>
HWY_INLINE void AddFours(SumVector& sum, SumVector input, SumVector weights) {
  if constexpr (kHalf) {
    asm("vpdpbusd %t2, %t1, %t0" : "+v"(sum.raw) : "v"(input.raw), "v"(weights.raw));
  } else {
    asm("vpdpbusd %2, %1, %0" : "+v"(sum.raw) : "v"(input.raw), "v"(weights.raw));
  }
}
#elif HWY_TARGET == HWY_AVX2
constexpr bool kMayHaveDotProducts = true;
constexpr bool kHalfDotProductsAreFaster = false;

// The same by AVX-VNNI, which Highway 1.0.3 does not know.
template <bool /*kHalf*/>
HWY_INLINE void AddPairs(SumVector& sum, SumVector input, SumVector weights) {
  asm("%{vex%} vpdpwssd %2, %1, %0" : "+x"(sum.raw) : "x"(input.raw), "x"(weights.raw));
}
template <bool /*kHalf*/>
HWY_INLINE void AddFours(SumVector& sum, SumVector input, SumVector weights) {
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum.raw) : "x"(input.raw), "x"(weights.raw));
}
#else
constexpr bool kMayHaveDotProducts = false;
constexpr bool kHalfDotProductsAreFaster = false;

// Never called.
template <bool /*kHalf*/>
HWY_INLINE void AddPairs(SumVector& /*sum*/, SumVector /*input*/, SumVector /*weights*/) {}
template <bool /*kHalf*/>
HWY_INLINE void AddFours(SumVector& /*sum*/, SumVector /*input*/, SumVector /*weights*/) {}
#endif

// 16-bit integers, two inputs at a time: each 32-bit lane holds a pair of them, or of weights, and
// gets the sum of both products. kDotProducts: in one instruction.
template <bool kDotProducts>
struct FixedArithmetic {
  using Layer = FixedLayer;
  using Weights = SumVector;
  static constexpr int kInputs = 2;
  static constexpr bool kHalfIsFaster = kDotProducts && kHalfDotProductsAreFaster;

  SumVector sum;
  SumVector other;  // instruction sets that have no such sum keep half of the products apart

  // NEON has a lane a channel at the end only, so that the bias must wait; to let it wait
  // everywhere makes GCC 12 keep AVX2's sums in memory.
  static constexpr bool kBiasLast = HWY_TARGET == HWY_NEON;
  static SumVector Bias(const FixedLayer& layer, int channel) {
    return hn::Load(SumTag(), layer.bias.data() + channel);
  }

  static FixedArithmetic Begin(const FixedLayer& layer, int channel) {
    return {kBiasLast ? hn::Zero(SumTag()) : Bias(layer, channel), hn::Zero(SumTag())};
  }
  static SumVector Broadcast(const std::int16_t* input) {
    std::int32_t pair;
    std::memcpy(&pair, input, sizeof pair);
    return hn::Set(SumTag(), pair);
  }
  // kHalf: the lower half of the lanes will do.
  template <bool kHalf>
  HWY_INLINE void Add(SumVector input, SumVector weights) {
#if HWY_TARGET == HWY_SCALAR
    const auto low = [](SumVector pair) { return hn::ShiftRight<16>(hn::ShiftLeft<16>(pair)); };
    const auto high = [](SumVector pair) { return hn::ShiftRight<16>(pair); };
    sum = hn::Add(sum,
                  hn::Add(hn::Mul(low(input), low(weights)), hn::Mul(high(input), high(weights))));
#else
    if constexpr (kDotProducts) {
      AddPairs<kHalf>(sum, input, weights);
    } else {
      const hn::Repartition<std::int16_t, SumTag> halves;
      sum = hn::ReorderWidenMulAccumulate(SumTag(), hn::BitCast(halves, input),
                                          hn::BitCast(halves, weights), sum, other);
    }
#endif
  }
  HWY_INLINE FloatVector End(const Ending& ending, int channel) const {
#if HWY_TARGET == HWY_SCALAR
    const SumVector products = sum;
#else
    const SumVector products = hn::RearrangeToOddPlusEven(sum, other);
#endif
    const SumVector total =
        kBiasLast ? hn::Add(products, hn::Load(SumTag(), ending.bias + channel)) : products;
    return ending.Scaled(total, channel);
  }
};

// 8-bit integers, four inputs at a time: each 32-bit lane gets the sum of four products, in one
// instruction.
struct ByteArithmetic {
  using Layer = FixedLayer;
  using Weights = SumVector;
  static constexpr int kInputs = 4;
  static constexpr bool kHalfIsFaster = kHalfDotProductsAreFaster;

  SumVector sum;

  static ByteArithmetic Begin(const FixedLayer& layer, int channel) {
    return {hn::Load(SumTag(), layer.bias.data() + channel)};
  }
  static SumVector Broadcast(const std::uint8_t* input) {
    std::int32_t four;
    std::memcpy(&four, input, sizeof four);
    return hn::Set(SumTag(), four);
  }
  template <bool kHalf>
  HWY_INLINE void Add(SumVector input, SumVector weights) {
    AddFours<kHalf>(sum, input, weights);
  }
  HWY_INLINE FloatVector End(const Ending& ending, int channel) const {
    return ending.Scaled(sum, channel);
  }
};

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

// How much of a tile's last vector are channels of the layer.
enum class Last { kWhole, kPartial, kHalf };

// Vectors `vector` … `vector` + kVectors − 1 of the pixels from `first`. What lies beyond the last
// pixel is that pixel again.
template <class Arithmetic, int kVectors, Last kLast, bool kFew, typename Input, typename Output>
HWY_INLINE void RunTile(const typename Arithmetic::Layer& layer,
                        const ConvolutionInput<Input>& input, int vector, int first,
                        Output* HWY_RESTRICT output) {
  constexpr int kPixels = kTilePixels<kVectors>;
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
    const std::ptrdiff_t end = begin + layer.run;
    for (std::ptrdiff_t i = begin; i < end; i += Arithmetic::kInputs, weight += kChannelBlock) {
      typename Arithmetic::Weights w[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        w[v] = hn::Load(hn::DFromV<typename Arithmetic::Weights>(), weights[v] + weight);
      }
#pragma GCC unroll 16
      for (int p = 0; p < kPixels; ++p) {
        const auto x = Arithmetic::Broadcast(pixel[p] + i);
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
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
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
  constexpr int kPixels = kTilePixels<kVectors>;
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

// Where there are no dot products nobody asks for bytes to be fast.
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
  RunByteLayerPlainly(layer, input, output);
}

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

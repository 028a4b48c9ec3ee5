// How the kernels of convolve.cc multiply and sum: floats, 16-bit or 8-bit integers. Included once
// for each instruction set.
#if defined(FACECASCADE_ENGINE_ARITHMETIC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FACECASCADE_ENGINE_ARITHMETIC_INL_H_
#undef FACECASCADE_ENGINE_ARITHMETIC_INL_H_
#else
#define FACECASCADE_ENGINE_ARITHMETIC_INL_H_
#endif

#include <cstdint>
#include <cstring>

#include "engine/fixed_layer.h"
#include "engine/packed_layer.h"
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

// Neighbouring inputs that fill 32 bits together, in each lane.
template <typename Input>
HWY_INLINE SumVector BroadcastGroup(const Input* input) {
  std::int32_t group;
  std::memcpy(&group, input, sizeof group);
  return hn::Set(SumTag(), group);
}

// Floats: one input after the other.
struct FloatArithmetic {
  using Layer = PackedLayer;
  using Weights = FloatVector;
  static constexpr int kInputs = 1;             // multiplied at a time
  static constexpr int kGroups = 1;             // of the layer's weights
  static constexpr bool kHalfIsFaster = false;  // to add to the lower half of the lanes only

  FloatVector sum;

  static FloatArithmetic Begin(const PackedLayer& layer, int channel) {
    return {hn::Load(FloatTag(), layer.bias.data() + channel)};
  }
  static FloatVector LoadWeights(const float* weights) { return hn::Load(FloatTag(), weights); }
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
  static constexpr int kGroups = 1;
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
  static SumVector LoadWeights(const std::int32_t* weights) { return hn::Load(SumTag(), weights); }
  static SumVector Broadcast(const std::int16_t* input) { return BroadcastGroup(input); }
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
  static constexpr int kGroups = 1;
  static constexpr bool kHalfIsFaster = kHalfDotProductsAreFaster;

  SumVector sum;

  static ByteArithmetic Begin(const FixedLayer& layer, int channel) {
    return {hn::Load(SumTag(), layer.bias.data() + channel)};
  }
  static SumVector LoadWeights(const std::int32_t* weights) { return hn::Load(SumTag(), weights); }
  static SumVector Broadcast(const std::uint8_t* input) { return BroadcastGroup(input); }
  template <bool kHalf>
  HWY_INLINE void Add(SumVector input, SumVector weights) {
    AddFours<kHalf>(sum, input, weights);
  }
  HWY_INLINE FloatVector End(const Ending& ending, int channel) const {
    return ending.Scaled(sum, channel);
  }
};

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4
constexpr bool kHasNarrowSums = true;
using HalfTag = hn::Repartition<std::int16_t, SumTag>;
using HalfVector = hn::Vec<HalfTag>;

// Sums of two products each of a byte of `inputs` and one of `weights`, which has a sign; and sums
// of two such sums each.
HWY_INLINE HalfVector MultiplyBytes(SumVector inputs, SumVector weights) {
#if HWY_TARGET == HWY_AVX3
  return HalfVector{_mm512_maddubs_epi16(inputs.raw, weights.raw)};
#elif HWY_TARGET == HWY_AVX2
  return HalfVector{_mm256_maddubs_epi16(inputs.raw, weights.raw)};
#else
  return HalfVector{_mm_maddubs_epi16(inputs.raw, weights.raw)};
#endif
}
HWY_INLINE SumVector SumPairs(HalfVector halves) {
  const HalfVector ones = hn::Set(HalfTag(), 1);
#if HWY_TARGET == HWY_AVX3
  return SumVector{_mm512_madd_epi16(halves.raw, ones.raw)};
#elif HWY_TARGET == HWY_AVX2
  return SumVector{_mm256_madd_epi16(halves.raw, ones.raw)};
#else
  return SumVector{_mm_madd_epi16(halves.raw, ones.raw)};
#endif
}

// 8-bit integers, eight inputs at a time, where there are no dot products: four products are summed
// in 16 bits (FixedLayer::narrow_sums), and two such sums are added to each 32-bit lane.
struct NarrowSumArithmetic {
  using Layer = FixedLayer;
  struct Weights {
    SumVector first;
    SumVector second;
  };
  static constexpr int kInputs = 8;
  static constexpr int kGroups = 2;
  static constexpr bool kHalfIsFaster = false;

  SumVector sum;

  static NarrowSumArithmetic Begin(const FixedLayer& layer, int channel) {
    return {hn::Load(SumTag(), layer.bias.data() + channel)};
  }
  static Weights LoadWeights(const std::int32_t* weights) {
    return {hn::Load(SumTag(), weights), hn::Load(SumTag(), weights + kChannelBlock)};
  }
  static Weights Broadcast(const std::uint8_t* input) {
    return {BroadcastGroup(input), BroadcastGroup(input + 4)};
  }
  template <bool /*kHalf*/>
  HWY_INLINE void Add(Weights input, Weights weights) {
    sum = hn::Add(sum, SumPairs(hn::Add(MultiplyBytes(input.first, weights.first),
                                        MultiplyBytes(input.second, weights.second))));
  }
  HWY_INLINE FloatVector End(const Ending& ending, int channel) const {
    return ending.Scaled(sum, channel);
  }
};
#else
constexpr bool kHasNarrowSums = false;
using NarrowSumArithmetic = ByteArithmetic;  // never called
#endif

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#endif  // per target

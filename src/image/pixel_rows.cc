#include "image/pixel_rows.h"

#include <array>
#include <cstring>

#include "base/instruction_set.h"
#include "image/pixel_rows_reference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/pixel_rows.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace facecascade {
namespace HWY_NAMESPACE {

// Highway's scalar target has vectors of one lane, without the operations on neighbouring lanes.
#if HWY_TARGET == HWY_SCALAR

void ConvertRow(const std::uint8_t* source, std::ptrdiff_t width, PixelFormat format,
                std::uint8_t* target) {
  ConvertRowReference(source, width, format, target);
}

void HalveRow(const std::uint8_t* upper, const std::uint8_t* lower, std::ptrdiff_t width,
              std::uint8_t* target) {
  HalveRowReference(upper, lower, width, target);
}

void BlendRow(const std::uint8_t* upper, const std::uint8_t* lower, int lower_weight,
              const ColumnTaps& columns, std::uint8_t* target) {
  BlendRowReference(upper, lower, lower_weight, columns, target);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

constexpr int kChannels = 3;

void ConvertRow(const std::uint8_t* source, std::ptrdiff_t width, PixelFormat format,
                std::uint8_t* target) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
  const int step = ChannelCount(format);
  const bool blue_first = format == PixelFormat::kBgr || format == PixelFormat::kBgra;
  hn::Vec<decltype(d)> first;
  hn::Vec<decltype(d)> second;
  hn::Vec<decltype(d)> third;
  hn::Vec<decltype(d)> fourth;
  std::ptrdiff_t x = 0;
  for (; x + lanes <= width; x += lanes, source += lanes * step, target += lanes * kChannels) {
    if (step == 1) {
      first = second = third = hn::LoadU(d, source);
    } else if (step == 3) {
      hn::LoadInterleaved3(d, source, first, second, third);
    } else {
      hn::LoadInterleaved4(d, source, first, second, third, fourth);
    }
    if (blue_first) {
      hn::StoreInterleaved3(third, second, first, d, target);
    } else {
      hn::StoreInterleaved3(first, second, third, d, target);
    }
  }
  ConvertRowReference(source, width - x, format, target);
}

// Sums of neighbouring lanes.
template <class D, class V>
HWY_INLINE hn::Vec<hn::RepartitionToWide<D> > PairSums(D /*d*/, V bytes) {
  const hn::RepartitionToWide<D> wide;
  const auto pairs = hn::BitCast(wide, bytes);
  return hn::Add(hn::And(pairs, hn::Set(wide, 0xFF)), hn::ShiftRight<8>(pairs));
}

template <class D, class V>
HWY_INLINE hn::Vec<hn::Half<D> > Mean(D d, V upper, V lower) {
  const hn::RepartitionToWide<D> wide;
  const hn::RebindToSigned<decltype(wide)> signed_wide;
  const auto sum = hn::Add(PairSums(d, upper), PairSums(d, lower));
  const auto mean = hn::ShiftRight<2>(hn::Add(sum, hn::Set(wide, 2)));
  return hn::DemoteTo(hn::Half<D>(), hn::BitCast(signed_wide, mean));
}

// As many pixels from `x` on as fill whole vectors of D; returns the first one left.
template <class D>
HWY_INLINE std::ptrdiff_t HalvePixels(D d, const std::uint8_t* upper, const std::uint8_t* lower,
                                      std::ptrdiff_t x, std::ptrdiff_t width,
                                      std::uint8_t* target) {
  const hn::Half<D> half;
  const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
  for (; x + lanes <= width; x += lanes) {
    hn::Vec<D> upper_red;
    hn::Vec<D> upper_green;
    hn::Vec<D> upper_blue;
    hn::Vec<D> lower_red;
    hn::Vec<D> lower_green;
    hn::Vec<D> lower_blue;
    hn::LoadInterleaved3(d, upper + x * kChannels, upper_red, upper_green, upper_blue);
    hn::LoadInterleaved3(d, lower + x * kChannels, lower_red, lower_green, lower_blue);
    hn::StoreInterleaved3(Mean(d, upper_red, lower_red), Mean(d, upper_green, lower_green),
                          Mean(d, upper_blue, lower_blue), half, target + x / 2 * kChannels);
  }
  return x;
}

void HalveRow(const std::uint8_t* upper, const std::uint8_t* lower, std::ptrdiff_t width,
              std::uint8_t* target) {
  // Windows are narrow: what the widest vectors leave is taken by 16 and by 8 pixels.
  std::ptrdiff_t x = 0;
  x = HalvePixels(hn::ScalableTag<std::uint8_t>(), upper, lower, x, width, target);
  x = HalvePixels(hn::CappedTag<std::uint8_t, 16>(), upper, lower, x, width, target);
  x = HalvePixels(hn::CappedTag<std::uint8_t, 8>(), upper, lower, x, width, target);
  HalveRowReference(upper + x * kChannels, lower + x * kChannels, width - x,
                    target + x / 2 * kChannels);
}

// Source values of a strip, at most two pixels to an output pixel, and what is read behind them.
constexpr std::ptrdiff_t kMostValues = (2 * kStripColumns + 4) * kChannels;
constexpr std::ptrdiff_t kPadding = 64;

// Between two rows: blended[i] = upper[i] · (kWeightOne − lower_weight) + lower[i] · lower_weight.
HWY_INLINE void BlendVertically(const std::uint8_t* upper, const std::uint8_t* lower,
                                int lower_weight, std::ptrdiff_t count, std::int16_t* blended) {
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> bytes;
  const auto upper_weights = hn::Set(d, static_cast<std::int16_t>(kWeightOne - lower_weight));
  const auto lower_weights = hn::Set(d, static_cast<std::int16_t>(lower_weight));
  const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
  const auto blend = [&](std::ptrdiff_t i) {
    const auto above = hn::PromoteTo(d, hn::LoadU(bytes, upper + i));
    const auto below = hn::PromoteTo(d, hn::LoadU(bytes, lower + i));
    hn::StoreU(hn::Add(hn::Mul(above, upper_weights), hn::Mul(below, lower_weights)), d,
               blended + i);
  };
  std::ptrdiff_t i = 0;
  for (; i + lanes <= count; i += lanes) blend(i);
  if (i < count && count >= lanes) {
    blend(count - lanes);
    return;
  }
  for (; i < count; ++i) {
    blended[i] =
        static_cast<std::int16_t>(upper[i] * (kWeightOne - lower_weight) + lower[i] * lower_weight);
  }
}

// A vector's blocks of 128 bits each hold a pixel and its neighbour. (Four blocks, with AVX-512,
// are no faster than two: putting them together costs what they save.)
template <typename T>
using Blocks = hn::CappedTag<T, 32 / sizeof(T)>;
constexpr int kPixels = static_cast<int>(hn::MaxLanes(Blocks<std::int32_t>()) / 4);
constexpr int kTogether = kStripAlignment;
constexpr int kVectors = kTogether / kPixels;

// The pixel of `kTogether` that block `block` of vector `vector` holds: neighbours in neighbouring
// vectors, as these are packed block by block.
constexpr int PixelOf(int vector, int block) { return block * kVectors + vector; }

// Highway adds up the products of neighbouring lanes on x86 and those of the two halves on ARM.
// So that both yield red, green, blue and one number of no meaning, a pixel and its neighbour,
// six numbers one behind the other, are brought into that order, and their two weights too.
struct alignas(32) ByteOrder {
  std::uint8_t of[32];
};
constexpr ByteOrder PixelOrder() {
  constexpr std::uint8_t kX86[16] = {0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, 0, 1, 6, 7};
  constexpr std::uint8_t kArm[16] = {0, 1, 2, 3, 4, 5, 0, 1, 6, 7, 8, 9, 10, 11, 6, 7};
  ByteOrder order = {};
  for (int i = 0; i < 32; ++i) order.of[i] = (HWY_ARCH_X86 ? kX86 : kArm)[i % 16];
  return order;
}
constexpr ByteOrder WeightOrder(int vector) {
  ByteOrder order = {};
  for (int i = 0; i < 16 * kPixels; ++i) {
    const int in_pair = HWY_ARCH_X86 ? i % 4 : i % 2 + (i % 16 < 8 ? 0 : 2);
    order.of[i] = static_cast<std::uint8_t>(PixelOf(vector, i / 16) * 4 + in_pair);
  }
  return order;
}

// Packs four times red, green, blue and waste to twelve bytes.
HWY_ALIGN constexpr std::uint8_t kPackOrder[16] = {0,  1,  2,  4,  5,  6,  8,  9,
                                                   10, 12, 13, 14, 15, 15, 15, 15};

using Words = hn::FixedTag<std::int16_t, 8>;
using Bytes = hn::FixedTag<std::uint8_t, 16>;

// `offsets`: of kTogether pixels.
template <class D>
HWY_INLINE hn::Vec<D> LoadPixels(D d, const std::int16_t* blended, const std::int32_t* offsets,
                                 int vector) {
  const Words words;
  const auto first = hn::LoadU(words, blended + offsets[PixelOf(vector, 0)]);
  if constexpr (kPixels == 1) {
    return first;
  } else {
    return hn::Combine(d, hn::LoadU(words, blended + offsets[PixelOf(vector, 1)]), first);
  }
}

// Between two columns: `weights` of a pixel and its neighbour, in `pixels`.
template <class V>
HWY_INLINE hn::Vec<Blocks<std::int32_t> > BlendColumns(V pixels, V weights) {
  const Blocks<std::int32_t> d;
  auto second = hn::Zero(d);
  const auto first = hn::ReorderWidenMulAccumulate(d, pixels, weights,
                                                   hn::Set(d, 1 << (2 * kWeightBits - 1)), second);
  return hn::ShiftRight<2 * kWeightBits>(HWY_ARCH_X86 ? first : hn::Add(first, second));
}

// The bytes of the kTogether pixels that the vectors of V hold.
template <class V>
HWY_INLINE hn::Vec<Bytes> Narrow(const V* pixels) {
  const Blocks<std::int16_t> words;
  if constexpr (kVectors == 2) {
    return hn::DemoteTo(Bytes(), hn::ReorderDemote2To(words, pixels[0], pixels[1]));
  } else {
    const hn::Half<Bytes> half;
    return hn::Combine(Bytes(),
                       hn::DemoteTo(half, hn::ReorderDemote2To(words, pixels[2], pixels[3])),
                       hn::DemoteTo(half, hn::ReorderDemote2To(words, pixels[0], pixels[1])));
  }
}

void BlendRow(const std::uint8_t* upper, const std::uint8_t* lower, int lower_weight,
              const ColumnTaps& columns, std::uint8_t* target) {
  const std::ptrdiff_t values = columns.columns * kChannels;
  if (values > kMostValues) {
    return BlendRowReference(upper, lower, lower_weight, columns, target);
  }
  HWY_ALIGN std::int16_t blended[kMostValues + kPadding];
  const std::ptrdiff_t begin = columns.begin * kChannels;
  BlendVertically(upper + begin, lower + begin, lower_weight, values, blended);
  // What lies behind has weight 0 or no meaning, but is read.
  const Words words;
  hn::StoreU(hn::Zero(words), words, blended + values);

  static constexpr ByteOrder kPixelOrder = PixelOrder();
  // As many as there are vectors of the shortest kind.
  static constexpr std::array<ByteOrder, kTogether> kWeightOrders = {
      WeightOrder(0), WeightOrder(1), WeightOrder(2), WeightOrder(3)};
  const Blocks<std::uint8_t> bytes;
  const Blocks<std::int16_t> blocks;
  const auto pixel_order = hn::Load(bytes, kPixelOrder.of);
  const auto pack_order = hn::Load(Bytes(), kPackOrder);
  const auto blend = [&](int i) HWY_ATTR {
    const auto weights =
        hn::BitCast(blocks, hn::LoadDup128(Blocks<std::int32_t>(), columns.weights.data() + i));
    hn::Vec<Blocks<std::int32_t> > pixels[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const auto both = LoadPixels(blocks, blended, columns.offsets.data() + i, v);
      const auto weight_order = hn::Load(bytes, kWeightOrders[v].of);
      pixels[v] = BlendColumns(hn::TableLookupBytes(both, hn::BitCast(blocks, pixel_order)),
                               hn::TableLookupBytes(weights, hn::BitCast(blocks, weight_order)));
    }
    return hn::TableLookupBytes(Narrow(pixels), pack_order);
  };
  // Sixteen bytes are stored of which twelve are the pixels: the next ones overwrite the others.
  constexpr int kStored = 16;
  HWY_ALIGN std::uint8_t end[2 * kStored];
  int i = 0;
  for (; i * kChannels + kStored <= columns.count * kChannels; i += kTogether) {
    hn::StoreU(blend(i), Bytes(), target + i * kChannels);
  }
  const int first = i;
  for (; i < columns.count; i += kTogether) {
    hn::StoreU(blend(i), Bytes(), end + (i - first) * kChannels);
  }
  std::memcpy(target + first * kChannels, end,
              static_cast<std::size_t>(columns.count - first) * kChannels);
}

#endif  // HWY_TARGET

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facecascade {

HWY_EXPORT(ConvertRow);
HWY_EXPORT(HalveRow);
HWY_EXPORT(BlendRow);

void ConvertRow(const std::uint8_t* source, std::ptrdiff_t width, PixelFormat format,
                std::uint8_t* target) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ConvertRow)(source, width, format, target);
}

void HalveRow(const std::uint8_t* upper, const std::uint8_t* lower, std::ptrdiff_t width,
              std::uint8_t* target) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(HalveRow)(upper, lower, width, target);
}

void BlendRow(const std::uint8_t* upper, const std::uint8_t* lower, int lower_weight,
              const ColumnTaps& columns, std::uint8_t* target) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(BlendRow)(upper, lower, lower_weight, columns, target);
}

}  // namespace facecascade
#endif  // HWY_ONCE

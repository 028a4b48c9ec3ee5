#include "engine/widen.h"

#include <algorithm>
#include <cmath>

#include "base/instruction_set.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/widen.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace facecascade {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void WidenToFloats(const std::uint8_t* HWY_RESTRICT bytes, std::size_t count,
                   float* HWY_RESTRICT output) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> words;
  const hn::Rebind<std::uint8_t, decltype(d)> narrow;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto value = hn::PromoteTo(words, hn::LoadU(narrow, bytes + i));
    hn::StoreU(hn::ConvertTo(d, value), d, output + i);
  }
  for (; i < count; ++i) output[i] = bytes[i];
}

void WidenToFixed(const std::uint8_t* HWY_RESTRICT bytes, std::size_t count,
                  std::int16_t* HWY_RESTRICT output) {
  const hn::ScalableTag<std::int16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> narrow;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(hn::PromoteTo(d, hn::LoadU(narrow, bytes + i)), d, output + i);
  }
  for (; i < count; ++i) output[i] = bytes[i];
}

float LargestFloat(const float* HWY_RESTRICT values, std::size_t count) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto largest = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) largest = hn::Max(largest, hn::LoadU(d, values + i));
  float result = hn::GetLane(hn::MaxOfLanes(d, largest));
  for (; i < count; ++i) result = std::max(result, values[i]);
  return result;
}

template <typename Integer>
HWY_INLINE void NarrowFloats(const float* HWY_RESTRICT values, std::size_t count, float scale,
                             Integer* HWY_RESTRICT output) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<Integer, decltype(d)> narrow;
  const std::size_t lanes = hn::Lanes(d);
  const auto scales = hn::Set(d, scale);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto rounded = hn::NearestInt(hn::Mul(hn::LoadU(d, values + i), scales));
    hn::StoreU(hn::DemoteTo(narrow, rounded), narrow, output + i);
  }
  for (; i < count; ++i) output[i] = static_cast<Integer>(std::nearbyint(values[i] * scale));
}

void NarrowToFixed(const float* values, std::size_t count, float scale, std::int16_t* output) {
  NarrowFloats(values, count, scale, output);
}

void NarrowToBytes(const float* values, std::size_t count, float scale, std::uint8_t* output) {
  NarrowFloats(values, count, scale, output);
}

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facecascade {

HWY_EXPORT(WidenToFloats);
HWY_EXPORT(WidenToFixed);
HWY_EXPORT(LargestFloat);
HWY_EXPORT(NarrowToFixed);
HWY_EXPORT(NarrowToBytes);

void Widen(const std::uint8_t* bytes, std::size_t count, float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(WidenToFloats)(bytes, count, output);
}

void Widen(const std::uint8_t* bytes, std::size_t count, std::int16_t* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(WidenToFixed)(bytes, count, output);
}

void Widen(const std::uint8_t* bytes, std::size_t count, std::uint8_t* output) {
  std::copy_n(bytes, count, output);
}

float LargestOf(const float* values, std::size_t count) {
  PrepareDispatch();
  return HWY_DYNAMIC_DISPATCH(LargestFloat)(values, count);
}

void Narrow(const float* values, std::size_t count, float one, std::int16_t* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(NarrowToFixed)(values, count, 1 / one, output);
}

void Narrow(const float* values, std::size_t count, float one, std::uint8_t* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(NarrowToBytes)(values, count, 1 / one, output);
}

}  // namespace facecascade
#endif  // HWY_ONCE

#include "engine/widen.h"

#include <algorithm>

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

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facecascade {

HWY_EXPORT(WidenToFloats);
HWY_EXPORT(WidenToFixed);

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

}  // namespace facecascade
#endif  // HWY_ONCE

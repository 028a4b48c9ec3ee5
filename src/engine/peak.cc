#include "engine/peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/instruction_set.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/peak.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace facecascade {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Sums that do not wait for one another: two multiply-adds a cycle, four cycles each, and some.
constexpr int kSums = 12;

// Floating point operations done; `result` keeps the compiler from leaving them out.
std::int64_t MultiplyAdd(std::int64_t rounds, float factor, float* result) {
  const hn::ScalableTag<float> d;
  const auto x = hn::Set(d, factor);
  hn::Vec<decltype(d)> sum[kSums];
#pragma GCC unroll 16
  for (int i = 0; i < kSums; ++i) sum[i] = hn::Set(d, factor + static_cast<float>(i));
  for (std::int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
    for (int i = 0; i < kSums; ++i) sum[i] = hn::MulAdd(sum[i], x, x);
  }
  for (int i = 1; i < kSums; ++i) sum[0] = hn::Add(sum[0], sum[i]);
  *result += hn::GetLane(sum[0]);
  return rounds * kSums * 2 * static_cast<std::int64_t>(hn::Lanes(d));
}

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facecascade {

HWY_EXPORT(MultiplyAdd);

double MeasurePeak() {
  constexpr int kRuns = 10;
  constexpr std::int64_t kRounds = 250'000;  // about 1.5 ms
  PrepareDispatch();
  double best = 0;
  volatile float factor = 0.5F;  // unknown to the compiler
  float result = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const std::int64_t operations = HWY_DYNAMIC_DISPATCH(MultiplyAdd)(kRounds, factor, &result);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(operations) / seconds.count());
  }
  volatile float sink = result;
  static_cast<void>(sink);
  return best;
}

}  // namespace facecascade
#endif  // HWY_ONCE

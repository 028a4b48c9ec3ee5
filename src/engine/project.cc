#include "engine/project.h"

#include "base/instruction_set.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/project.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace facecascade {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void ProjectFloats(const Projection& projection, const ConvolutionInput<float>& input,
                   float* HWY_RESTRICT output) {
  const hn::CappedTag<float, kChannelBlock> d;
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(d));
  for (int pixel = 0; pixel < input.pixels; ++pixel) {
    const float* weights = projection.weights.data();
    auto sum = hn::Zero(d);
    float rest = projection.bias;
    for (int row = 0; row < projection.rows; ++row, weights += projection.run) {
      const float* inputs = input.input + input.pixel_offsets[pixel] + input.row_offsets[row];
      int i = 0;
      for (; i + kLanes <= projection.run; i += kLanes) {
        sum = hn::MulAdd(hn::LoadU(d, inputs + i), hn::LoadU(d, weights + i), sum);
      }
      for (; i < projection.run; ++i) rest += inputs[i] * weights[i];
    }
    output[pixel] = rest + hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

#if HWY_TARGET != HWY_SCALAR
// Inputs as 16-bit integers.
template <class D>
HWY_INLINE hn::Vec<D> LoadInputs(D d, const std::int16_t* inputs) {
  return hn::LoadU(d, inputs);
}
template <class D>
HWY_INLINE hn::Vec<D> LoadInputs(D d, const std::uint8_t* inputs) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<std::uint8_t, D>(), inputs));
}
#endif

template <typename Input>
void ProjectIntegers(const FixedProjection& projection, const ConvolutionInput<Input>& input,
                     float* HWY_RESTRICT output) {
  // Runs are short: the widest vectors would leave a rest of them.
  const hn::CappedTag<std::int32_t, 8> d;
  for (int pixel = 0; pixel < input.pixels; ++pixel) {
    const std::int16_t* weights = projection.weights.data();
    auto sum = hn::Zero(d);
    std::int32_t rest = projection.bias;
    for (int row = 0; row < projection.rows; ++row, weights += projection.run) {
      const Input* inputs = input.input + input.pixel_offsets[pixel] + input.row_offsets[row];
      int i = 0;
#if HWY_TARGET != HWY_SCALAR
      const hn::Repartition<std::int16_t, decltype(d)> halves;
      constexpr int kStep = static_cast<int>(hn::MaxLanes(halves));
      auto other = hn::Zero(d);
      for (; i + kStep <= projection.run; i += kStep) {
        sum = hn::ReorderWidenMulAccumulate(d, LoadInputs(halves, inputs + i),
                                            hn::LoadU(halves, weights + i), sum, other);
      }
      sum = hn::Add(sum, other);
#endif
      for (; i < projection.run; ++i) rest += inputs[i] * weights[i];
    }
    rest += hn::GetLane(hn::SumOfLanes(d, sum));
    output[pixel] = static_cast<float>(rest) * projection.scale;
  }
}

void ProjectFixed(const FixedProjection& projection, const ConvolutionInput<std::int16_t>& input,
                  float* output) {
  ProjectIntegers(projection, input, output);
}

void ProjectBytes(const FixedProjection& projection, const ConvolutionInput<std::uint8_t>& input,
                  float* output) {
  ProjectIntegers(projection, input, output);
}

}  // namespace HWY_NAMESPACE
}  // namespace facecascade
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace facecascade {

HWY_EXPORT(ProjectFloats);
HWY_EXPORT(ProjectFixed);
HWY_EXPORT(ProjectBytes);

void Project(const Projection& projection, const ConvolutionInput<float>& input, float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ProjectFloats)(projection, input, output);
}

void Project(const FixedProjection& projection, const ConvolutionInput<std::int16_t>& input,
             float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ProjectFixed)(projection, input, output);
}

void Project(const FixedProjection& projection, const ConvolutionInput<std::uint8_t>& input,
             float* output) {
  PrepareDispatch();
  HWY_DYNAMIC_DISPATCH(ProjectBytes)(projection, input, output);
}

}  // namespace facecascade
#endif  // HWY_ONCE

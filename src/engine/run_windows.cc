// Windows through a net: the convolutions for a few windows at a time, whose maps stay in the
// cache, then the fully connected layers for all of them, whose weights are read once.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <type_traits>

#include "engine/convolve.h"
#include "engine/network_packed.h"
#include "engine/project.h"
#include "engine/widen.h"

namespace facecascade {
namespace {

// The last maps of `count` ≤ packed.batch windows. Pixels are held as `Pixel`, maps as `Map`.
template <typename Pixel, typename Map>
const float* RunConvolutions(const NetworkPlan::Packed& packed, const std::uint8_t* windows,
                             int count, EngineWorkspace::Buffers& buffers) {
  std::size_t largest = packed.convolutions.front().input_size();
  for (const PlannedConvolution& convolution : packed.convolutions) {
    largest = std::max<std::size_t>(largest, convolution.output_size());
  }
  Pixel* pixels = MapsOf<Pixel>(buffers).maps[0].Reserve(packed.batch * largest + kReadAhead);
  Widen(windows, static_cast<std::size_t>(count) * packed.convolutions.front().input_size(),
        pixels);
  const auto convolve = [&](const PlannedConvolution& convolution, const auto* input,
                            auto* target) {
    using Element = std::remove_cvref_t<decltype(*input)>;
    Convolve(LayerFor<Element>(convolution),
             ConvolutionInput<Element>{input, convolution.pixel_offsets.data(),
                                       convolution.row_offsets.data(),
                                       count * convolution.output_side * convolution.output_side},
             target);
  };
  if (packed.map_convolutions == 1) {
    return RunLastConvolutions(packed, count, nullptr, buffers,
                               [&](const PlannedConvolution& convolution, float* target) {
                                 convolve(convolution, pixels, target);
                               });
  }
  // The pixels' memory is a map's as soon as they are read.
  MapBuffers<Map>& own = MapsOf<Map>(buffers);
  Map* input = own.maps[1].Reserve(packed.batch * largest + kReadAhead);
  Map* output = own.maps[0].Reserve(packed.batch * largest + kReadAhead);
  convolve(packed.convolutions[0], pixels, input);
  for (std::size_t i = 1; i + 1 < packed.map_convolutions; ++i) {
    convolve(packed.convolutions[i], input, output);
    std::swap(input, output);
  }
  return RunLastConvolutions(packed, count, nullptr, buffers,
                             [&](const PlannedConvolution& convolution, float* target) {
                               convolve(convolution, input, target);
                             });
}

// Bytes only where they are faster: what comes of them is the same. The first layer reads pixels as
// 16-bit integers where its weights have 16 bits, or where pixels are too large for narrow sums.
const float* RunConvolutionsOf(const NetworkPlan::Packed& packed, const std::uint8_t* windows,
                               int count, EngineWorkspace::Buffers& buffers) {
  if (packed.bytes && !packed.wide_first && BytesAreFast(false)) {
    return RunConvolutions<std::uint8_t, std::uint8_t>(packed, windows, count, buffers);
  }
  if (packed.bytes && BytesAreFast(packed.narrow_sums)) {
    return RunConvolutions<std::int16_t, std::uint8_t>(packed, windows, count, buffers);
  }
  return packed.fixed_point
             ? RunConvolutions<std::int16_t, std::int16_t>(packed, windows, count, buffers)
             : RunConvolutions<float, float>(packed, windows, count, buffers);
}

// A last map and its bridge, one behind the other, for each window.
void GatherHiddenInputs(const NetworkPlan::Packed& packed, const float* maps, const float* bridge,
                        int count, float* inputs) {
  const int map = packed.convolutions.back().output_size();
  for (int i = 0; i < count; ++i) {
    inputs = std::copy_n(maps + static_cast<std::ptrdiff_t>(i) * map, map, inputs);
    if (packed.spec.bridge == 0) continue;
    inputs = std::copy_n(bridge + static_cast<std::ptrdiff_t>(i) * packed.spec.bridge,
                         packed.spec.bridge, inputs);
  }
}

template <typename Input>
ConvolutionInput<Input> VectorsBehindOneAnother(const Input* inputs, int size, int count,
                                                EngineWorkspace::Buffers& buffers) {
  static constexpr std::ptrdiff_t kNoOffset = 0;
  std::vector<std::int32_t>& offsets = buffers.vector_offsets;
  offsets.resize(count);
  for (int i = 0; i < count; ++i) offsets[i] = i * size;
  return {inputs, offsets.data(), &kNoOffset, count};
}

// The hidden layer by integers. What lies in front of it, outputs of ReLU, is told as finely as the
// net's bits tell the largest one of the window.
template <typename Element>
void MultiplyHidden(const NetworkPlan::Packed& packed, const FixedLayer& layer, const float* inputs,
                    int count, AlignedBuffer<Element>& memory, EngineWorkspace::Buffers& buffers,
                    float* outputs) {
  const FixedPrecision precision = PrecisionOf(packed.spec, packed.convolutions.size());
  const auto size = static_cast<std::size_t>(layer.run);
  Element* integers = memory.Reserve(count * size + kReadAhead);
  buffers.hidden_units.resize(count);
  for (int i = 0; i < count; ++i) {
    const float range = LargestOf(inputs + i * size, size) / precision.range;
    buffers.hidden_units[i] = ActivationUnit(range, precision);
    Narrow(inputs + i * size, size, buffers.hidden_units[i], integers + i * size);
  }
  Convolve(layer, VectorsBehindOneAnother<Element>(integers, layer.run, count, buffers), outputs);
  const float* bias = packed.hidden.bias.data();
  for (const float unit : buffers.hidden_units) {
    for (int channel = 0; channel < layer.channels; ++channel) {
      const float sum = *outputs * unit + bias[channel];
      *outputs++ = sum > packed.hidden.floor ? sum : packed.hidden.floor;
    }
  }
}

}  // namespace

void Multiply(const PackedLayer& layer, const float* inputs, int count,
              EngineWorkspace::Buffers& buffers, float* outputs) {
  Convolve(layer, VectorsBehindOneAnother(inputs, layer.run, count, buffers), outputs);
}

void RunHidden(const NetworkPlan::Packed& packed, const float* inputs, int count,
               EngineWorkspace::Buffers& buffers, float* outputs) {
  if (packed.bytes && BytesAreFast(packed.narrow_sums)) {
    MultiplyHidden(packed, packed.hidden_bytes, inputs, count, buffers.hidden_byte_inputs, buffers,
                   outputs);
  } else if (packed.fixed_point) {
    MultiplyHidden(packed, packed.hidden_fixed, inputs, count, buffers.hidden_fixed_inputs, buffers,
                   outputs);
  } else {
    Multiply(packed.hidden, inputs, count, buffers, outputs);
  }
}

void ProjectVectors(const Projection& projection, const float* inputs, int count,
                    EngineWorkspace::Buffers& buffers, float* outputs) {
  Project(projection, VectorsBehindOneAnother(inputs, projection.run, count, buffers), outputs);
}

void RunWindows(const NetworkPlan& plan, const std::uint8_t* windows, int count,
                const float* bridge, EngineWorkspace& workspace, float* outputs, float* features) {
  const NetworkPlan::Packed& packed = plan.packed();
  assert(packed.spec.bridge == 0 || bridge != nullptr || count == 0);
  EngineWorkspace::Buffers& buffers = workspace.buffers();
  const std::size_t width = FeatureCount(packed.spec);
  if (features == nullptr) features = buffers.features.Reserve(count * width);
  const bool has_hidden = packed.spec.hidden > 0;
  const std::size_t inputs = has_hidden ? packed.hidden.run : width;
  float* gathered = has_hidden ? buffers.hidden_inputs.Reserve(count * inputs) : features;

  const std::size_t window_bytes = packed.convolutions.front().input_size();
  for (int begin = 0; begin < count; begin += packed.batch) {
    const int together = std::min(packed.batch, count - begin);
    const std::uint8_t* first = windows + begin * window_bytes;
    const float* maps = RunConvolutionsOf(packed, first, together, buffers);
    const float* bridges = bridge == nullptr ? nullptr : bridge + begin * packed.spec.bridge;
    GatherHiddenInputs(packed, maps, bridges, together, gathered + begin * inputs);
  }
  if (has_hidden) RunHidden(packed, gathered, count, buffers, features);
  Multiply(packed.output, features, count, buffers, outputs);
}

}  // namespace facecascade

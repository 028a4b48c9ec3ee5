// What is behind NetworkPlan and EngineWorkspace.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/aligned_buffer.h"
#include "engine/fixed_layer.h"
#include "engine/network_plan.h"
#include "engine/packed_layer.h"

namespace facecascade {

/// Which of the two reads maps of such elements: floats, or integers.
template <typename Element, typename Layer, typename Fixed>
const auto& LayerFor(const Layer& layer, const Fixed& fixed) {
  if constexpr (std::is_same_v<Element, float>) {
    return layer;
  } else {
    return fixed;
  }
}

/// A convolution with the shape of its input and output for one window.
struct PlannedConvolution {
  PackedLayer layer;
  FixedLayer fixed;  ///< the same, of a net in fixed point
  FixedLayer bytes;  ///< the same, where that has 8 bits
  int kernel = 0;
  int stride = 0;
  int inputs = 0;      ///< channels
  int input_side = 0;  ///< of the map of one window
  int output_side = 0;
  std::vector<std::int32_t> pixel_offsets;  ///< for the pixels of a whole batch of windows
  std::vector<std::ptrdiff_t> row_offsets;

  int input_size() const { return input_side * input_side * inputs; }
  int output_size() const { return output_side * output_side * layer.channels; }
};

template <typename Element>
const auto& LayerFor(const PlannedConvolution& convolution) {
  if constexpr (std::is_same_v<Element, std::uint8_t>) {
    return convolution.bytes;
  } else {
    return LayerFor<Element>(convolution.layer, convolution.fixed);
  }
}

struct NetworkPlan::Packed {
  NetworkSpec spec;
  int batch = 0;  ///< windows that go through the convolutions together
  std::vector<PlannedConvolution> convolutions;
  bool fixed_point = false;
  bool bytes = false;        ///< the fixed point has 8 bits, or 7
  bool narrow_sums = false;  ///< 7: but in the first layer, whose inputs are pixels
  bool wide_first = false;   ///< HasWideFirst
  /// Convolutions over maps, of whose elements the net is in fixed point or floats. The last of
  /// them yields floats, and so do those behind it, which see one position.
  std::size_t map_convolutions = 0;
  PackedLayer hidden;       ///< no channels: none
  FixedLayer hidden_fixed;  ///< its weights alone, of a net in fixed point
  FixedLayer hidden_bytes;  ///< the same, where they have 8 bits
  PackedLayer output;
  std::size_t exit_convolution = 0;  ///< of RunMap: from here on positions are singled out
  Projection exit;                   ///< no rows: every position goes on
  FixedProjection fixed_exit;
  Projection face;  ///< the face's log odds: output 1 minus output 0
};

/// Rows of a map that are still needed, the newest overwriting the oldest.
template <typename Element>
struct RowRing {
  AlignedBuffer<Element> rows;
  std::size_t row_size = 0;  ///< elements
  int capacity = 0;          ///< rows
  int produced = 0;          ///< rows made so far
};

/// Maps of such elements.
template <typename Element>
struct MapBuffers {
  std::array<AlignedBuffer<Element>, 2> maps;  ///< of a batch of windows: input and output in turn
  std::vector<RowRing<Element>> rings;         ///< of a picture and its maps in front of the exit
};

struct EngineWorkspace::Buffers {
  MapBuffers<float> float_maps;
  MapBuffers<std::int16_t> fixed_maps;
  MapBuffers<std::uint8_t> byte_maps;

  // Of convolutions that see one position, in turn.
  std::array<AlignedBuffer<float>, 2> positions;

  // Of RunWindows.
  AlignedBuffer<float> hidden_inputs;
  AlignedBuffer<std::int16_t> hidden_fixed_inputs;
  AlignedBuffer<std::uint8_t> hidden_byte_inputs;
  std::vector<float> hidden_units;  ///< of each window: what an integer of 1 stands for
  AlignedBuffer<float> features;

  // Of RunMap: row by row, and from the exit on what was made of the positions that go on.
  std::vector<std::vector<std::int32_t>> pixel_offsets;
  AlignedBuffer<float> exit_scores;          ///< of a row
  std::vector<std::int32_t> columns;         ///< of a row, that go on
  std::vector<std::int32_t> column_offsets;  ///< where their inputs lie
  AlignedBuffer<float> map;                  ///< features of all positions that go on
  std::vector<std::int32_t> places;          ///< of each position in `map`, −1: left
  AlignedBuffer<float> row_logits;
  int map_width = 0;

  std::vector<std::int32_t> vector_offsets;  ///< of inputs of fully connected layers
};

template <typename Element>
MapBuffers<Element>& MapsOf(EngineWorkspace::Buffers& buffers) {
  if constexpr (std::is_same_v<Element, float>) {
    return buffers.float_maps;
  } else if constexpr (std::is_same_v<Element, std::uint8_t>) {
    return buffers.byte_maps;
  } else {
    return buffers.fixed_maps;
  }
}

/// A fully connected layer over `count` vectors that lie one behind the other.
void Multiply(const PackedLayer& layer, const float* inputs, int count,
              EngineWorkspace::Buffers& buffers, float* outputs);

/// The net's hidden layer over `count` vectors: its last map and its bridge, none below 0.
void RunHidden(const NetworkPlan::Packed& packed, const float* inputs, int count,
               EngineWorkspace::Buffers& buffers, float* outputs);

/// Multiply for a single output.
void ProjectVectors(const Projection& projection, const float* inputs, int count,
                    EngineWorkspace::Buffers& buffers, float* outputs);

/// `count` positions through the last of the convolutions over maps, by `convolve` (which writes
/// what it is given), and those behind it. Where `target` is null the result lies in `buffers`.
template <typename Convolution>
const float* RunLastConvolutions(const NetworkPlan::Packed& packed, int count, float* target,
                                 EngineWorkspace::Buffers& buffers, const Convolution& convolve) {
  const std::size_t end = packed.convolutions.size();
  const auto output = [&](std::size_t index) {
    if (index + 1 == end && target != nullptr) return target;
    const PlannedConvolution& convolution = packed.convolutions[index];
    return buffers.positions[index % 2].Reserve(static_cast<std::size_t>(count) *
                                                convolution.output_size());
  };
  std::size_t index = packed.map_convolutions - 1;
  float* made = output(index);
  convolve(packed.convolutions[index], made);
  while (++index < end) {  // kernels of 1×1
    float* next = output(index);
    Multiply(packed.convolutions[index].layer, made, count, buffers, next);
    made = next;
  }
  return made;
}

}  // namespace facecascade

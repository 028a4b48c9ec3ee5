// What is behind NetworkPlan and EngineWorkspace.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "engine/network_plan.h"
#include "engine/packed_layer.h"

namespace facecascade {

/// A convolution with the shape of its input and output for one window.
struct PlannedConvolution {
  PackedLayer layer;
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

struct NetworkPlan::Packed {
  NetworkSpec spec;
  int batch = 0;  ///< windows that go through the convolutions together
  std::vector<PlannedConvolution> convolutions;
  PackedLayer hidden;  ///< no channels: none
  PackedLayer output;
  std::size_t exit_convolution = 0;  ///< of RunMap: from here on positions are singled out
  PackedLayer exit;                  ///< no channels: every position goes on
  std::vector<float> face_weights;   ///< of the face's log odds: output 1 minus output 0
  float face_bias = 0;
};

/// Rows of a map that are still needed, the newest overwriting the oldest.
struct RowRing {
  AlignedBuffer<float> rows;
  std::size_t row_size = 0;  ///< floats
  int capacity = 0;          ///< rows
  int produced = 0;          ///< rows made so far
};

struct EngineWorkspace::Buffers {
  // Of RunWindows.
  std::array<AlignedBuffer<float>, 2> maps;  ///< a batch's input and output in turn
  AlignedBuffer<float> hidden_inputs;
  AlignedBuffer<float> features;

  // Of RunMap: the picture and the maps in front of the exit, row by row, and from there on what
  // was made of the positions that go on.
  std::vector<RowRing> rings;
  std::vector<std::vector<std::int32_t>> pixel_offsets;
  AlignedBuffer<float> exit_scores;              ///< of a row
  std::vector<std::int32_t> columns;             ///< of a row, that go on
  std::vector<std::int32_t> column_offsets;      ///< where their inputs lie
  std::array<AlignedBuffer<float>, 2> row_maps;  ///< of a row, behind the exit, in turn
  AlignedBuffer<float> map;                      ///< features of all positions that go on
  std::vector<std::int32_t> places;              ///< of each position in `map`, −1: left
  AlignedBuffer<float> row_logits;
  int map_width = 0;

  std::vector<std::int32_t> vector_offsets;  ///< of inputs of fully connected layers
};

/// A fully connected layer over `count` vectors that lie one behind the other.
void Multiply(const PackedLayer& layer, const float* inputs, int count,
              EngineWorkspace::Buffers& buffers, float* outputs);

}  // namespace facecascade

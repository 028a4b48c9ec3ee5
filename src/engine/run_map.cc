// A net over a whole picture, row by row: a row of a map is made as soon as, and no sooner than,
// the map above needs it, so that all rows under way stay in the cache.
#include <cassert>

#include "engine/convolve.h"
#include "engine/network_packed.h"

namespace facecascade {
namespace {

struct MapRun {
  const NetworkPlan::Packed& packed;
  EngineWorkspace::Buffers& buffers;
  const std::uint8_t* pixels;
  std::ptrdiff_t stride;
};

// Ring i holds the rows that convolution i reads.
void PrepareRings(const NetworkPlan::Packed& packed, int width, EngineWorkspace::Buffers& buffers) {
  const std::size_t count = packed.convolutions.size();
  if (buffers.rings.size() < count) buffers.rings.resize(count);
  if (buffers.pixel_offsets.size() < count) buffers.pixel_offsets.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const PlannedConvolution& convolution = packed.convolutions[i];
    RowRing& ring = buffers.rings[i];
    ring.row_size = static_cast<std::size_t>(width) * convolution.inputs;
    ring.capacity = convolution.kernel;
    ring.produced = 0;
    ring.rows.Reserve(ring.row_size * ring.capacity);
    width = (width - convolution.kernel) / convolution.stride + 1;
    std::vector<std::int32_t>& offsets = buffers.pixel_offsets[i];
    offsets.resize(width);
    for (int x = 0; x < width; ++x) offsets[x] = x * convolution.stride * convolution.inputs;
  }
  buffers.map_width = width;
}

int LastMapHeight(const NetworkPlan::Packed& packed, int height) {
  for (const PlannedConvolution& convolution : packed.convolutions) {
    height = (height - convolution.kernel) / convolution.stride + 1;
  }
  return height;
}

void ConvolveRow(const MapRun& run, std::size_t index, int row, float* output);

// Makes the next row that convolution `index` reads.
void ProduceRow(const MapRun& run, std::size_t index) {
  RowRing& ring = run.buffers.rings[index];
  const int row = ring.produced++;
  float* target = ring.rows.data() + row % ring.capacity * ring.row_size;
  if (index == 0) {
    Widen(run.pixels + row * run.stride, ring.row_size, target);
  } else {
    ConvolveRow(run, index - 1, row, target);
  }
}

// Makes row `row` of the map of convolution `index`, and first what it is made of.
void ConvolveRow(const MapRun& run, std::size_t index, int row, float* output) {
  constexpr int kMostRows = 16;  // CheckNetworkSpec allows no larger kernel
  const PlannedConvolution& convolution = run.packed.convolutions[index];
  const RowRing& ring = run.buffers.rings[index];
  assert(convolution.kernel <= kMostRows);
  const int first = row * convolution.stride;
  while (ring.produced < first + convolution.kernel) ProduceRow(run, index);
  std::ptrdiff_t row_offsets[kMostRows];
  for (int i = 0; i < convolution.kernel; ++i) {
    row_offsets[i] = static_cast<std::ptrdiff_t>((first + i) % ring.capacity * ring.row_size);
  }
  const std::vector<std::int32_t>& offsets = run.buffers.pixel_offsets[index];
  Convolve(convolution.layer,
           {ring.rows.data(), offsets.data(), row_offsets, static_cast<int>(offsets.size())},
           output);
}

}  // namespace

void RunMap(const NetworkPlan& plan, const std::uint8_t* pixels, int width, int height,
            std::ptrdiff_t stride, EngineWorkspace& workspace, ScoreMap& map) {
  const NetworkPlan::Packed& packed = plan.packed();
  assert(packed.spec.hidden == 0);
  assert(width >= packed.spec.input_size && height >= packed.spec.input_size);
  EngineWorkspace::Buffers& buffers = workspace.buffers();
  PrepareRings(packed, width, buffers);
  map.width = buffers.map_width;
  map.height = LastMapHeight(packed, height);
  map.logits.resize(static_cast<std::size_t>(map.width) * map.height);

  const MapRun run = {packed, buffers, pixels, stride};
  const int channels = packed.output.run;
  const std::size_t row_size = static_cast<std::size_t>(map.width) * channels;
  float* features = buffers.map.Reserve(row_size * map.height);
  for (int row = 0; row < map.height; ++row, features += row_size) {
    ConvolveRow(run, packed.convolutions.size() - 1, row, features);
    Project(features, map.width, channels, packed.face_weights.data(), packed.face_bias,
            map.logits.data() + static_cast<std::size_t>(row) * map.width);
  }
}

void MapOutputs(const NetworkPlan& plan, const EngineWorkspace& workspace, int column, int row,
                float* outputs) {
  constexpr std::int32_t kNoPixelOffset = 0;
  constexpr std::ptrdiff_t kNoRowOffset = 0;
  const EngineWorkspace::Buffers& buffers = workspace.buffers();
  const PackedLayer& layer = plan.packed().output;
  const std::ptrdiff_t position = static_cast<std::ptrdiff_t>(row) * buffers.map_width + column;
  Convolve(layer, {buffers.map.data() + position * layer.run, &kNoPixelOffset, &kNoRowOffset, 1},
           outputs);
}

}  // namespace facecascade

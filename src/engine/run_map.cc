// A net over a whole picture, row by row: a row of a map is made as soon as, and no sooner than,
// the map above needs it, so that all rows under way stay in the cache. From the net's early exit
// on, only the positions that pass it are looked at.
#include <array>
#include <cassert>

#include "engine/convolve.h"
#include "engine/network_packed.h"
#include "engine/project.h"

namespace facecascade {
namespace {

template <typename Element>
struct MapRun {
  const NetworkPlan::Packed& packed;
  EngineWorkspace::Buffers& buffers;
  const std::uint8_t* pixels;
  std::ptrdiff_t stride;

  std::vector<RowRing<Element>>& rings() const { return MapsOf<Element>(buffers).rings; }
};

constexpr int kMostRows = 16;  // CheckNetworkSpec allows no larger kernel
using RowOffsets = std::array<std::ptrdiff_t, kMostRows>;

// Ring i holds the rows that convolution i reads.
template <typename Element>
void PrepareRings(const MapRun<Element>& run, int width) {
  const NetworkPlan::Packed& packed = run.packed;
  EngineWorkspace::Buffers& buffers = run.buffers;
  const std::size_t count = packed.exit_convolution + 1;
  if (run.rings().size() < count) run.rings().resize(count);
  if (buffers.pixel_offsets.size() < count) buffers.pixel_offsets.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const PlannedConvolution& convolution = packed.convolutions[i];
    RowRing<Element>& ring = run.rings()[i];
    ring.row_size = static_cast<std::size_t>(width) * convolution.inputs;
    ring.capacity = convolution.kernel;
    ring.produced = 0;
    ring.rows.Reserve(ring.row_size * ring.capacity + kReadAhead);
    width = (width - convolution.kernel) / convolution.stride + 1;
    std::vector<std::int32_t>& offsets = buffers.pixel_offsets[i];
    offsets.resize(width);
    for (int x = 0; x < width; ++x) offsets[x] = x * convolution.stride * convolution.inputs;
  }
  buffers.map_width = width;
}

int MapHeight(const NetworkPlan::Packed& packed, int height) {
  for (std::size_t i = 0; i <= packed.exit_convolution; ++i) {
    const PlannedConvolution& convolution = packed.convolutions[i];
    height = (height - convolution.kernel) / convolution.stride + 1;
  }
  return height;
}

template <typename Element>
void ConvolveRow(const MapRun<Element>& run, std::size_t index, int row, Element* output);

// Makes the next row that convolution `index` reads.
template <typename Element>
void ProduceRow(const MapRun<Element>& run, std::size_t index) {
  RowRing<Element>& ring = run.rings()[index];
  const int row = ring.produced++;
  Element* target = ring.rows.data() + row % ring.capacity * ring.row_size;
  if (index == 0) {
    Widen(run.pixels + row * run.stride, ring.row_size, target);
  } else {
    ConvolveRow(run, index - 1, row, target);
  }
}

// What convolution `index` reads for row `row` of its map; made first, where it is missing.
template <typename Element>
ConvolutionInput<Element> InputOfRow(const MapRun<Element>& run, std::size_t index, int row,
                                     RowOffsets& offsets) {
  const PlannedConvolution& convolution = run.packed.convolutions[index];
  const RowRing<Element>& ring = run.rings()[index];
  assert(convolution.kernel <= static_cast<int>(offsets.size()));
  const int first = row * convolution.stride;
  while (ring.produced < first + convolution.kernel) ProduceRow(run, index);
  for (int i = 0; i < convolution.kernel; ++i) {
    offsets[i] = static_cast<std::ptrdiff_t>((first + i) % ring.capacity * ring.row_size);
  }
  const std::vector<std::int32_t>& pixels = run.buffers.pixel_offsets[index];
  return {ring.rows.data(), pixels.data(), offsets.data(), static_cast<int>(pixels.size())};
}

template <typename Element>
void ConvolveRow(const MapRun<Element>& run, std::size_t index, int row, Element* output) {
  const PlannedConvolution& convolution = run.packed.convolutions[index];
  RowOffsets offsets;
  Convolve(LayerFor<Element>(convolution), InputOfRow(run, index, row, offsets), output);
}

// The positions of a row that go on, into buffers.columns; the input that is left of `input`.
template <typename Element>
ConvolutionInput<Element> TakeExit(const MapRun<Element>& run, ConvolutionInput<Element> input) {
  EngineWorkspace::Buffers& buffers = run.buffers;
  buffers.columns.clear();
  buffers.column_offsets.clear();
  const bool all = run.packed.exit.rows == 0;
  float* scores = buffers.exit_scores.Reserve(input.pixels);
  if (!all) Project(LayerFor<Element>(run.packed.exit, run.packed.fixed_exit), input, scores);
  for (int column = 0; column < input.pixels; ++column) {
    if (!all && !(scores[column] >= 0)) continue;
    buffers.columns.push_back(column);
    buffers.column_offsets.push_back(input.pixel_offsets[column]);
  }
  input.pixel_offsets = buffers.column_offsets.data();
  input.pixels = static_cast<int>(buffers.columns.size());
  return input;
}

template <typename Element>
void RunMapOf(const MapRun<Element>& run, int width, int height, ScoreMap& map) {
  const NetworkPlan::Packed& packed = run.packed;
  EngineWorkspace::Buffers& buffers = run.buffers;
  PrepareRings(run, width);
  map.width = buffers.map_width;
  map.height = MapHeight(packed, height);
  const std::size_t positions = static_cast<std::size_t>(map.width) * map.height;
  map.logits.assign(positions, kLeftEarly);
  buffers.places.assign(positions, -1);

  const int channels = packed.output.run;
  float* features = buffers.map.Reserve(positions * channels);
  int place = 0;
  for (int row = 0; row < map.height; ++row) {
    RowOffsets offsets;
    const ConvolutionInput<Element> input =
        TakeExit(run, InputOfRow(run, packed.exit_convolution, row, offsets));
    if (input.pixels == 0) continue;
    RunLastConvolutions(packed, input.pixels, features, buffers,
                        [&](const PlannedConvolution& convolution, float* output) {
                          Convolve(LayerFor<Element>(convolution), input, output);
                        });
    float* logits = buffers.row_logits.Reserve(input.pixels);
    ProjectVectors(packed.face, features, input.pixels, buffers, logits);
    features += static_cast<std::ptrdiff_t>(input.pixels) * channels;
    const std::size_t begin = static_cast<std::size_t>(row) * map.width;
    for (const std::int32_t column : buffers.columns) {
      map.logits[begin + column] = *logits++;
      buffers.places[begin + column] = place++;
    }
  }
}

}  // namespace

void RunMap(const NetworkPlan& plan, const std::uint8_t* pixels, int width, int height,
            std::ptrdiff_t stride, EngineWorkspace& workspace, ScoreMap& map) {
  const NetworkPlan::Packed& packed = plan.packed();
  assert(packed.spec.hidden == 0);
  assert(width >= packed.spec.input_size && height >= packed.spec.input_size);
  EngineWorkspace::Buffers& buffers = workspace.buffers();
  if (packed.fixed_point) {
    RunMapOf(MapRun<std::int16_t>{packed, buffers, pixels, stride}, width, height, map);
  } else {
    RunMapOf(MapRun<float>{packed, buffers, pixels, stride}, width, height, map);
  }
}

void MapOutputs(const NetworkPlan& plan, const EngineWorkspace& workspace, int column, int row,
                float* outputs) {
  constexpr std::int32_t kNoPixelOffset = 0;
  constexpr std::ptrdiff_t kNoRowOffset = 0;
  const EngineWorkspace::Buffers& buffers = workspace.buffers();
  const PackedLayer& layer = plan.packed().output;
  const std::ptrdiff_t place =
      buffers.places[static_cast<std::size_t>(row) * buffers.map_width + column];
  assert(place >= 0);
  Convolve(layer, {buffers.map.data() + place * layer.run, &kNoPixelOffset, &kNoRowOffset, 1},
           outputs);
}

}  // namespace facecascade

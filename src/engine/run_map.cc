// A net over a whole picture, row by row: a row of a map is made as soon as, and no sooner than,
// the map above needs it, so that all rows under way stay in the cache. From the net's early exit
// on, only the positions that pass it are looked at.
#include <array>
#include <cassert>
#include <type_traits>

#include "engine/convolve.h"
#include "engine/network_packed.h"
#include "engine/project.h"
#include "engine/widen.h"

namespace facecascade {
namespace {

// Rows of the picture are held as `Pixel`, those of maps as `Map`.
template <typename Pixel, typename Map>
struct MapRun {
  using PixelElement = Pixel;
  using MapElement = Map;

  const NetworkPlan::Packed& packed;
  EngineWorkspace::Buffers& buffers;
  const std::uint8_t* pixels;
  std::ptrdiff_t stride;
};

// Holds the rows that convolution `index` reads.
template <typename Element>
RowRing<Element>& RingOf(EngineWorkspace::Buffers& buffers, std::size_t index) {
  return MapsOf<Element>(buffers).rings[index];
}

template <typename Element>
void PrepareRing(EngineWorkspace::Buffers& buffers, std::size_t index, std::size_t row_size,
                 int capacity) {
  std::vector<RowRing<Element>>& rings = MapsOf<Element>(buffers).rings;
  if (rings.size() <= index) rings.resize(index + 1);
  RowRing<Element>& ring = rings[index];
  ring.row_size = row_size;
  ring.capacity = capacity;
  ring.produced = 0;
  ring.rows.Reserve(row_size * capacity + kReadAhead);
}

constexpr int kMostRows = 16;  // CheckNetworkSpec allows no larger kernel
using RowOffsets = std::array<std::ptrdiff_t, kMostRows>;

template <class Run>
void PrepareRings(const Run& run, int width) {
  const NetworkPlan::Packed& packed = run.packed;
  EngineWorkspace::Buffers& buffers = run.buffers;
  const std::size_t count = packed.exit_convolution + 1;
  if (buffers.pixel_offsets.size() < count) buffers.pixel_offsets.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const PlannedConvolution& convolution = packed.convolutions[i];
    const std::size_t row_size = static_cast<std::size_t>(width) * convolution.inputs;
    if (i == 0) {
      PrepareRing<typename Run::PixelElement>(buffers, i, row_size, convolution.kernel);
    } else {
      PrepareRing<typename Run::MapElement>(buffers, i, row_size, convolution.kernel);
    }
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

template <class Run>
void ConvolveRow(const Run& run, std::size_t index, int row, typename Run::MapElement* output);

// Makes the next row that convolution `index` reads, of `Element`s.
template <typename Element, class Run>
void ProduceRow(const Run& run, std::size_t index) {
  RowRing<Element>& ring = RingOf<Element>(run.buffers, index);
  const int row = ring.produced++;
  Element* target = ring.rows.data() + row % ring.capacity * ring.row_size;
  if (index == 0) {
    Widen(run.pixels + row * run.stride, ring.row_size, target);
  } else if constexpr (std::is_same_v<Element, typename Run::MapElement>) {
    ConvolveRow(run, index - 1, row, target);
  }
}

// What convolution `index` reads for row `row` of its map; made first, where it is missing.
template <typename Element, class Run>
ConvolutionInput<Element> InputOfRow(const Run& run, std::size_t index, int row,
                                     RowOffsets& offsets) {
  const PlannedConvolution& convolution = run.packed.convolutions[index];
  const RowRing<Element>& ring = RingOf<Element>(run.buffers, index);
  assert(convolution.kernel <= static_cast<int>(offsets.size()));
  const int first = row * convolution.stride;
  while (ring.produced < first + convolution.kernel) ProduceRow<Element>(run, index);
  for (int i = 0; i < convolution.kernel; ++i) {
    offsets[i] = static_cast<std::ptrdiff_t>((first + i) % ring.capacity * ring.row_size);
  }
  const std::vector<std::int32_t>& pixels = run.buffers.pixel_offsets[index];
  return {ring.rows.data(), pixels.data(), offsets.data(), static_cast<int>(pixels.size())};
}

template <class Run>
void ConvolveRow(const Run& run, std::size_t index, int row, typename Run::MapElement* output) {
  const PlannedConvolution& convolution = run.packed.convolutions[index];
  RowOffsets offsets;
  const auto convolve = [&]<typename Element>(Element /*of the input*/) {
    Convolve(LayerFor<Element>(convolution), InputOfRow<Element>(run, index, row, offsets), output);
  };
  if (index == 0) {
    convolve(typename Run::PixelElement());
  } else {
    convolve(typename Run::MapElement());
  }
}

// The positions of a row that go on, into buffers.columns; the input that is left of `input`.
template <class Run, typename Element>
ConvolutionInput<Element> TakeExit(const Run& run, ConvolutionInput<Element> input) {
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

template <class Run>
void RunMapOf(const Run& run, int width, int height, ScoreMap& map) {
  using Element = typename Run::MapElement;
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
        TakeExit(run, InputOfRow<Element>(run, packed.exit_convolution, row, offsets));
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
  const auto run = [&]<typename Pixel, typename Map>(Pixel, Map) {
    RunMapOf(MapRun<Pixel, Map>{packed, buffers, pixels, stride}, width, height, map);
  };
  // Bytes only where they are faster, and where there is a map in front of the exit.
  if (packed.bytes && packed.exit_convolution > 0 && BytesAreFast(packed.narrow_sums)) {
    run(std::int16_t(), std::uint8_t());
  } else if (packed.fixed_point) {
    run(std::int16_t(), std::int16_t());
  } else {
    run(float(), float());
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

#include "engine/network_plan.h"

#include <algorithm>
#include <limits>

#include "engine/network_packed.h"

namespace facecascade {
namespace {

// Floats that the two largest neighbouring maps of a batch may take: half of a second-level cache
// of 512 KiB, which holds the weights too.
constexpr std::size_t kBatchFloats = 160 * 1024;

// More windows than this fill the kernels' tiles (of 3, 4, 6 or 12 pixels) no better.
constexpr int kMostWindows = 12;

void PlanOffsets(PlannedConvolution& convolution, int batch) {
  for (int window = 0; window < batch; ++window) {
    for (int row = 0; row < convolution.output_side; ++row) {
      for (int column = 0; column < convolution.output_side; ++column) {
        const int pixel = row * convolution.input_side + column;
        convolution.pixel_offsets.push_back(window * convolution.input_size() +
                                            pixel * convolution.stride * convolution.inputs);
      }
    }
  }
  for (int row = 0; row < convolution.kernel; ++row) {
    convolution.row_offsets.push_back(static_cast<std::ptrdiff_t>(row) * convolution.input_side *
                                      convolution.inputs);
  }
}

int BatchFor(const std::vector<PlannedConvolution>& convolutions) {
  std::size_t largest = 1;
  for (const PlannedConvolution& convolution : convolutions) {
    largest = std::max<std::size_t>(
        largest, static_cast<std::size_t>(convolution.input_size()) + convolution.output_size());
  }
  return std::clamp(static_cast<int>(kBatchFloats / largest), 1, kMostWindows);
}

std::vector<PlannedConvolution> PlanConvolutions(const NetworkSpec& spec,
                                                 const NetworkWeights& weights) {
  std::vector<PlannedConvolution> convolutions;
  int inputs = kInputChannels;
  int side = spec.input_size;
  for (std::size_t i = 0; i < spec.convolutions.size(); ++i) {
    const ConvolutionSpec& layer = spec.convolutions[i];
    PlannedConvolution planned;
    planned.layer = PackConvolution(layer.kernel, inputs, weights.convolution_weights[i],
                                    weights.convolution_biases[i], 0);
    planned.kernel = layer.kernel;
    planned.stride = layer.stride;
    planned.inputs = inputs;
    planned.input_side = side;
    planned.output_side = MapSize(spec, i);
    inputs = layer.channels;
    side = planned.output_side;
    convolutions.push_back(std::move(planned));
  }
  FoldNormalization(convolutions.front().layer);
  return convolutions;
}

// Makes the net's fixed-point layers from its float ones.
void PlanFixedPoint(const NetworkWeights& weights, NetworkPlan::Packed& packed) {
  const std::vector<float>& ranges = weights.ranges.values;
  for (std::size_t i = 0; i < packed.map_convolutions; ++i) {
    PlannedConvolution& convolution = packed.convolutions[i];
    const ConvolutionUnits units = UnitsOf(packed.spec, ranges, i);
    convolution.fixed =
        ToFixed(convolution.layer, units.input, units.output, units.largest_input, units.precision);
    const bool wide = i == 0 && packed.wide_first;
    if (packed.bytes && !wide) convolution.bytes = ToBytes(convolution.fixed);
  }
  if (packed.exit.rows == 0) return;
  const ConvolutionUnits units = UnitsOf(packed.spec, ranges, packed.exit_convolution);
  packed.fixed_exit = ToFixed(packed.exit, units.input, units.largest_input);
}

// The layer's weights; bias and ReLU come when the units of the inputs, which are each window's
// own, are multiplied in.
FixedLayer FixHidden(const PackedLayer& hidden, const FixedPrecision& precision) {
  FixedLayer fixed = ToFixed(hidden, 1, 1, precision.largest_activation, precision);
  std::fill_n(fixed.bias.data(), static_cast<std::ptrdiff_t>(fixed.blocks()) * kChannelBlock, 0);
  fixed.floor = -std::numeric_limits<float>::infinity();
  return fixed;
}

NetworkPlan::Packed Pack(const NetworkSpec& spec, const NetworkWeights& weights) {
  NetworkPlan::Packed packed;
  packed.spec = spec;
  packed.convolutions = PlanConvolutions(spec, weights);
  packed.batch = BatchFor(packed.convolutions);
  for (PlannedConvolution& convolution : packed.convolutions) {
    PlanOffsets(convolution, packed.batch);
  }
  if (spec.hidden > 0) {
    packed.hidden =
        PackHidden(packed.convolutions.back().output_side, spec.convolutions.back().channels,
                   weights.hidden_weights, weights.hidden_bias);
  }
  packed.exit_convolution = ExitConvolution(spec);
  if (spec.early_exit) {
    const PlannedConvolution& behind = packed.convolutions[packed.exit_convolution];
    PackedLayer exit =
        PackConvolution(behind.kernel, behind.inputs, weights.exit_weights, weights.exit_bias, 0);
    // An exit that looks at the picture itself reads pixels as they are, like that convolution.
    if (packed.exit_convolution == 0) FoldNormalization(exit);
    packed.exit = ToProjection(exit);
  }
  packed.map_convolutions = FixedConvolutions(spec);
  packed.fixed_point = spec.fixed_point > 0;
  packed.bytes = FitBytes(spec.fixed_point);
  packed.narrow_sums = spec.fixed_point == 7;
  packed.wide_first = HasWideFirst(spec);
  if (packed.fixed_point) PlanFixedPoint(weights, packed);
  if (packed.fixed_point && spec.hidden > 0) {
    packed.hidden_fixed = FixHidden(packed.hidden, PrecisionOf(spec, spec.convolutions.size()));
    if (packed.bytes) packed.hidden_bytes = ToBytes(packed.hidden_fixed);
  }
  packed.output = PackLinear(weights.output_weights, weights.output_bias);
  const int features = FeatureCount(spec);
  packed.face = {1, features, {}, weights.output_bias.values[1] - weights.output_bias.values[0]};
  for (int i = 0; i < features; ++i) {
    packed.face.weights.push_back(weights.output_weights.values[features + i] -
                                  weights.output_weights.values[i]);
  }
  return packed;
}

}  // namespace

NetworkPlan::NetworkPlan(const NetworkSpec& spec, const NetworkWeights& weights)
    : packed_(std::make_unique<const Packed>(Pack(spec, weights))) {}
NetworkPlan::NetworkPlan(NetworkPlan&&) noexcept = default;
NetworkPlan& NetworkPlan::operator=(NetworkPlan&&) noexcept = default;
NetworkPlan::~NetworkPlan() = default;

const NetworkSpec& NetworkPlan::spec() const { return packed_->spec; }

EngineWorkspace::EngineWorkspace() : buffers_(std::make_unique<Buffers>()) {}
EngineWorkspace::EngineWorkspace(EngineWorkspace&&) noexcept = default;
EngineWorkspace& EngineWorkspace::operator=(EngineWorkspace&&) noexcept = default;
EngineWorkspace::~EngineWorkspace() = default;

}  // namespace facecascade

#include "engine/network_plan.h"

#include <cassert>

#include "engine/network_reference.h"

namespace facecascade {

struct NetworkPlan::Packed {
  NetworkSpec spec;
  NetworkWeights weights;
};

struct EngineWorkspace::Buffers {
  FeatureMap features;
};

NetworkPlan::NetworkPlan(const NetworkSpec& spec, const NetworkWeights& weights)
    : packed_(std::make_unique<Packed>(Packed{spec, weights})) {}
NetworkPlan::NetworkPlan(NetworkPlan&&) noexcept = default;
NetworkPlan& NetworkPlan::operator=(NetworkPlan&&) noexcept = default;
NetworkPlan::~NetworkPlan() = default;

const NetworkSpec& NetworkPlan::spec() const { return packed_->spec; }

EngineWorkspace::EngineWorkspace() : buffers_(std::make_unique<Buffers>()) {}
EngineWorkspace::EngineWorkspace(EngineWorkspace&&) noexcept = default;
EngineWorkspace& EngineWorkspace::operator=(EngineWorkspace&&) noexcept = default;
EngineWorkspace::~EngineWorkspace() = default;

void RunWindows(const NetworkPlan& plan, const std::uint8_t* windows, int count,
                const float* bridge, EngineWorkspace& /*workspace*/, float* outputs,
                float* features) {
  RunWindowsReference(plan.spec(), plan.packed().weights, windows, count, bridge, outputs,
                      features);
}

void RunMap(const NetworkPlan& plan, const std::uint8_t* pixels, int width, int height,
            std::ptrdiff_t stride, EngineWorkspace& workspace, ScoreMap& map) {
  assert(plan.spec().hidden == 0);
  FeatureMap& features = workspace.buffers().features;
  features = LastMapReference(plan.spec(), plan.packed().weights,
                              NormalizeReference(pixels, width, height, stride));
  map.width = features.width;
  map.height = features.height;
  map.logits.resize(static_cast<std::size_t>(map.width) * map.height);
  for (int row = 0; row < map.height; ++row) {
    for (int column = 0; column < map.width; ++column) {
      float outputs[kOutputs];
      MapOutputs(plan, workspace, column, row, outputs);
      map.logits[static_cast<std::size_t>(row) * map.width + column] = outputs[1] - outputs[0];
    }
  }
}

void MapOutputs(const NetworkPlan& plan, const EngineWorkspace& workspace, int column, int row,
                float* outputs) {
  const FeatureMap& map = workspace.buffers().features;
  const float* features =
      map.values.data() + (static_cast<std::ptrdiff_t>(row) * map.width + column) * map.channels;
  const NetworkWeights& weights = plan.packed().weights;
  for (int i = 0; i < kOutputs; ++i) {
    float sum = weights.output_bias.values[i];
    for (int c = 0; c < map.channels; ++c) {
      sum += weights.output_weights.values[i * map.channels + c] * features[c];
    }
    outputs[i] = sum;
  }
}

}  // namespace facecascade

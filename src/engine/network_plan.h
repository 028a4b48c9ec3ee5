// A net packed once for this processor, and the two ways of running it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "network/network_spec.h"

namespace facecascade {

/// Weights of one net in the order the kernels read them. Immutable; any number of threads may use
/// it, each with its own EngineWorkspace.
class NetworkPlan {
 public:
  /// `spec` and `weights` have passed CheckNetworkSpec and CheckNetworkWeights.
  NetworkPlan(const NetworkSpec& spec, const NetworkWeights& weights);
  NetworkPlan(NetworkPlan&&) noexcept;
  NetworkPlan& operator=(NetworkPlan&&) noexcept;
  ~NetworkPlan();

  const NetworkSpec& spec() const;

  struct Packed;  // layout private to the engine
  const Packed& packed() const { return *packed_; }

 private:
  std::unique_ptr<const Packed> packed_;
};

/// Memory that runs reuse: it grows to the largest run and is kept. One thread at a time.
class EngineWorkspace {
 public:
  EngineWorkspace();
  EngineWorkspace(EngineWorkspace&&) noexcept;
  EngineWorkspace& operator=(EngineWorkspace&&) noexcept;
  ~EngineWorkspace();

  struct Buffers;  // private to the engine
  Buffers& buffers() { return *buffers_; }
  const Buffers& buffers() const { return *buffers_; }

 private:
  std::unique_ptr<Buffers> buffers_;
};

/// Runs `count` windows: `windows` holds count · input_size² · 3 bytes, interleaved RGB; `bridge`
/// count · spec.bridge features of the net below, none below 0 (null where spec.bridge is 0).
/// Writes count · kOutputs raw outputs and, unless null, count · FeatureCount features.
void RunWindows(const NetworkPlan& plan, const std::uint8_t* windows, int count,
                const float* bridge, EngineWorkspace& workspace, float* outputs, float* features);

/// What a fully convolutional pass saw: position (column, row) is the window whose corner lies at
/// pixel (column · TotalStride, row · TotalStride).
struct ScoreMap {
  int width = 0;
  int height = 0;
  std::vector<float> logits;  ///< output[1] − output[0], row by row; the face's log odds
};

/// The log odds of a position that the net's early exit has left.
inline constexpr float kLeftEarly = -std::numeric_limits<float>::infinity();

/// Runs a net without hidden layer over a whole picture of interleaved RGB (rows `stride` bytes
/// apart, at least input_size wide and high). The features stay in `workspace` for MapOutputs.
void RunMap(const NetworkPlan& plan, const std::uint8_t* pixels, int width, int height,
            std::ptrdiff_t stride, EngineWorkspace& workspace, ScoreMap& map);

/// All kOutputs outputs of one position of the last RunMap with this workspace.
void MapOutputs(const NetworkPlan& plan, const EngineWorkspace& workspace, int column, int row,
                float* outputs);

}  // namespace facecascade

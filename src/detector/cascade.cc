#include "detector/cascade.h"

#include <algorithm>
#include <string>

#include "base/thread_pool.h"
#include "detector/workspace.h"
#include "model/model_file.h"

namespace facecascade {
namespace {

// Where lower thresholds gain no more average precision; measured with the shipped model on its
// development photos (docs/training-log.md, best5). The earlier nets' are reached as the last one's
// falls to its own.
constexpr std::array<float, kStageCount> kLoosestThresholds = {0.2F, 0.2F, 0.02F};

}  // namespace

Status CheckCascadeOptions(const CascadeOptions& options) {
  if (!(options.min_face >= kSmallestFace && options.min_face <= kLargestMinFace)) {
    return Error{"min_face must lie in " + std::to_string(static_cast<int>(kSmallestFace)) + " … " +
                 std::to_string(static_cast<int>(kLargestMinFace)) + " pixels"};
  }
  if (options.limits.level < 1 || options.limits.proposals < 1 || options.limits.refined < 1) {
    return Error{"the limits on candidates must be at least 1"};
  }
  if (options.threads < 1 || options.threads > kMostThreads) {
    return Error{"threads must lie in 1 … " + std::to_string(kMostThreads)};
  }
  return CheckCascadeSettings(options.settings);
}

Result<Cascade> Cascade::Create(const CascadeSpec& spec, std::span<const NetworkWeights> weights) {
  if (weights.empty() || weights.size() > spec.size()) {
    return Error{"expected weights of 1 … 3 nets, found " + std::to_string(weights.size())};
  }
  if (Status status = CheckCascadeSpec(spec); !status.ok()) return status.error();
  Cascade cascade;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (Status status = CheckNetworkWeights(spec[i], weights[i]); !status.ok()) {
      return status.error();
    }
    cascade.plans_.emplace_back(spec[i], weights[i]);
  }
  return cascade;
}

std::array<float, kStageCount> ThresholdsFor(const std::array<float, kStageCount>& base,
                                             float last) {
  std::array<float, kStageCount> thresholds = base;
  thresholds.back() = last;
  const float range = base.back() - kLoosestThresholds.back();
  if (last >= base.back() || range <= 0) return thresholds;
  const float share = std::min((base.back() - last) / range, 1.0F);
  for (std::size_t i = 0; i + 1 < base.size(); ++i) {
    thresholds[i] += share * std::min(kLoosestThresholds[i] - base[i], 0.0F);
  }
  return thresholds;
}

CascadeWorkspace::CascadeWorkspace() : buffers_(std::make_unique<Buffers>()) {}
CascadeWorkspace::CascadeWorkspace(CascadeWorkspace&&) noexcept = default;
CascadeWorkspace& CascadeWorkspace::operator=(CascadeWorkspace&&) noexcept = default;
CascadeWorkspace::~CascadeWorkspace() = default;

}  // namespace facecascade

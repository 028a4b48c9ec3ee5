#include "detector/cascade.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "detector/stages.h"
#include "detector/workspace.h"

namespace facecascade {
namespace {

// Where lower thresholds gain no more faces; measured with the shipped model on its development
// photos. The earlier nets' are reached as the last one's falls to its own.
constexpr std::array<float, kStageCount> kLoosestThresholds = {0.3F, 0.1F, 0.02F};

// Candidates of the 12net: suppressed level by level, so that no list is long, then over all.
void Propose(const Cascade& cascade, const Octaves& octaves, const CascadeOptions& options,
             CascadeWorkspace::Buffers& buffers) {
  const SuppressionSettings& overlaps = options.settings.suppression;
  const Image& photo = octaves.levels[0];
  PlanPyramid(photo.width, photo.height, cascade.plan(0).spec(), options.min_face,
              options.settings.pyramid_factor, buffers.levels);
  CutTiles(buffers.levels, buffers.tiles);
  ScanPyramid(cascade.plan(0), octaves, options.settings.thresholds[0], buffers);

  std::vector<Candidate>& level_candidates = buffers.found;
  std::vector<Candidate>& proposals = buffers.gathered;
  proposals.clear();
  for (std::size_t i = 0; i < buffers.tiles.size();) {
    level_candidates.clear();
    const int level = buffers.tiles[i].level;
    for (; i < buffers.tiles.size() && buffers.tiles[i].level == level; ++i) {
      const std::vector<Candidate>& of_tile = buffers.tile_candidates[i];
      level_candidates.insert(level_candidates.end(), of_tile.begin(), of_tile.end());
    }
    SuppressCandidates(level_candidates, overlaps.level, OverlapMeasure::kUnion,
                       options.limits.level, buffers.suppression, proposals);
  }
  buffers.found.clear();
  SuppressCandidates(proposals, overlaps.proposals, OverlapMeasure::kUnion,
                     options.limits.proposals, buffers.suppression, buffers.found);
}

// Looks again with the net above at what is left, and suppresses more strictly.
void Refine(const Cascade& cascade, int stage, const Octaves& octaves,
            const CascadeOptions& options, CascadeWorkspace::Buffers& buffers) {
  const SuppressionSettings& overlaps = options.settings.suppression;
  LookAgain(cascade, stage, octaves, options.settings.thresholds[stage], buffers);
  buffers.found.clear();
  if (stage + 1 < kStageCount) {
    SuppressCandidates(buffers.gathered, overlaps.refined, OverlapMeasure::kUnion,
                       options.limits.refined, buffers.suppression, buffers.found);
    return;
  }
  SuppressCandidates(buffers.gathered, overlaps.final, OverlapMeasure::kUnion, 0,
                     buffers.suppression, buffers.found);
  std::swap(buffers.gathered, buffers.found);
  buffers.found.clear();
  SuppressCandidates(buffers.gathered, overlaps.final_minimum, OverlapMeasure::kMinimum, 0,
                     buffers.suppression, buffers.found);
}

}  // namespace

Status CheckCascadeOptions(const CascadeOptions& options) {
  if (!(options.min_face >= kSmallestFace && options.min_face <= kLargestMinFace)) {
    return Error{"min_face must lie in " + std::to_string(static_cast<int>(kSmallestFace)) + " … " +
                 std::to_string(static_cast<int>(kLargestMinFace)) + " pixels"};
  }
  if (options.limits.level < 1 || options.limits.proposals < 1 || options.limits.refined < 1) {
    return Error{"the limits on candidates must be at least 1"};
  }
  return CheckCascadeSettings(options.settings);
}

Status CheckCascadeSpec(const CascadeSpec& spec) {
  for (const NetworkSpec& net : spec) {
    if (Status status = CheckNetworkSpec(net); !status.ok()) return status;
  }
  if (spec[0].hidden > 0) {
    return Error{"network '" + spec[0].name +
                 "': the lowest net runs over whole photos and can have no hidden layer"};
  }
  for (std::size_t i = 1; i < spec.size(); ++i) {
    if (spec[i].bridge == 0) continue;
    if (spec[i].bridge != FeatureCount(spec[i - 1])) {
      return Error{"network '" + spec[i].name + "': bridge must be 0 or the " +
                   std::to_string(FeatureCount(spec[i - 1])) + " features of '" + spec[i - 1].name +
                   "'"};
    }
    if (spec[i].input_size != 2 * spec[i - 1].input_size) {
      return Error{"network '" + spec[i].name +
                   "': with a bridge, input_size must be twice that of '" + spec[i - 1].name + "'"};
    }
  }
  return Ok();
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

const std::vector<Candidate>& RunCascade(const Cascade& cascade, const Octaves& octaves,
                                         const CascadeOptions& options, int stages,
                                         CascadeWorkspace& workspace) {
  assert(stages >= 1 && stages <= cascade.stages());
  CascadeWorkspace::Buffers& buffers = workspace.buffers();
  Propose(cascade, octaves, options, buffers);
  for (int stage = 1; stage < stages; ++stage) Refine(cascade, stage, octaves, options, buffers);
  return buffers.found;
}

}  // namespace facecascade

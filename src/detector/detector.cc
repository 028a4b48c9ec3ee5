// The whole way of a photo: from pixels through the pyramid and the three nets to faces.
#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

#include "base/thread_pool.h"
#include "detector/cascade.h"
#include "detector/stage_clock.h"
#include "detector/stages.h"
#include "detector/workspace.h"
#include "facecascade/face_detector.h"
#include "model/model_file.h"

namespace facecascade {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 31;

// Candidates of the 12net: suppressed level by level, so that no list is long, then over all.
void Propose(const Cascade& cascade, const Octaves& octaves, const CascadeOptions& options,
             CascadeWorkspace::Buffers& buffers, StageClock& clock) {
  const SuppressionSettings& overlaps = options.settings.suppression;
  const Image& photo = octaves.levels[0];
  PlanPyramid(photo.width, photo.height, cascade.plan(0).spec(), options.min_face,
              options.settings.pyramid_factor, buffers.levels);
  CutTiles(buffers.levels, cascade.plan(0).spec(), buffers.tiles);
  ScanPyramid(cascade.plan(0), octaves, options.settings.thresholds[0], options.threads, buffers);
  clock.EndScan(cascade.plan(0).spec(), buffers);

  std::vector<Candidate>& level_candidates = buffers.found;
  std::vector<Candidate>& proposals = buffers.gathered;
  proposals.clear();
  for (std::size_t i = 0; i < buffers.tiles.size();) {
    level_candidates.clear();
    const int level = buffers.tiles[i].level;
    for (; i < buffers.tiles.size() && buffers.tiles[i].level == level; ++i) {
      const TileCandidates& of_tile = buffers.tile_candidates[i];
      const Candidate* found = buffers.workers[of_tile.worker].found.data();
      level_candidates.insert(level_candidates.end(), found + of_tile.begin, found + of_tile.end);
    }
    SuppressCandidates(level_candidates, overlaps.level, OverlapMeasure::kUnion,
                       options.limits.level, buffers.suppression, proposals);
  }
  buffers.found.clear();
  SuppressCandidates(proposals, overlaps.proposals, OverlapMeasure::kUnion,
                     options.limits.proposals, buffers.suppression, buffers.found);
  clock.EndSuppression();
}

// Leaves in `found` the best of what net `stage` ≥ 1 gathered, more strictly after the last.
void SuppressGathered(int stage, const CascadeOptions& options,
                      CascadeWorkspace::Buffers& buffers) {
  const SuppressionSettings& overlaps = options.settings.suppression;
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

// Looks again with the net above at what is left.
void Refine(const Cascade& cascade, int stage, const Octaves& octaves,
            const CascadeOptions& options, CascadeWorkspace::Buffers& buffers, StageClock& clock) {
  LookAgain(cascade, stage, octaves, options.settings.thresholds[stage], options.threads, buffers);
  clock.EndNet(cascade, stage, static_cast<std::int64_t>(buffers.windows.size()));
  SuppressGathered(stage, options, buffers);
  clock.EndSuppression();
}

Status CheckPhoto(const ImageView& photo) {
  if (photo.pixels == nullptr) return Error{"photo: pixels must not be null"};
  const std::int64_t channels = ChannelCount(photo.format);
  if (channels == 0) return Error{"photo: its pixel format is not known"};
  if (photo.width < 1 || photo.height < 1) {
    return Error{"photo: width and height must be at least 1, not " + std::to_string(photo.width) +
                 " and " + std::to_string(photo.height)};
  }
  if (std::int64_t{photo.width} * photo.height > kMostPixels) {
    return Error{"photo: expected at most 2^31 pixels, found " + std::to_string(photo.width) +
                 " × " + std::to_string(photo.height)};
  }
  if (photo.height > 1 && std::abs(photo.stride) < photo.width * channels) {
    return Error{"photo: stride must be at least the " + std::to_string(photo.width * channels) +
                 " bytes of a row, not " + std::to_string(photo.stride)};
  }
  return Ok();
}

Result<CascadeOptions> MergeOptions(const CascadeSettings& settings, const DetectOptions& options) {
  if (options.threads < 0 || options.threads > kMostThreads) {
    return Error{"threads must lie in 0 … " + std::to_string(kMostThreads)};
  }
  if (options.threshold && !(*options.threshold >= 0 && *options.threshold <= 1)) {
    return Error{"threshold must lie in 0 … 1"};
  }
  CascadeOptions merged;
  merged.min_face = options.min_face;
  merged.settings = settings;
  merged.threads = ResolveThreads(options.threads);
  if (options.pyramid_factor) merged.settings.pyramid_factor = *options.pyramid_factor;
  if (options.threshold) {
    merged.settings.thresholds = ThresholdsFor(settings.thresholds, *options.threshold);
  }
  if (Status status = CheckCascadeOptions(merged); !status.ok()) return status.error();
  return merged;
}

}  // namespace

const std::vector<Candidate>& RunCascade(const Cascade& cascade, const Octaves& octaves,
                                         const CascadeOptions& options, int stages,
                                         CascadeWorkspace& workspace, StageClock& clock) {
  assert(stages >= 1 && stages <= cascade.stages());
  CascadeWorkspace::Buffers& buffers = workspace.buffers();
  if (static_cast<int>(buffers.workers.size()) < options.threads) {
    buffers.workers.resize(options.threads);
  }
  Propose(cascade, octaves, options, buffers, clock);
  for (int stage = 1; stage < stages; ++stage) {
    Refine(cascade, stage, octaves, options, buffers, clock);
  }
  return buffers.found;
}

const std::vector<Candidate>& RunCascade(const Cascade& cascade, const Octaves& octaves,
                                         const CascadeOptions& options, int stages,
                                         CascadeWorkspace& workspace) {
  StageClock no_clock(nullptr);
  return RunCascade(cascade, octaves, options, stages, workspace, no_clock);
}

struct Workspace::Buffers {
  Octaves octaves;
  CascadeWorkspace cascade;
};

Workspace::Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

struct FaceDetector::State {
  Result<Cascade> cascade = Error{"the detector has no model"};
  CascadeSettings settings;
};

FaceDetector::FaceDetector(std::shared_ptr<const State> state) : state_(std::move(state)) {}

FaceDetector::FaceDetector() {
  // Nothing can be reported from here: where the built-in model fails, Detect says so.
  const Result<Model> model = Model::BuiltIn();
  const Result<FaceDetector> detector =
      model.ok() ? Create(model.value()) : Result<FaceDetector>(model.error());
  if (detector.ok()) state_ = detector.value().state_;
}

Result<FaceDetector> FaceDetector::Create(const Model& model) {
  try {
    const ModelData& data = model.data();
    auto state = std::make_shared<State>();
    state->settings = data.settings;
    state->cascade = Cascade::Create(data.spec, data.weights);
    if (!state->cascade.ok()) return state->cascade.error();
    return FaceDetector(std::move(state));
  } catch (const std::exception& exception) {
    return Error{std::string("cannot set the detector up: ") + exception.what()};
  }
}

Result<std::vector<Face>> FaceDetector::Detect(const ImageView& photo,
                                               const DetectOptions& options) const {
  Workspace workspace;
  std::vector<Face> faces;
  const Status status = Detect(photo, options, workspace, faces);
  return status.ok() ? Result(std::move(faces)) : status.error();
}

Status FaceDetector::Detect(const ImageView& photo, const DetectOptions& options,
                            Workspace& workspace, std::vector<Face>& faces,
                            DetectProfile* profile) const {
  faces.clear();
  if (state_ == nullptr) return Error{"the built-in model cannot be read"};
  if (Status status = CheckPhoto(photo); !status.ok()) return status;
  const Result<CascadeOptions> merged = MergeOptions(state_->settings, options);
  if (!merged.ok()) return merged.error();
  try {
    if (workspace.buffers_ == nullptr) workspace.buffers_ = std::make_unique<Workspace::Buffers>();
    Workspace::Buffers& buffers = *workspace.buffers_;
    if (profile != nullptr) *profile = {};
    StageClock clock(profile);
    BuildOctaves(photo, buffers.octaves);
    clock.EndCopy();
    const Cascade& cascade = state_->cascade.value();
    for (const Candidate& found : RunCascade(cascade, buffers.octaves, merged.value(),
                                             cascade.stages(), buffers.cascade, clock)) {
      faces.push_back({found.box, found.score, found.landmarks});
    }
  } catch (const std::exception& exception) {
    return Error{"photo of " + std::to_string(photo.width) + " × " + std::to_string(photo.height) +
                 " pixels: " + exception.what()};
  }
  return Ok();
}

std::vector<Result<std::vector<Face>>> FaceDetector::DetectBatch(
    std::span<const ImageView> photos, const DetectOptions& options) const {
  std::vector<Result<std::vector<Face>>> results(photos.size(), std::vector<Face>());
  const int count = static_cast<int>(photos.size());
  const int threads = ResolveThreads(options.threads);
  std::vector<Workspace> workspaces(threads);
  DetectOptions each = options;
  each.threads = std::max(1, threads / std::max(1, count));
  ParallelFor(count, threads, [&](int index, int worker) {
    std::vector<Face> faces;
    const Status status = Detect(photos[index], each, workspaces[worker], faces);
    if (status.ok())
      results[index] = std::move(faces);
    else
      results[index] = status.error();
  });
  return results;
}

}  // namespace facecascade

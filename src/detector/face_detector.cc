// The public detector: checks what it is given, runs the cascade, and lets no exception out.
#include "facecascade/face_detector.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

#include "base/thread_pool.h"
#include "detector/cascade.h"
#include "detector/stage_clock.h"
#include "detector/workspace.h"
#include "model/model_file.h"

namespace facecascade {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 31;

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

// Boxes end at the photo's border, as people draw them; landmarks may lie beyond.
void ToFaces(const std::vector<Candidate>& candidates, const ImageView& photo,
             std::vector<Face>& faces) {
  const Box whole{0, 0, static_cast<float>(photo.width), static_cast<float>(photo.height)};
  faces.clear();
  for (const Candidate& candidate : candidates) {
    const Box box = Intersection(candidate.box, whole);
    if (box.width > 0 && box.height > 0) {
      faces.push_back({box, candidate.score, candidate.landmarks});
    }
  }
}

// Runs `body`, which fills `faces`.
template <typename Body>
Status WithExceptionsAsErrors(const ImageView& photo, std::vector<Face>& faces, const Body& body) {
  try {
    body();
  } catch (const std::exception& exception) {
    faces.clear();
    return Error{"photo of " + std::to_string(photo.width) + " × " + std::to_string(photo.height) +
                 " pixels: " + exception.what()};
  }
  return Ok();
}

}  // namespace

struct Workspace::Buffers {
  Octaves octaves;
  CascadeWorkspace cascade;
};

Workspace::Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

Workspace::Buffers& Workspace::buffers() {
  if (buffers_ == nullptr) buffers_ = std::make_unique<Buffers>();
  return *buffers_;
}

struct FaceDetector::State {
  Result<Cascade> cascade = Error{"the detector has no model"};
  CascadeSettings settings;

  // What is wrong with a call, or the options it stands for.
  static Result<CascadeOptions> Check(const State* state, const ImageView& photo,
                                      const DetectOptions& options) {
    if (state == nullptr) return Error{"the built-in model cannot be read"};
    if (Status status = CheckPhoto(photo); !status.ok()) return status.error();
    return MergeOptions(state->settings, options);
  }
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
                            Workspace& workspace, std::vector<Face>& faces) const {
  return Run(photo, options, workspace, faces, nullptr);
}

Status FaceDetector::Detect(const ImageView& photo, const DetectOptions& options,
                            Workspace& workspace, std::vector<Face>& faces,
                            DetectProfile& profile) const {
  return Run(photo, options, workspace, faces, &profile);
}

Status FaceDetector::Run(const ImageView& photo, const DetectOptions& options, Workspace& workspace,
                         std::vector<Face>& faces, DetectProfile* profile) const {
  faces.clear();
  const Result<CascadeOptions> merged = State::Check(state_.get(), photo, options);
  if (!merged.ok()) return merged.error();
  return WithExceptionsAsErrors(photo, faces, [&] {
    Workspace::Buffers& buffers = workspace.buffers();
    if (profile != nullptr) *profile = {};
    StageClock clock(profile);
    BuildOctaves(photo, buffers.octaves);
    clock.EndCopy();
    const Cascade& cascade = state_->cascade.value();
    ToFaces(RunCascade(cascade, buffers.octaves, merged.value(), cascade.stages(), buffers.cascade,
                       clock),
            photo, faces);
  });
}

Status FaceDetector::Track(const ImageView& photo, const DetectOptions& options,
                           Workspace& workspace, std::vector<Face>& faces) const {
  const Result<CascadeOptions> merged = State::Check(state_.get(), photo, options);
  if (!merged.ok()) {
    faces.clear();
    return merged.error();
  }
  return WithExceptionsAsErrors(photo, faces, [&] {
    Workspace::Buffers& buffers = workspace.buffers();
    BuildOctaves(photo, buffers.octaves);
    CascadeWorkspace::Buffers& of_cascade = buffers.cascade.buffers();
    of_cascade.found.clear();
    for (const Face& face : faces) {
      const Candidate candidate = {SquareAround(face.box), face.box, face.score, face.landmarks};
      if (IsSane(candidate)) of_cascade.found.push_back(candidate);
    }
    ToFaces(
        FollowCandidates(state_->cascade.value(), buffers.octaves, merged.value(), buffers.cascade),
        photo, faces);
  });
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

#include "training/held_out_detection.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>

#include "detector/cascade.h"
#include "evaluation/box_protocol.h"

namespace facecascade::training {
namespace {

constexpr float kLowestScore = 0.02F;  // where the curve ends

// In the evaluation's form. A face that is not to be found is "invalid" there.
AnnotatedPhoto ToAnnotated(const TrainingPhoto& photo, const std::string& name,
                           double smallest_face) {
  AnnotatedPhoto annotated;
  annotated.path = name;
  for (const TrainingFace& face : photo.faces) {
    AnnotatedFace& added = annotated.faces.emplace_back();
    added.box = face.box;
    added.has_box = face.box.width > 0;
    added.attributes.invalid = face.ignored || SquareAround(face.box).side < smallest_face ? 1 : 0;
  }
  return annotated;
}

evaluation::ScoredPhoto ToScored(const std::vector<Candidate>& candidates,
                                 const std::string& name) {
  evaluation::ScoredPhoto scored;
  scored.name = name;
  for (const Candidate& candidate : candidates) {
    const Box& box = candidate.box;
    scored.detections.push_back({{box.x, box.y, box.width, box.height}, candidate.score, {}, {}});
  }
  return scored;
}

}  // namespace

Result<HeldOutDetection> DetectHeldOut(Nets& nets, const PhotoStore& photos,
                                       const TrainingConfig& config, int threads) {
  const Result<Cascade> cascade = FoldCascade(nets, kStageCount);
  if (!cascade.ok()) return cascade.error();
  CascadeOptions options;
  options.min_face = static_cast<float>(config.mining.smallest_face);
  options.settings = DetectorSettings(config);
  options.settings.thresholds.back() = kLowestScore;

  std::vector<AnnotatedPhoto> truth;
  std::vector<const TrainingPhoto*> kept;
  for (const TrainingPhoto& photo : photos.photos) {
    if (!photo.held_out || !photo.negatives) continue;
    truth.push_back(
        ToAnnotated(photo, "photo" + std::to_string(kept.size()), config.mining.smallest_face));
    kept.push_back(&photo);
  }
  evaluation::DetectionSet detections;
  detections.photos.resize(kept.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    CascadeWorkspace workspace;
    for (std::size_t i = next++; i < kept.size(); i = next++) {
      detections.photos[i] =
          ToScored(RunCascade(cascade.value(), kept[i]->octaves, options, kStageCount, workspace),
                   truth[i].path);
    }
  };
  std::vector<std::jthread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work);
  workers.clear();
  evaluation::BoxResult result = evaluation::EvaluateBoxes(truth, detections, {});
  return HeldOutDetection{std::move(result.steps), static_cast<double>(result.faces.size()),
                          static_cast<double>(kept.size())};
}

double AveragePrecision(const HeldOutDetection& detection) {
  const auto points = evaluation::CurveOf(detection.steps, detection.faces);
  double area = 0;
  double best = 0;  // precision at this recall or a higher one
  for (std::size_t i = points.size(); i-- > 0;) {
    const double found = points[i].recall * detection.faces;
    if (found > 0) best = std::max(best, found / (found + points[i].false_positives));
    area += best * (points[i].recall - (i > 0 ? points[i - 1].recall : 0));
  }
  return area;
}

double RecallAt(const HeldOutDetection& detection, double false_positives_per_photo) {
  return evaluation::PointAtFalsePositives(detection.steps, detection.faces,
                                           false_positives_per_photo * detection.photos)
      .recall;
}

HeldOutDetection Pool(const std::vector<HeldOutDetection>& seeds) {
  HeldOutDetection pooled;
  for (const HeldOutDetection& seed : seeds) {
    pooled.steps.insert(pooled.steps.end(), seed.steps.begin(), seed.steps.end());
    pooled.faces += seed.faces;
    pooled.photos += seed.photos;
  }
  evaluation::SortSteps(pooled.steps);
  return pooled;
}

}  // namespace facecascade::training

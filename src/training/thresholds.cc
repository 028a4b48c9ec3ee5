#include "training/thresholds.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "detector/cascade.h"
#include "training/held_out_detection.h"
#include "training/photo_store.h"

namespace facecascade::training {
namespace {

constexpr float kFoundIoU = 0.5F;
constexpr std::array<float, kStageCount> kVeryLow = {0.05F, 0.02F, 0.02F};

struct StageScores {
  std::vector<float> faces;    // best score that meets each face, 0 where none does
  std::vector<float> windows;  // of everything let through
};

StageScores ScoreFaces(const Cascade& cascade, const PhotoStore& photos,
                       const CascadeOptions& options, int stages) {
  StageScores scores;
  CascadeWorkspace workspace;
  for (const TrainingPhoto& photo : photos.photos) {
    const auto& candidates = RunCascade(cascade, photo.octaves, options, stages, workspace);
    for (const Candidate& candidate : candidates) scores.windows.push_back(candidate.score);
    for (const TrainingFace& face : photo.faces) {
      if (face.ignored || SquareAround(face.box).side < options.min_face) continue;
      float best = 0;
      for (const Candidate& candidate : candidates) {
        if (IoU(candidate.box, face.box) >= kFoundIoU) best = std::max(best, candidate.score);
      }
      scores.faces.push_back(best);
    }
  }
  return scores;
}

// The highest threshold at which `share` of the faces found at all are still found.
float ThresholdOf(std::vector<float> faces, double share, float lowest) {
  std::erase(faces, 0.0F);
  if (faces.empty()) return lowest;
  std::sort(faces.begin(), faces.end());
  const auto lost = static_cast<std::size_t>((1 - share) * static_cast<double>(faces.size()));
  // Rounded down to hundredths: no one wants to read more, and no face is lost by it.
  return std::max(lowest, std::floor(faces[lost] * 100) / 100);
}

double CountFrom(const std::vector<float>& scores, float threshold) {
  return static_cast<double>(
      std::count_if(scores.begin(), scores.end(), [&](float score) { return score >= threshold; }));
}

}  // namespace

Result<ChosenThresholds> ChooseThresholds(Nets& nets, const std::string& data,
                                          const TrainingConfig& config) {
  const DevelopmentConfig& development = config.development;
  DataConfig photos_wanted;
  photos_wanted.boxes = development.boxes;
  photos_wanted.smallest_face = development.smallest_face;
  Result<PhotoStore> photos = LoadPhotos(data, photos_wanted, config.threads, [](int, int) {});
  if (!photos.ok()) return photos.error();
  for (TrainingPhoto& photo : photos.value().photos) photo.held_out = true;
  const double count = static_cast<double>(photos.value().photos.size());

  const Result<Cascade> cascade = FoldCascade(nets, kStageCount);
  if (!cascade.ok()) return cascade.error();
  CascadeOptions options;
  options.min_face = static_cast<float>(development.smallest_face);
  options.settings = DetectorSettings(config);
  options.settings.thresholds = kVeryLow;

  ChosenThresholds chosen;
  const auto note = [&](int stage, const StageScores& scores, float threshold) {
    chosen.thresholds[stage] = options.settings.thresholds[stage] = threshold;
    chosen.recall[stage] = CountFrom(scores.faces, threshold) /
                           std::max(1.0, static_cast<double>(scores.faces.size()));
    chosen.windows[stage] = CountFrom(scores.windows, threshold) / count;
  };
  for (int stage = 0; stage + 1 < kStageCount; ++stage) {
    const StageScores scores = ScoreFaces(cascade.value(), photos.value(), options, stage + 1);
    note(stage, scores, ThresholdOf(scores.faces, development.recall[stage], kVeryLow[stage]));
  }

  TrainingConfig as_chosen = config;
  as_chosen.thresholds = options.settings.thresholds;
  as_chosen.mining.smallest_face = development.smallest_face;
  const Result<HeldOutDetection> found =
      DetectHeldOut(nets, photos.value(), as_chosen, config.threads);
  if (!found.ok()) return found.error();
  const evaluation::OperatingPoint point = evaluation::PointAtFalsePositives(
      found.value().steps, found.value().faces, development.false_positives * count);
  note(kStageCount - 1, ScoreFaces(cascade.value(), photos.value(), options, kStageCount),
       std::clamp(static_cast<float>(std::ceil(point.score * 100) / 100), kVeryLow.back(), 1.0F));
  chosen.average_precision = AveragePrecision(found.value());
  chosen.false_positives = point.false_positives / count;
  return chosen;
}

}  // namespace facecascade::training

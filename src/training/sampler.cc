#include "training/sampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "training/augmentation.h"

namespace facecascade::training {
namespace {

constexpr int kTries = 60;

double LogUniform(Random& random, double low, double high) {
  return low * std::exp(random.Unit() * std::log(high / low));
}

// A window about a square, moved and scaled at random.
Window Jitter(const Window& square, double shift, double scale, Random& random) {
  const double side = square.side * LogUniform(random, 1 / scale, scale);
  const double x = square.x + square.side / 2 + random.Uniform(-shift, shift) * square.side;
  const double y = square.y + square.side / 2 + random.Uniform(-shift, shift) * square.side;
  return {static_cast<float>(x - side / 2), static_cast<float>(y - side / 2),
          static_cast<float>(side)};
}

float Distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

Point Middle(const Point& a, const Point& b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2}; }

std::uint64_t BatchSeed(std::uint64_t seed, int stage, std::uint64_t step, int rank) {
  Random random(seed);
  random.set_state(random.Next() ^ (step * 3 + static_cast<std::uint64_t>(stage)) ^
                   static_cast<std::uint64_t>(rank) << 48);
  return random.Next();
}

WindowLabel LabelOf(SampleKind kind) {
  if (kind == SampleKind::kNegative) return WindowLabel::kNegative;
  return kind == SampleKind::kPart ? WindowLabel::kPart : WindowLabel::kPositive;
}

const Octaves& OctavesOf(const PhotoStore& store, int photo) { return store.photos[photo].octaves; }

// Faces of all sizes matter; most in crowds are tiny, so a larger one is drawn more often.
double FaceWeight(const TrainingFace& face) {
  return face.weight * std::sqrt(std::max(face.box.width, face.box.height));
}

void Cumulate(double weight, std::vector<double>& weights) {
  weights.push_back((weights.empty() ? 0 : weights.back()) + weight);
}

// An index, each as often as its part of the cumulated weights.
std::size_t DrawIndex(const std::vector<double>& weights, Random& random) {
  const double place = random.Unit() * weights.back();
  const auto found = std::upper_bound(weights.begin(), weights.end(), place);
  return std::min<std::size_t>(found - weights.begin(), weights.size() - 1);
}

}  // namespace

struct Sampler::Draft {
  SampleKind kind = SampleKind::kNegative;
  int photo = 0;
  Window window;
  int face = -1;
  double angle = 0;  // degrees
  bool flip = false;
};

NearestFace FindNearestFace(const TrainingPhoto& photo, const Window& window) {
  NearestFace nearest;
  for (std::size_t i = 0; i < photo.faces.size(); ++i) {
    const TrainingFace& face = photo.faces[i];
    const float iou = IoU(ToBox(window), ToBox(SquareAround(face.box)));
    if (iou > nearest.iou) nearest = {static_cast<int>(i), iou};
  }
  return nearest;
}

WindowLabel LabelWindow(const TrainingPhoto& photo, const NearestFace& nearest,
                        const LabelBounds& bounds) {
  const WindowLabel label = LabelByIoU(nearest.iou, bounds);
  if (label == WindowLabel::kNegative) return photo.negatives ? label : WindowLabel::kIgnored;
  return nearest.face >= 0 && photo.faces[nearest.face].ignored ? WindowLabel::kIgnored : label;
}

Window WindowFromLandmarks(const Landmarks& landmarks) {
  // Shares of a face's height between brow and chin, read off annotated photos that have both
  // boxes and points: eyes to mouth 0.37, eye to eye 0.34, the middle a fifth of eyes to mouth
  // below the eyes.
  constexpr float kEyesToMouth = 2.7F;
  constexpr float kEyeToEye = 2.9F;
  constexpr float kMiddle = 0.22F;
  const Point eyes = Middle(landmarks[0], landmarks[1]);
  const Point mouth = Middle(landmarks[3], landmarks[4]);
  const float side = std::max(kEyesToMouth * Distance(eyes, mouth),
                              kEyeToEye * Distance(landmarks[0], landmarks[1]));
  const float x = eyes.x + kMiddle * (mouth.x - eyes.x);
  const float y = eyes.y + kMiddle * (mouth.y - eyes.y);
  return {x - side / 2, y - side / 2, std::max(side, 1.0F)};
}

Sampler::Sampler(const PhotoStore& photos, const TrainingConfig& config, int stage, bool held_out,
                 const MinedWindows* mined, int rank)
    : photos_(photos), config_(config), stage_(stage), rank_(rank) {
  for (std::size_t p = 0; p < photos.photos.size(); ++p) {
    const TrainingPhoto& photo = photos.photos[p];
    if (photo.held_out != held_out) continue;
    if (photo.negatives) negative_photos_.push_back(static_cast<int>(p));
    for (std::size_t f = 0; f < photo.faces.size(); ++f) {
      const std::pair<int, int> place(static_cast<int>(p), static_cast<int>(f));
      if (photo.faces[f].landmarks) landmark_faces_.push_back(place);
      if (photo.faces[f].ignored || photo.faces[f].box.width <= 0) continue;
      faces_.push_back(place);
      Cumulate(FaceWeight(photo.faces[f]), face_weights_);
    }
  }
  if (mined == nullptr) return;
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    for (const MinedWindow& window : (*mined)[kind]) {
      const TrainingPhoto& photo = photos.photos[window.photo];
      if (photo.held_out != held_out) continue;
      mined_[kind].push_back(window);
      Cumulate(window.face < 0 ? 1 : photo.faces[window.face].weight, mined_weights_[kind]);
    }
  }
}

std::array<int, kSampleKinds> Sampler::KindCounts(std::uint64_t step) const {
  const StageConfig& stage = config_.stages[stage_];
  std::array<int, kSampleKinds> counts{};
  if (config_.batch == BatchMode::kMini) {
    // Kinds take turns; one with a share of 0 has none.
    std::vector<int> kinds;
    for (int kind = 0; kind < kSampleKinds; ++kind) {
      if (stage.shares[kind] > 0) kinds.push_back(kind);
    }
    counts[kinds[step % kinds.size()]] = stage.batch_size;
    return counts;
  }
  int left = stage.batch_size;
  for (int kind = kSampleKinds - 1; kind > 0; --kind) {
    counts[kind] =
        std::min(left, static_cast<int>(std::lround(stage.shares[kind] * stage.batch_size)));
    left -= counts[kind];
  }
  counts[0] = left;
  return counts;
}

Sampler::Draft Sampler::Draw(SampleKind kind, Random& random) const {
  Draft draft;
  switch (kind) {
    case SampleKind::kNegative:
      draft = DrawNegative(random);
      break;
    case SampleKind::kPart:
    case SampleKind::kPositive:
      draft = DrawAroundFace(kind, random);
      break;
    case SampleKind::kLandmark:
      draft = DrawLandmarkFace(random);
      break;
  }
  draft.kind = kind;
  draft.flip = random.Chance(config_.augmentation.flip);
  return draft;
}

// A few hundred thousand windows are drawn many times: moved a little, each differs.
Sampler::Draft Sampler::DrawMined(SampleKind kind, Random& random) const {
  const int of_kind = static_cast<int>(kind);
  const MinedWindow& found = mined_[of_kind][DrawIndex(mined_weights_[of_kind], random)];
  Draft draft;
  draft.photo = found.photo;
  draft.window = found.window;
  draft.face = found.face;
  const AugmentationConfig& augmentation = config_.augmentation;
  if (augmentation.mined_shift == 0 && augmentation.mined_scale == 1) return draft;
  const Window moved =
      Jitter(found.window, augmentation.mined_shift, augmentation.mined_scale, random);
  if (kind != SampleKind::kLandmark) {
    const TrainingPhoto& photo = photos_.photos[found.photo];
    const NearestFace nearest = FindNearestFace(photo, moved);
    const WindowLabel label = LabelWindow(photo, nearest, config_.stages[stage_].labels);
    const bool kept = label == LabelOf(kind) && (found.face < 0 || nearest.face == found.face);
    if (!kept) return draft;
  }
  draft.window = moved;
  return draft;
}

Sampler::Draft Sampler::DrawNegative(Random& random) const {
  const StageConfig& stage = config_.stages[stage_];
  const bool mined = !mined_[static_cast<int>(SampleKind::kNegative)].empty();
  if (mined && random.Chance(stage.mined_share)) return DrawMined(SampleKind::kNegative, random);
  Draft draft;
  const double smallest = config_.networks[0].input_size;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    draft.photo = negative_photos_[random.Below(static_cast<int>(negative_photos_.size()))];
    const TrainingPhoto& photo = photos_.photos[draft.photo];
    const Image& image = photo.octaves.levels[0];
    const bool beside_face = !photo.faces.empty() && random.Chance(0.4);
    if (beside_face) {
      const int face = random.Below(static_cast<int>(photo.faces.size()));
      draft.window = Jitter(SquareAround(photo.faces[face].box), 0.9, 2.5, random);
    } else {
      const double largest = std::max(smallest + 1.0, 0.9 * std::min(image.width, image.height));
      const double side = LogUniform(random, smallest, largest);
      draft.window = {static_cast<float>(random.Uniform(-0.2 * side, image.width - 0.8 * side)),
                      static_cast<float>(random.Uniform(-0.2 * side, image.height - 0.8 * side)),
                      static_cast<float>(side)};
    }
    if (draft.window.side < 0.8 * smallest) continue;
    const NearestFace nearest = FindNearestFace(photo, draft.window);
    if (LabelWindow(photo, nearest, stage.labels) == WindowLabel::kNegative) break;
  }
  return draft;
}

Sampler::Draft Sampler::DrawAroundFace(SampleKind kind, Random& random) const {
  const StageConfig& stage = config_.stages[stage_];
  const AugmentationConfig& augmentation = config_.augmentation;
  Draft draft;
  if (!mined_[static_cast<int>(kind)].empty() && random.Chance(stage.mined_face_share)) {
    draft = DrawMined(kind, random);
  } else {
    const std::size_t index = DrawIndex(face_weights_, random);
    draft.photo = faces_[index].first;
    draft.face = faces_[index].second;
    const TrainingPhoto& photo = photos_.photos[draft.photo];
    const Window square = SquareAround(photo.faces[draft.face].box);
    const bool positive = kind == SampleKind::kPositive;
    for (int attempt = 0; attempt < kTries; ++attempt) {
      // Beyond these ranges no window has the IoU that the kind asks for.
      draft.window =
          positive ? Jitter(square, 0.2, 1.35, random) : Jitter(square, 0.45, 1.7, random);
      const float iou = IoU(ToBox(draft.window), ToBox(square));
      const WindowLabel label = LabelByIoU(iou, stage.labels);
      if (label == (positive ? WindowLabel::kPositive : WindowLabel::kPart)) break;
    }
  }
  if (random.Chance(augmentation.rotation)) {
    draft.angle = random.Uniform(-augmentation.rotation_degrees, augmentation.rotation_degrees);
  }
  return draft;
}

Sampler::Draft Sampler::DrawLandmarkFace(Random& random) const {
  const bool mined = !mined_[static_cast<int>(SampleKind::kLandmark)].empty();
  const double limit = config_.augmentation.landmark_rotation_degrees;
  Draft draft;
  if (mined && random.Chance(config_.stages[stage_].mined_face_share)) {
    draft = DrawMined(SampleKind::kLandmark, random);
  } else {
    std::tie(draft.photo, draft.face) =
        landmark_faces_[random.Below(static_cast<int>(landmark_faces_.size()))];
    const TrainingFace& face = photos_.photos[draft.photo].faces[draft.face];
    // The detector's boxes are uncertain to about this degree where this net sees them.
    draft.window = Jitter(WindowFromLandmarks(*face.landmarks), 0.12, 1.3, random);
  }
  draft.angle = random.Uniform(-limit, limit);
  return draft;
}

void Sampler::Render(const Draft& draft, Random& random, int index, Batch& batch) const {
  const int side = config_.networks[stage_].input_size;
  const TrainingPhoto& photo = photos_.photos[draft.photo];
  std::uint8_t* pixels =
      batch.pixels[stage_].data() + static_cast<std::size_t>(index) * side * side * kInputChannels;
  CutWindow(OctavesOf(photos_, draft.photo), draft.window, draft.angle, draft.flip, side, pixels);
  AugmentPixels(config_.augmentation, draft.kind != SampleKind::kNegative, side, random, pixels);
  const std::uint8_t* larger = pixels;
  for (int lower = stage_ - 1; lower >= 0; --lower) {
    const int small_side = config_.networks[lower].input_size;
    std::uint8_t* smaller = batch.pixels[lower].data() + static_cast<std::size_t>(index) *
                                                             small_side * small_side *
                                                             kInputChannels;
    HalveWindow(larger, config_.networks[lower + 1].input_size, smaller);
    larger = smaller;
  }
  batch.kinds[index] = static_cast<std::int64_t>(draft.kind);
  if (draft.face < 0) return;
  const TrainingFace& face = photo.faces[draft.face];
  const CropMapping mapping{draft.window, draft.angle, draft.flip, side};
  const Window crop{0, 0, static_cast<float>(side)};
  if (draft.kind == SampleKind::kLandmark) {
    const auto offsets = LandmarksToOffsets(crop, MapLandmarks(mapping, *face.landmarks));
    std::copy(offsets.begin(), offsets.end(), batch.landmarks.begin() + index * offsets.size());
  } else {
    const auto offsets = BoxToOffsets(crop, MapBox(mapping, face.box));
    std::copy(offsets.begin(), offsets.end(), batch.boxes.begin() + index * offsets.size());
  }
}

Batch Sampler::MakeBatch(std::uint64_t step) const {
  Batch batch;
  batch.count = config_.stages[stage_].batch_size;
  for (int net = 0; net <= stage_; ++net) {
    const std::size_t side = config_.networks[net].input_size;
    batch.pixels[net].resize(batch.count * side * side * kInputChannels);
  }
  batch.kinds.resize(batch.count);
  batch.boxes.resize(static_cast<std::size_t>(batch.count) * kBoxOutputs);
  batch.landmarks.resize(static_cast<std::size_t>(batch.count) * kLandmarkOutputs);
  Random random(BatchSeed(config_.seed, stage_, step, rank_));
  const auto counts = KindCounts(step);
  int index = 0;
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    for (int i = 0; i < counts[kind]; ++i) {
      Render(Draw(static_cast<SampleKind>(kind), random), random, index++, batch);
    }
  }
  return batch;
}

}  // namespace facecascade::training

#include "evaluation/box_protocol.h"

#include <algorithm>

#include "geometry/geometry.h"

namespace facecascade::evaluation {
namespace {

Box ToBox(const Rectangle& rectangle) {
  return {static_cast<float>(rectangle.x), static_cast<float>(rectangle.y),
          static_cast<float>(rectangle.width), static_cast<float>(rectangle.height)};
}

std::vector<const Detection*> Sorted(const ScoredPhoto& photo, double threshold) {
  std::vector<const Detection*> sorted;
  for (const Detection& detection : photo.detections) {
    if (detection.score >= threshold) sorted.push_back(&detection);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Detection* a, const Detection* b) { return a->score > b->score; });
  return sorted;
}

// The free face that the box overlaps most, if by enough; −1 if there is none.
int FreeFace(const Box& box, const AnnotatedPhoto& photo, const std::vector<bool>& taken,
             double overlap) {
  int best = -1;
  double most = overlap;
  for (std::size_t i = 0; i < photo.faces.size(); ++i) {
    const AnnotatedFace& face = photo.faces[i];
    if (!face.has_box || taken[i] || face.attributes.invalid != 0) continue;
    const double shared = IoU(box, face.box);
    if (shared < most || (best >= 0 && shared == most)) continue;
    most = shared;
    best = static_cast<int>(i);
  }
  return best;
}

bool LiesOnInvalid(const Box& box, const AnnotatedPhoto& photo, double overlap) {
  return std::any_of(photo.faces.begin(), photo.faces.end(), [&](const AnnotatedFace& face) {
    return face.attributes.invalid != 0 && face.has_box && IoU(box, face.box) >= overlap;
  });
}

template <typename Chosen>
double RecallOf(const std::vector<BoxFace>& faces, const Chosen& chosen) {
  std::size_t all = 0;
  std::size_t found = 0;
  for (const BoxFace& face : faces) {
    if (!chosen(face)) continue;
    ++all;
    if (face.found) ++found;
  }
  return all == 0 ? 0 : static_cast<double>(found) / static_cast<double>(all);
}

}  // namespace

double BoxResult::Recall() const {
  return RecallOf(faces, [](const BoxFace&) { return true; });
}
double BoxResult::RecallCovered() const {
  return RecallOf(faces, [](const BoxFace& face) { return face.occlusion > 0; });
}
double BoxResult::RecallBare() const {
  return RecallOf(faces, [](const BoxFace& face) { return face.occlusion == 0; });
}

BoxResult EvaluateBoxes(const std::vector<AnnotatedPhoto>& photos, const DetectionSet& detections,
                        const BoxOptions& options) {
  BoxResult result;
  const PhotoIndex index(detections.photos);
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const AnnotatedPhoto& photo = photos[i];
    std::vector<bool> taken(photo.faces.size(), false);
    const ScoredPhoto* scored = index.FindByFileName(photo.path);
    if (scored == nullptr) {
      result.without_entry.push_back(photo.path);
    } else {
      for (const Detection* detection : Sorted(*scored, options.threshold)) {
        const Box box = ToBox(detection->box);
        const int face = FreeFace(box, photo, taken, options.overlap);
        if (face >= 0) {
          taken[static_cast<std::size_t>(face)] = true;
        } else if (LiesOnInvalid(box, photo, options.overlap)) {
          continue;
        } else {
          result.false_alarms.emplace_back(i, *detection);
        }
        result.steps.push_back({detection->score, i, face >= 0 ? 1.0 : 0.0, face >= 0 ? 0.0 : 1.0});
      }
    }
    for (std::size_t j = 0; j < photo.faces.size(); ++j) {
      const AnnotatedFace& face = photo.faces[j];
      if (!face.has_box || face.attributes.invalid != 0) continue;
      result.faces.push_back({i, j, face.attributes.occlusion, taken[j]});
    }
  }
  SortSteps(result.steps);
  return result;
}

}  // namespace facecascade::evaluation

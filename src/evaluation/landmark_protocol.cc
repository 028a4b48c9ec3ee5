#include "evaluation/landmark_protocol.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace facecascade::evaluation {
namespace {

double Distance(const Point& a, const Point& b) {
  return std::hypot(static_cast<double>(a.x) - b.x, static_cast<double>(a.y) - b.y);
}

const Detection* BestAround(const Landmarks& truth, const std::vector<Detection>& detections) {
  double x = 0;
  double y = 0;
  for (const Point& point : truth) {
    x += point.x / static_cast<double>(kLandmarkCount);
    y += point.y / static_cast<double>(kLandmarkCount);
  }
  const Detection* best = nullptr;
  for (const Detection& detection : detections) {
    const Rectangle& box = detection.box;
    const bool holds = box.x < x && x < box.x + box.width && box.y < y && y < box.y + box.height;
    if (!holds || !detection.landmarks) continue;
    if (best == nullptr || detection.score > best->score) best = &detection;
  }
  return best;
}

void Measure(const Landmarks& truth, const Landmarks& prediction, LandmarkFace& face) {
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    face.distances[i] = Distance(prediction[i], truth[i]);
  }
}

// Means of what is included; the sums of a summary before division.
struct Sums {
  std::vector<double> errors;
  std::array<double, kLandmarkCount> points = {};
  double box_error = 0;
  std::size_t boxes = 0;
  std::size_t box_failures = 0;
};

void Add(const LandmarkFace& face, Sums& sums) {
  sums.errors.push_back(face.Error());
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    sums.points[i] += face.distances[i] / face.eye_distance;
  }
  if (!face.box_size) return;
  const double error = face.MeanDistance() / *face.box_size;
  sums.box_error += error;
  ++sums.boxes;
  if (error > kFailureAbove) ++sums.box_failures;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Divide(const Sums& sums, LandmarkSummary& summary) {
  const auto found = static_cast<double>(sums.errors.size());
  const auto failures = static_cast<double>(std::count_if(
      sums.errors.begin(), sums.errors.end(), [](double error) { return error > kFailureAbove; }));
  summary.failure_rate_all_faces =
      (failures + static_cast<double>(summary.missed)) / static_cast<double>(summary.faces);
  if (sums.errors.empty()) return;
  summary.mean_error = std::accumulate(sums.errors.begin(), sums.errors.end(), 0.0) / found;
  summary.median_error = Median(sums.errors);
  summary.failure_rate = failures / found;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    summary.mean_error_of_point[i] = sums.points[i] / found;
  }
  if (sums.boxes == 0) return;
  summary.mean_error_box = sums.box_error / static_cast<double>(sums.boxes);
  summary.failure_rate_box =
      static_cast<double>(sums.box_failures) / static_cast<double>(sums.boxes);
}

}  // namespace

double LandmarkFace::MeanDistance() const {
  return std::accumulate(distances.begin(), distances.end(), 0.0) /
         static_cast<double>(kLandmarkCount);
}

LandmarkResult EvaluateLandmarks(const std::vector<AnnotatedPhoto>& photos,
                                 const DetectionSet& detections) {
  LandmarkResult result;
  const PhotoIndex index(detections.photos);
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const ScoredPhoto* scored = index.FindByFileName(photos[i].path);
    if (scored == nullptr) result.without_entry.push_back(photos[i].path);
    for (std::size_t j = 0; j < photos[i].faces.size(); ++j) {
      const AnnotatedFace& annotated = photos[i].faces[j];
      LandmarkFace face;
      if (annotated.landmarks) {
        face.eye_distance = Distance((*annotated.landmarks)[0], (*annotated.landmarks)[1]);
      }
      if (!(face.eye_distance > 0)) {
        ++result.without_points;
        continue;
      }
      face.photo = i;
      face.face = j;
      face.profile = annotated.attributes.pose != 0;
      result.has_poses = result.has_poses || face.profile;
      if (annotated.has_box) {
        face.box_size = std::sqrt(static_cast<double>(annotated.box.width) * annotated.box.height);
      }
      const Detection* best =
          scored == nullptr ? nullptr : BestAround(*annotated.landmarks, scored->detections);
      face.missed = best == nullptr;
      if (best != nullptr) {
        face.prediction = *best;
        Measure(*annotated.landmarks, *best->landmarks, face);
      }
      result.faces.push_back(face);
    }
  }
  return result;
}

LandmarkSummary Summarize(const std::vector<LandmarkFace>& faces,
                          const std::vector<bool>& include) {
  LandmarkSummary summary;
  Sums sums;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    if (!include.empty() && !include[i]) continue;
    ++summary.faces;
    if (faces[i].missed) {
      ++summary.missed;
    } else {
      Add(faces[i], sums);
    }
  }
  if (summary.faces > 0) Divide(sums, summary);
  return summary;
}

Landmarks CentralFace(int width, int height) {
  // Positions in the square by the usual five-point template of 112 pixels (Deng et al. 2019).
  constexpr double kTemplateSide = 112;
  constexpr std::array<std::array<double, 2>, kLandmarkCount> kTemplate = {
      {{38.29, 51.70}, {73.53, 51.50}, {56.03, 71.74}, {41.55, 92.37}, {70.73, 92.20}}};
  const double side = std::min(width, height) / 2.0;
  Landmarks landmarks;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    landmarks[i] = {
        static_cast<float>((width - side) / 2 + kTemplate[i][0] * side / kTemplateSide - 0.5),
        static_cast<float>((height - side) / 2 + kTemplate[i][1] * side / kTemplateSide - 0.5)};
  }
  return landmarks;
}

LandmarkSummary SummarizeEveryFace(const LandmarkResult& result,
                                   const std::vector<AnnotatedPhoto>& photos) {
  std::vector<LandmarkFace> faces = result.faces;
  for (LandmarkFace& face : faces) {
    const AnnotatedPhoto& photo = photos[face.photo];
    if (!face.missed || photo.width <= 0) continue;
    face.missed = false;
    Measure(*photo.faces[face.face].landmarks, CentralFace(photo.width, photo.height), face);
  }
  return Summarize(faces);
}

}  // namespace facecascade::evaluation

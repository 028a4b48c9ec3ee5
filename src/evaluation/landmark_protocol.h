// Errors of the five landmarks.
//
// A face's prediction is the best-scored detection whose box holds the centre of its true points.
// The error is the mean distance of the five points over the distance of the true eyes (Sun et al.
// 2013; Zhang et al. 2014), and beside it over the square root of the box's area, which profile
// faces do not blow up. The two are never mixed.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "evaluation/detection_set.h"

namespace facecascade::evaluation {

/// From this error on (over eye distance) a face counts as failed.
inline constexpr double kFailureAbove = 0.10;

struct LandmarkFace {
  std::size_t photo = 0;
  std::size_t face = 0;  ///< in its photo
  bool missed = false;   ///< no detection holds its centre; errors are 0
  bool profile = false;  ///< where the set knows
  std::array<double, kLandmarkCount> distances = {};  ///< of each point, in pixels
  double eye_distance = 0;                            ///< of the true eyes, in pixels
  std::optional<double> box_size;                     ///< root of the true box's area, in pixels
  std::optional<Detection> prediction;

  double MeanDistance() const;
  double Error() const { return MeanDistance() / eye_distance; }
};

struct LandmarkSummary {
  std::size_t faces = 0;
  std::size_t missed = 0;
  double mean_error = 0;  ///< over eye distance, of the faces found
  double median_error = 0;
  double failure_rate = 0;            ///< share of the faces found
  double failure_rate_all_faces = 0;  ///< missed faces counted as failed
  std::array<double, kLandmarkCount> mean_error_of_point = {};
  std::optional<double> mean_error_box;    ///< over the box's size; where boxes are known
  std::optional<double> failure_rate_box;  ///< above kFailureAbove of the box's size
};

struct LandmarkResult {
  std::vector<LandmarkFace> faces;
  std::size_t without_points = 0;  ///< annotated faces without landmarks, or with eyes in one place
  std::vector<std::string> without_entry;  ///< photos that the detections do not name
  bool has_poses = false;
};

/// Pairs faces and detections. Detections without landmarks count as none.
LandmarkResult EvaluateLandmarks(const std::vector<AnnotatedPhoto>& photos,
                                 const DetectionSet& detections);

/// Sums up all faces, or those chosen by `include` (one flag a face).
LandmarkSummary Summarize(const std::vector<LandmarkFace>& faces,
                          const std::vector<bool>& include = {});

/// The prediction that MTCNN's protocol makes up where the detector fails, so that every face
/// counts: an average face in the middle square of the picture.
Landmarks CentralFace(int width, int height);

/// The summary with each missed face predicted by CentralFace; photos of unknown size stay missed.
LandmarkSummary SummarizeEveryFace(const LandmarkResult& result,
                                   const std::vector<AnnotatedPhoto>& photos);

}  // namespace facecascade::evaluation

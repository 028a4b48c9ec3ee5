// FDDB's protocol: discrete and continuous score (Jain and Learned-Miller 2010), equal to the
// benchmark's own program to the last digit.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dataset/fddb.h"
#include "evaluation/region_mask.h"
#include "facecascade/result.h"

namespace facecascade::evaluation {

/// A detection as a region of pixels; any finite score.
struct ScoredRegion {
  std::variant<Rectangle, Ellipse> shape;
  double score = 0;
};

struct FddbInput {
  std::string name;
  PhotoSize size;
  std::vector<Ellipse> faces;
  std::vector<ScoredRegion> detections;
};

enum class FddbAssignmentRule {
  kBenchmark,  ///< as the benchmark's program pairs, not always the best
  kExact       ///< the largest sum of overlaps
};

/// What one photo gives at a threshold.
struct FddbEntry {
  double threshold = 0;
  double found_overlap = 0;  ///< sum of the pairs' IoU
  double found = 0;          ///< pairs of IoU above 0.5
  double false_positives = 0;
};

/// A photo's entries by rising threshold: one for each of its distinct scores. A photo without
/// detections has a single one, at the largest double, with nothing found.
struct FddbPhotoResult {
  std::vector<FddbEntry> entries;
  std::vector<bool> found_at_lowest;           ///< of each face, at the photo's lowest threshold
  std::vector<bool> detection_true_at_lowest;  ///< of each detection
  std::size_t faces = 0;
};

Result<FddbPhotoResult> EvaluateFddbPhoto(const FddbInput& photo, FddbAssignmentRule rule);

/// Sums over the photos at each threshold that occurs, by rising threshold.
std::vector<FddbEntry> MergeFddbPhotos(const std::vector<FddbPhotoResult>& photos);

/// The files DiscROC.txt and ContROC.txt of the benchmark's program.
std::string FormatDiscreteRoc(const std::vector<FddbEntry>& entries, std::size_t faces);
std::string FormatContinuousRoc(const std::vector<FddbEntry>& entries, std::size_t faces);

}  // namespace facecascade::evaluation

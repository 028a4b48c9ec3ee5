#include "evaluation/fddb_protocol.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "evaluation/assignment.h"

namespace facecascade::evaluation {
namespace {

constexpr double kFoundAbove = 0.5;

using Indices = std::vector<std::size_t>;

RegionMask Draw(const ScoredRegion& detection, PhotoSize size) {
  if (const auto* rectangle = std::get_if<Rectangle>(&detection.shape)) {
    return DrawRectangle(*rectangle, size);
  }
  return DrawEllipse(std::get<Ellipse>(detection.shape), size);
}

OverlapMatrix OverlapsOf(const FddbInput& photo) {
  std::vector<RegionMask> faces;
  for (const Ellipse& face : photo.faces) faces.push_back(DrawEllipse(face, photo.size));
  OverlapMatrix overlaps{photo.faces.size(), photo.detections.size(), {}};
  overlaps.values.resize(overlaps.rows * overlaps.columns);
  for (std::size_t column = 0; column < overlaps.columns; ++column) {
    const RegionMask detection = Draw(photo.detections[column], photo.size);
    for (std::size_t row = 0; row < overlaps.rows; ++row) {
      const double overlap = OverlapOf(faces[row], detection);
      // Nothing over nothing (both outside the photo) is not defined in the program.
      overlaps(row, column) = overlap == overlap ? overlap : 0.0;
    }
  }
  return overlaps;
}

// A face and a detection that the assignment joined.
struct Pair {
  std::size_t face;
  std::size_t detection;
  double overlap;
};

// Rows and columns of `valid` detections that overlap with anything, as a matrix of their own.
OverlapMatrix Reduced(const OverlapMatrix& overlaps, Indices& faces, Indices& detections) {
  std::erase_if(faces, [&](std::size_t face) {
    return std::none_of(detections.begin(), detections.end(),
                        [&](std::size_t detection) { return overlaps(face, detection) > 0; });
  });
  std::erase_if(detections, [&](std::size_t detection) {
    return std::none_of(faces.begin(), faces.end(),
                        [&](std::size_t face) { return overlaps(face, detection) > 0; });
  });
  OverlapMatrix reduced{faces.size(), detections.size(), {}};
  for (const std::size_t face : faces) {
    for (const std::size_t detection : detections) {
      reduced.values.push_back(overlaps(face, detection));
    }
  }
  return reduced;
}

// The pairs among the valid detections, in the order in which the program adds them up.
Result<std::vector<Pair>> PairUp(const OverlapMatrix& overlaps, Indices valid,
                                 FddbAssignmentRule rule) {
  Indices faces(overlaps.rows);
  for (std::size_t face = 0; face < faces.size(); ++face) faces[face] = face;
  OverlapMatrix matrix = Reduced(overlaps, faces, valid);
  std::vector<Pair> pairs;
  if (matrix.rows == 0) return pairs;
  const bool transposed = matrix.rows > matrix.columns;
  if (transposed) matrix = Transposed(matrix);
  Indices columns;
  if (rule == FddbAssignmentRule::kExact) {
    columns = AssignBest(matrix);
  } else {
    auto assigned = AssignLikeFddb(matrix);
    if (!assigned.ok()) return assigned.error();
    columns = std::move(assigned).value();
  }
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    const double overlap = matrix(row, columns[row]);
    if (overlap == 0) continue;
    pairs.push_back(transposed ? Pair{faces[columns[row]], valid[row], overlap}
                               : Pair{faces[row], valid[columns[row]], overlap});
  }
  return pairs;
}

FddbEntry EntryOf(double threshold, std::size_t valid, const std::vector<Pair>& pairs) {
  FddbEntry entry;
  entry.threshold = threshold;
  for (const Pair& pair : pairs) {
    entry.found_overlap += pair.overlap;
    if (pair.overlap > kFoundAbove) entry.found += 1;
  }
  entry.false_positives = static_cast<double>(valid) - entry.found;
  return entry;
}

std::vector<double> DistinctScores(const std::vector<ScoredRegion>& detections) {
  std::vector<double> scores;
  for (const ScoredRegion& detection : detections) scores.push_back(detection.score);
  std::sort(scores.begin(), scores.end());
  scores.erase(std::unique(scores.begin(), scores.end()), scores.end());
  return scores;
}

// As C++ streams print doubles by default.
void Append(std::string& text, double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%g", value);
  text += digits;
}

}  // namespace

Result<FddbPhotoResult> EvaluateFddbPhoto(const FddbInput& photo, FddbAssignmentRule rule) {
  FddbPhotoResult result;
  result.faces = photo.faces.size();
  result.found_at_lowest.assign(photo.faces.size(), false);
  result.detection_true_at_lowest.assign(photo.detections.size(), false);
  if (photo.detections.empty()) {
    result.entries.push_back({std::numeric_limits<double>::max(), 0, 0, 0});
    return result;
  }
  const OverlapMatrix overlaps = OverlapsOf(photo);
  for (const double threshold : DistinctScores(photo.detections)) {
    Indices valid;
    for (std::size_t i = 0; i < photo.detections.size(); ++i) {
      if (photo.detections[i].score >= threshold) valid.push_back(i);
    }
    const auto pairs = PairUp(overlaps, valid, rule);
    if (!pairs.ok()) return Error{photo.name + ": " + pairs.error().message};
    if (result.entries.empty()) {
      for (const Pair& pair : pairs.value()) {
        if (pair.overlap <= kFoundAbove) continue;
        result.found_at_lowest[pair.face] = true;
        result.detection_true_at_lowest[pair.detection] = true;
      }
    }
    result.entries.push_back(EntryOf(threshold, valid.size(), pairs.value()));
  }
  return result;
}

std::vector<FddbEntry> MergeFddbPhotos(const std::vector<FddbPhotoResult>& photos) {
  std::vector<FddbEntry> merged;
  for (const FddbPhotoResult& photo : photos) {
    for (const FddbEntry& entry : photo.entries) merged.push_back({entry.threshold, 0, 0, 0});
  }
  const auto by_threshold = [](const FddbEntry& a, const FddbEntry& b) {
    return a.threshold < b.threshold;
  };
  std::sort(merged.begin(), merged.end(), by_threshold);
  merged.erase(std::unique(merged.begin(), merged.end(),
                           [](const FddbEntry& a, const FddbEntry& b) {
                             return a.threshold == b.threshold;
                           }),
               merged.end());
  // Photo after photo in the list's order, since the order of a sum of doubles shows.
  for (const FddbPhotoResult& photo : photos) {
    auto entry = photo.entries.begin();
    for (FddbEntry& sum : merged) {
      while (entry != photo.entries.end() && entry->threshold < sum.threshold) ++entry;
      if (entry == photo.entries.end()) break;
      sum.found_overlap += entry->found_overlap;
      sum.found += entry->found;
      sum.false_positives += entry->false_positives;
    }
  }
  return merged;
}

std::string FormatDiscreteRoc(const std::vector<FddbEntry>& entries, std::size_t faces) {
  std::string text;
  for (const FddbEntry& entry : entries) {
    Append(text, faces == 0 ? 0.0 : entry.found / static_cast<double>(faces));
    text += ' ';
    Append(text, faces == 0 ? 0.0 : entry.false_positives);
    text += ' ';
    Append(text, entry.threshold);
    text += '\n';
  }
  return text;
}

std::string FormatContinuousRoc(const std::vector<FddbEntry>& entries, std::size_t faces) {
  std::string text;
  for (const FddbEntry& entry : entries) {
    Append(text, faces == 0 ? 0.0 : entry.found_overlap / static_cast<double>(faces));
    text += ' ';
    Append(text, faces == 0 ? 0.0 : entry.false_positives);
    text += '\n';
  }
  return text;
}

}  // namespace facecascade::evaluation

#include "evaluation/wider_protocol.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace facecascade::evaluation {
namespace {

constexpr double kFoundFrom = 0.5;
constexpr std::size_t kNoFace = static_cast<std::size_t>(-1);

struct Range {
  double low;
  double high;
};

// A photo and the detections on it.
struct Joined {
  const WiderPhoto* photo;
  const std::vector<Detection>* detections;
  std::vector<std::size_t> best_face;  // of each detection: the face it overlaps most, or kNoFace
};

Range ScoreRange(const std::vector<Joined>& all, WiderConvention convention) {
  // The programs' own start values show where all scores lie on one side of them.
  Range range = convention == WiderConvention::kPython
                    ? Range{1, 0}
                    : Range{std::numeric_limits<float>::max(), std::numeric_limits<float>::min()};
  for (const Joined& joined : all) {
    if (joined.detections == nullptr) continue;
    for (const Detection& detection : *joined.detections) {
      range.low = std::min(range.low, detection.score);
      range.high = std::max(range.high, detection.score);
    }
  }
  return range;
}

std::size_t BestFace(const Rectangle& box, const std::vector<Rectangle>& faces) {
  std::size_t best = kNoFace;
  double most = -1;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const double overlap = WiderOverlap(box, faces[i]);
    if (overlap <= most) continue;
    most = overlap;
    best = i;
  }
  return most >= kFoundFrom ? best : kNoFace;
}

std::vector<std::size_t> FileOrder(const std::vector<Detection>& detections) {
  std::vector<std::size_t> order(detections.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

std::vector<std::size_t> SortedOrder(const std::vector<Detection>& detections) {
  auto order = FileOrder(detections);
  std::stable_sort(order.begin(), order.end(), [&detections](std::size_t a, std::size_t b) {
    return detections[a].score > detections[b].score;
  });
  return order;
}

// Of each threshold: how many detections, in order, stand up to the last that reaches it.
std::vector<std::size_t> CountsAtThresholds(const std::vector<Detection>& detections,
                                            const std::vector<std::size_t>& order, Range range) {
  std::vector<double> best_from(order.size());
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t i = order.size(); i-- > 0;) {
    const double score = (detections[order[i]].score - range.low) / (range.high - range.low);
    if (score > best) best = score;
    best_from[i] = best;
  }
  std::vector<std::size_t> counts(kWiderThresholds);
  std::size_t count = 0;
  for (std::size_t t = 0; t < kWiderThresholds; ++t) {
    while (count < order.size() && best_from[count] >= WiderThreshold(t)) ++count;
    counts[t] = count;
  }
  return counts;
}

// Cumulative counts after each detection in order.
std::vector<WiderCount> CumulativeCounts(const Joined& joined, std::size_t level,
                                         const std::vector<std::size_t>& order) {
  std::vector<bool> found(joined.photo->faces.size(), false);
  std::vector<WiderCount> counts;
  counts.reserve(order.size());
  WiderCount count;
  for (const std::size_t detection : order) {
    const std::size_t face = joined.best_face[detection];
    if (face == kNoFace || joined.photo->in_level[level][face]) ++count.proposals;
    if (face != kNoFace && joined.photo->in_level[level][face] && !found[face]) {
      found[face] = true;
      ++count.found;
    }
    counts.push_back(count);
  }
  return counts;
}

void AddCurve(const Joined& joined, std::size_t photo, std::size_t level,
              const std::vector<std::size_t>& order, const std::vector<std::size_t>& counts,
              WiderLevelResult& result) {
  const auto cumulative = CumulativeCounts(joined, level, order);
  WiderCount before;
  for (std::size_t t = 0; t < kWiderThresholds; ++t) {
    if (counts[t] == 0) continue;
    const WiderCount& now = cumulative[counts[t] - 1];
    result.curve[t].proposals += now.proposals;
    result.curve[t].found += now.found;
    if (now.proposals == before.proposals && now.found == before.found) continue;
    result.changes.push_back({static_cast<std::uint32_t>(photo), static_cast<std::uint16_t>(t),
                              static_cast<std::int32_t>(now.proposals - before.proposals),
                              static_cast<std::int32_t>(now.found - before.found)});
    before = now;
  }
}

void AddSteps(const Joined& joined, std::size_t photo, std::size_t level,
              const std::vector<std::size_t>& sorted, WiderResult& result) {
  const bool hard = level == kWiderLevelCount - 1;
  std::vector<double> found_at(joined.photo->faces.size(),
                               -std::numeric_limits<double>::infinity());
  std::vector<bool> found(joined.photo->faces.size(), false);
  for (const std::size_t detection : sorted) {
    const double score = (*joined.detections)[detection].score;
    const std::size_t face = joined.best_face[detection];
    if (face != kNoFace && !joined.photo->in_level[level][face]) continue;
    const bool hit = face != kNoFace && !found[face];
    if (hit) {
      found[face] = true;
      found_at[face] = score;
    } else if (hard) {
      result.false_alarms.push_back({photo, detection, score});
    }
    result.levels[level].steps.push_back({score, photo, hit ? 1.0 : 0.0, hit ? 0.0 : 1.0});
  }
  if (!hard) return;
  for (std::size_t face = 0; face < found_at.size(); ++face) {
    if (joined.photo->in_level[level][face]) {
      result.hard_faces.push_back({photo, face, found_at[face]});
    }
  }
}

void AddMissedFaces(const WiderPhoto& photo, std::size_t index, WiderResult& result) {
  for (std::size_t face = 0; face < photo.faces.size(); ++face) {
    if (!photo.in_level.back()[face]) continue;
    result.hard_faces.push_back({index, face, -std::numeric_limits<double>::infinity()});
  }
}

std::vector<Joined> Join(const std::vector<WiderPhoto>& photos, const PhotoIndex& index,
                         WiderResult& result) {
  std::vector<Joined> all;
  for (const WiderPhoto& photo : photos) {
    const ScoredPhoto* scored = index.Find(photo.name);
    if (scored == nullptr) result.without_entry.push_back(photo.name);
    Joined joined{&photo, scored == nullptr ? nullptr : &scored->detections, {}};
    if (scored != nullptr) {
      result.detections += scored->detections.size();
      for (const Detection& detection : scored->detections) {
        joined.best_face.push_back(BestFace(detection.box, photo.faces));
      }
    }
    all.push_back(std::move(joined));
  }
  return all;
}

}  // namespace

double WiderThreshold(std::size_t index) { return 1 - static_cast<double>(index + 1) / 1000; }

double WiderOverlap(const Rectangle& a, const Rectangle& b) {
  const double a_right = a.x + a.width;
  const double a_bottom = a.y + a.height;
  const double b_right = b.x + b.width;
  const double b_bottom = b.y + b.height;
  const double width = std::min(a_right, b_right) - std::max(a.x, b.x) + 1;
  const double height = std::min(a_bottom, b_bottom) - std::max(a.y, b.y) + 1;
  if (width <= 0 || height <= 0) return 0;
  const double a_area = (a_right - a.x + 1) * (a_bottom - a.y + 1);
  const double b_area = (b_right - b.x + 1) * (b_bottom - b.y + 1);
  return width * height / (a_area + b_area - width * height);
}

double WiderAveragePrecision(const WiderCurve& curve, double faces, WiderConvention convention) {
  std::vector<double> recall = {0};
  std::vector<double> precision = {0};
  for (const WiderCount& count : curve) {
    recall.push_back(static_cast<double>(count.found) / faces);
    precision.push_back(static_cast<double>(count.found) / static_cast<double>(count.proposals));
  }
  recall.push_back(1);
  precision.push_back(0);
  for (std::size_t i = precision.size() - 1; i-- > 0;) {
    // MATLAB's maximum passes over NaN (nothing proposed yet), numpy's keeps it.
    const bool keep_nan = convention == WiderConvention::kPython &&
                          (std::isnan(precision[i]) || std::isnan(precision[i + 1]));
    precision[i] = keep_nan ? std::numeric_limits<double>::quiet_NaN()
                            : std::fmax(precision[i], precision[i + 1]);
  }
  double sum = 0;
  for (std::size_t i = 1; i < recall.size(); ++i) {
    if (recall[i] != recall[i - 1]) sum += (recall[i] - recall[i - 1]) * precision[i];
  }
  return sum;
}

Result<WiderResult> EvaluateWider(const std::vector<WiderPhoto>& photos,
                                  const DetectionSet& detections, WiderConvention convention) {
  WiderResult result;
  const PhotoIndex index(detections.photos);
  const std::vector<Joined> all = Join(photos, index, result);
  if (convention == WiderConvention::kPython && !result.without_entry.empty()) {
    return Error{detections.source + ": has no entry for the photo " +
                 result.without_entry.front() + " (the python program stops here; --list " +
                 "chooses photos, --convention matlab counts their faces as missed)"};
  }
  const Range range = ScoreRange(all, convention);
  result.lowest_score = range.low;
  result.highest_score = range.high;
  for (auto& level : result.levels) level.curve.resize(kWiderThresholds);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Joined& joined = all[i];
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      result.levels[level].faces += joined.photo->level_faces[level];
    }
    if (joined.detections == nullptr || joined.detections->empty()) {
      AddMissedFaces(*joined.photo, i, result);
      continue;
    }
    const auto sorted = SortedOrder(*joined.detections);
    const auto order =
        convention == WiderConvention::kMatlab ? sorted : FileOrder(*joined.detections);
    const auto counts = CountsAtThresholds(*joined.detections, order, range);
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      // The benchmark's programs leave out photos without faces; operating points do not.
      if (!joined.photo->faces.empty()) {
        AddCurve(joined, i, level, order, counts, result.levels[level]);
      }
      AddSteps(joined, i, level, sorted, result);
    }
  }
  for (auto& level : result.levels) {
    SortSteps(level.steps);
    level.average_precision =
        WiderAveragePrecision(level.curve, static_cast<double>(level.faces), convention);
  }
  return result;
}

}  // namespace facecascade::evaluation

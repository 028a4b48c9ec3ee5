#include "geometry/geometry.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace facecascade {
namespace {

// Boxes count from the outer corner of the first pixel, landmarks from its centre.
constexpr float kPixelCentre = 0.5F;

float Area(const Box& box) { return box.width * box.height; }

// Area(Intersection(a, b)), quickly told for boxes that lie apart: most that are compared do.
float IntersectionArea(const Box& a, const Box& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  if (!(width > 0)) return 0;
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  return height > 0 ? width * height : 0;
}

float Overlap(const Box& a, const Box& b, OverlapMeasure measure) {
  return measure == OverlapMeasure::kUnion ? IoU(a, b) : IntersectionOverMinimum(a, b);
}

// Boxes that overlap share a cell of a grid over all boxes: only those need comparing.
constexpr int kGridSide = 16;
constexpr int kListEnd = -1;
constexpr std::size_t kListRoom = 4096;

// Cells, both ends included.
struct CellRange {
  int left, top, right, bottom;

  // Whether `use` returns true for any cell; stops at the first.
  template <typename Use>
  bool Any(const Use& use) const {
    for (int y = top; y <= bottom; ++y) {
      for (int x = left; x <= right; ++x) {
        if (use(y * kGridSide + x)) return true;
      }
    }
    return false;
  }
};

// A grid of kGridSide² cells over the boxes' corners.
class CellGrid {
 public:
  explicit CellGrid(const std::vector<Box>& boxes) {
    if (boxes.empty()) return;
    float right = boxes[0].x;
    float bottom = boxes[0].y;
    left_ = right;
    top_ = bottom;
    for (const Box& box : boxes) {
      left_ = std::min(left_, box.x);
      top_ = std::min(top_, box.y);
      right = std::max(right, box.x + box.width);
      bottom = std::max(bottom, box.y + box.height);
    }
    if (right > left_) columns_per_pixel_ = kGridSide / (right - left_);
    if (bottom > top_) rows_per_pixel_ = kGridSide / (bottom - top_);
  }

  CellRange Centre(const Box& box) const {
    const int column = Cell((box.x + box.width / 2 - left_) * columns_per_pixel_);
    const int row = Cell((box.y + box.height / 2 - top_) * rows_per_pixel_);
    return {column, row, column, row};
  }

  CellRange Covered(const Box& box) const {
    return {Cell((box.x - left_) * columns_per_pixel_), Cell((box.y - top_) * rows_per_pixel_),
            Cell((box.x + box.width - left_) * columns_per_pixel_),
            Cell((box.y + box.height - top_) * rows_per_pixel_)};
  }

 private:
  static int Cell(float place) {
    return static_cast<int>(std::clamp(place, 0.0F, kGridSide - 1.0F));
  }

  float left_ = 0;
  float top_ = 0;
  float columns_per_pixel_ = 0;
  float rows_per_pixel_ = 0;
};

}  // namespace

Box ToBox(const Window& window) { return {window.x, window.y, window.side, window.side}; }

Box Intersection(const Box& a, const Box& b) {
  const float x = std::max(a.x, b.x);
  const float y = std::max(a.y, b.y);
  const float width = std::min(a.x + a.width, b.x + b.width) - x;
  const float height = std::min(a.y + a.height, b.y + b.height) - y;
  return {x, y, std::max(width, 0.0F), std::max(height, 0.0F)};
}

float IoU(const Box& a, const Box& b) {
  const float intersection = IntersectionArea(a, b);
  return intersection > 0 ? intersection / (Area(a) + Area(b) - intersection) : 0.0F;
}

float IntersectionOverMinimum(const Box& a, const Box& b) {
  const float intersection = IntersectionArea(a, b);
  return intersection > 0 ? intersection / std::min(Area(a), Area(b)) : 0.0F;
}

Window SquareAround(const Box& box) {
  const float side = std::max(box.width, box.height);
  return {box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side};
}

BoxOffsets BoxToOffsets(const Window& window, const Box& face) {
  assert(window.side > 0);
  return {(face.x - window.x) / window.side, (face.y - window.y) / window.side,
          (face.x + face.width - window.x - window.side) / window.side,
          (face.y + face.height - window.y - window.side) / window.side};
}

Box OffsetsToBox(const Window& window, const BoxOffsets& offsets) {
  const float left = window.x + offsets[0] * window.side;
  const float top = window.y + offsets[1] * window.side;
  const float right = window.x + window.side + offsets[2] * window.side;
  const float bottom = window.y + window.side + offsets[3] * window.side;
  return {left, top, std::max(right - left, 0.0F), std::max(bottom - top, 0.0F)};
}

LandmarkOffsets LandmarksToOffsets(const Window& window, const Landmarks& landmarks) {
  assert(window.side > 0);
  LandmarkOffsets offsets;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    offsets[2 * i] = (landmarks[i].x + kPixelCentre - window.x) / window.side;
    offsets[2 * i + 1] = (landmarks[i].y + kPixelCentre - window.y) / window.side;
  }
  return offsets;
}

Landmarks OffsetsToLandmarks(const Window& window, const LandmarkOffsets& offsets) {
  Landmarks landmarks;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    landmarks[i].x = window.x + offsets[2 * i] * window.side - kPixelCentre;
    landmarks[i].y = window.y + offsets[2 * i + 1] * window.side - kPixelCentre;
  }
  return landmarks;
}

Box MirrorBox(const Box& box, float photo_width) {
  return {photo_width - box.x - box.width, box.y, box.width, box.height};
}

Landmarks MirrorLandmarks(const Landmarks& landmarks, float photo_width) {
  const auto mirrored = [&](Landmark landmark) {
    const Point& point = landmarks[static_cast<std::size_t>(landmark)];
    return Point{photo_width - 2 * kPixelCentre - point.x, point.y};
  };
  return {mirrored(Landmark::kRightEye), mirrored(Landmark::kLeftEye), mirrored(Landmark::kNose),
          mirrored(Landmark::kRightMouth), mirrored(Landmark::kLeftMouth)};
}

std::vector<int> SuppressNonMaximum(const std::vector<Box>& boxes, const std::vector<float>& scores,
                                    float threshold, OverlapMeasure measure, int limit) {
  SuppressionScratch scratch;
  std::vector<int> kept;
  SuppressNonMaximum(boxes, scores, threshold, measure, limit, scratch, kept);
  return kept;
}

void SuppressNonMaximum(const std::vector<Box>& boxes, const std::vector<float>& scores,
                        float threshold, OverlapMeasure measure, int limit,
                        SuppressionScratch& scratch, std::vector<int>& kept) {
  assert(boxes.size() == scores.size() && threshold >= 0);
  std::vector<int>& order = scratch.order;
  order.reserve(kListRoom + 16 * boxes.size());  // a box seldom covers more than seven cells
  order.resize(boxes.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](int a, int b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  kept.clear();
  // Behind the order stand the grid's lists of kept boxes: pairs of a box and the next pair's
  // place.
  const CellGrid grid(boxes);
  std::array<int, kGridSide * kGridSide> first;
  first.fill(kListEnd);
  // What covers more than half of a box covers its centre.
  const bool centre_tells = measure == OverlapMeasure::kUnion && threshold >= 0.5F;
  for (std::size_t rank = 0; rank < boxes.size(); ++rank) {
    const int candidate = order[rank];
    const CellRange cells = grid.Covered(boxes[candidate]);
    const CellRange compared = centre_tells ? grid.Centre(boxes[candidate]) : cells;
    const bool suppressed = compared.Any([&](int cell) {
      for (int at = first[cell]; at != kListEnd; at = order[at + 1]) {
        if (Overlap(boxes[candidate], boxes[order[at]], measure) > threshold) return true;
      }
      return false;
    });
    if (suppressed) continue;
    kept.push_back(candidate);
    if (limit > 0 && static_cast<int>(kept.size()) == limit) break;
    cells.Any([&](int cell) {
      const int place = static_cast<int>(order.size());
      order.insert(order.end(), {candidate, first[cell]});
      first[cell] = place;
      return false;
    });
  }
}

WindowLabel LabelByIoU(float iou, const LabelBounds& bounds) {
  if (iou > bounds.positive) return WindowLabel::kPositive;
  if (iou >= bounds.part) return WindowLabel::kPart;
  if (iou < bounds.negative) return WindowLabel::kNegative;
  return WindowLabel::kIgnored;
}

}  // namespace facecascade

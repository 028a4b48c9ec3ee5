// Outline and filling of an ellipse's polygon, after the rules of OpenCV's drawing.
#include <algorithm>
#include <array>
#include <utility>

#include "evaluation/ellipse_polygon.h"
#include "evaluation/region_mask.h"

namespace facecascade::evaluation {
namespace {

using Corners = std::vector<FixedPoint>;

// Sides of the photo that a point lies beyond, as bits.
enum Side : unsigned { kLeft = 1, kRight = 2, kTop = 4, kBottom = 8 };
constexpr unsigned kVertical = kTop | kBottom;

struct Bounds {
  std::int64_t right;
  std::int64_t bottom;
};

unsigned SidesBeyondX(const FixedPoint& point, const Bounds& bounds) {
  return (point.x < 0 ? kLeft : 0U) | (point.x > bounds.right ? kRight : 0U);
}

unsigned SidesBeyond(const FixedPoint& point, const Bounds& bounds) {
  return SidesBeyondX(point, bounds) | (point.y < 0 ? kTop : 0U) |
         (point.y > bounds.bottom ? kBottom : 0U);
}

// part * of / whole, in double and cut towards zero as OpenCV has it.
std::int64_t Proportion(std::int64_t part, std::int64_t of, std::int64_t whole) {
  return static_cast<std::int64_t>(static_cast<double>(part) * static_cast<double>(of) /
                                   static_cast<double>(whole));
}

// Moves the end `moved` along the segment to the top or bottom border.
void MoveToRow(FixedPoint& moved, unsigned& sides, const FixedPoint& first,
               const FixedPoint& second, const Bounds& bounds) {
  const std::int64_t border = sides < kBottom ? 0 : bounds.bottom;
  moved.x += Proportion(border - moved.y, second.x - first.x, second.y - first.y);
  moved.y = border;
  sides = SidesBeyondX(moved, bounds);
}

// Moves the end `moved` along the segment to the left or right border.
void MoveToColumn(FixedPoint& moved, unsigned& sides, const FixedPoint& first,
                  const FixedPoint& second, const Bounds& bounds) {
  const std::int64_t border = sides == kLeft ? 0 : bounds.right;
  moved.y += Proportion(border - moved.x, second.y - first.y, second.x - first.x);
  moved.x = border;
  sides = 0;
}

// Cohen-Sutherland; false where nothing of the segment is left.
bool Clip(FixedPoint& first, FixedPoint& second, const Bounds& bounds) {
  unsigned first_sides = SidesBeyond(first, bounds);
  unsigned second_sides = SidesBeyond(second, bounds);
  if ((first_sides & second_sides) != 0) return false;
  if (first_sides & kVertical) MoveToRow(first, first_sides, first, second, bounds);
  if (second_sides & kVertical) MoveToRow(second, second_sides, first, second, bounds);
  if ((first_sides & second_sides) != 0) return false;
  if (first_sides) MoveToColumn(first, first_sides, first, second, bounds);
  if (second_sides) MoveToColumn(second, second_sides, first, second, bounds);
  return true;
}

class EllipseDrawing {
 public:
  EllipseDrawing(const Corners& corners, PhotoSize photo)
      : corners_(corners), photo_(photo), mask_(MaskFor(corners, photo)) {}

  RegionMask Draw() && {
    FixedPoint before = corners_.back();
    for (const FixedPoint& corner : corners_) {
      DrawSegment(before, corner);
      before = corner;
    }
    if (corners_.size() >= 3) Fill();
    return std::move(mask_);
  }

 private:
  // One side of the polygon on its way down from the top corner.
  struct Chain {
    std::size_t corner;  // where its present edge ends
    std::size_t step;    // to the next corner, modulo their number
    std::int64_t end;    // row of that corner
    std::int64_t x = 0;
    std::int64_t slope = 0;
  };

  static RegionMask MaskFor(const Corners& corners, PhotoSize photo) {
    const auto [low, high] =
        std::minmax_element(corners.begin(), corners.end(),
                            [](const FixedPoint& a, const FixedPoint& b) { return a.y < b.y; });
    // A row more on both sides: an edge's slope is rounded and may leave its ends.
    const auto clamp_row = [&photo](std::int64_t row) {
      return static_cast<int>(std::clamp<std::int64_t>(row, 0, photo.height));
    };
    return {photo.width, clamp_row(PixelOf(low->y) - 1), clamp_row(PixelOf(high->y) + 2)};
  }

  void SetPixel(std::int64_t x, std::int64_t y) {
    if (x < 0 || x >= photo_.width || y < mask_.first_row() || y >= mask_.end_row()) return;
    mask_.Set(static_cast<int>(y), static_cast<int>(x));
  }

  void DrawSegment(FixedPoint first, FixedPoint second) {
    const Bounds bounds{photo_.width * kFixedOne - 1, photo_.height * kFixedOne - 1};
    if (!Clip(first, second, bounds)) return;
    const bool flat = std::abs(second.x - first.x) > std::abs(second.y - first.y);
    if (flat ? first.x > second.x : first.y > second.y) std::swap(first, second);
    SetPixel(PixelOf(second.x), PixelOf(second.y));
    const std::int64_t dx = second.x - first.x;
    const std::int64_t dy = second.y - first.y;
    if (flat) {
      const std::int64_t step = dy * kFixedOne / (dx | 1);
      std::int64_t y = first.y + kFixedHalf;
      const std::int64_t x = PixelOf(first.x);
      for (std::int64_t i = 0; i <= dx >> kFixedPointBits; ++i, y += step) {
        SetPixel(x + i, y >> kFixedPointBits);
      }
    } else {
      const std::int64_t step = dx * kFixedOne / (dy | 1);
      std::int64_t x = first.x + kFixedHalf;
      const std::int64_t y = PixelOf(first.y);
      for (std::int64_t i = 0; i <= dy >> kFixedPointBits; ++i, x += step) {
        SetPixel(x >> kFixedPointBits, y + i);
      }
    }
  }

  // Walks the chain to the edge that reaches below row y. False once the looks are used up.
  bool Advance(Chain& chain, std::int64_t y, std::ptrdiff_t& looks) const {
    std::size_t from = chain.corner;
    while (looks-- > 0) {
      const std::size_t to = (from + chain.step) % corners_.size();
      const std::int64_t end = PixelOf(corners_[to].y);
      if (end > y) {
        const std::int64_t rows = end - y;
        chain.slope = (2 * (corners_[to].x - corners_[from].x) + rows) / (2 * rows);
        chain.x = corners_[from].x;
        chain.end = end;
        chain.corner = to;
        return true;
      }
      from = to;
    }
    return false;
  }

  bool LiesOutside(std::int64_t top, std::int64_t bottom) const {
    const auto [low, high] =
        std::minmax_element(corners_.begin(), corners_.end(),
                            [](const FixedPoint& a, const FixedPoint& b) { return a.x < b.x; });
    return PixelOf(high->x) < 0 || bottom < 0 || PixelOf(low->x) >= photo_.width ||
           top >= photo_.height;
  }

  void FillRow(std::int64_t y, const std::array<Chain, 2>& chains) {
    const auto [left, right] = std::minmax({chains[0].x, chains[1].x});
    const std::int64_t first = std::max<std::int64_t>(PixelOf(left), 0);
    const std::int64_t last = std::min<std::int64_t>(PixelOf(right), photo_.width - 1);
    if (first > last) return;
    mask_.SetRun(static_cast<int>(y), static_cast<int>(first), static_cast<int>(last));
  }

  void Fill() {
    const auto by_row = [](const FixedPoint& a, const FixedPoint& b) { return a.y < b.y; };
    const auto top = std::min_element(corners_.begin(), corners_.end(), by_row);
    const auto bottom = std::max_element(corners_.begin(), corners_.end(), by_row);
    const std::int64_t first_row = PixelOf(top->y);
    std::int64_t last_row = PixelOf(bottom->y);
    if (LiesOutside(first_row, last_row)) return;
    last_row = std::min<std::int64_t>(last_row, photo_.height - 1);
    const auto start = static_cast<std::size_t>(top - corners_.begin());
    std::array<Chain, 2> chains{Chain{start, 1, first_row},
                                Chain{start, corners_.size() - 1, first_row}};
    auto looks = static_cast<std::ptrdiff_t>(corners_.size());
    for (std::int64_t y = first_row; y <= last_row; ++y) {
      for (Chain& chain : chains) {
        if (y >= chain.end && !Advance(chain, y, looks)) return;
      }
      if (y >= 0) FillRow(y, chains);
      for (Chain& chain : chains) chain.x += chain.slope;
    }
  }

  const Corners& corners_;
  PhotoSize photo_;
  RegionMask mask_;
};

}  // namespace

RegionMask DrawEllipse(const Ellipse& ellipse, PhotoSize photo) {
  const Corners corners = PolygonOf(ellipse);
  return EllipseDrawing(corners, photo).Draw();
}

}  // namespace facecascade::evaluation

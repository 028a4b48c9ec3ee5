// Rectangles and ellipses as sets of pixels, drawn as FDDB's program draws them.
//
// The benchmark compares regions pixel by pixel on masks of the photo's size that OpenCV draws.
// These functions set the same pixels, bit for bit, whatever OpenCV is installed.
#pragma once

#include <cstdint>
#include <vector>

#include "dataset/fddb.h"

namespace facecascade::evaluation {

/// A rectangle in pixels of the photo, in the precision of the detections' file.
struct Rectangle {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Pixels of a photo, one bit each, kept for the rows that may hold some.
class RegionMask {
 public:
  /// No pixel; rows `first_row` … `end_row` − 1 and columns 0 … width − 1 can be set.
  RegionMask(int width, int first_row, int end_row);

  /// Sets columns `first` … `last` of a row. They lie inside.
  void SetRun(int row, int first, int last);
  void Set(int row, int column) { SetRun(row, column, column); }

  std::int64_t Count() const;

  int first_row() const { return first_row_; }
  int end_row() const { return end_row_; }

  /// How many pixels two masks of the same photo share.
  friend std::int64_t CountCommon(const RegionMask& a, const RegionMask& b);

 private:
  int words_per_row_;
  int first_row_;
  int end_row_;
  std::vector<std::uint64_t> words_;
};

/// Both ends of the rounded rectangle belong to it (a width of 10 covers 11 columns); a negative
/// size covers the swapped rectangle; nothing lies outside the photo.
RegionMask DrawRectangle(const Rectangle& rectangle, PhotoSize photo);

/// Outline and filling of the polygon that OpenCV makes of an ellipse. The ellipse is drawable
/// (WhyNotDrawable).
RegionMask DrawEllipse(const Ellipse& ellipse, PhotoSize photo);

/// Shared pixels over pixels of either; NaN where neither has one, as in the benchmark's program.
double OverlapOf(const RegionMask& a, const RegionMask& b);

}  // namespace facecascade::evaluation

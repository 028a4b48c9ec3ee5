// The polygon that OpenCV draws in place of an ellipse.
#pragma once

#include <cstdint>
#include <vector>

#include "dataset/fddb.h"

namespace facecascade::evaluation {

/// A point in 1/65536 pixel; pixel centres at the whole pixels.
struct FixedPoint {
  std::int64_t x = 0;
  std::int64_t y = 0;

  friend bool operator==(const FixedPoint&, const FixedPoint&) = default;
};

inline constexpr int kFixedPointBits = 16;
inline constexpr std::int64_t kFixedOne = std::int64_t{1} << kFixedPointBits;
inline constexpr std::int64_t kFixedHalf = kFixedOne / 2;

/// The pixel nearest to a fixed-point coordinate.
constexpr std::int64_t PixelOf(std::int64_t coordinate) {
  return (coordinate + kFixedHalf) >> kFixedPointBits;
}

/// Corners every 5 to 90 degrees, by the ellipse's size; at least two.
std::vector<FixedPoint> PolygonOf(const Ellipse& ellipse);

}  // namespace facecascade::evaluation

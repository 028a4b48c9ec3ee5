#include "evaluation/ellipse_polygon.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace facecascade::evaluation {
namespace {

constexpr int kQuarter = 90;
constexpr int kTurn = 360;

// Sines of 0 … 450 degrees as OpenCV's table has them: seven decimals, stored as float.
std::array<float, kTurn + kQuarter + 1> MakeSineTable() {
  std::array<float, kTurn + kQuarter + 1> table{};
  for (std::size_t degrees = 0; degrees < table.size(); ++degrees) {
    const double sine = std::sin(static_cast<double>(degrees) * std::numbers::pi / 180);
    // From the seven decimals by way of double, as a compiler reads such a literal.
    table[degrees] = static_cast<float>(std::nearbyint(sine * 1e7) / 1e7);
  }
  return table;
}

double Sine(int degrees) {
  static const auto table = MakeSineTable();
  return table[static_cast<std::size_t>(degrees)];
}

double Cosine(int degrees) { return Sine(kTurn + kQuarter - degrees); }

// The program turns its angle in radians into whole degrees from 0 to 360.
int WholeDegrees(double radians) {
  auto degrees = std::lrint(180.0 - (std::numbers::pi - radians) * 180.0 / std::numbers::pi);
  while (degrees < 0) degrees += kTurn;
  while (degrees > kTurn) degrees -= kTurn;
  return static_cast<int>(degrees);
}

int StepOf(std::int64_t larger_half_axis) {
  if (larger_half_axis < 3) return 90;
  if (larger_half_axis < 10) return 30;
  if (larger_half_axis < 15) return 18;
  return 5;
}

int RoundedFloat(double value) {
  return static_cast<int>(std::lrint(static_cast<double>(static_cast<float>(value))));
}

}  // namespace

std::vector<FixedPoint> PolygonOf(const Ellipse& ellipse) {
  const auto major = static_cast<std::int64_t>(ellipse.major);
  const auto minor = static_cast<std::int64_t>(ellipse.minor);
  const double centre_x = static_cast<double>(RoundedFloat(ellipse.x) * kFixedOne);
  const double centre_y = static_cast<double>(RoundedFloat(ellipse.y) * kFixedOne);
  const int turn = WholeDegrees(ellipse.radians);
  std::vector<FixedPoint> corners;
  for (int degrees = 0; degrees <= kTurn; degrees += StepOf(std::max(major, minor))) {
    const double along = static_cast<double>(major * kFixedOne) * Cosine(degrees);
    const double across = static_cast<double>(minor * kFixedOne) * Sine(degrees);
    const FixedPoint corner{std::llrint(centre_x + along * Cosine(turn) - across * Sine(turn)),
                            std::llrint(centre_y + along * Sine(turn) + across * Cosine(turn))};
    if (corners.empty() || corners.back() != corner) corners.push_back(corner);
  }
  if (corners.size() == 1) corners.push_back(corners.front());
  return corners;
}

}  // namespace facecascade::evaluation

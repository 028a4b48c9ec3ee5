// A stage's curves as CSV, written while it runs and fit for any plotting program.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade::training {

inline constexpr std::array<const char*, 12> kCurveColumns = {"seconds",
                                                              "samples_per_second",
                                                              "learning_rate",
                                                              "loss",
                                                              "face_loss",
                                                              "box_loss",
                                                              "landmark_loss",
                                                              "held_out_face_loss",
                                                              "held_out_recall",
                                                              "held_out_false_rate",
                                                              "held_out_box_error",
                                                              "held_out_landmark_error"};
using CurveRow = std::array<double, kCurveColumns.size()>;

class CurveLog {
 public:
  explicit CurveLog(std::string path) : path_(std::move(path)) {}

  /// Keeps the rows up to `step` of an earlier run (none for 0) and goes on behind them.
  Status StartAt(std::int64_t step);
  Status Append(std::int64_t step, const CurveRow& row);

 private:
  std::string path_;
};

/// A row of a curve that was written.
struct CurvePoint {
  std::int64_t step = 0;
  CurveRow values{};  ///< by kCurveColumns
};
Result<std::vector<CurvePoint>> ReadCurve(const std::string& path);

/// Draws loss and held-out figures of the CSV files beside each other as SVG with gnuplot.
/// An error where gnuplot is missing or fails.
Status PlotCurves(const std::string& folder, const std::string& svg);

}  // namespace facecascade::training

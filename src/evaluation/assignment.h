// Pairing of annotations and detections by overlap.
#pragma once

#include <cstddef>
#include <vector>

#include "facecascade/result.h"

namespace facecascade::evaluation {

/// Overlaps of annotations (rows) and detections (columns), row after row.
struct OverlapMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;

  double operator()(std::size_t row, std::size_t column) const {
    return values[row * columns + column];
  }
  double& operator()(std::size_t row, std::size_t column) { return values[row * columns + column]; }
};

OverlapMatrix Transposed(const OverlapMatrix& matrix);

/// A column for each row, found as FDDB's program finds it. The program means to maximise the sum
/// (Kuhn 1955) but stops once each row has a column, though an unused column may still have a
/// positive dual value, so that the sum may be less than the best. Rows ≤ columns; fails where
/// the benchmark's program aborts.
Result<std::vector<std::size_t>> AssignLikeFddb(const OverlapMatrix& overlaps);

/// A column for each row with the largest sum of overlaps. Rows ≤ columns.
std::vector<std::size_t> AssignBest(const OverlapMatrix& overlaps);

}  // namespace facecascade::evaluation

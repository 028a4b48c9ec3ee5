#include "evaluation/assignment.h"

#include <limits>

namespace facecascade::evaluation {

OverlapMatrix Transposed(const OverlapMatrix& matrix) {
  OverlapMatrix result{matrix.columns, matrix.rows, std::vector<double>(matrix.values.size())};
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t column = 0; column < matrix.columns; ++column) {
      result(column, row) = matrix(row, column);
    }
  }
  return result;
}

// Shortest augmenting paths with potentials (Jonker and Volgenant 1987), rows one after the
// other. Index 0 of rows and columns stands for "none".
std::vector<std::size_t> AssignBest(const OverlapMatrix& overlaps) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> row_potential(overlaps.rows + 1, 0.0);
  std::vector<double> column_potential(overlaps.columns + 1, 0.0);
  std::vector<std::size_t> row_of(overlaps.columns + 1, 0);
  for (std::size_t row = 1; row <= overlaps.rows; ++row) {
    std::vector<double> distance(overlaps.columns + 1, kInfinity);
    std::vector<std::size_t> before(overlaps.columns + 1, 0);
    std::vector<bool> visited(overlaps.columns + 1, false);
    row_of[0] = row;
    std::size_t column = 0;
    do {
      visited[column] = true;
      const std::size_t from = row_of[column];
      std::size_t nearest = 0;
      double least = kInfinity;
      for (std::size_t next = 1; next <= overlaps.columns; ++next) {
        if (visited[next]) continue;
        const double cost =
            -overlaps(from - 1, next - 1) - row_potential[from] - column_potential[next];
        if (cost < distance[next]) {
          distance[next] = cost;
          before[next] = column;
        }
        if (distance[next] < least) {
          least = distance[next];
          nearest = next;
        }
      }
      for (std::size_t j = 0; j <= overlaps.columns; ++j) {
        if (visited[j]) {
          row_potential[row_of[j]] += least;
          column_potential[j] -= least;
        } else {
          distance[j] -= least;
        }
      }
      column = nearest;
    } while (row_of[column] != 0);
    for (; column != 0; column = before[column]) row_of[column] = row_of[before[column]];
  }
  std::vector<std::size_t> column_of(overlaps.rows, 0);
  for (std::size_t column = 1; column <= overlaps.columns; ++column) {
    if (row_of[column] != 0) column_of[row_of[column] - 1] = column - 1;
  }
  return column_of;
}

}  // namespace facecascade::evaluation

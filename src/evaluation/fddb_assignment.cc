// Kuhn's Hungarian method with the order of search and the early end of FDDB's program.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluation/assignment.h"

namespace facecascade::evaluation {
namespace {

constexpr double kEpsilon = 1e-15;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

class FddbAssignment {
 public:
  explicit FddbAssignment(const OverlapMatrix& overlaps)
      : overlaps_(overlaps),
        row_dual_(overlaps.rows, 0.0),
        column_dual_(overlaps.columns, 0.0),
        column_of_(overlaps.rows, kNone),
        row_of_(overlaps.columns, kNone),
        row_essential_(overlaps.rows, false),
        column_essential_(overlaps.columns, false) {}

  Result<std::vector<std::size_t>> Solve() {
    Start();
    // Each pass makes a pair tight or frees a dual of its value; this bound is never near.
    const std::size_t passes = 1000 + 100 * overlaps_.rows * overlaps_.columns;
    for (std::size_t pass = 0; pass < passes; ++pass) {
      MatchTightPairs();
      if (!LowerDuals()) return Finished();
    }
    return Error{"the assignment of FDDB's program does not end on this photo"};
  }

 private:
  bool Tight(std::size_t row, std::size_t column) const {
    return std::abs(Slack(row, column)) < kEpsilon;
  }
  double Slack(std::size_t row, std::size_t column) const {
    return row_dual_[row] + column_dual_[column] - overlaps_(row, column);
  }

  void Star(std::size_t row, std::size_t column) {
    column_of_[row] = column;
    row_of_[column] = row;
  }

  void Start() {
    std::vector<double> row_max(overlaps_.rows, 0.0);
    std::vector<double> column_max(overlaps_.columns, 0.0);
    for (std::size_t row = 0; row < overlaps_.rows; ++row) {
      for (std::size_t column = 0; column < overlaps_.columns; ++column) {
        row_max[row] = std::max(row_max[row], overlaps_(row, column));
        column_max[column] = std::max(column_max[column], overlaps_(row, column));
      }
    }
    const double row_sum = std::accumulate(row_max.begin(), row_max.end(), 0.0);
    const double column_sum = std::accumulate(column_max.begin(), column_max.end(), 0.0);
    if (row_sum <= column_sum) {
      row_dual_ = row_max;
      for (std::size_t row = 0; row < overlaps_.rows; ++row) StarRow(row);
    } else {
      column_dual_ = column_max;
      for (std::size_t column = 0; column < overlaps_.columns; ++column) StarColumn(column);
    }
  }

  void StarRow(std::size_t row) {
    for (std::size_t column = 0; column < overlaps_.columns; ++column) {
      if (row_of_[column] == kNone && Tight(row, column)) return Star(row, column);
    }
  }

  void StarColumn(std::size_t column) {
    for (std::size_t row = 0; row < overlaps_.rows; ++row) {
      if (column_of_[row] == kNone && Tight(row, column)) return Star(row, column);
    }
  }

  // Routine I: lengthens the matching within the tight pairs until no free column reaches a free
  // row, and marks what the free columns do reach.
  void MatchTightPairs() {
    bool grown = true;
    while (grown) {
      grown = false;
      std::fill(row_essential_.begin(), row_essential_.end(), false);
      for (std::size_t column = 0; column < overlaps_.columns && !grown; ++column) {
        if (row_of_[column] == kNone) grown = GrowFrom(column);
      }
    }
    for (std::size_t column = 0; column < overlaps_.columns; ++column) {
      column_essential_[column] = row_of_[column] != kNone && !row_essential_[row_of_[column]];
    }
  }

  bool GrowFrom(std::size_t free_column) {
    for (std::size_t row = 0; row < overlaps_.rows; ++row) {
      if (!row_essential_[row] && Tight(row, free_column) && GrowFrom(free_column, row)) {
        return true;
      }
    }
    return false;
  }

  // Depth first along path of rows. A row once given up stays given up: whatever it can reach
  // was, or will be, reached from the rows that were on the path then.
  bool GrowFrom(std::size_t free_column, std::size_t first_row) {
    std::vector<std::size_t> path = {first_row};
    std::size_t from = 0;
    while (!path.empty()) {
      const std::size_t row = path.back();
      if (column_of_[row] == kNone) {
        Augment(free_column, path);
        return true;
      }
      const std::size_t next = NextOnPath(column_of_[row], from, path);
      if (next != kNone) {
        path.push_back(next);
        from = 0;
      } else {
        row_essential_[row] = true;
        path.pop_back();
        from = row + 1;
      }
    }
    return false;
  }

  std::size_t NextOnPath(std::size_t column, std::size_t from,
                         const std::vector<std::size_t>& path) const {
    for (std::size_t row = from; row < overlaps_.rows; ++row) {
      if (!row_essential_[row] && Tight(row, column) &&
          std::find(path.begin(), path.end(), row) == path.end()) {
        return row;
      }
    }
    return kNone;
  }

  void Augment(std::size_t column, const std::vector<std::size_t>& path) {
    for (const std::size_t row : path) {
      const std::size_t former = column_of_[row];
      Star(row, column);
      column = former;
    }
  }

  // Routine II: makes another pair tight; false where there is nothing left to do.
  bool LowerDuals() {
    const double least = LeastSlack();
    if (std::abs(least) < kEpsilon) return false;
    bool row_at_zero = false;
    for (std::size_t row = 0; row < overlaps_.rows; ++row) {
      row_at_zero = row_at_zero || (!row_essential_[row] && row_dual_[row] == 0);
    }
    if (row_at_zero) {
      Shift(column_dual_, column_essential_, row_dual_, row_essential_, least);
    } else {
      Shift(row_dual_, row_essential_, column_dual_, column_essential_, least);
    }
    for (std::size_t row = 0; row < overlaps_.rows; ++row) {
      const std::size_t column = column_of_[row];
      if (column == kNone || Tight(row, column)) continue;
      column_of_[row] = kNone;
      row_of_[column] = kNone;
    }
    return true;
  }

  double LeastSlack() const {
    double least = 0;
    for (std::size_t row = 0; row < overlaps_.rows; ++row) {
      if (row_essential_[row]) continue;
      for (std::size_t column = 0; column < overlaps_.columns; ++column) {
        if (column_essential_[column]) continue;
        const double slack = Slack(row, column);
        if (std::abs(least) < kEpsilon || (slack > -kEpsilon && slack < least)) least = slack;
      }
    }
    return least;
  }

  // Takes from the duals of one side that are not essential and gives to the other's essential.
  static void Shift(std::vector<double>& lowered, const std::vector<bool>& lowered_essential,
                    std::vector<double>& raised, const std::vector<bool>& raised_essential,
                    double amount) {
    for (std::size_t i = 0; i < lowered.size(); ++i) {
      if (!lowered_essential[i]) amount = std::min(amount, lowered[i]);
    }
    for (std::size_t i = 0; i < lowered.size(); ++i) {
      if (!lowered_essential[i]) lowered[i] -= amount;
    }
    for (std::size_t i = 0; i < raised.size(); ++i) {
      if (raised_essential[i]) raised[i] += amount;
    }
  }

  Result<std::vector<std::size_t>> Finished() const {
    if (std::find(column_of_.begin(), column_of_.end(), kNone) != column_of_.end()) {
      return Error{"FDDB's program aborts on this photo: an annotation is left without a pair"};
    }
    return column_of_;
  }

  const OverlapMatrix& overlaps_;
  std::vector<double> row_dual_;
  std::vector<double> column_dual_;
  std::vector<std::size_t> column_of_;  // the star of a row
  std::vector<std::size_t> row_of_;     // the star of a column
  std::vector<bool> row_essential_;
  std::vector<bool> column_essential_;
};

}  // namespace

Result<std::vector<std::size_t>> AssignLikeFddb(const OverlapMatrix& overlaps) {
  return FddbAssignment(overlaps).Solve();
}

}  // namespace facecascade::evaluation

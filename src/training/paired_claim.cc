#include "training/paired_claim.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace facecascade::training {
namespace {

// The 97.5th percentile of Student's distribution, by degrees of freedom from 1 on.
constexpr std::array<double, 20> kStudent = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365,
                                             2.306,  2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
                                             2.131,  2.120, 2.110, 2.101, 2.093, 2.086};

}  // namespace

PairedDifference ComparePairs(const std::vector<double>& a, const std::vector<double>& b) {
  const std::size_t count = std::min(a.size(), b.size());
  const auto number = static_cast<double>(count);
  PairedDifference difference;
  for (std::size_t i = 0; i < count; ++i) difference.mean += (b[i] - a[i]) / number;
  double half = std::numeric_limits<double>::infinity();
  if (count > 1) {
    double squares = 0;
    for (std::size_t i = 0; i < count; ++i) {
      squares += std::pow(b[i] - a[i] - difference.mean, 2);
    }
    // Beyond the table its last value, which is a little too careful.
    half = kStudent[std::min(count - 2, kStudent.size() - 1)] *
           std::sqrt(squares / (number - 1) / number);
  }
  difference.low = difference.mean - half;
  difference.high = difference.mean + half;
  return difference;
}

Verdict JudgeAbove(const PairedDifference& difference, double bound) {
  if (difference.low > bound) return Verdict::kHolds;
  return difference.high < bound ? Verdict::kDoesNotHold : Verdict::kNotDecided;
}

Verdict JudgeBelow(const PairedDifference& difference, double bound) {
  if (difference.high < bound) return Verdict::kHolds;
  return difference.low > bound ? Verdict::kDoesNotHold : Verdict::kNotDecided;
}

Verdict Both(Verdict a, Verdict b) {
  if (a == Verdict::kDoesNotHold || b == Verdict::kDoesNotHold) return Verdict::kDoesNotHold;
  return a == Verdict::kHolds && b == Verdict::kHolds ? Verdict::kHolds : Verdict::kNotDecided;
}

std::string VerdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return "holds";
    case Verdict::kDoesNotHold:
      return "does not hold";
    case Verdict::kNotDecided:
      return "is not decided";
  }
  return "";
}

}  // namespace facecascade::training

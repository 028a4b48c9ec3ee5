// Whether a difference between two ways of training, repeated over seeds, shows what was claimed.
#pragma once

#include <string>
#include <vector>

namespace facecascade::training {

/// The mean of paired differences and its 95 % confidence interval by Student's t. One pair has no
/// interval: it reaches from −infinity to infinity.
struct PairedDifference {
  double mean = 0;
  double low = 0;
  double high = 0;
};

/// Of differences b − a, one for each seed; both have the same size, at least 1.
PairedDifference ComparePairs(const std::vector<double>& a, const std::vector<double>& b);

enum class Verdict { kHolds, kDoesNotHold, kNotDecided };

/// The claim that the difference is above `bound`: holds where the whole interval lies above,
/// does not hold where it lies below, and is not decided where the bound lies in it.
Verdict JudgeAbove(const PairedDifference& difference, double bound);
Verdict JudgeBelow(const PairedDifference& difference, double bound);

/// Of a claim of two parts.
Verdict Both(Verdict a, Verdict b);

/// "holds", "does not hold" or "is not decided".
std::string VerdictText(Verdict verdict);

}  // namespace facecascade::training

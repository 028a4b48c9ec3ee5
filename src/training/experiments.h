// The paper's experiments (Table 1 and Figure 4), each the same training with one difference.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "evaluation/plot.h"
#include "facecascade/result.h"
#include "training/experiment_nets.h"
#include "training/paired_claim.h"

namespace facecascade::training {

/// A figure of two arms, one value for each seed.
struct Comparison {
  std::string figure;
  std::array<std::string, 2> arms;
  std::array<std::vector<double>, 2> values;

  /// Second arm less the first.
  PairedDifference Difference() const { return ComparePairs(values[0], values[1]); }
};

struct ExperimentReport {
  std::string name;   ///< as the command line has it
  std::string claim;  ///< the paper's, behind "the claim that"
  Verdict verdict = Verdict::kNotDecided;
  std::vector<Comparison> judged;      ///< what the verdict stands on
  std::vector<Comparison> also_found;  ///< what else is of interest
  std::vector<evaluation::Plot> plots;
};

/// Table 1: batches of 64 samples of one kind in turn against batches four times as large of all
/// kinds mixed; as many samples for either. Accuracy may be less by half a point at most, and four
/// small steps must take less time than a large one, which sees as many samples.
Result<ExperimentReport> ReproduceTable1(std::vector<SeedNets>& seeds);

/// Figure 4a: the 48net with the loss of landmarks against without (weight 0), behind the same
/// 12net and 24net; average precision of the cascade on kept photos.
Result<ExperimentReport> ReproduceJoint(std::vector<SeedNets>& seeds);

/// Figure 4b: the 48net with the choice of hard examples against without; face loss on kept
/// samples, at the end and over the whole curve.
Result<ExperimentReport> ReproduceHardExamples(std::vector<SeedNets>& seeds);

/// Figure 4c: from the same nets trained alone, the cascade fine-tuned through bridges against
/// without; average precision on kept photos.
Result<ExperimentReport> ReproduceEndToEnd(std::vector<SeedNets>& seeds);

}  // namespace facecascade::training

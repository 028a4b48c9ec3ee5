#include "training/paired_claim.h"

#include <gtest/gtest.h>

#include <cmath>

namespace facecascade::training {
namespace {

TEST(PairedClaim, IntervalIsStudentsOfTheDifferences) {
  // Differences 1, 2, 3: mean 2, standard error 1/√3, t of two degrees of freedom 4.303.
  const PairedDifference difference = ComparePairs({0, 5, 7}, {1, 7, 10});
  EXPECT_DOUBLE_EQ(difference.mean, 2);
  EXPECT_NEAR(difference.high - difference.mean, 4.303 / std::sqrt(3.0), 1e-9);
  EXPECT_NEAR(difference.mean - difference.low, 4.303 / std::sqrt(3.0), 1e-9);
}

TEST(PairedClaim, WhatAllSeedsShareDoesNotWidenIt) {
  const PairedDifference difference = ComparePairs({0.1, 0.5, 0.9}, {0.2, 0.6, 1.0});
  EXPECT_NEAR(difference.low, 0.1, 1e-9);
  EXPECT_NEAR(difference.high, 0.1, 1e-9);
}

TEST(PairedClaim, OneSeedDecidesNothing) {
  const PairedDifference difference = ComparePairs({0.1}, {0.9});
  EXPECT_DOUBLE_EQ(difference.mean, 0.8);
  EXPECT_EQ(JudgeAbove(difference, 0), Verdict::kNotDecided);
  EXPECT_EQ(JudgeBelow(difference, 0), Verdict::kNotDecided);
}

TEST(PairedClaim, IsJudgedByTheWholeInterval) {
  const PairedDifference above{0.5, 0.1, 0.9};
  EXPECT_EQ(JudgeAbove(above, 0), Verdict::kHolds);
  EXPECT_EQ(JudgeBelow(above, 0), Verdict::kDoesNotHold);
  EXPECT_EQ(JudgeAbove(above, 0.2), Verdict::kNotDecided);
  EXPECT_EQ(JudgeBelow(above, 1), Verdict::kHolds);
  EXPECT_EQ(JudgeAbove(above, 1), Verdict::kDoesNotHold);
}

TEST(PairedClaim, OfTwoPartsHoldsWhereBothDo) {
  EXPECT_EQ(Both(Verdict::kHolds, Verdict::kHolds), Verdict::kHolds);
  EXPECT_EQ(Both(Verdict::kHolds, Verdict::kNotDecided), Verdict::kNotDecided);
  EXPECT_EQ(Both(Verdict::kNotDecided, Verdict::kDoesNotHold), Verdict::kDoesNotHold);
}

}  // namespace
}  // namespace facecascade::training

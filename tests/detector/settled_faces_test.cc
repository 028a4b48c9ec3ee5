#include "detector/settled_faces.h"

#include <gtest/gtest.h>

#include <cmath>

namespace facecascade {
namespace {

constexpr float kSmall = 48;
constexpr float kSure = 0.99F;

Candidate At(float x, float side, float score) {
  return {{x, 0, side}, {x, 0, side, side}, score, {}};
}

std::vector<float> Places(const std::vector<Candidate>& candidates) {
  std::vector<float> places;
  places.reserve(candidates.size());
  for (const Candidate& candidate : candidates) places.push_back(candidate.box.x);
  return places;
}

TEST(EnoughBelow, IsWithinReachForSmallWindowsOnly) {
  EXPECT_LT(EnoughBelow(24, {0, 0, 20}), 10);
  EXPECT_LT(EnoughBelow(24, {0, 0, 33}), 10);
  EXPECT_TRUE(std::isinf(EnoughBelow(24, {0, 0, 34})));
}

// So that it is not looked at again by the last net either.
TEST(EnoughBelow, ForetellsASettledFace) {
  std::vector<Candidate> faces = {
      At(0, 20, Probability(ForetoldOdds(EnoughBelow(24, {0, 0, 20}))))};
  std::vector<Candidate> settled;
  TakeSettled(kSmall, 0.5F, faces, settled);
  EXPECT_EQ(settled.size(), 1U);
}

TEST(HoldFollowers, LetsTheBestOfEachFaceGoFirst) {
  std::vector<Candidate> candidates = {At(100, 20, 0.9F), At(0, 20, 0.8F), At(105, 20, 0.7F),
                                       At(5, 20, 0.6F), At(200, 20, 0.5F)};
  std::vector<Candidate> followers = {At(7, 20, 1)};
  SuppressionBuffers buffers;
  HoldFollowers(kSmall, buffers, candidates, followers);
  EXPECT_EQ(Places(candidates), (std::vector<float>{100, 0, 200}));
  EXPECT_EQ(Places(followers), (std::vector<float>{105, 5}));
}

TEST(HoldFollowers, LeavesLargeOnesAndThoseThatHardlyOverlap) {
  std::vector<Candidate> candidates = {At(0, 48, 0.9F), At(5, 48, 0.8F), At(300, 40, 0.7F),
                                       At(330, 40, 0.6F)};
  std::vector<Candidate> followers;
  SuppressionBuffers buffers;
  HoldFollowers(kSmall, buffers, candidates, followers);
  EXPECT_EQ(candidates.size(), 4U);
  EXPECT_TRUE(followers.empty());
}

TEST(DropSettled, DropsWhatShowsASettledFaceOnly) {
  const std::vector<Candidate> faces = {At(0, 20, kSure), At(100, 20, 0.9F), At(200, 60, kSure)};
  std::vector<Candidate> followers = {At(5, 20, 0.5F), At(19, 20, 0.5F), At(105, 20, 0.5F),
                                      At(205, 60, 0.5F)};
  DropSettled(kSmall, faces, followers);
  EXPECT_EQ(Places(followers), (std::vector<float>{19, 105, 205}))
      << "a neighbour, one beside a face that is in doubt, one of a large face";
}

TEST(TakeSettled, TakesSmallFacesThatAreSure) {
  std::vector<Candidate> faces = {At(0, 30, kSure), At(100, 30, 0.9F), At(200, 60, kSure)};
  std::vector<Candidate> settled = {At(7, 20, 1)};
  TakeSettled(kSmall, 0.5F, faces, settled);
  EXPECT_EQ(Places(faces), (std::vector<float>{100, 200}));
  ASSERT_EQ(Places(settled), (std::vector<float>{0}));
  EXPECT_LT(settled[0].score, kSure) << "as a second look would have made it";
  EXPECT_GT(settled[0].score, 0.9F);
}

TEST(TakeSettled, LeavesToASecondLookWhatMayFallBelowTheThreshold) {
  std::vector<Candidate> faces = {At(0, 30, kSure)};
  std::vector<Candidate> settled;
  TakeSettled(kSmall, kSure, faces, settled);
  EXPECT_EQ(faces.size(), 1U);
  EXPECT_TRUE(settled.empty());
}

TEST(TakeSettled, TakesOrDropsTinyFaces) {
  std::vector<Candidate> faces = {At(0, 19, 0.95F), At(100, 19, 0.3F), At(200, 21, 0.95F),
                                  At(300, 19, 0.8F)};
  std::vector<Candidate> settled;
  TakeSettled(kSmall, 0.7F, faces, settled);
  EXPECT_EQ(Places(faces), (std::vector<float>{200, 300})) << "not tiny, and in doubt";
  EXPECT_EQ(Places(settled), (std::vector<float>{0}));
}

TEST(TakeSettled, KeepsTheOrderOfScores) {
  std::vector<Candidate> faces = {At(0, 30, 0.9999F), At(100, 30, 0.999F), At(200, 30, 0.99F)};
  std::vector<Candidate> settled;
  TakeSettled(kSmall, 0, faces, settled);
  ASSERT_EQ(settled.size(), 3U);
  EXPECT_GT(settled[0].score, settled[1].score);
  EXPECT_GT(settled[1].score, settled[2].score);
}

}  // namespace
}  // namespace facecascade

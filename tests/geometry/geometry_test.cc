#include "geometry/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace facecascade {
namespace {

constexpr Box kBox{10, 20, 30, 40};

void ExpectSame(const Box& a, const Box& b) {
  EXPECT_NEAR(a.x, b.x, 1e-4F);
  EXPECT_NEAR(a.y, b.y, 1e-4F);
  EXPECT_NEAR(a.width, b.width, 1e-4F);
  EXPECT_NEAR(a.height, b.height, 1e-4F);
}

TEST(IoU, OfKnownOverlaps) {
  EXPECT_FLOAT_EQ(IoU({0, 0, 10, 10}, {0, 0, 10, 10}), 1);
  EXPECT_FLOAT_EQ(IoU({0, 0, 10, 10}, {5, 0, 10, 10}), 50.0F / 150);
  EXPECT_EQ(IoU({0, 0, 10, 10}, {10, 0, 10, 10}), 0);
  EXPECT_EQ(IoU({0, 0, 0, 0}, {0, 0, 0, 0}), 0);
  EXPECT_FLOAT_EQ(IntersectionOverMinimum({0, 0, 10, 10}, {2, 2, 4, 4}), 1);
  EXPECT_FLOAT_EQ(IntersectionOverMinimum({0, 0, 10, 10}, {8, 0, 4, 10}), 0.5F);
}

TEST(Intersection, IsWhatBothCover) {
  ExpectSame(Intersection({0, 0, 10, 10}, {-5, 4, 8, 20}), {0, 4, 3, 6});
  ExpectSame(Intersection({0, 0, 10, 10}, {2, 3, 4, 5}), {2, 3, 4, 5});
  const Box none = Intersection({0, 0, 10, 10}, {20, 5, 4, 5});
  EXPECT_EQ(none.width, 0);
  EXPECT_EQ(none.height, 5);
}

TEST(Calibration, LeadsFromWindowToFaceAndBack) {
  const Window window{5, 25, 36};
  ExpectSame(OffsetsToBox(window, BoxToOffsets(window, kBox)), kBox);
  ExpectSame(OffsetsToBox(window, {0, 0, 0, 0}), ToBox(window));
  // Offsets are in sides of the window: left edge a quarter to the right, bottom edge half up.
  ExpectSame(OffsetsToBox({0, 0, 40}, {0.25F, 0, 0, -0.5F}), {10, 0, 30, 20});
}

TEST(Calibration, NeverYieldsNegativeSizes) {
  const Box box = OffsetsToBox({0, 0, 10}, {2, 2, -2, -2});
  EXPECT_GE(box.width, 0);
  EXPECT_GE(box.height, 0);
}

TEST(Calibration, LandmarksLeadThereAndBack) {
  const Landmarks points{Point{1, 2}, Point{30, 4}, Point{5, 6}, Point{7, 8}, Point{9, 10}};
  const Window window{3, -4, 17};
  const Landmarks back = OffsetsToLandmarks(window, LandmarksToOffsets(window, points));
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    EXPECT_NEAR(back[i].x, points[i].x, 1e-4F);
    EXPECT_NEAR(back[i].y, points[i].y, 1e-4F);
  }
}

TEST(Calibration, AWindowOfOnePixelHasItsLandmarkInTheMiddle) {
  Landmarks points;
  points.fill({7, 9});
  const LandmarkOffsets offsets = LandmarksToOffsets({7, 9, 1}, points);
  EXPECT_FLOAT_EQ(offsets[0], 0.5F);
  EXPECT_FLOAT_EQ(offsets[1], 0.5F);
}

TEST(SquareAround, KeepsTheCentreAndTakesTheLongerSide) {
  const Window window = SquareAround(kBox);
  EXPECT_FLOAT_EQ(window.side, 40);
  EXPECT_FLOAT_EQ(window.x, 5);
  EXPECT_FLOAT_EQ(window.y, 20);
}

TEST(Mirror, TwiceIsTheSame) {
  ExpectSame(MirrorBox(MirrorBox(kBox, 100), 100), kBox);
  ExpectSame(MirrorBox({0, 0, 10, 10}, 100), {90, 0, 10, 10});
  const Landmarks points{Point{20, 1}, Point{40, 2}, Point{31, 3}, Point{22, 4}, Point{42, 5}};
  const Landmarks mirrored = MirrorLandmarks(points, 100);
  EXPECT_FLOAT_EQ(mirrored[0].x, 59);  // the right eye is the left one now
  EXPECT_FLOAT_EQ(mirrored[0].y, 2);
  const Landmarks back = MirrorLandmarks(mirrored, 100);
  for (std::size_t i = 0; i < kLandmarkCount; ++i) EXPECT_FLOAT_EQ(back[i].x, points[i].x);
}

TEST(Suppression, KeepsTheStrongerOfTwoAndTheOrderOfEquals) {
  const std::vector<Box> boxes = {
      {0, 0, 10, 10}, {1, 0, 10, 10}, {50, 50, 10, 10}, {50, 51, 10, 10}};
  EXPECT_EQ(SuppressNonMaximum(boxes, {0.5F, 0.9F, 0.7F, 0.7F}, 0.5F, OverlapMeasure::kUnion),
            (std::vector<int>{1, 2}));
  EXPECT_EQ(SuppressNonMaximum(boxes, {0.5F, 0.9F, 0.7F, 0.7F}, 0.99F, OverlapMeasure::kUnion, 3),
            (std::vector<int>{1, 2, 3}));
}

// The definition, box by box.
std::vector<int> SuppressPlainly(const std::vector<Box>& boxes, const std::vector<float>& scores,
                                 float threshold, OverlapMeasure measure, std::size_t limit) {
  std::vector<int> order(boxes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return scores[a] > scores[b]; });
  std::vector<int> kept;
  for (const int candidate : order) {
    const bool suppressed = std::any_of(kept.begin(), kept.end(), [&](int other) {
      const Box& a = boxes[candidate];
      const Box& b = boxes[other];
      return (measure == OverlapMeasure::kUnion ? IoU(a, b) : IntersectionOverMinimum(a, b)) >
             threshold;
    });
    if (!suppressed && (limit == 0 || kept.size() < limit)) kept.push_back(candidate);
  }
  return kept;
}

TEST(Suppression, KeepsWhatTheDefinitionKeeps) {
  Random random(5);
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<Box> boxes(random.Below(80));
    std::vector<float> scores;
    for (Box& box : boxes) {
      const double largest = random.Chance(0.2) ? 300 : 40;
      box = {static_cast<float>(random.Uniform(-50, 200)),
             static_cast<float>(random.Uniform(-50, trial % 3 == 0 ? -49 : 200)),
             static_cast<float>(random.Chance(0.1) ? 0 : random.Uniform(1, largest)),
             static_cast<float>(random.Uniform(1, largest))};
      scores.push_back(static_cast<float>(random.Below(20)));
    }
    const auto threshold = static_cast<float>(random.Chance(0.1) ? 0 : random.Unit());
    const int limit = trial % 5 == 0 ? 7 : 0;
    for (const OverlapMeasure measure : {OverlapMeasure::kUnion, OverlapMeasure::kMinimum}) {
      EXPECT_EQ(SuppressNonMaximum(boxes, scores, threshold, measure, limit),
                SuppressPlainly(boxes, scores, threshold, measure, limit));
    }
  }
}

TEST(Suppression, ByTheSmallerAreaTakesWhatLiesInside) {
  const std::vector<Box> boxes = {{0, 0, 20, 20}, {5, 5, 5, 5}};
  EXPECT_EQ(SuppressNonMaximum(boxes, {0.9F, 0.8F}, 0.7F, OverlapMeasure::kUnion).size(), 2U);
  EXPECT_EQ(SuppressNonMaximum(boxes, {0.9F, 0.8F}, 0.7F, OverlapMeasure::kMinimum).size(), 1U);
  EXPECT_TRUE(SuppressNonMaximum({}, {}, 0.5F, OverlapMeasure::kUnion).empty());
}

TEST(LabelByIoU, FollowsThePapersBounds) {
  const LabelBounds bounds;
  EXPECT_EQ(LabelByIoU(0.29F, bounds), WindowLabel::kNegative);
  EXPECT_EQ(LabelByIoU(0.3F, bounds), WindowLabel::kPart);
  EXPECT_EQ(LabelByIoU(0.7F, bounds), WindowLabel::kPart);
  EXPECT_EQ(LabelByIoU(0.71F, bounds), WindowLabel::kPositive);
  EXPECT_EQ(LabelByIoU(0.35F, {0.3F, 0.4F, 0.7F}), WindowLabel::kIgnored);
}

}  // namespace
}  // namespace facecascade

// FDDB's protocol, held against a slow one: masks drawn by OpenCV pixel by pixel, and all possible
// assignments tried.
#include "evaluation/fddb_protocol.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <set>
#include <sstream>

#include "base/random.h"
#include "dataset/text_reader.h"
#include "evaluation/assignment.h"
#include "evaluation/detection_readers.h"
#include "evaluation/ellipse_polygon.h"
#include "evaluation/fddb_set.h"

namespace facecascade::evaluation {
namespace {

const std::string kFolder = FACECASCADE_TEST_DATA "/evaluation/fddb/";

template <typename T>
T Value(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

cv::Mat SlowEllipse(const Ellipse& ellipse, PhotoSize size) {
  cv::Mat mask = cv::Mat::zeros(size.height, size.width, CV_8UC1);
  const double degrees = 180.0 - (std::numbers::pi - ellipse.radians) * 180.0 / std::numbers::pi;
  cv::ellipse(
      mask,
      cv::Point(cvRound(static_cast<float>(ellipse.x)), cvRound(static_cast<float>(ellipse.y))),
      cv::Size(static_cast<int>(ellipse.major), static_cast<int>(ellipse.minor)), degrees, 0, 360,
      cv::Scalar(1), cv::FILLED);
  return mask;
}

cv::Mat SlowRectangle(const Rectangle& box, PhotoSize size) {
  cv::Mat mask = cv::Mat::zeros(size.height, size.width, CV_8UC1);
  cv::rectangle(mask,
                cv::Point(cvRound(static_cast<float>(box.x)), cvRound(static_cast<float>(box.y))),
                cv::Point(cvRound(static_cast<float>(box.x + box.width)),
                          cvRound(static_cast<float>(box.y + box.height))),
                cv::Scalar(1), cv::FILLED);
  return mask;
}

cv::Mat SlowRegion(const ScoredRegion& region, PhotoSize size) {
  if (const auto* ellipse = std::get_if<Ellipse>(&region.shape)) return SlowEllipse(*ellipse, size);
  return SlowRectangle(std::get<Rectangle>(region.shape), size);
}

double SlowOverlap(const cv::Mat& a, const cv::Mat& b) {
  const int common = cv::countNonZero(a & b);
  const int either = cv::countNonZero(a | b);
  return either == 0 ? 0 : static_cast<double>(common) / either;
}

// The largest sum over all ways to give each row a column of its own or none.
double SlowBest(const OverlapMatrix& overlaps, std::size_t row, std::vector<bool>& taken) {
  if (row == overlaps.rows) return 0;
  double best = SlowBest(overlaps, row + 1, taken);
  for (std::size_t column = 0; column < overlaps.columns; ++column) {
    if (taken[column]) continue;
    taken[column] = true;
    best = std::max(best, overlaps(row, column) + SlowBest(overlaps, row + 1, taken));
    taken[column] = false;
  }
  return best;
}

OverlapMatrix RandomMatrix(Random& random) {
  OverlapMatrix matrix;
  matrix.rows = static_cast<std::size_t>(1 + random.Below(5));
  matrix.columns = matrix.rows + static_cast<std::size_t>(random.Below(3));
  for (std::size_t i = 0; i < matrix.rows * matrix.columns; ++i) {
    matrix.values.push_back(random.Chance(0.5) ? random.Below(9) / 8.0 : random.Unit());
  }
  return matrix;
}

double SumOf(const OverlapMatrix& matrix, const std::vector<std::size_t>& columns) {
  EXPECT_EQ(std::set<std::size_t>(columns.begin(), columns.end()).size(), columns.size());
  double sum = 0;
  for (std::size_t row = 0; row < matrix.rows; ++row) sum += matrix(row, columns.at(row));
  return sum;
}

TEST(RegionMask, EllipsesAreOpenCvsBitForBit) {
  Random random(3);
  for (int i = 0; i < 4000; ++i) {
    const PhotoSize size{1 + random.Below(150), 1 + random.Below(150)};
    const double largest = random.Chance(0.3) ? 200 : random.Chance(0.5) ? 4 : 40;
    const Ellipse ellipse{random.Uniform(0, largest), random.Uniform(0, largest),
                          random.Uniform(-7, 7), random.Uniform(-80, 230),
                          random.Uniform(-80, 230)};
    const cv::Mat expected = SlowEllipse(ellipse, size);
    const RegionMask mask = DrawEllipse(ellipse, size);
    ASSERT_EQ(mask.Count(), cv::countNonZero(expected)) << "ellipse " << i;
    RegionMask copy(size.width, 0, size.height);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        if (expected.at<std::uint8_t>(y, x) != 0) copy.Set(y, x);
      }
    }
    ASSERT_EQ(CountCommon(mask, copy), mask.Count()) << "ellipse " << i;
  }
}

TEST(RegionMask, RectanglesCoverBothEnds) {
  EXPECT_EQ(DrawRectangle({2, 3, 10, 4}, {100, 100}).Count(), 11 * 5);
  EXPECT_EQ(DrawRectangle({2, 3, 0, 0}, {100, 100}).Count(), 1);
  EXPECT_EQ(DrawRectangle({12, 7, -10, -4}, {100, 100}).Count(), 11 * 5);
  EXPECT_EQ(DrawRectangle({-5, -5, 1000, 1000}, {30, 20}).Count(), 30 * 20);
  EXPECT_EQ(DrawRectangle({30, 5, 4, 4}, {30, 20}).Count(), 0);
  // Halves go to the even neighbour: 0.5 to 0, 1.5 to 2.
  EXPECT_EQ(DrawRectangle({0.5, 0.5, 1, 1}, {30, 20}).Count(), 9);
}

TEST(Assignment, TheBestIsFoundByTryingAll) {
  Random random(11);
  int worse = 0;
  for (int i = 0; i < 500; ++i) {
    const OverlapMatrix matrix = RandomMatrix(random);
    std::vector<bool> taken(matrix.columns, false);
    const double best = SlowBest(matrix, 0, taken);
    EXPECT_NEAR(SumOf(matrix, AssignBest(matrix)), best, 1e-12);
    const double benchmark = SumOf(matrix, Value(AssignLikeFddb(matrix)));
    EXPECT_LE(benchmark, best + 1e-12);
    if (benchmark < best - 1e-9) ++worse;
  }
  EXPECT_GT(worse, 0) << "the benchmark's early end shows in some";
}

// One photo at one threshold, by trying everything.
FddbEntry SlowEntry(const FddbInput& photo, double threshold) {
  std::vector<cv::Mat> detections;
  for (const ScoredRegion& detection : photo.detections) {
    if (detection.score >= threshold) detections.push_back(SlowRegion(detection, photo.size));
  }
  OverlapMatrix overlaps{photo.faces.size(), detections.size(), {}};
  for (const Ellipse& face : photo.faces) {
    const cv::Mat mask = SlowEllipse(face, photo.size);
    for (const cv::Mat& detection : detections) {
      overlaps.values.push_back(SlowOverlap(mask, detection));
    }
  }
  std::vector<bool> taken(overlaps.columns, false);
  FddbEntry entry;
  entry.threshold = threshold;
  entry.found_overlap = SlowBest(overlaps, 0, taken);
  // The same search for the number of pairs above one half, among the best assignments.
  OverlapMatrix counted = overlaps;
  for (double& value : counted.values) value = value + (value > 0.5 ? 1e-7 : 0);
  entry.found = std::round((SlowBest(counted, 0, taken) - entry.found_overlap) * 1e7);
  entry.false_positives = static_cast<double>(detections.size()) - entry.found;
  return entry;
}

std::string SlowDiscrete(const FddbSet& set) {
  std::set<double> thresholds;
  std::size_t faces = 0;
  for (const FddbInput& photo : set.photos) {
    faces += photo.faces.size();
    if (photo.detections.empty()) thresholds.insert(std::numeric_limits<double>::max());
    for (const ScoredRegion& detection : photo.detections) thresholds.insert(detection.score);
  }
  std::ostringstream text;
  for (const double threshold : thresholds) {
    double found = 0;
    double false_positives = 0;
    for (const FddbInput& photo : set.photos) {
      const FddbEntry entry = SlowEntry(photo, threshold);
      found += entry.found;
      false_positives += entry.false_positives;
    }
    text << found / static_cast<double>(faces) << ' ' << false_positives << ' ' << threshold
         << '\n';
  }
  return text.str();
}

void CompareWithSlow(const std::string& detections_file, FddbShape shape) {
  DetectionReadOptions options;
  options.ellipses = shape == FddbShape::kEllipse;
  const auto sizes = Value(ReadPhotoSizes(kFolder + "sizes.txt"));
  const auto set =
      Value(JoinFddb(Value(ReadFddbList({kFolder + "list.txt"})),
                     Value(ReadFddbAnnotations({kFolder + "annotations.txt"})),
                     Value(ReadDetections(kFolder + detections_file, options)), shape,
                     [&sizes](const std::string& name) { return std::optional(sizes.at(name)); }));
  std::vector<FddbPhotoResult> results;
  std::size_t faces = 0;
  for (const FddbInput& photo : set.photos) {
    results.push_back(Value(EvaluateFddbPhoto(photo, FddbAssignmentRule::kExact)));
    faces += photo.faces.size();
    for (const FddbEntry& entry : results.back().entries) {
      if (photo.detections.empty()) continue;
      const FddbEntry slow = SlowEntry(photo, entry.threshold);
      EXPECT_NEAR(entry.found_overlap, slow.found_overlap, 1e-12) << photo.name;
      EXPECT_EQ(entry.found, slow.found) << photo.name << " at " << entry.threshold;
      EXPECT_EQ(entry.false_positives, slow.false_positives) << photo.name;
    }
  }
  EXPECT_EQ(FormatDiscreteRoc(MergeFddbPhotos(results), faces), SlowDiscrete(set));
}

TEST(FddbProtocol, RectanglesOfTheSmallSet) {
  CompareWithSlow("detections.txt", FddbShape::kRectangle);
}

TEST(FddbProtocol, EllipsesOfTheSmallSet) { CompareWithSlow("ellipses.txt", FddbShape::kEllipse); }

TEST(FddbProtocol, OneHalfIsNotFound) {
  FddbInput photo{"a", {20, 20}, {{0, 0, 0, 5, 5}}, {{Rectangle{5, 5, 1, 0}, 0.5}}};
  const auto result = Value(EvaluateFddbPhoto(photo, FddbAssignmentRule::kBenchmark));
  EXPECT_EQ(result.entries.at(0).found, 0);
  EXPECT_EQ(result.entries.at(0).found_overlap, 0.5);
  EXPECT_EQ(result.entries.at(0).false_positives, 1);
}

TEST(FddbProtocol, NoDetectionsAndNoFaces) {
  FddbInput bare{"a", {20, 20}, {{3, 3, 0, 5, 5}}, {}};
  const auto none = Value(EvaluateFddbPhoto(bare, FddbAssignmentRule::kBenchmark));
  EXPECT_EQ(FormatDiscreteRoc(MergeFddbPhotos({none}), 1), "0 0 1.79769e+308\n");
  EXPECT_EQ(FormatContinuousRoc(MergeFddbPhotos({none}), 1), "0 0\n");
  FddbInput empty{"a", {20, 20}, {}, {{Rectangle{1, 1, 5, 5}, 0.25}}};
  const auto no_faces = Value(EvaluateFddbPhoto(empty, FddbAssignmentRule::kBenchmark));
  EXPECT_EQ(FormatDiscreteRoc(MergeFddbPhotos({no_faces}), 0), "0 0 0.25\n");
}

TEST(FddbSet, MissingPhotosLeaveAndOrderIsHeld) {
  const std::vector<std::string> list = {"a", "b"};
  const std::vector<FddbPhoto> annotations = {{"a", {}}, {"b", {}}};
  const auto size_of_b = [](const std::string& name) -> std::optional<PhotoSize> {
    if (name == "b") return PhotoSize{10, 10};
    return std::nullopt;
  };
  const auto only_b = Value(ReadFddbDetections("d.txt", "b\n1\n1 1 2 2 0.5\n", false));
  const auto set = Value(JoinFddb(list, annotations, only_b, FddbShape::kRectangle, size_of_b));
  EXPECT_EQ(set.missing, std::vector<std::string>{"a"});
  EXPECT_EQ(set.photos.size(), 1U);
  const auto wrong = Value(ReadFddbDetections("d.txt", "a\n0\nb\r\n1\n1 1 2 2 0.5\n", false));
  const auto joined = JoinFddb(list, annotations, wrong, FddbShape::kRectangle, size_of_b);
  ASSERT_FALSE(joined.ok());
  EXPECT_NE(joined.error().message.find("d.txt:3"), std::string::npos) << joined.error().message;
}

}  // namespace
}  // namespace facecascade::evaluation

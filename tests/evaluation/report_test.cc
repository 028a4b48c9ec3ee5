// Curves, intervals, pages and the check of annotations.
#include "evaluation/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <filesystem>

#include "dataset/check.h"
#include "dataset/text_reader.h"
#include "evaluation/check_report.h"
#include "io/file.h"

namespace facecascade::evaluation {
namespace {

TEST(CurveSteps, PointsAndPrecision) {
  std::vector<CurveStep> steps = {
      {0.5, 0, 0, 1}, {0.9, 0, 1, 0}, {0.7, 1, 1, 0}, {0.6, 1, 0, 1}, {0.4, 1, 1, 0}};
  SortSteps(steps);
  EXPECT_EQ(steps.front().score, 0.9);
  EXPECT_EQ(PointAtFalsePositives(steps, 4, 0).recall, 0.5);
  EXPECT_EQ(PointAtFalsePositives(steps, 4, 0).score, 0.7);
  EXPECT_EQ(PointAtFalsePositives(steps, 4, 2).recall, 0.75);
  EXPECT_EQ(PrecisionAtRecall(steps, 4, 0.75), 0.6);
  EXPECT_EQ(PrecisionAtRecall(steps, 4, 0.8), 0);
  // The first photo twice, the second not at all.
  EXPECT_EQ(PointAtFalsePositives(steps, 4, 5, {2, 0}).recall, 0.5);
}

TEST(Bootstrap, HoldsTheMeanAndNarrowsWithPhotos) {
  const auto width_of = [](std::size_t photos) {
    const auto mean = [photos](const PhotoWeights& weights) {
      double sum = 0;
      for (std::size_t i = 0; i < photos; ++i) sum += weights[i] * static_cast<double>(i % 2);
      return std::vector<double>{sum / static_cast<double>(photos), 7};
    };
    const auto intervals = BootstrapIntervals(photos, mean, {500, 3});
    EXPECT_LT(intervals.at(0).low, 0.5);
    EXPECT_GT(intervals.at(0).high, 0.5);
    EXPECT_EQ(intervals.at(1).low, 7);
    EXPECT_EQ(intervals.at(1).high, 7);
    return intervals[0].high - intervals[0].low;
  };
  // 2 · 1.96 · 0.5 / √n
  EXPECT_NEAR(width_of(100), 0.196, 0.03);
  EXPECT_NEAR(width_of(2500), 0.039, 0.006);
}

TEST(Report, PageStandsAloneAndEscapes) {
  ReportPage page;
  page.title = "a<b";
  page.summary = "\"x\" & y";
  page.plots = {"<?xml?>\n<svg><g id='gPt0'/><use xlink:href='#gPt0'/></svg>"};
  page.galleries = {{"g", "n", {{"c", {1, 2, 3, 4}}}}};
  const std::string html = RenderPage(page);
  EXPECT_NE(html.find("<h1>a&lt;b</h1>"), std::string::npos);
  EXPECT_NE(html.find("&quot;x&quot; &amp; y"), std::string::npos);
  EXPECT_NE(html.find("id='p0-gPt0'"), std::string::npos);
  EXPECT_NE(html.find("'#p0-gPt0'"), std::string::npos);
  EXPECT_NE(html.find("data:image/jpeg;base64,AQIDBA=="), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "no external resource";
  EXPECT_EQ(html.find("<?xml"), std::string::npos);
}

TEST(Report, CurvesAsTables) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "facecascade_plot";
  Plot plot{"a", "t", "x", "y", {{"one \"1\"", {{0, 0.5}, {1, 0.25}}}}};
  ASSERT_TRUE(WritePlotTable(plot, folder.string()).ok());
  const auto text = ReadWholeFile((folder / "a.csv").string());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text.value(), "curve,x,y\r\n\"one \"\"1\"\"\",0,0.5\r\n\"one \"\"1\"\"\",1,0.25\r\n");
  std::filesystem::remove_all(folder);
}

TEST(Report, OtherPeoplesCurves) {
  const auto path = (std::filesystem::path(testing::TempDir()) / "facecascade_roc.txt").string();
  ASSERT_TRUE(WriteFileAtomically(path, "0.5 10 0.1\n0.25 0 0.9\n").ok());
  const auto curve = ReadRocCurve("other", path);
  ASSERT_TRUE(curve.ok());
  ASSERT_EQ(curve.value().points.size(), 2U);
  EXPECT_EQ(curve.value().points[0].x, 10);
  EXPECT_EQ(curve.value().points[0].y, 0.5);
  ASSERT_TRUE(WriteFileAtomically(path, "0.5 10\nnothing\n").ok());
  const auto broken = ReadRocCurve("other", path);
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.error().message.find(":2:"), std::string::npos);
  std::filesystem::remove(path);
}

AnnotatedFace FaceWith(Box box) {
  AnnotatedFace face;
  face.box = box;
  face.has_box = box.width > 0 && box.height > 0;
  return face;
}

std::size_t CountOf(const std::vector<Problem>& problems, ProblemKind kind) {
  std::size_t count = 0;
  for (const Problem& problem : problems) count += problem.kind == kind ? 1 : 0;
  return count;
}

TEST(CheckData, FindsEachKindOfProblem) {
  AnnotatedPhoto photo{"a.jpg", "/nowhere/a.jpg", 100, 100, {}};
  photo.faces = {FaceWith({10, 10, 20, 20}), FaceWith({10, 10, 20, 21}), FaceWith({50, 50, 0, 9}),
                 FaceWith({90, 10, 20, 20})};
  AnnotatedFace good = FaceWith({30, 30, 40, 40});
  good.landmarks = {{{40, 40}, {60, 40}, {50, 50}, {42, 60}, {58, 60}}};
  AnnotatedFace swapped = good;
  std::swap((*swapped.landmarks)[0], (*swapped.landmarks)[1]);
  AnnotatedFace far = good;
  (*far.landmarks)[2] = {95, 50};
  AnnotatedFace turned = good;  // upside down is no mistake
  for (Point& point : *turned.landmarks) point = {100 - point.x, 100 - point.y};
  photo.faces.insert(photo.faces.end(), {swapped, far, turned});
  std::vector<Problem> problems;
  CheckFaces(photo, 0, problems);
  EXPECT_EQ(CountOf(problems, ProblemKind::kZeroSizeBox), 1U);
  EXPECT_EQ(CountOf(problems, ProblemKind::kBoxOutside), 1U);
  EXPECT_EQ(CountOf(problems, ProblemKind::kDuplicateBox), 3U);
  EXPECT_EQ(CountOf(problems, ProblemKind::kSwappedLandmarks), 1U);
  EXPECT_EQ(CountOf(problems, ProblemKind::kImpossibleLandmarks), 1U);
  std::vector<AnnotatedPhoto> photos = {photo};
  problems = CheckDataset(photos, [] {});
  EXPECT_EQ(CountOf(problems, ProblemKind::kUnreadablePhoto), 1U);
  const Report report = MakeCheckReport("list", photos, problems);
  EXPECT_EQ(report.json["duplicate_boxes"].get<int>(), 3);
  EXPECT_EQ(report.json["problems"].get<std::size_t>(), problems.size());
}

Image Stripes(int width, int height, int brightness) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width * 3; ++x) {
      const bool light = (x / 3 * 5 / width + y * 3 / height) % 2 == 0;
      image.pixels.push_back(static_cast<std::uint8_t>((light ? 200 : 30) + brightness));
    }
  }
  return image;
}

TEST(CheckData, FingerprintsOfCopiesAreAlike) {
  const std::uint64_t print = Fingerprint(Stripes(90, 80, 0));
  EXPECT_LE(std::popcount(print ^ Fingerprint(Stripes(180, 160, 10))), 3);
  Image other = Stripes(90, 80, 0);
  std::reverse(other.pixels.begin(), other.pixels.begin() + 90 * 3 * 40);
  EXPECT_GT(std::popcount(print ^ Fingerprint(other)), 3);
}

}  // namespace
}  // namespace facecascade::evaluation

// WIDER FACE's protocol, held against one that follows its sentences one by one.
#include "evaluation/wider_protocol.h"

#include <gtest/gtest.h>
#include <matio.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "evaluation/detection_readers.h"

namespace facecascade::evaluation {
namespace {

const std::string kFolder = FACECASCADE_TEST_DATA "/evaluation/wider/";

template <typename T>
T Value(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

// One photo's counts at one threshold: walks all detections, up to the last that reaches it.
WiderCount SlowCount(const WiderPhoto& photo, std::vector<Detection> detections, std::size_t level,
                     double threshold, double low, double high, bool sort) {
  if (sort) {
    std::stable_sort(detections.begin(), detections.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
  }
  std::size_t last = 0;
  for (std::size_t i = 0; i < detections.size(); ++i) {
    if ((detections[i].score - low) / (high - low) >= threshold) last = i + 1;
  }
  WiderCount count;
  std::vector<int> found(photo.faces.size(), 0);
  for (std::size_t i = 0; i < last; ++i) {
    double most = -1;
    std::size_t best = 0;
    for (std::size_t face = 0; face < photo.faces.size(); ++face) {
      const Rectangle& a = detections[i].box;
      const Rectangle& b = photo.faces[face];
      const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x) + 1;
      const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y) + 1;
      double overlap = 0;
      if (width > 0 && height > 0) {
        const double common = width * height;
        overlap =
            common / ((a.width + 1) * (a.height + 1) + (b.width + 1) * (b.height + 1) - common);
      }
      if (overlap > most) {
        most = overlap;
        best = face;
      }
    }
    if (most >= 0.5 && !photo.in_level[level][best]) continue;
    ++count.proposals;
    if (most >= 0.5 && found[best]++ == 0) ++count.found;
  }
  return count;
}

void CompareWithSlow(WiderConvention convention) {
  const auto photos = Value(ReadWiderGroundTruth(kFolder)).photos;
  ASSERT_EQ(photos.size(), 8U);
  const auto detections = Value(ReadDetections(kFolder + "detections", {}));
  const auto result = Value(EvaluateWider(photos, detections, convention));
  const bool python = convention == WiderConvention::kPython;
  double low = python ? 1 : std::numeric_limits<float>::max();
  double high = python ? 0 : std::numeric_limits<float>::min();
  for (const ScoredPhoto& photo : detections.photos) {
    for (const Detection& detection : photo.detections) {
      low = std::min(low, detection.score);
      high = std::max(high, detection.score);
    }
  }
  const PhotoIndex index(detections.photos);
  for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
    std::vector<double> recall = {0};
    std::vector<double> precision = {0};
    for (std::size_t t = 1; t <= 1000; ++t) {
      WiderCount sum;
      for (const WiderPhoto& photo : photos) {
        const WiderCount count = SlowCount(photo, index.Find(photo.name)->detections, level,
                                           1 - static_cast<double>(t) / 1000, low, high, !python);
        sum.proposals += count.proposals;
        sum.found += count.found;
      }
      const WiderCount& ours = result.levels[level].curve.at(t - 1);
      ASSERT_EQ(ours.proposals, sum.proposals) << kWiderLevels[level] << " " << t;
      ASSERT_EQ(ours.found, sum.found) << kWiderLevels[level] << " " << t;
      if (sum.proposals == 0) continue;  // adds neither recall nor precision in either program
      recall.push_back(static_cast<double>(sum.found) /
                       static_cast<double>(result.levels[level].faces));
      precision.push_back(static_cast<double>(sum.found) / static_cast<double>(sum.proposals));
    }
    double area = 0;
    for (std::size_t i = 1; i < recall.size(); ++i) {
      const auto from = precision.begin() + static_cast<std::ptrdiff_t>(i);
      area += (recall[i] - recall[i - 1]) * *std::max_element(from, precision.end());
    }
    EXPECT_GT(area, 0.1);
    EXPECT_LT(area, 1);
    EXPECT_NEAR(result.levels[level].average_precision, area, 1e-12) << kWiderLevels[level];
  }
}

TEST(WiderProtocol, MatlabOnTheSmallSet) { CompareWithSlow(WiderConvention::kMatlab); }
TEST(WiderProtocol, PythonOnTheSmallSet) { CompareWithSlow(WiderConvention::kPython); }

// Nothing over nothing is not a number, which numpy keeps and MATLAB passes over; no recall is
// gained there, so that the area is the same.
TEST(WiderProtocol, ThresholdsWithoutProposalsAddNothing) {
  WiderCurve curve(kWiderThresholds);
  for (std::size_t t = 10; t < kWiderThresholds; ++t) curve[t] = {2, 1};
  EXPECT_NEAR(WiderAveragePrecision(curve, 2, WiderConvention::kMatlab), 0.25, 1e-12);
  EXPECT_NEAR(WiderAveragePrecision(curve, 2, WiderConvention::kPython), 0.25, 1e-12);
}

TEST(WiderProtocol, MissingPhotosCountInMatlabAndStopPython) {
  const auto photos = Value(ReadWiderGroundTruth(kFolder)).photos;
  auto detections = Value(ReadDetections(kFolder + "detections", {}));
  detections.photos.erase(detections.photos.begin());
  const auto matlab = Value(EvaluateWider(photos, detections, WiderConvention::kMatlab));
  EXPECT_EQ(matlab.without_entry.size(), 1U);
  EXPECT_FALSE(EvaluateWider(photos, detections, WiderConvention::kPython).ok());
}

TEST(WiderGroundTruth, SelectsPhotosByTheEndOfTheirPaths) {
  const auto photos = Value(ReadWiderGroundTruth(kFolder)).photos;
  const auto selected = Value(SelectPhotos(photos, {"images/1--Up/Up_1.jpg", "0--Made/Made_2"}));
  ASSERT_EQ(selected.size(), 2U);
  EXPECT_EQ(selected[0].name, "0--Made/Made_2");
  EXPECT_FALSE(SelectPhotos(photos, {"0--Made/Made_9"}).ok());
}

// A cell array of the given cells, which it owns.
matvar_t* Cells(const char* name, std::vector<matvar_t*> cells) {
  std::size_t dims[2] = {cells.size(), 1};
  matvar_t* variable = Mat_VarCreate(name, MAT_C_CELL, MAT_T_CELL, 2, dims, nullptr, 0);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    Mat_VarSetCell(variable, static_cast<int>(i), cells[i]);
  }
  return variable;
}
matvar_t* Text(std::string text) {
  std::size_t dims[2] = {1, text.size()};
  return Mat_VarCreate(nullptr, MAT_C_CHAR, MAT_T_UINT8, 2, dims, text.data(), 0);
}
matvar_t* Numbers(std::size_t rows, std::size_t columns, std::vector<double> values) {
  std::size_t dims[2] = {rows, columns};
  return Mat_VarCreate(nullptr, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, values.data(), 0);
}

TEST(WiderMatlab, ReadsWhatItsProgramsShip) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "facecascade_wider_matlab";
  std::filesystem::create_directories(folder);
  for (const char* level : kWiderLevels) {
    const std::string path = (folder / (std::string("wider_") + level + "_val.mat")).string();
    mat_t* file = Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5);
    ASSERT_NE(file, nullptr);
    const bool hard = std::string(level) == "hard";
    for (matvar_t* variable :
         {Cells("event_list", {Text("0--Made")}),
          Cells("file_list", {Cells(nullptr, {Text("one"), Text("two")})}),
          Cells("face_bbx_list", {Cells(nullptr, {Numbers(2, 4, {1, 11, 2, 12, 3, 13, 4, 14}),
                                                  Numbers(1, 4, {5, 6, 7, 8})})}),
          Cells("gt_list", {Cells(nullptr, {hard ? Numbers(2, 1, {1, 2}) : Numbers(1, 1, {2}),
                                            Numbers(0, 0, {})})})}) {
      ASSERT_EQ(Mat_VarWrite(file, variable, MAT_COMPRESSION_ZLIB), 0);
      Mat_VarFree(variable);
    }
    Mat_Close(file);
  }
  const auto truth = Value(ReadWiderGroundTruth(folder.string()));
  EXPECT_EQ(truth.source, WiderSource::kMatlab);
  ASSERT_EQ(truth.photos.size(), 2U);
  EXPECT_EQ(truth.photos[0].name, "0--Made/one");
  ASSERT_EQ(truth.photos[0].faces.size(), 2U);
  EXPECT_EQ(truth.photos[0].faces[1].x, 11);
  EXPECT_EQ(truth.photos[0].faces[1].height, 14);
  EXPECT_EQ(truth.photos[0].level_faces, (std::array<std::size_t, 3>{1, 1, 2}));
  EXPECT_FALSE(truth.photos[0].in_level[0][0]);
  EXPECT_TRUE(truth.photos[0].in_level[0][1]);
  EXPECT_EQ(truth.photos[1].level_faces, (std::array<std::size_t, 3>{0, 0, 0}));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace facecascade::evaluation

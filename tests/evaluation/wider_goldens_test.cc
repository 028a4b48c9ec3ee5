// WIDER FACE's curves and average precision, against the benchmark's own programs.
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>

#include "../data_folder.h"
#include "dataset/photo_list.h"
#include "evaluation/detection_readers.h"
#include "evaluation/wider_protocol.h"

namespace facecascade::evaluation {
namespace {

using Path = std::filesystem::path;

template <typename T>
T Value(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

struct Case {
  Path folder;
  WiderConvention convention;
  Path ground_truth;
  WiderSource source = WiderSource::kMatlab;
};

WiderResult Evaluate(const Case& test_case) {
  auto photos = Value(ReadWiderGroundTruth(test_case.ground_truth, test_case.source)).photos;
  if (std::filesystem::exists(test_case.folder / "list.txt")) {
    photos = Value(SelectPhotos(photos, Value(ReadNameList(test_case.folder / "list.txt"))));
  }
  DetectionReadOptions options;
  options.wider_rule = test_case.convention == WiderConvention::kPython ? WiderFileRule::kPython
                                                                        : WiderFileRule::kMatlab;
  const Path unpacked = test_case.folder / "widerface_txt";
  const Path archive = test_case.folder / "detections.tar.xz";
  const auto detections =
      Value(ReadDetections(std::filesystem::exists(unpacked) ? unpacked : archive, options));
  return Value(EvaluateWider(photos, detections, test_case.convention));
}

// Lines "t threshold easy-proposals easy-found …" behind a comment.
void ExpectCurve(const WiderResult& result, const Path& golden) {
  std::ifstream file(golden);
  ASSERT_TRUE(file) << golden;
  std::string line;
  std::size_t lines = 0;
  while (std::getline(file, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::size_t number = 0;
    std::string threshold;
    fields >> number >> threshold;
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      std::int64_t proposals = -1;
      std::int64_t found = -1;
      fields >> proposals >> found;
      const WiderCount& count = result.levels[level].curve.at(number - 1);
      ASSERT_EQ(count.proposals, proposals) << golden << " threshold " << number;
      ASSERT_EQ(count.found, found) << golden << " threshold " << number;
    }
    ++lines;
  }
  EXPECT_EQ(lines, kWiderThresholds);
}

// The line of ap.txt that begins so: "… easy 0.982050 medium 0.936323 hard 0.850091".
void ExpectPrecision(const WiderResult& result, const Path& golden, const std::string& begin) {
  std::ifstream file(golden);
  std::string line;
  while (std::getline(file, line) && !line.starts_with(begin)) continue;
  ASSERT_TRUE(line.starts_with(begin)) << golden;
  std::istringstream fields(line.substr(line.find("easy")));
  for (const auto& level : result.levels) {
    std::string name;
    double precision = 0;
    fields >> name >> precision;
    EXPECT_NEAR(level.average_precision, precision, 1e-6) << golden << " " << name;
  }
}

TEST(WiderGoldens, CurvesAndPrecisionOfBothConventions) {
  const auto data = GoldensFolder();
  if (!data) GTEST_SKIP() << "FACECASCADE_DATA is not set: the benchmark's files are NOT checked";
  const Path goldens = *data / "wider";
  const Path current = goldens / "gt";
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(goldens)) {
    const Path& folder = entry.path();
    if (!std::filesystem::exists(folder / "ap.txt")) continue;
    SCOPED_TRACE(folder.filename());
    const std::clock_t start = std::clock();
    const WiderResult python = Evaluate({folder, WiderConvention::kPython, current});
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::cout << folder.filename() << ": " << seconds << " s of one core\n";
    EXPECT_LT(seconds, 10.0);
    ExpectCurve(python, folder / "curve.txt");
    ExpectPrecision(python, folder / "ap.txt", "python");
    const WiderResult matlab = Evaluate({folder, WiderConvention::kMatlab, current});
    const bool own_curve = std::filesystem::exists(folder / "curve_matlab.txt");
    ExpectCurve(matlab, folder / (own_curve ? "curve_matlab.txt" : "curve.txt"));
    ExpectPrecision(matlab, folder / "ap.txt", own_curve ? "matlab (sorted" : "python = matlab");
    ExpectPrecision(Evaluate({folder, WiderConvention::kMatlab, goldens / "gt_old"}),
                    folder / "ap.txt", "matlab, old-version lists");
    ++cases;
  }
  EXPECT_GE(cases, 5);
}

TEST(WiderGoldens, LevelsTextSaysTheSameAsTheLists) {
  const auto data = GoldensFolder();
  if (!data) GTEST_SKIP() << "FACECASCADE_DATA is not set: the benchmark's files are NOT checked";
  const Path current = *data / "wider" / "gt";
  const auto lists = Value(ReadWiderGroundTruth(current, WiderSource::kMatlab)).photos;
  const auto levels = Value(ReadWiderGroundTruth(current, WiderSource::kLevels)).photos;
  ASSERT_EQ(lists.size(), 3226U);
  ASSERT_EQ(levels.size(), lists.size());
  std::map<std::string, const WiderPhoto*> by_name;
  for (const WiderPhoto& photo : levels) by_name[photo.name] = &photo;
  std::array<std::size_t, kWiderLevelCount> faces = {0, 0, 0};
  for (const WiderPhoto& photo : lists) {
    ASSERT_TRUE(by_name.contains(photo.name)) << photo.name;
    const WiderPhoto& other = *by_name[photo.name];
    EXPECT_EQ(other.in_level, photo.in_level) << photo.name;
    ASSERT_EQ(other.faces.size(), photo.faces.size()) << photo.name;
    for (std::size_t i = 0; i < photo.faces.size(); ++i) {
      EXPECT_EQ(other.faces[i].x, photo.faces[i].x) << photo.name;
      EXPECT_EQ(other.faces[i].height, photo.faces[i].height) << photo.name;
    }
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      faces[level] += photo.level_faces[level];
    }
  }
  EXPECT_EQ(faces, (std::array<std::size_t, kWiderLevelCount>{7211, 13319, 31958}));
}

TEST(WiderGoldens, HeightsAloneComeNearTheLevels) {
  const auto data = GoldensFolder();
  if (!data) GTEST_SKIP() << "FACECASCADE_DATA is not set: the benchmark's files are NOT checked";
  const Path current = *data / "wider" / "gt";
  std::array<std::size_t, kWiderLevelCount> faces = {0, 0, 0};
  for (const auto& photo : Value(ReadWiderGroundTruth(current, WiderSource::kText)).photos) {
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      faces[level] += photo.level_faces[level];
    }
  }
  // The protocol's table: none too many, 84, 236 and 810 missing.
  EXPECT_EQ(faces,
            (std::array<std::size_t, kWiderLevelCount>{7211 - 84, 13319 - 236, 31958 - 810}));
}

}  // namespace
}  // namespace facecascade::evaluation

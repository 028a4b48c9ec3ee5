// What a detection says of its own stages.
#include <gtest/gtest.h>

#include <chrono>

#include "detector/pyramid.h"
#include "tests/detector/spot_photos.h"

namespace facecascade {
namespace {

const std::vector<Box> kFaces = {{20, 30, 50, 50}, {210, 60, 190, 190}};

struct Profiled {
  DetectProfile profile;
  std::vector<Face> faces;
  double milliseconds = 0;
};

Profiled DetectProfiled(const FaceDetector& detector, const Image& photo,
                        const DetectOptions& options = {}) {
  Profiled result;
  Workspace workspace;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(detector.Detect(photo.View(), options, workspace, result.faces, result.profile).ok());
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  result.milliseconds = taken.count();
  return result;
}

TEST(DetectProfile, CountsWhatEachNetLooksAt) {
  const Image photo = SpotPhoto(640, 480, kFaces);
  const Profiled result = DetectProfiled(SpotDetector(false), photo);
  const CascadeSpec spec = SpotModel(false).spec;

  std::vector<PyramidLevel> levels;
  PlanPyramid(640, 480, spec[0], 20, SpotModel(false).settings.pyramid_factor, levels);
  std::int64_t windows = 0;
  for (const PyramidLevel& level : levels) windows += std::int64_t{level.columns} * level.rows;
  const auto& nets = result.profile.nets;
  EXPECT_EQ(nets[0].windows, windows);
  EXPECT_GE(result.profile.proposals, nets[1].windows);
  EXPECT_GE(nets[1].windows, nets[2].windows);
  EXPECT_GE(nets[2].windows, 2);
  EXPECT_EQ(result.faces.size(), 2U);
  // Overlapping windows share what lies below the last layer.
  EXPECT_GT(nets[0].multiplications, 0);
  EXPECT_LT(nets[0].multiplications, windows * MultiplicationCount(spec[0]));
  EXPECT_EQ(nets[1].multiplications, nets[1].windows * MultiplicationCount(spec[1]));
  EXPECT_EQ(nets[2].multiplications, nets[2].windows * MultiplicationCount(spec[2]));
}

TEST(DetectProfile, CountsTheNetsBelowABridge) {
  const Profiled result = DetectProfiled(SpotDetector(true), SpotPhoto(640, 480, kFaces));
  const CascadeSpec spec = SpotModel(true).spec;
  std::int64_t of_window = 0;
  for (std::size_t i = 0; i < spec.size(); ++i) {
    of_window += MultiplicationCount(spec[i]);
    if (i == 0) continue;
    EXPECT_EQ(result.profile.nets[i].multiplications, result.profile.nets[i].windows * of_window);
  }
}

TEST(DetectProfile, ItsTimesFillTheDetection) {
  const Profiled result = DetectProfiled(SpotDetector(true), SpotPhoto(640, 480, kFaces));
  const DetectProfile& profile = result.profile;
  double sum = profile.copy_milliseconds + profile.suppression_milliseconds;
  EXPECT_GT(profile.copy_milliseconds, 0);
  EXPECT_GT(profile.suppression_milliseconds, 0);
  for (const NetProfile& net : profile.nets) {
    EXPECT_GT(net.milliseconds, 0);
    sum += net.milliseconds;
  }
  EXPECT_LE(sum, result.milliseconds);
}

TEST(DetectProfile, IsReplacedAndChangesNoResult) {
  const FaceDetector detector = SpotDetector(false);
  const Image photo = SpotPhoto(320, 240, {kFaces[0]});
  DetectOptions options;
  Workspace workspace;
  std::vector<Face> faces;
  DetectProfile profile;
  ASSERT_TRUE(detector.Detect(photo.View(), options, workspace, faces, profile).ok());
  const DetectProfile first = profile;
  for (const int threads : {1, 3}) {
    options.threads = threads;
    ASSERT_TRUE(detector.Detect(photo.View(), options, workspace, faces, profile).ok());
    ExpectSameFaces(detector.Detect(photo.View()).value(), faces);
    EXPECT_EQ(profile.proposals, first.proposals);
    for (std::size_t i = 0; i < profile.nets.size(); ++i) {
      EXPECT_EQ(profile.nets[i].windows, first.nets[i].windows);
      EXPECT_EQ(profile.nets[i].multiplications, first.nets[i].multiplications);
    }
  }
}

}  // namespace
}  // namespace facecascade

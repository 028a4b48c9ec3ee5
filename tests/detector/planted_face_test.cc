// Faces that hand-written weights can find, so that coordinates, calibration, bridges and landmarks
// are tested from end to end without any training.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/detector/spot_photos.h"

namespace facecascade {
namespace {

// Both ways up the cascade: each net on its own, and through the bridges.
class PlantedFace : public testing::TestWithParam<bool> {
 protected:
  std::vector<Face> Find(const Image& photo, const DetectOptions& options = {}) const {
    return detector_.Detect(photo.View(), options).value();
  }

  FaceDetector detector_ = SpotDetector(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Cascades, PlantedFace, testing::Bool(),
                         [](const auto& test) { return test.param ? "Bridged" : "Alone"; });

TEST_P(PlantedFace, IsFoundAtAnySizeAndPlace) {
  for (float side = 24; side < 300; side *= 1.23F) {
    for (const float shift : {0.0F, 0.37F, 3.71F}) {
      const Box face = {150 - side / 2 + shift, 140 - side / 2 - 2 * shift, side, side};
      SCOPED_TRACE(testing::Message() << "side " << side << ", shift " << shift);
      ExpectFaces({face}, Find(SpotPhoto(300, 280, {face})), 0.03F);
    }
  }
}

TEST_P(PlantedFace, IsFoundAmongOthers) {
  std::vector<Box> faces;
  for (int i = 0; i < 20; ++i) {
    const float side = 24.0F + 3.0F * static_cast<float>(i);
    faces.push_back({20 + 120.0F * static_cast<float>(i % 5),
                     20 + 110.0F * static_cast<float>(i / 5), side, side});
  }
  ExpectFaces(faces, Find(SpotPhoto(640, 480, faces)), 0.03F);
}

TEST_P(PlantedFace, IsFoundWhereTheBorderCutsIt) {
  for (const Box& face : {Box{-12, 60, 60, 60},
                          {90, -12, 60, 60},
                          {152, 60, 60, 60},
                          {90, 112, 60, 60},
                          {-12, -12, 60, 60},
                          {152, 112, 60, 60}}) {
    SCOPED_TRACE(testing::Message() << face.x << ", " << face.y);
    ExpectFaces({face}, Find(SpotPhoto(200, 160, {face})), 0.03F, {0, 0, 200, 160});
  }
}

TEST_P(PlantedFace, IsFoundWhereItFillsThePhoto) {
  for (const int side : {24, 80, 333}) {
    const auto length = static_cast<float>(side);
    const Box whole = {0, 0, length, length};
    const Box larger = {-0.05F * length, -0.05F * length, 1.1F * length, 1.1F * length};
    for (const Box& face : {whole, larger}) {
      SCOPED_TRACE(testing::Message() << "side " << face.width);
      ExpectFaces({face}, Find(SpotPhoto(side, side, {face})), 0.03F, whole);
    }
  }
}

TEST_P(PlantedFace, IsFoundInALargePhoto) {
  const std::vector<Box> faces = {
      {100, 100, 1500, 1500}, {2100, 900, 30, 30}, {2300, 40, 200, 200}};
  ExpectFaces(faces, Find(SpotPhoto(2600, 1800, faces)), 0.03F);
}

TEST_P(PlantedFace, IsLeftOutWhereItIsSmallerThanAskedFor) {
  const std::vector<Box> faces = {{20, 20, 10, 10}, {100, 80, 100, 100}};
  const Image photo = SpotPhoto(256, 256, faces);
  DetectOptions options;
  options.min_face = 60;
  ExpectFaces({faces[1]}, Find(photo, options), 0.03F);
  options.min_face = 8;
  ExpectFaces(faces, Find(photo, options), 0.03F);
}

TEST_P(PlantedFace, IsFoundWithAnotherPyramidFactor) {
  const Box face = {70, 60, 77, 77};
  for (const float factor : {0.75F, 0.9F}) {
    DetectOptions options;
    options.pyramid_factor = factor;
    ExpectFaces({face}, Find(SpotPhoto(256, 256, {face}), options), 0.03F);
  }
}

TEST_P(PlantedFace, HasTheThresholdThatIsAskedFor) {
  const std::vector<Box> faces = {{20, 20, 40, 40}, {100, 80, 100, 100}};
  const Image photo = SpotPhoto(256, 256, faces);
  const std::vector<Face> found = Find(photo);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_GE(found[0].score, found[1].score);
  DetectOptions options;
  options.threshold = (found[0].score + found[1].score) / 2;
  EXPECT_EQ(Find(photo, options).size(), found[0].score > found[1].score ? 1U : 2U);
  options.threshold = 1.0F;
  EXPECT_TRUE(Find(photo, options).empty());
  options.threshold = 0.02F;
  EXPECT_GE(Find(photo, options).size(), 2U);
}

TEST_P(PlantedFace, IsNotFoundWhereThereIsNone) { EXPECT_TRUE(Find(GreyPhoto(320, 240)).empty()); }

}  // namespace
}  // namespace facecascade

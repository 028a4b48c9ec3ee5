// Photos with spot faces (tests/model/example_models.h), and what a detector should say of them.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "facecascade/face_detector.h"
#include "tests/model/example_models.h"

namespace facecascade {

inline FaceDetector SpotDetector(bool bridged) {
  return FaceDetector::Create(Model::FromData(SpotModel(bridged)).value()).value();
}

inline Image SpotPhoto(int width, int height, const std::vector<Box>& faces) {
  Image photo = GreyPhoto(width, height);
  for (const Box& face : faces) PaintSpotFace(face, photo);
  return photo;
}

/// Expects exactly the planted faces, landmarks and what of the boxes lies in `photo` within
/// `tolerance` of a face's width.
inline void ExpectFaces(const std::vector<Box>& planted, const std::vector<Face>& found,
                        float tolerance, const Box& photo = {0, 0, 1e6F, 1e6F}) {
  EXPECT_EQ(found.size(), planted.size());
  for (const Box& whole : planted) {
    const Box box = Intersection(whole, photo);
    const Face* best = nullptr;
    for (const Face& face : found) {
      if (best == nullptr || IoU(face.box, box) > IoU(best->box, box)) best = &face;
    }
    ASSERT_NE(best, nullptr);
    const float bound = tolerance * whole.width;
    EXPECT_NEAR(best->box.x, box.x, bound) << "planted at " << box.x << ", " << box.y;
    EXPECT_NEAR(best->box.y, box.y, bound);
    EXPECT_NEAR(best->box.width, box.width, bound);
    EXPECT_NEAR(best->box.height, box.height, bound);
    const Landmarks landmarks = SpotLandmarks(whole);
    for (std::size_t i = 0; i < kLandmarkCount; ++i) {
      EXPECT_NEAR(best->landmarks[i].x, landmarks[i].x, bound) << kLandmarkNames[i];
      EXPECT_NEAR(best->landmarks[i].y, landmarks[i].y, bound) << kLandmarkNames[i];
    }
  }
}

inline void ExpectSameFaces(const std::vector<Face>& expected, const std::vector<Face>& found) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].score, expected[i].score);
    EXPECT_EQ(found[i].box.x, expected[i].box.x);
    EXPECT_EQ(found[i].box.y, expected[i].box.y);
    EXPECT_EQ(found[i].box.width, expected[i].box.width);
    EXPECT_EQ(found[i].box.height, expected[i].box.height);
    for (std::size_t j = 0; j < kLandmarkCount; ++j) {
      EXPECT_EQ(found[i].landmarks[j].x, expected[i].landmarks[j].x);
      EXPECT_EQ(found[i].landmarks[j].y, expected[i].landmarks[j].y);
    }
  }
}

}  // namespace facecascade

// Following faces from frame to frame.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/detector/spot_photos.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;

const std::vector<Box> kFaces = {{40, 50, 60, 60}, {210, 60, 190, 190}};

std::vector<Box> Moved(std::vector<Box> faces, float x, float y, float scale) {
  for (Box& face : faces) {
    face.x += x * face.width;
    face.y += y * face.height;
    face.width *= scale;
    face.height *= scale;
  }
  return faces;
}

class Track : public ::testing::Test {
 protected:
  std::vector<Face> Known() { return detector_.Detect(SpotPhoto(640, 480, kFaces).View()).value(); }

  std::vector<Face> Follow(const Image& photo, std::vector<Face> faces,
                           const DetectOptions& options = {}) {
    const Status status = detector_.Track(photo.View(), options, workspace_, faces);
    EXPECT_TRUE(status.ok());
    return faces;
  }

  std::string ErrorOf(const ImageView& photo, const DetectOptions& options = {}) {
    std::vector<Face> faces = Known();
    const Status status = detector_.Track(photo, options, workspace_, faces);
    EXPECT_TRUE(faces.empty());
    return status.ok() ? "" : status.error().message;
  }

  FaceDetector detector_ = SpotDetector(true);
  Workspace workspace_;
};

TEST_F(Track, FollowsFacesThatMoveAndGrow) {
  ASSERT_EQ(Known().size(), kFaces.size());
  for (const float x : {-0.07F, 0.0F, 0.07F}) {
    for (const float scale : {0.95F, 1.0F, 1.05F}) {
      const std::vector<Box> moved = Moved(kFaces, x, x / 2, scale);
      ExpectFaces(moved, Follow(SpotPhoto(640, 480, moved), Known()), 0.05F);
    }
  }
}

TEST_F(Track, FollowsThroughManyFrames) {
  std::vector<Face> faces = Known();
  for (int frame = 1; frame <= 10; ++frame) {
    const std::vector<Box> moved = Moved(kFaces, 0.1F * static_cast<float>(frame), 0, 1);
    faces = Follow(SpotPhoto(640, 480, moved), faces);
    ExpectFaces(moved, faces, 0.05F);
  }
}

TEST_F(Track, DropsFacesThatAreGone) {
  const std::vector<Face> left = Follow(SpotPhoto(640, 480, {kFaces[0]}), Known());
  ExpectFaces({kFaces[0]}, left, 0.05F);
  EXPECT_TRUE(Follow(GreyPhoto(640, 480), Known()).empty());
  EXPECT_TRUE(Follow(SpotPhoto(640, 480, kFaces), {}).empty()) << "none is found anew";
}

TEST_F(Track, MergesFacesThatBecomeOne) {
  std::vector<Face> faces = Known();
  faces.push_back(faces[0]);
  faces.back().box.x += 3;
  EXPECT_EQ(Follow(SpotPhoto(640, 480, kFaces), faces).size(), kFaces.size());
}

TEST_F(Track, SortsByScoreAndIsTheSameForAnyNumberOfThreads) {
  const Image photo = SpotPhoto(640, 480, Moved(kFaces, 0.05F, 0, 1));
  const std::vector<Face> one = Follow(photo, Known());
  ASSERT_EQ(one.size(), kFaces.size());
  EXPECT_GE(one[0].score, one[1].score);
  DetectOptions options;
  options.threads = 3;
  ExpectSameFaces(one, Follow(photo, Known(), options));
}

TEST_F(Track, LeavesOutBoxesThatAreNone) {
  std::vector<Face> faces = Known();
  for (const float wrong : {0.0F, -5.0F, 1e20F, std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity()}) {
    Face face = faces[0];
    face.box.width = wrong;
    faces.push_back(face);
    face = faces[0];
    face.landmarks[0].x = wrong == 0 || wrong == -5 ? 1e30F : wrong;
    faces.push_back(face);
  }
  Face far_away = faces[0];
  far_away.box.x = 1e9F;
  faces.push_back(far_away);
  EXPECT_EQ(Follow(SpotPhoto(640, 480, kFaces), faces).size(), kFaces.size());
}

TEST_F(Track, NamesWhatIsWrong) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("pixels must not be null"));
  DetectOptions options;
  options.threshold = 2;
  EXPECT_THAT(ErrorOf(SpotPhoto(64, 48, {}).View(), options), HasSubstr("threshold"));
}

}  // namespace
}  // namespace facecascade

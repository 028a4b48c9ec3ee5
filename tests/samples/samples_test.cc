// The built-in model on the sample photos: the first thing that a newcomer sees. The true faces
// were marked by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "facecascade/face_detector.h"
#include "geometry/geometry.h"
#include "io/photo.h"

namespace facecascade {
namespace {

std::vector<Face> FindFaces(const std::string& name) {
  const Result<Image> photo = ReadPhoto(FACECASCADE_SAMPLES "/" + name);
  EXPECT_TRUE(photo.ok());
  if (!photo.ok()) return {};
  Result<std::vector<Face>> faces = FaceDetector().Detect(photo.value().View());
  EXPECT_TRUE(faces.ok());
  return faces.ok() ? std::move(faces).value() : std::vector<Face>{};
}

float Distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

// Mean distance of the five points over the distance of the true eyes.
float LandmarkError(const Landmarks& found, const Landmarks& truth) {
  float sum = 0;
  for (std::size_t i = 0; i < kLandmarkCount; ++i) sum += Distance(found[i], truth[i]);
  return sum / kLandmarkCount / Distance(truth[0], truth[1]);
}

void ExpectOneFace(const std::string& name, const Box& box, const Landmarks& landmarks) {
  const std::vector<Face> faces = FindFaces(name);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_GT(IoU(faces[0].box, box), 0.5F);
  EXPECT_LT(LandmarkError(faces[0].landmarks, landmarks), 0.12F);
}

TEST(SamplePhotos, EileenCollins) {
  ExpectOneFace("eileen_collins.png", {177, 75, 95, 104},
                {{{203.3F, 101}, {246.3F, 103}, {225, 126.3F}, {205.5F, 141.3F}, {243, 141.8F}}});
}

TEST(SamplePhotos, GraceHopperWithHatAndGlasses) {
  ExpectOneFace("grace_hopper.jpg", {164, 134, 200, 200},
                {{{222.8F, 189.2F}, {305.2F, 186}, {268, 236}, {231.2F, 279.2F}, {308, 277.2F}}});
}

TEST(SamplePhotos, SolvayConferenceOf1927) {
  const std::vector<Point> noses = {{260, 336}, {352, 365}, {419, 394},  {525, 375},  {629, 389},
                                    {125, 449}, {166, 489}, {240, 461},  {293, 496},  {359, 449},
                                    {420, 490}, {493, 450}, {562, 495},  {637, 439},  {736, 367},
                                    {817, 373}, {897, 370}, {1006, 369}, {1073, 325}, {1121, 367},
                                    {748, 436}, {868, 447}, {999, 456},  {1110, 459}, {715, 486},
                                    {836, 484}, {930, 479}, {1066, 487}, {1160, 500}};
  ASSERT_EQ(noses.size(), 29U);
  const std::vector<Face> faces = FindFaces("solvay_1927.jpg");
  std::size_t found = 0;
  for (const Point& nose : noses) {
    // The faces are about 40 pixels wide, and their noses at least 45 pixels apart.
    found += std::any_of(faces.begin(), faces.end(), [&](const Face& face) {
      return face.box.width > 20 && face.box.width < 70 &&
             Distance(face.landmarks[static_cast<std::size_t>(Landmark::kNose)], nose) < 12;
    });
  }
  EXPECT_GE(found, 27U);
  EXPECT_LE(faces.size(), found + 2);
}

TEST(SamplePhotos, FacesAreFollowedWhereTheCameraPans) {
  const Image photo = ReadPhoto(FACECASCADE_SAMPLES "/solvay_1927.jpg").value();
  // A part of the photo that wanders by 8 and 3 pixels a frame, a fifth of a face's width.
  constexpr int kFrames = 10;
  const auto frame = [&photo](int number) {
    ImageView view = photo.View();
    view.pixels += 3 * number * view.stride + 8 * number * 3;
    view.width -= 8 * kFrames;
    view.height -= 3 * kFrames;
    return view;
  };
  const FaceDetector detector;
  Workspace workspace;
  std::vector<Face> followed;
  ASSERT_TRUE(detector.Detect(frame(0), {}, workspace, followed).ok());
  for (int number = 1; number <= kFrames; ++number) {
    ASSERT_TRUE(detector.Track(frame(number), {}, workspace, followed).ok());
  }
  const std::vector<Face> found = detector.Detect(frame(kFrames)).value();
  ASSERT_GE(found.size(), 25U);
  const auto count = std::count_if(found.begin(), found.end(), [&](const Face& face) {
    return std::any_of(followed.begin(), followed.end(),
                       [&](const Face& other) { return IoU(face.box, other.box) > 0.7F; });
  });
  EXPECT_GE(count * 10, static_cast<std::ptrdiff_t>(found.size() * 9));
  EXPECT_LE(followed.size(), found.size() + 2);
}

}  // namespace
}  // namespace facecascade

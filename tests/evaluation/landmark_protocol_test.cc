// Errors of landmarks, by numbers worked out by hand; AFLW's published tables.
#include "evaluation/landmark_protocol.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "dataset/aflw.h"
#include "evaluation/box_protocol.h"

namespace facecascade::evaluation {
namespace {

constexpr Landmarks kTruth = {{{40, 40}, {60, 40}, {50, 50}, {42, 60}, {58, 60}}};

Landmarks Shifted(float by) {
  Landmarks shifted = kTruth;
  for (Point& point : shifted) point.x += by;
  return shifted;
}

AnnotatedPhoto PhotoOf(const std::string& path, bool profile = false) {
  AnnotatedPhoto photo{path, path, 100, 100, {}};
  AnnotatedFace face;
  face.landmarks = kTruth;
  face.box = {30, 30, 40, 40};
  face.has_box = true;
  face.attributes.pose = profile ? 1 : 0;
  photo.faces.push_back(face);
  return photo;
}

Detection Found(Rectangle box, double score, std::optional<Landmarks> landmarks) {
  Detection detection;
  detection.box = box;
  detection.score = score;
  detection.landmarks = landmarks;
  return detection;
}

TEST(LandmarkProtocol, MeasuresTheBestScoredAroundTheCentre) {
  const std::vector<AnnotatedPhoto> photos = {PhotoOf("s/a.jpg"), PhotoOf("s/b.jpg", true),
                                              PhotoOf("s/c.jpg")};
  DetectionSet set;
  set.photos = {{"a.jpg",
                 0,
                 {Found({30, 30, 40, 40}, 0.5, Shifted(9)),  // a weaker one
                  Found({20, 20, 60, 60}, 0.9, Shifted(1)),  // counts: 1 pixel of 20
                  Found({0, 0, 20, 20}, 0.99, Shifted(0))},  // does not hold the centre
                 {}},
                {"b.jpg", 0, {Found({30, 30, 40, 40}, 0.4, Shifted(4))}, {}},
                {"c.jpg", 0, {Found({30, 30, 40, 40}, 0.4, std::nullopt)}, {}}};
  const LandmarkResult result = EvaluateLandmarks(photos, set);
  const LandmarkSummary all = Summarize(result.faces);
  EXPECT_EQ(all.faces, 3U);
  EXPECT_EQ(all.missed, 1U) << "a detection without landmarks is none";
  EXPECT_NEAR(all.mean_error, (0.05 + 0.2) / 2, 1e-6);
  EXPECT_NEAR(all.median_error, 0.125, 1e-6);
  EXPECT_NEAR(all.failure_rate, 0.5, 1e-12);
  EXPECT_NEAR(all.failure_rate_all_faces, 2.0 / 3, 1e-12);
  ASSERT_TRUE(all.mean_error_box);
  EXPECT_NEAR(*all.mean_error_box, (1.0 / 40 + 4.0 / 40) / 2, 1e-6);
  EXPECT_NEAR(*all.failure_rate_box, 0, 1e-12);
  EXPECT_NEAR(all.mean_error_of_point[2], 0.125, 1e-6);
  EXPECT_TRUE(result.has_poses);
  EXPECT_NEAR(Summarize(result.faces, {false, true, false}).mean_error, 0.2, 1e-6);
  const LandmarkSummary every = SummarizeEveryFace(result, photos);
  EXPECT_EQ(every.missed, 0U);
  EXPECT_GT(every.mean_error, 0);
}

TEST(LandmarkProtocol, EyesInOnePlaceAreLeftOut) {
  AnnotatedPhoto photo = PhotoOf("a.jpg");
  (*photo.faces[0].landmarks)[1] = (*photo.faces[0].landmarks)[0];
  const LandmarkResult result = EvaluateLandmarks({photo}, {});
  EXPECT_TRUE(result.faces.empty());
  EXPECT_EQ(result.without_points, 1U);
}

void Execute(sqlite3* database, const std::string& statement) {
  ASSERT_EQ(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << statement << ": " << sqlite3_errmsg(database);
}

TEST(Aflw, ReadsThePublishedTables) {
  const auto path = std::filesystem::path(testing::TempDir()) / "facecascade_aflw.sqlite";
  std::filesystem::remove(path);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  Execute(database,
          "CREATE TABLE Faces (face_id INTEGER PRIMARY KEY, file_id TEXT, db_id TEXT);"
          "CREATE TABLE FaceImages (image_id INTEGER PRIMARY KEY, db_id TEXT, file_id TEXT,"
          " filepath TEXT, bw INTEGER, width INTEGER, height INTEGER);"
          "CREATE TABLE FaceRect (face_id INTEGER, x INTEGER, y INTEGER, w INTEGER, h INTEGER,"
          " annot_type_id INTEGER);"
          "CREATE TABLE FacePose (face_id INTEGER, roll REAL, pitch REAL, yaw REAL);"
          "CREATE TABLE FeatureCoords (face_id INTEGER, feature_id INTEGER, x REAL, y REAL);");
  Execute(
      database,
      "INSERT INTO Faces VALUES (1, 'f1', 'aflw'), (2, 'f1', 'aflw'), (3, 'f2', 'aflw');"
      "INSERT INTO FaceImages VALUES (1, 'aflw', 'f1', '0/one.jpg', 0, 300, 200),"
      " (2, 'aflw', 'f2', '2/two.jpg', 0, 50, 60);"
      "INSERT INTO FaceRect VALUES (1, 30, 31, 40, 41, 1), (3, 1, 2, 30, 30, 1);"
      "INSERT INTO FacePose VALUES (1, 0, 0, 0.1), (2, 0, 0, -1.2), (3, 0, 0, 1.5);"
      "INSERT INTO FeatureCoords VALUES (1, 8, 40, 41), (1, 11, 60, 42), (1, 15, 50, 51),"
      " (1, 18, 43, 61), (1, 20, 58, 62), (1, 21, 50, 80),"
      " (2, 8, 140, 41), (2, 11, 160, 42), (2, 15, 150, 51), (2, 18, 143, 61), (2, 20, 158, 62),"
      " (3, 8, 10, 10), (3, 15, 20, 15);");
  sqlite3_close(database);
  const auto read = ReadAflw(path.string(), "photos");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().incomplete_faces, 1) << "the third lacks its right eye";
  ASSERT_EQ(read.value().photos.size(), 1U);
  const AnnotatedPhoto& photo = read.value().photos[0];
  EXPECT_EQ(photo.path, "0/one.jpg");
  EXPECT_EQ(photo.file, "photos/0/one.jpg");
  EXPECT_EQ(photo.width, 300);
  ASSERT_EQ(photo.faces.size(), 2U);
  EXPECT_EQ(photo.faces[0].box.height, 41);
  EXPECT_EQ(photo.faces[0].attributes.pose, 0);
  EXPECT_FALSE(photo.faces[1].has_box);
  EXPECT_EQ(photo.faces[1].attributes.pose, 1);
  ASSERT_TRUE(photo.faces[0].landmarks);
  EXPECT_EQ((*photo.faces[0].landmarks)[1].x, 60);
  EXPECT_EQ((*photo.faces[0].landmarks)[4].y, 62);
  std::filesystem::remove(path);
}

TEST(Aflw, SaysWhatIsMissing) {
  const auto missing = ReadAflw("/nowhere/aflw.sqlite", "");
  ASSERT_FALSE(missing.ok());
  const auto path = std::filesystem::path(testing::TempDir()) / "facecascade_empty.sqlite";
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  Execute(database, "CREATE TABLE IF NOT EXISTS Other (x INTEGER)");
  sqlite3_close(database);
  const auto empty = ReadAflw(path.string(), "");
  ASSERT_FALSE(empty.ok());
  EXPECT_NE(empty.error().message.find("FeatureCoords"), std::string::npos);
  std::filesystem::remove(path);
}

TEST(BoxProtocol, CoveredBareAndFalse) {
  AnnotatedPhoto photo{"a.jpg", "a.jpg", 0, 0, {}};
  const auto add = [&photo](Box box, int occlusion, int invalid) {
    AnnotatedFace face;
    face.box = box;
    face.has_box = true;
    face.attributes.occlusion = occlusion;
    face.attributes.invalid = invalid;
    photo.faces.push_back(face);
  };
  add({0, 0, 10, 10}, 0, 0);
  add({50, 0, 10, 10}, 1, 0);
  add({100, 0, 10, 10}, 1, 0);
  add({150, 0, 10, 10}, 0, 1);
  DetectionSet set;
  set.photos = {{"a.jpg",
                 0,
                 {Found({0, 0, 10, 10}, 0.9, {}), Found({0, 1, 10, 10}, 0.8, {}),
                  Found({50, 0, 10, 5}, 0.7, {}), Found({150, 0, 10, 10}, 0.6, {}),
                  Found({300, 0, 10, 10}, 0.1, {})},
                 {}}};
  const BoxResult result = EvaluateBoxes({photo}, set, {0.4, 0.2});
  EXPECT_EQ(result.faces.size(), 3U);
  EXPECT_NEAR(result.Recall(), 2.0 / 3, 1e-12);
  EXPECT_EQ(result.RecallBare(), 1);
  EXPECT_EQ(result.RecallCovered(), 0.5);
  EXPECT_EQ(result.false_alarms.size(), 1U) << "the second on a face; not the invalid one";
  EXPECT_EQ(EvaluateBoxes({photo}, set, {0.6, 0}).RecallCovered(), 0);
}

}  // namespace
}  // namespace facecascade::evaluation

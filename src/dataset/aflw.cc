#include "dataset/aflw.h"

#include <sqlite3.h>

#include <array>
#include <bitset>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <numbers>

namespace facecascade {
namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

// AFLW's feature numbers in the order of Landmark.
constexpr std::array<int, kLandmarkCount> kFeatures = {8, 11, 15, 18, 20};
constexpr double kProfileYaw = std::numbers::pi / 4;

constexpr const char* kFacesQuery =
    "SELECT Faces.face_id, FaceImages.filepath, FaceImages.width, FaceImages.height,"
    " FaceRect.x, FaceRect.y, FaceRect.w, FaceRect.h, FacePose.yaw"
    " FROM Faces JOIN FaceImages ON FaceImages.file_id = Faces.file_id"
    " LEFT JOIN FaceRect ON FaceRect.face_id = Faces.face_id"
    " LEFT JOIN FacePose ON FacePose.face_id = Faces.face_id"
    " ORDER BY FaceImages.filepath, Faces.face_id";
constexpr const char* kPointsQuery = "SELECT face_id, feature_id, x, y FROM FeatureCoords";

struct Points {
  Landmarks landmarks;
  std::bitset<kLandmarkCount> known;
};

Error ProblemOf(const std::string& path, sqlite3* database) {
  return Error{path + ": " + sqlite3_errmsg(database)};
}

Result<Statement> Prepare(const std::string& path, sqlite3* database, const char* query) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, query, -1, &statement, nullptr) != SQLITE_OK) {
    return Error{ProblemOf(path, database).message + " (expected AFLW's published tables)"};
  }
  return Statement(statement, &sqlite3_finalize);
}

float FloatOf(sqlite3_stmt* row, int column) {
  return static_cast<float>(sqlite3_column_double(row, column));
}

Result<std::map<int, Points>> ReadPoints(const std::string& path, sqlite3* database) {
  const auto statement = Prepare(path, database, kPointsQuery);
  if (!statement.ok()) return statement.error();
  sqlite3_stmt* row = statement.value().get();
  std::map<int, Points> points;
  int status = SQLITE_ROW;
  while ((status = sqlite3_step(row)) == SQLITE_ROW) {
    const int feature = sqlite3_column_int(row, 1);
    for (std::size_t i = 0; i < kLandmarkCount; ++i) {
      if (kFeatures[i] != feature) continue;
      Points& face = points[sqlite3_column_int(row, 0)];
      face.landmarks[i] = {FloatOf(row, 2), FloatOf(row, 3)};
      face.known.set(i);
    }
  }
  if (status != SQLITE_DONE) return ProblemOf(path, database);
  return points;
}

AnnotatedFace FaceOf(sqlite3_stmt* row, const Landmarks& landmarks) {
  AnnotatedFace face;
  face.landmarks = landmarks;
  face.box = {FloatOf(row, 4), FloatOf(row, 5), FloatOf(row, 6), FloatOf(row, 7)};
  face.has_box = face.box.width > 0 && face.box.height > 0;
  face.attributes.pose = std::abs(sqlite3_column_double(row, 8)) > kProfileYaw ? 1 : 0;
  return face;
}

}  // namespace

Result<AflwFaces> ReadAflw(const std::string& database, const std::string& photo_folder) {
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  const Database open(handle, &sqlite3_close);
  if (opened != SQLITE_OK) return ProblemOf(database, handle);
  const auto points = ReadPoints(database, handle);
  if (!points.ok()) return points.error();
  const auto statement = Prepare(database, handle, kFacesQuery);
  if (!statement.ok()) return statement.error();
  const std::filesystem::path folder =
      photo_folder.empty() ? std::filesystem::path(database).parent_path() / "data" / "flickr"
                           : std::filesystem::path(photo_folder);
  AflwFaces faces;
  sqlite3_stmt* row = statement.value().get();
  int status = SQLITE_ROW;
  while ((status = sqlite3_step(row)) == SQLITE_ROW) {
    const auto found = points.value().find(sqlite3_column_int(row, 0));
    if (found == points.value().end() || !found->second.known.all()) {
      ++faces.incomplete_faces;
      continue;
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, 1));
    const std::string name = text == nullptr ? "" : text;
    if (faces.photos.empty() || faces.photos.back().path != name) {
      faces.photos.push_back({name,
                              (folder / name).string(),
                              sqlite3_column_int(row, 2),
                              sqlite3_column_int(row, 3),
                              {}});
    }
    faces.photos.back().faces.push_back(FaceOf(row, found->second.landmarks));
  }
  if (status != SQLITE_DONE) return ProblemOf(database, handle);
  return faces;
}

}  // namespace facecascade

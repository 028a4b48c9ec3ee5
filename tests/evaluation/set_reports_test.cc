// The reports of the sets: names of figures and files that people and scripts rely on.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "evaluation/detection_readers.h"
#include "evaluation/fddb_report.h"
#include "evaluation/landmark_report.h"
#include "evaluation/wider_report.h"

namespace facecascade::evaluation {
namespace {

const std::string kFolder = FACECASCADE_TEST_DATA "/evaluation/";

template <typename T>
T Value(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

TEST(SetReports, Wider) {
  const auto photos = Value(ReadWiderGroundTruth(kFolder + "wider")).photos;
  const auto detections = Value(ReadDetections(kFolder + "wider/detections", {}));
  const auto result = Value(EvaluateWider(photos, detections, WiderConvention::kMatlab));
  ReportContext context;
  context.other_detector = "the same";
  const Report report =
      MakeWiderReport(photos, detections, result, &result, WiderConvention::kMatlab, context);
  EXPECT_EQ(report.json_name, "wider.json");
  for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
    const double precision = result.levels[level].average_precision;
    EXPECT_EQ(report.json[kWiderLevels[level]].get<double>(), precision);
    const auto interval = report.json["intervals"][kWiderLevels[level]];
    EXPECT_LE(interval[0].get<double>(), precision);
    EXPECT_GE(interval[1].get<double>(), precision);
    EXPECT_EQ(report.json["difference"][kWiderLevels[level]].get<double>(), 0);
    EXPECT_EQ(report.json["difference_intervals"][kWiderLevels[level]][1].get<double>(), 0);
  }
  EXPECT_EQ(report.files.at(0).first, "curve.txt");
  std::size_t faces = 0;
  for (const auto& bin : report.json["recall_by_height"]) faces += bin["faces"].get<std::size_t>();
  EXPECT_EQ(faces, result.levels[2].faces) << "every hard face has its place among the heights";
  const auto& recalls = report.json["recall_at_false_positives_a_photo"];
  EXPECT_LE(recalls["0.1"].get<double>(), recalls["1"].get<double>());
  EXPECT_LE(recalls["1"].get<double>(), recalls["10"].get<double>());
}

TEST(SetReports, WiderByAttribute) {
  auto photos = Value(ReadWiderGroundTruth(kFolder + "wider")).photos;
  const auto detections = Value(ReadDetections(kFolder + "wider/detections", {}));
  const auto result = Value(EvaluateWider(photos, detections, WiderConvention::kMatlab));
  // Every face that is found scores highest among those flagged: turned away are the missed ones.
  for (WiderPhoto& photo : photos) photo.attributes.assign(photo.faces.size(), {});
  std::size_t missed = 0;
  for (const WiderFaceOutcome& outcome : result.hard_faces) {
    if (std::isfinite(outcome.best_score)) continue;
    photos[outcome.photo].attributes[outcome.face].pose = 1;
    ++missed;
  }
  const auto report_of = [&] {
    return MakeWiderReport(photos, detections, result, nullptr, WiderConvention::kMatlab, {});
  };
  std::map<std::string, nlohmann::ordered_json> groups;
  const Report report = report_of();
  for (const auto& group : report.json["recall_by_attribute"]) {
    groups[group["attribute"].get<std::string>()] = group;
  }
  EXPECT_GT(missed, 0U);
  EXPECT_EQ(groups["atypical pose"]["faces"].get<std::size_t>(), missed);
  EXPECT_EQ(groups["typical pose"]["faces"].get<std::size_t>(), result.levels[2].faces - missed);
  EXPECT_EQ(groups["not occluded"]["faces"].get<std::size_t>(), result.levels[2].faces);
  const auto recall = [&](const char* name) {
    return groups[name]["recall_at_false_positives_a_photo"]["10"].get<double>();
  };
  EXPECT_EQ(recall("atypical pose"), 0);
  EXPECT_GT(recall("typical pose"), recall("clear"));

  photos[0].attributes.clear();  // as of MATLAB lists, which tell nothing
  EXPECT_FALSE(report_of().json.contains("recall_by_attribute"));
}

TEST(SetReports, Fddb) {
  const auto sizes = Value(ReadPhotoSizes(kFolder + "fddb/sizes.txt"));
  const auto set = Value(
      JoinFddb(Value(ReadFddbList({kFolder + "fddb/list.txt"})),
               Value(ReadFddbAnnotations({kFolder + "fddb/annotations.txt"})),
               Value(ReadDetections(kFolder + "fddb/detections.txt", {})), FddbShape::kRectangle,
               [&sizes](const std::string& name) { return std::optional(sizes.at(name)); }));
  const auto result = Value(EvaluateFddb(set, FddbAssignmentRule::kBenchmark));
  const Report report = MakeFddbReport(set, result, nullptr, {});
  EXPECT_EQ(report.files.at(0).first, "DiscROC.txt");
  EXPECT_EQ(report.files.at(0).second, FormatDiscreteRoc(result.entries, result.faces));
  EXPECT_EQ(report.files.at(1).first, "ContROC.txt");
  EXPECT_EQ(report.json["faces"].get<std::size_t>(), result.faces);
  const double all = result.entries.front().found / static_cast<double>(result.faces);
  EXPECT_EQ(report.json["discrete"]["at_false_positives"]["2000"].get<double>(), all);
  EXPECT_EQ(report.json["discrete"]["at_false_positives_a_photo"]["10"].get<double>(), all);
}

TEST(SetReports, Landmarks) {
  AnnotatedPhoto photo{"a.jpg", "a.jpg", 100, 100, {}};
  AnnotatedFace face;
  face.landmarks = {{{40, 40}, {60, 40}, {50, 50}, {42, 60}, {58, 60}}};
  photo.faces.push_back(face);
  Detection detection;
  detection.box = {30, 30, 40, 40};
  detection.score = 0.5;
  detection.landmarks = face.landmarks;
  for (Point& point : *detection.landmarks) point.y += 3;
  DetectionSet set;
  set.photos = {{"a.jpg", 0, {detection}, {}}};
  const Report report = MakeLandmarkReport({photo}, EvaluateLandmarks({photo}, set), nullptr, {});
  EXPECT_EQ(report.json_name, "landmarks.json");
  EXPECT_NEAR(report.json["mean_error"].get<double>(), 0.15, 1e-6);
  EXPECT_EQ(report.json["failure_rate"].get<double>(), 1);
  EXPECT_EQ(report.json["missed"].get<int>(), 0);
  EXPECT_EQ(report.json["faces"].get<int>(), 1);
  EXPECT_FALSE(report.json.contains("over_box_size")) << "there is no box";
  EXPECT_EQ(report.plots.at(0).file_stem, "cumulative-error");
}

TEST(SetReports, BoxesOfTwoDetectorsWithIntervals) {
  std::vector<AnnotatedPhoto> photos;
  DetectionSet one;
  DetectionSet other;
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}) {
    AnnotatedPhoto& photo = photos.emplace_back(AnnotatedPhoto{name, name, 100, 100, {}});
    AnnotatedFace face;
    face.box = {10, 10, 20, 20};
    face.has_box = true;
    photo.faces.push_back(face);
    Detection detection;
    detection.box = {10, 10, 20, 20};
    detection.score = 0.5;
    one.photos.push_back({name, 0, {detection}, {}});
    if (photos.size() > 1) detection.box.x = 70;
    other.photos.push_back({name, 0, {detection}, {}});
  }
  const BoxOptions options;
  const BoxResult best = EvaluateBoxes(photos, one, options);
  const BoxResult worse = EvaluateBoxes(photos, other, options);
  ReportContext context;
  context.bootstrap.resamples = 50;
  const Report report = MakeBoxReport(photos, best, &worse, options, context);
  EXPECT_EQ(report.json["intervals"]["recall"], nlohmann::json::parse("[1.0, 1.0]"));
  EXPECT_EQ(report.json["difference"]["recall"].get<double>(), 0.75);
  EXPECT_EQ(report.json["difference"]["false_positives_a_photo"].get<double>(), -0.75);
  const auto& interval = report.json["difference_intervals"]["recall"];
  EXPECT_GE(interval[0].get<double>(), 0.25);
  EXPECT_LT(interval[0].get<double>(), 0.75);
  EXPECT_FALSE(report.json["intervals"].contains("recall_covered")) << "no face is covered";
  EXPECT_EQ(report.plots.at(0).curves.size(), 2U);

  context.bootstrap.resamples = 0;
  EXPECT_FALSE(MakeBoxReport(photos, best, nullptr, options, context).json.contains("intervals"));
}

}  // namespace
}  // namespace facecascade::evaluation

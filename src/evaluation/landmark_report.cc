#include "evaluation/landmark_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace facecascade::evaluation {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const LandmarkSummary& summary) {
  Json json;
  json["faces"] = summary.faces;
  json["missed"] = summary.missed;
  json["mean_error"] = summary.mean_error;
  json["median_error"] = summary.median_error;
  json["failure_rate"] = summary.failure_rate;
  json["failure_rate_missed_as_failed"] = summary.failure_rate_all_faces;
  return json;
}

std::vector<std::string> RowOf(const std::string& name, const LandmarkSummary& summary) {
  return {name,
          fmt::format("{}", summary.faces),
          fmt::format("{}", summary.missed),
          fmt::format("{:.4f}", summary.mean_error),
          fmt::format("{:.4f}", summary.median_error),
          fmt::format("{:.4f}", summary.failure_rate),
          fmt::format("{:.4f}", summary.failure_rate_all_faces)};
}

// Mean error and failure rate over found faces, photos counting by their weights.
std::vector<double> Figures(const LandmarkResult& result, const PhotoWeights& weights) {
  double found = 0;
  double error = 0;
  double failed = 0;
  for (const LandmarkFace& face : result.faces) {
    if (face.missed) continue;
    const double weight = weights[face.photo];
    found += weight;
    error += weight * face.Error();
    if (face.Error() > kFailureAbove) failed += weight;
  }
  return {error / found, failed / found};
}

// Share of all faces, missed ones among them, whose error is at most x.
PlotCurve CumulativeErrors(const std::string& name, const LandmarkResult& result) {
  std::vector<double> errors;
  for (const LandmarkFace& face : result.faces) {
    if (!face.missed) errors.push_back(face.Error());
  }
  std::sort(errors.begin(), errors.end());
  PlotCurve curve{name, {{0, 0}}};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    curve.points.push_back(
        {errors[i], static_cast<double>(i + 1) / static_cast<double>(result.faces.size())});
  }
  return curve;
}

void AddPoints(const LandmarkSummary& summary, Report& report) {
  ReportTable table{"Mean error of each landmark, over eye distance", {"landmark", "error"}, {}};
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    table.rows.push_back(
        {kLandmarkNames[i], fmt::format("{:.4f}", summary.mean_error_of_point[i])});
    report.json["mean_error_of_landmark"][kLandmarkNames[i]] = summary.mean_error_of_point[i];
  }
  report.page.tables.push_back(std::move(table));
  if (!summary.mean_error_box) return;
  auto& json = report.json["over_box_size"];
  json["normalized_by"] = "square root of the true box's area";
  json["mean_error"] = *summary.mean_error_box;
  json["failure_rate"] = *summary.failure_rate_box;
  report.page.tables.push_back(
      {"Over the square root of the box's area (another measure; not to be mixed)",
       {"mean error", "failure rate"},
       {{fmt::format("{:.4f}", *summary.mean_error_box),
         fmt::format("{:.4f}", *summary.failure_rate_box)}}});
}

void AddSummaries(const std::vector<AnnotatedPhoto>& photos, const LandmarkResult& result,
                  const LandmarkSummary& all, Report& report) {
  ReportTable table{"Error over eye distance",
                    {"faces", "number", "missed", "mean", "median", "failure rate above 0.10",
                     "the same, missed as failed"},
                    {RowOf("all", all)}};
  const LandmarkSummary every = SummarizeEveryFace(result, photos);
  table.rows.push_back(RowOf("all, missed ones guessed in the middle", every));
  report.json["every_face"] = ToJson(every);
  if (result.has_poses) {
    for (const bool profile : {false, true}) {
      std::vector<bool> include;
      for (const LandmarkFace& face : result.faces) include.push_back(face.profile == profile);
      const LandmarkSummary part = Summarize(result.faces, include);
      table.rows.push_back(RowOf(profile ? "profile" : "frontal", part));
      report.json["by_pose"][profile ? "profile" : "frontal"] = ToJson(part);
    }
  }
  report.page.tables.push_back(std::move(table));
}

GalleryPick PickOf(const AnnotatedPhoto& photo, const LandmarkFace& face) {
  const Landmarks& truth = *photo.faces[face.face].landmarks;
  const auto [left, right] = std::minmax_element(
      truth.begin(), truth.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
  const auto [top, bottom] = std::minmax_element(
      truth.begin(), truth.end(), [](const Point& a, const Point& b) { return a.y < b.y; });
  GalleryPick pick{photo.file, photo.path, {}};
  pick.view.subject = {left->x, top->y, right->x - left->x, bottom->y - top->y};
  for (const Point& point : truth) pick.view.points.push_back({point, MarkKind::kTruth});
  if (face.prediction) {
    const Rectangle& box = face.prediction->box;
    pick.view.boxes.push_back({{static_cast<float>(box.x), static_cast<float>(box.y),
                                static_cast<float>(box.width), static_cast<float>(box.height)},
                               MarkKind::kDetected});
    for (const Point& point : *face.prediction->landmarks) {
      pick.view.points.push_back({point, MarkKind::kDetected});
    }
    pick.caption += fmt::format(", error {:.3f}", face.Error());
  }
  return pick;
}

void AddGalleries(const std::vector<AnnotatedPhoto>& photos, const LandmarkResult& result,
                  Report& report) {
  std::vector<LandmarkFace> worst;
  std::vector<GalleryPick> missed;
  for (const LandmarkFace& face : result.faces) {
    if (!face.missed) {
      worst.push_back(face);
    } else if (missed.size() < kGallerySize) {
      missed.push_back(PickOf(photos[face.photo], face));
    }
  }
  std::stable_sort(worst.begin(), worst.end(),
                   [](const auto& a, const auto& b) { return a.Error() > b.Error(); });
  std::vector<GalleryPick> picks;
  for (std::size_t i = 0; i < std::min(kGallerySize, worst.size()); ++i) {
    picks.push_back(PickOf(photos[worst[i].photo], worst[i]));
  }
  report.page.galleries.push_back(
      MakeGallery("Largest errors", "Green: annotated. Orange: detected.", picks, ""));
  report.page.galleries.push_back(MakeGallery("Missed faces", "Green: annotated.", missed, ""));
}

}  // namespace

Report MakeLandmarkReport(const std::vector<AnnotatedPhoto>& photos, const LandmarkResult& result,
                          const LandmarkResult* other, const ReportContext& context) {
  Report report = BeginReport("Five landmarks", "landmarks.json", context);
  const LandmarkSummary summary = Summarize(result.faces);
  report.json["normalized_by"] = "distance of the true eyes";
  report.json["photos"] = photos.size();
  report.json.update(ToJson(summary));
  report.json["annotated_without_points"] = result.without_points;
  AddSummaries(photos, result, summary, report);
  AddPoints(summary, report);
  AddIntervals(
      {{"mean_error", "failure_rate"}, "over eye distance"}, photos.size(),
      [&](const PhotoWeights& weights) { return Figures(result, weights); },
      other == nullptr ? Statistic()
                       : [&](const PhotoWeights& weights) { return Figures(*other, weights); },
      context, report);
  Plot plot{"cumulative-error",
            "Cumulative error of five landmarks",
            "mean error over eye distance",
            "share of all faces",
            {}};
  plot.x_range = {{0, 0.3}};
  plot.y_range = {{0, 1}};
  plot.curves.push_back(CumulativeErrors(context.detector, result));
  if (other != nullptr) plot.curves.push_back(CumulativeErrors(context.other_detector, *other));
  report.plots.push_back(std::move(plot));
  AddGalleries(photos, result, report);
  report.summary = fmt::format(
      "Landmarks, {} faces, {} missed: mean error over eye distance {:.4f}, failure rate above "
      "0.10 {:.4f}",
      summary.faces, summary.missed, summary.mean_error, summary.failure_rate);
  return report;
}

}  // namespace facecascade::evaluation

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "evaluation/landmark_report.h"

namespace facecascade::evaluation {
namespace {

struct Part {
  std::string name;
  double recall;
  std::size_t faces;
};

std::vector<Part> PartsOf(const BoxResult& result) {
  const auto covered = static_cast<std::size_t>(
      std::count_if(result.faces.begin(), result.faces.end(),
                    [](const BoxFace& face) { return face.occlusion > 0; }));
  return {{"all", result.Recall(), result.faces.size()},
          {"covered", result.RecallCovered(), covered},
          {"bare", result.RecallBare(), result.faces.size() - covered}};
}

// Recall of all faces, the covered and the bare, and false alarms a photo, photos counting by their
// weights. Not a number of no faces.
std::vector<double> Figures(const BoxResult& result, const PhotoWeights& weights) {
  std::array<double, 2> faces{};  // bare, covered
  std::array<double, 2> found{};
  for (const BoxFace& face : result.faces) {
    const std::size_t covered = face.occlusion > 0 ? 1 : 0;
    faces[covered] += weights[face.photo];
    if (face.found) found[covered] += weights[face.photo];
  }
  double alarms = 0;
  for (const auto& alarm : result.false_alarms) alarms += weights[alarm.first];
  const double photos = std::accumulate(weights.begin(), weights.end(), 0.0);
  return {(found[0] + found[1]) / (faces[0] + faces[1]), found[1] / faces[1], found[0] / faces[0],
          alarms / photos};
}

// Found faces over false positives a photo.
PlotCurve CurveOfDetector(const std::string& name, const BoxResult& result, std::size_t photos) {
  PlotCurve curve{name, {}};
  for (const auto& point : CurveOf(result.steps, static_cast<double>(result.faces.size()))) {
    curve.points.push_back({point.false_positives / static_cast<double>(photos), point.recall});
  }
  return curve;
}

Box ToBox(const Rectangle& box) {
  return {static_cast<float>(box.x), static_cast<float>(box.y), static_cast<float>(box.width),
          static_cast<float>(box.height)};
}

GalleryPick PickOf(const AnnotatedPhoto& photo, const Box& subject) {
  GalleryPick pick{photo.file, photo.path, {}};
  pick.view.subject = subject;
  for (const AnnotatedFace& face : photo.faces) {
    if (face.has_box) pick.view.boxes.push_back({face.box, MarkKind::kTruth});
  }
  return pick;
}

void AddGalleries(const std::vector<AnnotatedPhoto>& photos, const BoxResult& result,
                  Report& report) {
  auto alarms = result.false_alarms;
  std::stable_sort(alarms.begin(), alarms.end(),
                   [](const auto& a, const auto& b) { return a.second.score > b.second.score; });
  std::vector<GalleryPick> wrong;
  for (std::size_t i = 0; i < std::min(kGallerySize, alarms.size()); ++i) {
    const auto& [photo, detection] = alarms[i];
    wrong.push_back(PickOf(photos[photo], ToBox(detection.box)));
    wrong.back().view.boxes.push_back({ToBox(detection.box), MarkKind::kDetected});
    wrong.back().caption += fmt::format(", score {:.4f}", detection.score);
  }
  std::vector<const BoxFace*> missed;
  for (const BoxFace& face : result.faces) {
    if (!face.found) missed.push_back(&face);
  }
  const auto height = [&photos](const BoxFace* face) {
    return photos[face->photo].faces[face->face].box.height;
  };
  std::stable_sort(missed.begin(), missed.end(),
                   [&](const BoxFace* a, const BoxFace* b) { return height(a) > height(b); });
  std::vector<GalleryPick> misses;
  for (std::size_t i = 0; i < std::min(kGallerySize, missed.size()); ++i) {
    const BoxFace& face = *missed[i];
    misses.push_back(PickOf(photos[face.photo], photos[face.photo].faces[face.face].box));
    misses.back().caption += fmt::format(", {:g} px high", height(&face));
  }
  report.page.galleries.push_back(
      MakeGallery("Largest faces missed", "Green: annotated.", misses, ""));
  report.page.galleries.push_back(
      MakeGallery("Surest false alarms", "Green: annotated. Orange: the false alarm.", wrong, ""));
}

}  // namespace

Report MakeBoxReport(const std::vector<AnnotatedPhoto>& photos, const BoxResult& result,
                     const BoxResult* other, const BoxOptions& options,
                     const ReportContext& context) {
  Report report = BeginReport("Boxes and false alarms", "boxes.json", context);
  const double per_photo = photos.empty() ? 0
                                          : static_cast<double>(result.false_alarms.size()) /
                                                static_cast<double>(photos.size());
  report.json["photos"] = photos.size();
  report.json["overlap"] = options.overlap;
  report.json["threshold"] = options.threshold;
  report.json["false_positives"] = result.false_alarms.size();
  report.json["false_positives_a_photo"] = per_photo;
  ReportTable table{
      fmt::format("Recall at overlap {:g}, scores from {:g}", options.overlap, options.threshold),
      {"faces", "number", "recall"},
      {}};
  for (const Part& part : PartsOf(result)) {
    table.rows.push_back(
        {part.name, fmt::format("{}", part.faces), fmt::format("{:.4f}", part.recall)});
    report.json["faces"][part.name] = part.faces;
    report.json["recall"][part.name] = part.recall;
  }
  table.rows.push_back({"false alarms", fmt::format("{}", result.false_alarms.size()),
                        fmt::format("{:.3f} a photo", per_photo)});
  report.page.tables.push_back(std::move(table));
  AddIntervals(
      {{"recall", "recall_covered", "recall_bare", "false_positives_a_photo"}, ""}, photos.size(),
      [&](const PhotoWeights& weights) { return Figures(result, weights); },
      other == nullptr ? Statistic()
                       : [&](const PhotoWeights& weights) { return Figures(*other, weights); },
      context, report);
  if (!result.faces.empty()) {
    Plot plot{"recall-false-positives",
              "Recall over false positives",
              "false positives a photo",
              "recall",
              {CurveOfDetector(context.detector, result, photos.size())}};
    plot.y_range = {{0, 1}};
    if (other != nullptr) {
      plot.curves.push_back(CurveOfDetector(context.other_detector, *other, photos.size()));
    }
    report.plots.push_back(std::move(plot));
  }
  AddGalleries(photos, result, report);
  report.summary = fmt::format(
      "Boxes, {} photos, {} faces: recall at overlap {:g} {:.4f} (covered {:.4f}, bare {:.4f}), "
      "{} false positives, {:.3f} a photo",
      photos.size(), result.faces.size(), options.overlap, result.Recall(), result.RecallCovered(),
      result.RecallBare(), result.false_alarms.size(), per_photo);
  return report;
}

}  // namespace facecascade::evaluation

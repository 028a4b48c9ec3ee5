#include <fmt/format.h>

#include <algorithm>

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
                     const BoxOptions& options, const ReportContext& context) {
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
  if (!result.faces.empty()) {
    Plot plot{"recall-false-positives",
              "Recall over false positives",
              "false positives a photo",
              "recall",
              {{context.detector, {}}}};
    plot.y_range = {{0, 1}};
    for (const auto& point : CurveOf(result.steps, static_cast<double>(result.faces.size()))) {
      plot.curves[0].points.push_back(
          {point.false_positives / static_cast<double>(photos.size()), point.recall});
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

#include "evaluation/check_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/version.h"

namespace facecascade::evaluation {
namespace {

std::string QuotedField(const std::string& text) {
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return quoted + "\"";
}

std::string FormatTable(const std::vector<AnnotatedPhoto>& photos,
                        const std::vector<Problem>& problems) {
  std::string text = "photo,face,problem,what\r\n";
  for (const Problem& problem : problems) {
    text += fmt::format("{},{},{},{}\r\n", QuotedField(photos[problem.photo].path),
                        problem.face < 0 ? "" : std::to_string(problem.face),
                        kProblemNames[static_cast<std::size_t>(problem.kind)],
                        QuotedField(problem.what));
  }
  return text;
}

Box SpreadOf(const Landmarks& points) {
  const auto [left, right] = std::minmax_element(
      points.begin(), points.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
  const auto [top, bottom] = std::minmax_element(
      points.begin(), points.end(), [](const Point& a, const Point& b) { return a.y < b.y; });
  return {left->x, top->y, right->x - left->x, bottom->y - top->y};
}

GalleryPick PickOf(const AnnotatedPhoto& photo, const Problem& problem) {
  GalleryPick pick{photo.file, photo.path + ": " + problem.what, {}};
  const auto side = static_cast<float>(std::max(photo.width, photo.height)) / 3;
  pick.view.subject = {static_cast<float>(photo.width) / 2 - side / 2,
                       static_cast<float>(photo.height) / 2 - side / 2, side, side};
  for (std::size_t i = 0; i < photo.faces.size(); ++i) {
    const AnnotatedFace& face = photo.faces[i];
    const bool meant = problem.face == static_cast<int>(i);
    const MarkKind kind = meant ? MarkKind::kDetected : MarkKind::kTruth;
    if (face.has_box) pick.view.boxes.push_back({face.box, kind});
    if (face.landmarks && (meant || problem.face < 0)) {
      for (const Point& point : *face.landmarks) pick.view.points.push_back({point, kind});
    }
    if (!meant) continue;
    pick.view.subject = face.has_box || !face.landmarks ? face.box : SpreadOf(*face.landmarks);
  }
  return pick;
}

}  // namespace

Report MakeCheckReport(const std::string& annotations, const std::vector<AnnotatedPhoto>& photos,
                       const std::vector<Problem>& problems) {
  Report report;
  report.json_name = "check.json";
  report.page.title = "Annotations checked";
  std::size_t faces = 0;
  for (const AnnotatedPhoto& photo : photos) faces += photo.faces.size();
  report.json["annotations"] = annotations;
  report.json["photos"] = photos.size();
  report.json["faces"] = faces;
  report.json["problems"] = problems.size();
  report.page.tables.push_back({"Set",
                                {},
                                {{"annotations", annotations},
                                 {"photos", fmt::format("{}", photos.size())},
                                 {"faces", fmt::format("{}", faces)},
                                 {"program", std::string("facecascade ") + Version()}}});
  ReportTable counts{"Problems", {"kind", "number"}, {}};
  report.summary =
      fmt::format("{} photos, {} faces, {} problems", photos.size(), faces, problems.size());
  for (std::size_t kind = 0; kind < kProblemKinds; ++kind) {
    std::vector<GalleryPick> picks;
    std::size_t count = 0;
    for (const Problem& problem : problems) {
      if (static_cast<std::size_t>(problem.kind) != kind) continue;
      ++count;
      if (picks.size() < kGallerySize) picks.push_back(PickOf(photos[problem.photo], problem));
    }
    const char* name = kProblemNames[kind];
    report.json[name] = count;
    counts.rows.push_back({name, fmt::format("{}", count)});
    if (count == 0) continue;
    report.summary += fmt::format(", {} {}", count, name);
    if (problems.empty() || kind == 0) continue;
    report.page.galleries.push_back(MakeGallery(
        name, "Orange: what is meant. Green: the photo's other annotations.", picks, ""));
  }
  report.page.tables.push_back(std::move(counts));
  report.files = {{"problems.csv", FormatTable(photos, problems)}};
  return report;
}

}  // namespace facecascade::evaluation

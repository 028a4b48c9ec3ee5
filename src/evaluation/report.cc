#include "evaluation/report.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "base/version.h"
#include "dataset/photo_list.h"
#include "dataset/text_reader.h"
#include "io/file.h"
#include "io/photo.h"

namespace facecascade::evaluation {
namespace {

std::string PathIn(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).string();
}

// Tables always, pictures where gnuplot draws them; the page takes the SVGs.
Status WritePlots(const std::vector<Plot>& plots, const std::string& folder, ReportPage& page,
                  std::vector<std::string>& warnings) {
  for (const Plot& plot : plots) {
    const Status table = WritePlotTable(plot, folder);
    if (!table.ok()) return table;
    const Status drawn = DrawPlot(plot, folder);
    if (!drawn.ok()) {
      warnings.push_back(drawn.error().message);
      page.notes.push_back(drawn.error().message);
      continue;
    }
    auto svg = ReadWholeFile(PathIn(folder, plot.file_stem + ".svg"));
    if (!svg.ok()) return svg.error();
    page.plots.push_back(std::move(svg).value());
  }
  return Ok();
}

}  // namespace

Status WriteReport(Report report, const std::string& folder, std::vector<std::string>& warnings) {
  for (const auto& [name, content] : report.files) {
    const Status status = WriteFileAtomically(PathIn(folder, name), content);
    if (!status.ok()) return status;
  }
  const Status plots = WritePlots(report.plots, folder, report.page, warnings);
  if (!plots.ok()) return plots;
  report.page.summary = report.summary;
  const Status page = WriteFileAtomically(PathIn(folder, "report.html"), RenderPage(report.page));
  if (!page.ok()) return page;
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return WriteFileAtomically(PathIn(folder, report.json_name),
                             report.json.dump(2, ' ', false, kReplace) + "\n");
}

Report BeginReport(const std::string& title, const std::string& json_name,
                   const ReportContext& context) {
  Report report;
  report.json_name = json_name;
  report.page.title = title;
  report.page.notes = context.notes;
  ReportTable table{"Settings", {}, {{"detector", context.detector}}};
  for (const auto& [name, value] : context.settings) {
    table.rows.push_back({name, value});
    report.json["settings"][name] = value;
  }
  if (context.seconds_a_photo) {
    table.rows.push_back(
        {"time per photo, one thread", fmt::format("{:.1f} ms", *context.seconds_a_photo * 1000)});
    report.json["milliseconds_per_photo"] = *context.seconds_a_photo * 1000;
  }
  const std::string intervals =
      context.bootstrap.resamples == 0
          ? "none"
          : fmt::format("95 %, bootstrap over photos, {} resamples, seed {}",
                        context.bootstrap.resamples, context.bootstrap.seed);
  table.rows.push_back({"intervals", intervals});
  table.rows.push_back({"program", std::string("facecascade ") + Version()});
  report.page.tables.push_back(std::move(table));
  report.json["detector"] = context.detector;
  report.json["notes"] = context.notes;
  return report;
}

nlohmann::ordered_json ToJson(const Interval& interval) { return {interval.low, interval.high}; }

void AddIntervals(const FigureNames& figures, std::size_t photos, const Statistic& statistic,
                  const Statistic& other, const ReportContext& context, Report& report) {
  const std::size_t count = figures.names.size();
  const auto both = [&](const PhotoWeights& weights) {
    auto values = statistic(weights);
    if (!other) return values;
    const auto others = other(weights);
    for (std::size_t i = 0; i < count; ++i) values.push_back(values[i] - others[i]);
    return values;
  };
  const auto intervals = BootstrapIntervals(photos, both, context.bootstrap);
  if (intervals.empty()) return;
  const auto values = both(PhotoWeights(photos, 1.0));
  ReportTable table{"95 % intervals", {"", figures.unit}, {}};
  if (other) table.header.push_back("difference to " + context.other_detector);
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::isfinite(values[i])) continue;  // of no faces
    const std::string& name = figures.names[i];
    table.rows.push_back({name, WithInterval(values[i], intervals[i])});
    report.json["intervals"][name] = ToJson(intervals[i]);
    if (!other) continue;
    table.rows.back().push_back(WithInterval(values[count + i], intervals[count + i]));
    report.json["difference"][name] = values[count + i];
    report.json["difference_intervals"][name] = ToJson(intervals[count + i]);
  }
  report.page.tables.push_back(std::move(table));
}

std::string WithInterval(double value, const Interval& interval) {
  return fmt::format("{:.4f} ({:.4f} to {:.4f})", value, interval.low, interval.high);
}

ReportGallery MakeGallery(const std::string& title, const std::string& note,
                          const std::vector<GalleryPick>& picks, const std::string& photo_folder) {
  ReportGallery gallery{title, note, {}};
  for (const GalleryPick& pick : picks) {
    const auto photo = ReadPhoto(FindPhotoFile(pick.photo, photo_folder));
    if (!photo.ok()) continue;
    auto jpeg = DrawThumbnail(photo.value(), pick.view);
    if (jpeg.ok()) gallery.pictures.push_back({pick.caption, std::move(jpeg).value()});
  }
  return gallery;
}

}  // namespace facecascade::evaluation

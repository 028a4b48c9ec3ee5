// What an evaluation leaves behind: figures as JSON, curves as tables and plots, a page to read.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/bootstrap.h"
#include "evaluation/plot.h"
#include "evaluation/report_page.h"
#include "facecascade/result.h"
#include "io/thumbnail.h"

namespace facecascade::evaluation {

/// False positives a photo at which recall is told.
inline constexpr std::array<double, 3> kFalsePositiveRates = {0.1, 1, 10};

/// How the detections came about, and what the report is to show.
struct ReportContext {
  std::string detector;                                       ///< name of the model or file
  std::vector<std::pair<std::string, std::string>> settings;  ///< as the report lists them
  std::vector<std::string> notes;                             ///< what was left out, and why
  std::optional<double> seconds_a_photo;  ///< of detection, where a model was run here
  std::string photo_folder;               ///< for galleries; empty: no galleries
  BootstrapOptions bootstrap;
  std::vector<PlotCurve> other_curves;  ///< drawn beside ours
  std::string other_detector;           ///< that the difference is told to; empty: none
};

struct Report {
  std::string summary;  ///< one line
  std::string json_name;
  nlohmann::ordered_json json;
  std::vector<std::pair<std::string, std::string>> files;  ///< name and content
  std::vector<Plot> plots;
  ReportPage page;
};

/// Writes everything below `folder`: JSON, files, STEM.csv, .svg and .png of the plots, and
/// report.html. Where the plots cannot be drawn, the page says so and a warning is added.
Status WriteReport(Report report, const std::string& folder, std::vector<std::string>& warnings);

/// A report with what all have in common: title, settings, time, notes.
Report BeginReport(const std::string& title, const std::string& json_name,
                   const ReportContext& context);

nlohmann::ordered_json ToJson(const Interval& interval);

/// What a statistic's values are called, and what they are measured in (may be empty).
struct FigureNames {
  std::vector<std::string> names;
  std::string unit;
};

/// Adds intervals of a statistic of the photos, and of its difference to the other detector's where
/// there is one (`other` is not empty): to the JSON and as a table. Values that are no numbers are
/// left out.
void AddIntervals(const FigureNames& figures, std::size_t photos, const Statistic& statistic,
                  const Statistic& other, const ReportContext& context, Report& report);

/// "0.812 (0.790 to 0.833)".
std::string WithInterval(double value, const Interval& interval);

/// A cut-out that a gallery is to show.
struct GalleryPick {
  std::string photo;  ///< below the photo folder, with or without suffix; or a whole path
  std::string caption;
  ThumbnailView view = {};
};

/// Reads the photos and draws the picks; those whose photo is not there are left out.
ReportGallery MakeGallery(const std::string& title, const std::string& note,
                          const std::vector<GalleryPick>& picks, const std::string& photo_folder);

/// Pictures in a gallery at most.
inline constexpr std::size_t kGallerySize = 24;

}  // namespace facecascade::evaluation

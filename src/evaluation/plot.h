// Curves as plots and tables.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "facecascade/result.h"

namespace facecascade::evaluation {

struct PlotPoint {
  double x = 0;
  double y = 0;
};

struct PlotCurve {
  std::string name;
  std::vector<PlotPoint> points;
};

struct Plot {
  std::string file_stem;  ///< of STEM.svg, STEM.png and STEM.csv
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<PlotCurve> curves;
  bool logarithmic_x = false;
  std::optional<std::pair<double, double>> x_range = {};
  std::optional<std::pair<double, double>> y_range = {};
};

/// Writes FOLDER/STEM.svg and .png by gnuplot. An error where gnuplot is not installed or fails.
Status DrawPlot(const Plot& plot, const std::string& folder);

/// Writes FOLDER/STEM.csv by RFC 4180: curve, x and y of every point, unthinned.
Status WritePlotTable(const Plot& plot, const std::string& folder);

/// At most `limit` of the points: the first, the last, and evenly many between.
std::vector<PlotPoint> Thinned(const std::vector<PlotPoint>& points, std::size_t limit);

/// Reads a curve of FDDB's form: lines "y x …", as DiscROC.txt has them.
Result<PlotCurve> ReadRocCurve(const std::string& name, const std::string& path);

}  // namespace facecascade::evaluation

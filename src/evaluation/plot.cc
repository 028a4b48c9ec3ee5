#include "evaluation/plot.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "dataset/text_reader.h"
#include "io/file.h"

namespace facecascade::evaluation {
namespace {

constexpr std::size_t kMostPoints = 800;

// Colours that stay apart for colour-blind readers (Okabe and Ito 2008).
constexpr const char* kStyles =
    "set linetype 1 lc rgb '#0072b2' lw 2.5\n"
    "set linetype 2 lc rgb '#d55e00' lw 2\n"
    "set linetype 3 lc rgb '#009e73' lw 2\n"
    "set linetype 4 lc rgb '#cc79a7' lw 2\n"
    "set linetype 5 lc rgb '#e69f00' lw 2\n"
    "set linetype 6 lc rgb '#56b4e9' lw 2\n"
    "set linetype 7 lc rgb '#333333' lw 2\n"
    "set linetype cycle 7\n"
    "set border 3 lc rgb '#555555'\n"
    "set tics nomirror\n"
    "set grid lc rgb '#dddddd' lw 1 lt 1\n";

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') quoted += '\'';
    if (letter != '\n') quoted += letter;
  }
  return quoted + "'";
}

std::string Settings(const Plot& plot) {
  std::string script = kStyles;
  script += fmt::format("set title {} noenhanced\nset xlabel {} noenhanced\n", Quoted(plot.title),
                        Quoted(plot.x_label));
  script += fmt::format("set ylabel {} noenhanced\n", Quoted(plot.y_label));
  script += "set key bottom right noenhanced opaque\n";
  if (plot.logarithmic_x) script += "set logscale x\n";
  if (plot.x_range) {
    script += fmt::format("set xrange [{}:{}]\n", plot.x_range->first, plot.x_range->second);
  }
  if (plot.y_range) {
    script += fmt::format("set yrange [{}:{}]\n", plot.y_range->first, plot.y_range->second);
  }
  return script;
}

std::string Script(const Plot& plot, const std::string& svg, const std::string& png) {
  std::string script;
  std::string curves;
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    script += fmt::format("$curve{} << EOD\n", i);
    for (const PlotPoint& point : Thinned(plot.curves[i].points, kMostPoints)) {
      script += fmt::format("{} {}\n", point.x, point.y);
    }
    script += "EOD\n";
    curves += fmt::format("{}$curve{} using 1:2 with {} lt {} title {}", i == 0 ? "" : ", ", i,
                          plot.curves[i].points.size() > 12 ? "lines" : "linespoints", i + 1,
                          Quoted(plot.curves[i].name));
  }
  script += "set terminal svg size 560,400 font 'sans-serif,13' background '#ffffff'\n";
  script += fmt::format("set output {}\n", Quoted(svg));
  script += Settings(plot);
  script += fmt::format("plot {}\n", curves);
  script += "set terminal pngcairo size 1140,750 font 'sans-serif,15' background '#ffffff'\n";
  script += fmt::format("set output {}\nreplot\nset output\n", Quoted(png));
  return script;
}

bool RunGnuplot(const std::string& script) {
  std::FILE* pipe = popen("gnuplot 2>/dev/null", "w");
  if (pipe == nullptr) return false;
  const bool written = std::fwrite(script.data(), 1, script.size(), pipe) == script.size();
  return pclose(pipe) == 0 && written;
}

}  // namespace

std::vector<PlotPoint> Thinned(const std::vector<PlotPoint>& points, std::size_t limit) {
  if (points.size() <= limit || limit < 2) return points;
  std::vector<PlotPoint> thinned;
  for (std::size_t i = 0; i < limit; ++i) {
    thinned.push_back(points[i * (points.size() - 1) / (limit - 1)]);
  }
  return thinned;
}

Status DrawPlot(const Plot& plot, const std::string& folder) {
  const auto stem = (std::filesystem::path(folder) / plot.file_stem).string();
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  Plot drawn = plot;
  std::erase_if(drawn.curves, [](const PlotCurve& curve) { return curve.points.empty(); });
  if (drawn.curves.empty()) return Error{stem + ": the plot has no curve"};
  const bool done = RunGnuplot(Script(drawn, stem + ".svg.part", stem + ".png.part"));
  for (const char* suffix : {".svg", ".png"}) {
    const std::string part = stem + suffix + ".part";
    if (done) {
      std::filesystem::rename(part, stem + suffix, problem);
    } else {
      std::filesystem::remove(part, problem);
    }
  }
  if (!done || problem) return Error{stem + ".svg: cannot be drawn by gnuplot; is it installed?"};
  return Ok();
}

Status WritePlotTable(const Plot& plot, const std::string& folder) {
  std::string text = "curve,x,y\r\n";
  for (const PlotCurve& curve : plot.curves) {
    std::string name = "\"";
    for (const char letter : curve.name) {
      name += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    name += "\"";
    for (const PlotPoint& point : curve.points) {
      text += fmt::format("{},{},{}\r\n", name, point.x, point.y);
    }
  }
  return WriteFileAtomically((std::filesystem::path(folder) / (plot.file_stem + ".csv")).string(),
                             text);
}

Result<PlotCurve> ReadRocCurve(const std::string& name, const std::string& path) {
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  TextReader reader(path, text.value());
  PlotCurve curve{name, {}};
  std::string_view line;
  std::string_view bad_field;
  std::vector<double> numbers;
  while (reader.Next(line)) {
    if (Trimmed(line).empty()) continue;
    if (!ParseNumbers(line, numbers, bad_field) || numbers.size() < 2) {
      return reader.Fail("expected a rate of found faces and a number of false positives");
    }
    curve.points.push_back({numbers[1], numbers[0]});
  }
  return curve;
}

}  // namespace facecascade::evaluation

#include "training/curve_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dataset/text_reader.h"
#include "network/network_spec.h"
#include "training/files.h"

namespace facecascade::training {
namespace {

std::string Header() {
  std::string header = "step";
  for (const char* column : kCurveColumns) header += std::string(",") + column;
  return header + "\n";
}

}  // namespace

Status CurveLog::StartAt(std::int64_t step) {
  std::string kept = Header();
  if (step > 0) {
    const Result<std::string> text = ReadWholeFile(path_);
    if (!text.ok()) return text.error();
    std::istringstream lines(text.value());
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      if (std::strtoll(line.c_str(), nullptr, 10) <= step) kept += line + "\n";
    }
  }
  return WriteText(path_, kept);
}

Status CurveLog::Append(std::int64_t step, const CurveRow& row) {
  std::string line = std::to_string(step);
  for (const double value : row) line += fmt::format(",{:.6g}", value);
  std::ofstream file(path_, std::ios::app);
  file << line << '\n';
  file.flush();
  if (!file) return Error{path_ + ": cannot be written (is the disk full?)"};
  return Ok();
}

Result<std::vector<CurvePoint>> ReadCurve(const std::string& path) {
  const Result<std::string> text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  TextReader reader(path, text.value());
  std::vector<CurvePoint> points;
  std::string_view line;
  reader.Next(line);  // the header
  while (reader.Next(line)) {
    std::string fields(line);
    std::replace(fields.begin(), fields.end(), ',', ' ');
    std::vector<double> numbers;
    std::string_view bad_field;
    if (!ParseNumbers(fields, numbers, bad_field) || numbers.size() != kCurveColumns.size() + 1) {
      return reader.Fail("expected a step and " + std::to_string(kCurveColumns.size()) +
                         " numbers");
    }
    CurvePoint& point = points.emplace_back();
    point.step = static_cast<std::int64_t>(numbers[0]);
    std::copy(numbers.begin() + 1, numbers.end(), point.values.begin());
  }
  return points;
}

Status PlotCurves(const std::string& folder, const std::string& svg) {
  std::string script = fmt::format(
      "set datafile separator ','\nset terminal svg size 1200,900 dynamic background 'white'\n"
      "set output '{}.part'\nset multiplot layout 2,2\nset key autotitle columnhead\n"
      "set grid\nset xlabel 'step'\n",
      svg);
  // Columns count from 1 and the step is the first.
  const std::array<std::pair<const char*, int>, 4> plots = {{{"loss", 5},
                                                             {"held-out face loss", 9},
                                                             {"held-out recall", 10},
                                                             {"held-out landmark error", 13}}};
  for (const auto& [title, column] : plots) {
    script += fmt::format("set title '{}'\nplot ", title);
    bool first = true;
    for (const NetworkSpec& spec : DefaultCascadeSpec()) {
      const std::string csv = folder + "/" + spec.name + ".csv";
      if (!std::filesystem::exists(csv)) continue;
      script += fmt::format("{}'{}' using 1:{} with lines title '{}'", first ? "" : ", ", csv,
                            column, spec.name);
      first = false;
    }
    if (first) return Error{folder + ": holds no curves to plot"};
    script += "\n";
  }
  FILE* gnuplot = popen("gnuplot 2>/dev/null", "w");
  if (gnuplot == nullptr) return Error{"gnuplot cannot be started"};
  std::fputs(script.c_str(), gnuplot);
  if (pclose(gnuplot) != 0) return Error{svg + ": gnuplot is not installed or failed"};
  std::error_code error;
  std::filesystem::rename(svg + ".part", svg, error);
  if (error) return Error{svg + ": " + error.message()};
  return Ok();
}

}  // namespace facecascade::training

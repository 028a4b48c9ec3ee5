// A report as one HTML file that needs nothing besides itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace facecascade::evaluation {

struct ReportTable {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

struct ReportPicture {
  std::string caption;
  std::vector<std::uint8_t> jpeg;
};

struct ReportGallery {
  std::string title;
  std::string note;  ///< what the colours mean
  std::vector<ReportPicture> pictures;
};

struct ReportPage {
  std::string title;
  std::string summary;             ///< the figures in one sentence
  std::vector<std::string> notes;  ///< what was left out, and why
  std::vector<ReportTable> tables;
  std::vector<std::string> plots;  ///< SVG documents
  std::vector<ReportGallery> galleries;
};

/// Texts are escaped; plots and pictures stand inside the page.
std::string RenderPage(const ReportPage& page);

std::string Base64(const std::vector<std::uint8_t>& bytes);

}  // namespace facecascade::evaluation

#include "evaluation/report_page.h"

#include <fmt/format.h>

#include <string_view>

namespace facecascade::evaluation {
namespace {

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    "body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:1100px;"
    "margin:2em auto;padding:0 1em}\n"
    "h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em}\n"
    ".summary{font-size:1.15em;background:#eef4fa;border-left:4px solid #0072b2;"
    "padding:.7em 1em}\n"
    ".notes li{color:#7a4100}\n"
    "table{border-collapse:collapse;margin:1em 0}caption{text-align:left;font-weight:600;"
    "padding:.3em 0}\n"
    "th,td{padding:.25em .9em .25em 0;text-align:left;border-bottom:1px solid #ddd;"
    "vertical-align:top;font-variant-numeric:tabular-nums}\n"
    ".plots{display:flex;flex-wrap:wrap;gap:1em}.plots figure{margin:0;flex:1 1 480px}"
    ".plots svg{max-width:100%;height:auto}\n"
    ".gallery{display:flex;flex-wrap:wrap;gap:.8em}.gallery figure{margin:0;width:180px}"
    ".gallery figcaption{font-size:.75em;overflow-wrap:anywhere;color:#555}\n"
    "</style>\n";

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

std::string Row(const std::vector<std::string>& cells, const char* tag) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) row += fmt::format("<{0}>{1}</{0}>", tag, Escaped(cell));
  return row + "</tr>\n";
}

std::string Render(const ReportTable& table) {
  std::string html = fmt::format("<table>\n<caption>{}</caption>\n", Escaped(table.caption));
  if (!table.header.empty()) html += "<thead>" + Row(table.header, "th") + "</thead>\n";
  html += "<tbody>\n";
  for (const auto& row : table.rows) html += Row(row, "td");
  return html + "</tbody>\n</table>\n";
}

// The <svg> element of an SVG document. Identifiers get a prefix, as several share the page.
std::string Inline(const std::string& svg, std::size_t number) {
  const std::size_t begin = svg.find("<svg");
  std::string inlined = begin == std::string::npos ? std::string() : svg.substr(begin);
  const std::string prefix = fmt::format("p{}-", number);
  for (const std::string_view before :
       {" id='", " id=\"", "xlink:href='#", "xlink:href=\"#", "url(#"}) {
    for (std::size_t at = inlined.find(before); at != std::string::npos;
         at = inlined.find(before, at + before.size())) {
      inlined.insert(at + before.size(), prefix);
    }
  }
  return inlined;
}

std::string Render(const ReportGallery& gallery) {
  std::string html = fmt::format("<h2>{}</h2>\n<p>{}</p>\n<div class=\"gallery\">\n",
                                 Escaped(gallery.title), Escaped(gallery.note));
  for (const ReportPicture& picture : gallery.pictures) {
    html += fmt::format(
        "<figure><img alt=\"{0}\" src=\"data:image/jpeg;base64,{1}\">"
        "<figcaption>{0}</figcaption></figure>\n",
        Escaped(picture.caption), Base64(picture.jpeg));
  }
  return html + "</div>\n";
}

}  // namespace

std::string Base64(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t rest = bytes.size() - i;
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                (rest > 1 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8 : 0) |
                                (rest > 2 ? static_cast<std::uint32_t>(bytes[i + 2]) : 0);
    text += kDigits[group >> 18];
    text += kDigits[group >> 12 & 63];
    text += rest > 1 ? kDigits[group >> 6 & 63] : '=';
    text += rest > 2 ? kDigits[group & 63] : '=';
  }
  return text;
}

std::string RenderPage(const ReportPage& page) {
  std::string html(kHead);
  html += fmt::format("<title>{0}</title>\n</head>\n<body>\n<h1>{0}</h1>\n", Escaped(page.title));
  html += fmt::format("<p class=\"summary\">{}</p>\n", Escaped(page.summary));
  if (!page.notes.empty()) {
    html += "<ul class=\"notes\">\n";
    for (const std::string& note : page.notes) html += "<li>" + Escaped(note) + "</li>\n";
    html += "</ul>\n";
  }
  for (const ReportTable& table : page.tables) html += Render(table);
  if (!page.plots.empty()) html += "<h2>Curves</h2>\n<div class=\"plots\">\n";
  for (std::size_t i = 0; i < page.plots.size(); ++i) {
    html += "<figure>" + Inline(page.plots[i], i) + "</figure>\n";
  }
  if (!page.plots.empty()) html += "</div>\n";
  for (const ReportGallery& gallery : page.galleries) html += Render(gallery);
  return html + "</body>\n</html>\n";
}

}  // namespace facecascade::evaluation

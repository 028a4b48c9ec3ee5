#include <algorithm>

#include "dataset/text_reader.h"
#include "evaluation/detection_readers.h"

namespace facecascade::evaluation {
namespace {

// A line's numbers as a detection.
Result<Detection> ParseDetection(const TextReader& reader, std::string_view line, bool ellipses,
                                 std::vector<double>& numbers) {
  std::string_view bad_field;
  if (!ParseNumbers(line, numbers, bad_field)) {
    return reader.Fail("'" + std::string(bad_field) + "' is not a number");
  }
  Detection detection;
  if (numbers.size() == 5) {
    detection.box = {numbers[0], numbers[1], numbers[2], numbers[3]};
  } else if (numbers.size() == 6 && ellipses) {
    detection.ellipse = EllipseFromNumbers(numbers);
    if (const auto why = WhyNotDrawable(*detection.ellipse); !why.empty()) return reader.Fail(why);
  } else {
    const std::string expected =
        ellipses ? "two half axes, angle, centre, score; or left, top, width, height, score"
                 : "left, top, width, height, score";
    return reader.Fail("expected " + expected + "; found " + std::to_string(numbers.size()) +
                       " numbers" + (numbers.size() == 6 ? " (ellipses?)" : ""));
  }
  detection.score = numbers.back();
  return detection;
}

}  // namespace

Result<DetectionSet> ReadFddbDetections(const std::string& path, std::string_view text,
                                        bool ellipses) {
  DetectionSet set{path, DetectionFormat::kFddbText, {}};
  TextReader reader(path, text);
  std::string_view line;
  std::vector<double> numbers;
  while (reader.Next(line)) {
    if (Trimmed(line).empty()) continue;
    ScoredPhoto photo{std::string(line), reader.line_number(), {}, {}};
    std::size_t count = 0;
    if (!reader.Next(line) || !ParseCount(line, count)) {
      return reader.Fail("expected the number of detections of " + photo.name);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!reader.Next(line)) {
        return reader.Fail("the file ends after " + std::to_string(i) + " of " +
                           std::to_string(count) + " detections of " + photo.name);
      }
      const auto detection = ParseDetection(reader, line, ellipses, numbers);
      if (!detection.ok()) return detection.error();
      photo.detections.push_back(detection.value());
    }
    set.photos.push_back(std::move(photo));
  }
  return set;
}

}  // namespace facecascade::evaluation

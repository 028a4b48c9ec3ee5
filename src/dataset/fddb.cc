#include "dataset/fddb.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "dataset/text_reader.h"

namespace facecascade {
namespace {

// Half axes and coordinates beyond this overflow the fixed point of the benchmark's drawing.
constexpr double kLargestCoordinate = 1 << 24;
constexpr double kLargestAngle = 1e6;

// The files that `paths` stand for: folders are replaced by their files whose name ends so.
Result<std::vector<std::string>> Expand(const std::vector<std::string>& paths, bool ellipses) {
  constexpr std::string_view kEllipseEnd = "-ellipseList.txt";
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const std::size_t before = files.size();
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with("FDDB-fold-") || !name.ends_with(".txt")) continue;
      if (name.ends_with(kEllipseEnd) == ellipses) files.push_back(entry.path());
    }
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
    if (files.size() == before) return Error{path + ": the folder holds no FDDB-fold-NN lists"};
  }
  return files;
}

Status ReadFaces(TextReader& reader, std::size_t count, FddbPhoto& photo) {
  std::string_view line;
  std::string_view bad_field;
  std::vector<double> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    if (!reader.Next(line)) {
      return reader.Fail("the file ends after " + std::to_string(i) + " of " +
                         std::to_string(count) + " faces of " + photo.name);
    }
    if (!ParseNumbers(line, numbers, bad_field)) {
      return reader.Fail("'" + std::string(bad_field) + "' is not a number");
    }
    if (numbers.size() != 6) {
      return reader.Fail("expected six numbers (two half axes, angle, centre, 1), found " +
                         std::to_string(numbers.size()));
    }
    const Ellipse ellipse = EllipseFromNumbers(numbers);
    if (const std::string why = WhyNotDrawable(ellipse); !why.empty()) return reader.Fail(why);
    photo.faces.push_back(ellipse);
  }
  return Ok();
}

Status ReadAnnotationFile(const std::string& path, std::vector<FddbPhoto>& photos) {
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  TextReader reader(path, text.value());
  std::string_view line;
  while (reader.Next(line)) {
    if (Trimmed(line).empty()) continue;
    FddbPhoto photo{std::string(line), {}};
    std::size_t count = 0;
    if (!reader.Next(line) || !ParseCount(line, count)) {
      return reader.Fail("expected the number of faces of " + photo.name);
    }
    const Status status = ReadFaces(reader, count, photo);
    if (!status.ok()) return status;
    photos.push_back(std::move(photo));
  }
  return Ok();
}

}  // namespace

Ellipse EllipseFromNumbers(const std::vector<double>& numbers) {
  return {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
}

std::string WhyNotDrawable(const Ellipse& ellipse) {
  if (ellipse.major <= -1 || ellipse.minor <= -1) return "an ellipse with a negative half axis";
  for (const double value : {ellipse.major, ellipse.minor, ellipse.x, ellipse.y}) {
    if (std::abs(value) > kLargestCoordinate) return "an ellipse beyond all photos";
  }
  if (std::abs(ellipse.radians) > kLargestAngle) return "an angle of more than a million radians";
  return {};
}

Result<std::vector<std::string>> ReadFddbList(const std::vector<std::string>& paths) {
  const auto files = Expand(paths, false);
  if (!files.ok()) return files.error();
  std::vector<std::string> names;
  for (const std::string& path : files.value()) {
    const auto text = ReadWholeFile(path);
    if (!text.ok()) return text.error();
    TextReader reader(path, text.value());
    std::string_view line;
    while (reader.Next(line)) {
      for (const std::string_view name : SplitFields(line)) names.emplace_back(name);
    }
  }
  return names;
}

Result<std::vector<FddbPhoto>> ReadFddbAnnotations(const std::vector<std::string>& paths) {
  const auto files = Expand(paths, true);
  if (!files.ok()) return files.error();
  std::vector<FddbPhoto> photos;
  for (const std::string& path : files.value()) {
    const Status status = ReadAnnotationFile(path, photos);
    if (!status.ok()) return status.error();
  }
  return photos;
}

Result<std::map<std::string, PhotoSize>> ReadPhotoSizes(const std::string& path) {
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  std::map<std::string, PhotoSize> sizes;
  TextReader reader(path, text.value());
  std::string_view line;
  std::string_view bad_field;
  std::vector<double> numbers;
  while (reader.Next(line)) {
    line = Trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t name_end = std::min(line.find_first_of(" \t"), line.size());
    const std::string name(line.substr(0, name_end));
    const bool read = ParseNumbers(line.substr(name_end), numbers, bad_field);
    if (!read || numbers.size() != 2 || numbers[0] < 1 || numbers[1] < 1 || numbers[0] > 1e6 ||
        numbers[1] > 1e6) {
      return reader.Fail("expected NAME width height");
    }
    sizes[name] = {static_cast<int>(numbers[0]), static_cast<int>(numbers[1])};
  }
  return sizes;
}

}  // namespace facecascade

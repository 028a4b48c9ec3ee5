#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "dataset/text_reader.h"
#include "evaluation/detection_readers.h"

namespace facecascade::evaluation {
namespace {

using Archive = std::unique_ptr<archive, decltype(&archive_read_free)>;

// EVENT/NAME of …/EVENT/NAME.txt.
std::string NameOfFile(const std::string& path) {
  const std::filesystem::path file(path);
  const std::string event = file.parent_path().filename();
  const std::string stem = file.stem();
  return event.empty() ? stem : event + "/" + stem;
}

// The python program drops the letters ".jpg" from the end one by one, in whatever order.
std::string_view NameOfFirstLine(std::string_view line) {
  const std::string_view name = LastComponent(Trimmed(line));
  const std::size_t last = name.find_last_not_of(".jpg");
  return name.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string WithLastComponent(const std::string& name, std::string_view last) {
  const std::size_t slash = name.rfind('/');
  return (slash == std::string::npos ? "" : name.substr(0, slash + 1)) + std::string(last);
}

Result<Detection> ParseDetection(const TextReader& reader, std::string_view line,
                                 std::vector<double>& numbers) {
  std::string_view bad_field;
  if (!ParseNumbers(line, numbers, bad_field)) {
    return reader.Fail("'" + std::string(bad_field) + "' is not a number");
  }
  if (numbers.size() < 5) {
    return reader.Fail("expected left, top, width, height, score; found " +
                       std::to_string(numbers.size()) + " numbers");
  }
  Detection detection;
  detection.box = {numbers[0], numbers[1], numbers[2], numbers[3]};
  detection.score = numbers[4];
  return detection;
}

void SortByName(std::vector<ScoredPhoto>& photos) {
  std::sort(photos.begin(), photos.end(),
            [](const ScoredPhoto& a, const ScoredPhoto& b) { return a.name < b.name; });
}

std::string ArchiveProblem(archive* opened) {
  const char* message = archive_error_string(opened);
  return message == nullptr ? "the archive is damaged" : message;
}

// The content of the entry that the archive stands at.
Result<std::string> ReadEntry(archive* opened, const std::string& path) {
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const la_ssize_t size = archive_read_data(opened, buffer, sizeof buffer);
    if (size < 0) return Error{path + ": " + ArchiveProblem(opened)};
    if (size == 0) return text;
    text.append(buffer, static_cast<std::size_t>(size));
  }
}

}  // namespace

Result<ScoredPhoto> ParseWiderFile(const std::string& path, std::string name, std::string_view text,
                                   WiderFileRule rule) {
  TextReader reader(path, text);
  std::string_view line;
  if (!reader.Next(line)) return Error{path + ":1: expected the photo's name, found an empty file"};
  ScoredPhoto photo{std::move(name), 0, {}, {}};
  if (rule == WiderFileRule::kPython) {
    photo.name = WithLastComponent(photo.name, NameOfFirstLine(line));
  }
  std::size_t count = 0;
  std::vector<double> numbers;
  if (!reader.Next(line) || (rule == WiderFileRule::kMatlab && !ParseCount(line, count))) {
    return reader.Fail("expected the number of detections");
  }
  while (rule == WiderFileRule::kPython || photo.detections.size() < count) {
    if (!reader.Next(line)) break;
    if (Trimmed(line).empty() || (rule == WiderFileRule::kPython && line.front() == ' ')) continue;
    const auto detection = ParseDetection(reader, line, numbers);
    if (!detection.ok()) return detection.error();
    photo.detections.push_back(detection.value());
  }
  if (photo.detections.size() < count) {
    return reader.Fail("the file ends after " + std::to_string(photo.detections.size()) + " of " +
                       std::to_string(count) + " detections");
  }
  return photo;
}

Result<DetectionSet> ReadWiderFolder(const std::string& path, WiderFileRule rule) {
  DetectionSet set{path, DetectionFormat::kWiderFiles, {}};
  const auto all = std::filesystem::recursive_directory_iterator(
      path, std::filesystem::directory_options::follow_directory_symlink);
  for (const auto& entry : all) {
    if (entry.path().extension() != ".txt" || !entry.is_regular_file()) continue;
    const auto text = ReadWholeFile(entry.path());
    if (!text.ok()) return text.error();
    auto photo = ParseWiderFile(entry.path(), NameOfFile(entry.path()), text.value(), rule);
    if (!photo.ok()) return photo.error();
    set.photos.push_back(std::move(photo).value());
  }
  if (set.photos.empty()) return Error{path + ": the folder holds no EVENT/NAME.txt"};
  SortByName(set.photos);
  return set;
}

Result<DetectionSet> ReadWiderArchive(const std::string& path, WiderFileRule rule) {
  const Archive opened(archive_read_new(), &archive_read_free);
  archive_read_support_filter_all(opened.get());
  archive_read_support_format_all(opened.get());
  if (archive_read_open_filename(opened.get(), path.c_str(), 1 << 20) != ARCHIVE_OK) {
    return Error{path + ": " + ArchiveProblem(opened.get())};
  }
  DetectionSet set{path, DetectionFormat::kWiderFiles, {}};
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(opened.get(), &entry)) == ARCHIVE_OK) {
    const std::string name = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || !name.ends_with(".txt")) continue;
    const std::string place = path + "/" + name;
    const auto text = ReadEntry(opened.get(), place);
    if (!text.ok()) return text.error();
    auto photo = ParseWiderFile(place, NameOfFile(name), text.value(), rule);
    if (!photo.ok()) return photo.error();
    set.photos.push_back(std::move(photo).value());
  }
  if (status != ARCHIVE_EOF) return Error{path + ": " + ArchiveProblem(opened.get())};
  if (set.photos.empty()) return Error{path + ": the archive holds no EVENT/NAME.txt"};
  SortByName(set.photos);
  return set;
}

}  // namespace facecascade::evaluation

#include "evaluation/detection_readers.h"

#include <filesystem>
#include <set>

#include "dataset/text_reader.h"

namespace facecascade::evaluation {
namespace {

bool IsArchive(const std::string& path) {
  for (const char* end :
       {".tar", ".tar.xz", ".txz", ".tar.gz", ".tgz", ".tar.bz2", ".tar.zst", ".zip", ".7z"}) {
    if (path.ends_with(end)) return true;
  }
  return false;
}

// A JSON object with a "path" on its first line is JSON Lines, other JSON is COCO.
bool IsJsonLines(std::string_view text) {
  const std::string_view first_line = text.substr(0, text.find('\n'));
  return first_line.find("\"path\"") != std::string_view::npos &&
         first_line.find("\"images\"") == std::string_view::npos;
}

Status CheckNoPhotoTwice(const DetectionSet& set) {
  std::set<std::string> names;
  for (const ScoredPhoto& photo : set.photos) {
    if (names.insert(PhotoKey(photo.name)).second) continue;
    return Error{set.source + (photo.line > 0 ? ":" + std::to_string(photo.line) : "") +
                 ": the photo " + photo.name + " occurs a second time"};
  }
  return Ok();
}

Result<DetectionSet> ReadUnchecked(const std::string& path, const DetectionReadOptions& options) {
  if (std::filesystem::is_directory(path)) return ReadWiderFolder(path, options.wider_rule);
  if (IsArchive(path)) return ReadWiderArchive(path, options.wider_rule);
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  const std::size_t first = text.value().find_first_not_of(" \t\r\n");
  const char first_letter = first == std::string::npos ? ' ' : text.value()[first];
  if (first_letter == '[') return ReadCocoDetections(path, text.value());
  if (first_letter != '{') return ReadFddbDetections(path, text.value(), options.ellipses);
  if (IsJsonLines(std::string_view(text.value()).substr(first))) {
    return ReadJsonLinesDetections(path, text.value());
  }
  return ReadCocoDetections(path, text.value());
}

}  // namespace

Result<DetectionSet> ReadDetections(const std::string& path, const DetectionReadOptions& options) {
  auto set = ReadUnchecked(path, options);
  if (!set.ok()) return set;
  const Status status = CheckNoPhotoTwice(set.value());
  if (!status.ok()) return status.error();
  return set;
}

}  // namespace facecascade::evaluation

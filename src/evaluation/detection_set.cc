#include "evaluation/detection_set.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace facecascade::evaluation {
namespace {

constexpr std::array<std::string_view, 8> kExtensions = {".jpg", ".jpeg", ".png", ".webp",
                                                         ".bmp", ".tif",  ".pgm", ".ppm"};

bool EndsWithFolders(std::string_view path, std::string_view end) {
  return path.ends_with(end) &&
         (path.size() == end.size() || path[path.size() - end.size() - 1] == '/');
}

}  // namespace

std::string PhotoKey(std::string_view name) {
  std::string key(name);
  std::replace(key.begin(), key.end(), '\\', '/');
  while (key.starts_with("./")) key.erase(0, 2);
  std::string lower = key;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  for (const std::string_view extension : kExtensions) {
    if (lower.ends_with(extension)) {
      key.resize(key.size() - extension.size());
      break;
    }
  }
  return key;
}

std::string_view LastComponent(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

PhotoIndex::PhotoIndex(const std::vector<ScoredPhoto>& photos) {
  for (const ScoredPhoto& photo : photos) {
    std::string key = PhotoKey(photo.name);
    auto& entries = by_file_name_[std::string(LastComponent(key))];
    entries.push_back({std::move(key), &photo});
  }
}

const ScoredPhoto* PhotoIndex::Find(std::string_view name) const {
  const std::string key = PhotoKey(name);
  const auto found = by_file_name_.find(std::string(LastComponent(key)));
  if (found == by_file_name_.end()) return nullptr;
  const ScoredPhoto* match = nullptr;
  for (const Entry& entry : found->second) {
    if (entry.key == key) return entry.photo;
    if (!EndsWithFolders(entry.key, key) && !EndsWithFolders(key, entry.key)) continue;
    if (match != nullptr) return nullptr;
    match = entry.photo;
  }
  return match;
}

const ScoredPhoto* PhotoIndex::FindByFileName(std::string_view name) const {
  if (const ScoredPhoto* photo = Find(name)) return photo;
  const auto found = by_file_name_.find(std::string(LastComponent(PhotoKey(name))));
  if (found == by_file_name_.end() || found->second.size() != 1) return nullptr;
  return found->second.front().photo;
}

}  // namespace facecascade::evaluation

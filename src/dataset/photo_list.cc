#include "dataset/photo_list.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "dataset/text_reader.h"
#include "io/photo.h"

namespace facecascade {
namespace fs = std::filesystem;

Result<std::vector<std::string>> ReadNameList(const std::string& list_file) {
  const auto text = ReadWholeFile(list_file);
  if (!text.ok()) return text.error();
  TextReader reader(list_file, text.value());
  std::vector<std::string> names;
  std::string_view line;
  while (reader.Next(line)) {
    line = Trimmed(line);
    if (!line.empty()) names.emplace_back(line);
  }
  return names;
}

std::string FindPhotoFile(const std::string& name, const std::string& root) {
  const std::string file = (fs::path(root) / name).string();
  std::error_code code;
  if (fs::is_regular_file(file, code)) return file;
  for (const std::string_view suffix : PhotoSuffixes()) {
    const std::string with_suffix = file + std::string(suffix);
    if (fs::is_regular_file(with_suffix, code)) return with_suffix;
  }
  return file;
}

Result<std::vector<PhotoName>> ReadPhotoList(const std::string& list_file,
                                             const std::string& root) {
  auto names = ReadNameList(list_file);
  if (!names.ok()) return names.error();
  std::vector<PhotoName> photos;
  for (std::string& name : names.value()) {
    std::string file = FindPhotoFile(name, root);
    photos.push_back({std::move(name), std::move(file)});
  }
  return photos;
}

Result<std::vector<std::string>> ListFiles(const std::string& folder,
                                           const std::function<bool(const std::string&)>& wanted) {
  std::error_code code;
  std::vector<std::string> files;
  fs::recursive_directory_iterator entry(folder, code);
  const fs::recursive_directory_iterator end;
  while (!code && entry != end) {
    const std::string path = entry->path().string();
    std::error_code file_code;
    if (wanted(path) && entry->is_regular_file(file_code)) files.push_back(path);
    entry.increment(code);
  }
  if (code) return Error{folder + ": the folder cannot be read: " + code.message()};
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::vector<PhotoName>> ListPhotos(const std::string& folder) {
  auto files = ListFiles(folder, HasPhotoSuffix);
  if (!files.ok()) return files.error();
  std::vector<PhotoName> photos;
  for (const std::string& file : files.value()) photos.push_back({file, file});
  return photos;
}

}  // namespace facecascade

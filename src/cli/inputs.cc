#include "cli/inputs.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "dataset/photo_list.h"
#include "io/photo.h"
#include "io/video.h"

namespace facecascade::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStandardInputPath = "-";

bool IsPattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

std::vector<std::string> MatchPattern(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), GLOB_BRACE, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

// A name below the folder of copies: without a root, and without ways out of that folder.
std::string Below(const std::string& path) {
  fs::path below;
  for (const fs::path& part : fs::path(path).relative_path()) {
    if (part != ".." && part != "." && !part.empty()) below /= part;
  }
  return below.string();
}

// Gathers inputs and gives each the name of its copy.
class Collector {
 public:
  explicit Collector(CopyNames names) : names_(names) {}

  void AddFile(const std::string& path, const std::string& file, const std::string& copy) {
    const InputKind kind = HasVideoSuffix(file) ? InputKind::kVideo : InputKind::kPhoto;
    const bool can_stay = kind == InputKind::kVideo || HasColourSuffix(copy);
    found_.inputs.push_back({kind, path, file, Unused(Below(can_stay ? copy : copy + ".jpg"))});
  }

  void AddPath(const std::string& path) {
    std::error_code code;
    if (path == kStandardInputPath) {
      found_.inputs.push_back({InputKind::kStandardInput, path, path, Unused("stdin.jpg")});
    } else if (fs::is_directory(path, code)) {
      AddFolder(path);
    } else if (fs::exists(path, code)) {
      AddFile(path, path, fs::path(path).filename().string());
    } else if (IsPattern(path)) {
      const auto matches = MatchPattern(path);
      for (const std::string& match : matches) AddPath(match);
      if (matches.empty()) found_.errors.push_back(Error{path + ": matches no file"});
    } else {
      found_.errors.push_back(Error{path + ": no such file or folder"});
    }
  }

  Inputs Take() { return std::move(found_); }

 private:
  void AddFolder(const std::string& folder) {
    const auto files = ListFiles(folder, [](const std::string& file) {
      return HasPhotoSuffix(file) || HasVideoSuffix(file);
    });
    if (!files.ok()) {
      found_.errors.push_back(files.error());
    } else if (files.value().empty()) {
      found_.errors.push_back(Error{folder + ": the folder holds no photos"});
    } else {
      for (const std::string& file : files.value()) {
        AddFile(file, file, fs::path(file).lexically_relative(folder).string());
      }
    }
  }

  // photo.jpg, photo-2.jpg, …
  std::string Unused(const std::string& name) {
    const fs::path path(name);
    fs::path unused = path;
    for (int i = 2; !copies_.insert(Key(unused)).second; ++i) {
      const std::string numbered = path.stem().string() + "-" + std::to_string(i);
      unused = path.parent_path() / (numbered + path.extension().string());
    }
    return unused.string();
  }

  std::string Key(const fs::path& copy) const {
    return (names_ == CopyNames::kDifferByStem ? copy.parent_path() / copy.stem() : copy).string();
  }

  CopyNames names_;
  Inputs found_;
  std::set<std::string> copies_;
};

// The name of a listed photo with the suffix of its file.
std::string WithSuffixOf(const std::string& name, const std::string& file) {
  const std::string suffix = fs::path(file).extension().string();
  return name.ends_with(suffix) ? name : name + suffix;
}

}  // namespace

Result<Inputs> FindInputs(const InputOptions& options, CopyNames names) {
  Collector collector(names);
  for (const std::string& path : options.paths) collector.AddPath(path);
  if (!options.list_file.empty()) {
    const auto photos = ReadPhotoList(options.list_file, options.root);
    if (!photos.ok()) return photos.error();
    for (const PhotoName& photo : photos.value()) {
      collector.AddFile(photo.path, photo.file, WithSuffixOf(photo.path, photo.file));
    }
  }
  return collector.Take();
}

Status RefuseOverwriting(const std::vector<Input>& inputs,
                         const std::vector<std::string>& outputs) {
  std::set<fs::path> taken;
  std::error_code code;
  for (const Input& input : inputs) {
    if (input.kind != InputKind::kStandardInput) {
      taken.insert(fs::weakly_canonical(fs::absolute(input.file, code), code));
    }
  }
  for (const std::string& output : outputs) {
    if (output.empty()) continue;
    if (taken.count(fs::weakly_canonical(fs::absolute(output, code), code)) > 0) {
      return Error{output + ": is one of the files to read and would be overwritten"};
    }
  }
  return Ok();
}

}  // namespace facecascade::cli

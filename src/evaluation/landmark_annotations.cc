#include "evaluation/landmark_annotations.h"

#include <filesystem>

#include "dataset/aflw.h"
#include "dataset/celeba.h"
#include "dataset/landmark_list.h"
#include "dataset/mtfl.h"

namespace facecascade::evaluation {
namespace {

namespace fs = std::filesystem;

Result<LandmarkAnnotations> Named(const char* kind, Result<std::vector<AnnotatedPhoto>> photos) {
  if (!photos.ok()) return photos.error();
  return LandmarkAnnotations{kind, std::move(photos).value(), 0};
}

Result<LandmarkAnnotations> ReadFile(const std::string& path, const std::string& photo_folder) {
  if (path.ends_with(".sqlite") || path.ends_with(".db")) {
    auto faces = ReadAflw(path, photo_folder);
    if (!faces.ok()) return faces.error();
    const int incomplete = faces.value().incomplete_faces;
    return LandmarkAnnotations{"AFLW", std::move(faces.value().photos), incomplete};
  }
  const std::string folder =
      photo_folder.empty() ? fs::path(path).parent_path().string() : photo_folder;
  if (path.ends_with(".tsv")) return Named("landmark list", ReadLandmarkList(path, folder));
  return Named("MTFL", ReadMtfl(path, folder));
}

bool HoldsCeleba(const fs::path& folder) {
  return fs::exists(folder / "list_landmarks_celeba.txt") ||
         fs::exists(folder / "Anno" / "list_landmarks_celeba.txt");
}

}  // namespace

Result<LandmarkAnnotations> ReadLandmarkAnnotations(const std::string& path,
                                                    const std::string& photo_folder) {
  if (!fs::is_directory(path)) return ReadFile(path, photo_folder);
  const fs::path folder(path);
  if (HoldsCeleba(folder)) return Named("CelebA, test part", ReadCeleba(path, CelebaPart::kTest));
  for (const char* name : {"aflw.sqlite", "data/aflw.sqlite", "testing.txt"}) {
    if (fs::exists(folder / name)) return ReadFile((folder / name).string(), photo_folder);
  }
  std::vector<std::string> lists;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".tsv") lists.push_back(entry.path());
  }
  if (lists.size() == 1) return ReadFile(lists.front(), photo_folder);
  return Error{path + ": expected CelebA's lists, aflw.sqlite, testing.txt or one .tsv"};
}

}  // namespace facecascade::evaluation

// Photos without annotations: folders and lists of names.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

/// A photo by the name it was given or listed under, and the file it lies in.
struct PhotoName {
  std::string path;
  std::string file;
};

/// Names of a list, one a line; empty lines and blanks around a name are skipped. An error names
/// the file.
Result<std::vector<std::string>> ReadNameList(const std::string& list_file);

/// The photo file that a listed name means: `name` below `root` (as it is, where `root` is empty),
/// or with the first photo suffix that exists, as FDDB lists its photos without. The name without
/// suffix where nothing exists.
std::string FindPhotoFile(const std::string& name, const std::string& root);

/// The photos of a list, whether they exist or not.
Result<std::vector<PhotoName>> ReadPhotoList(const std::string& list_file, const std::string& root);

/// The files in a folder and its folders whose names `wanted` accepts, sorted, as FOLDER/… . An
/// error names the folder.
Result<std::vector<std::string>> ListFiles(const std::string& folder,
                                           const std::function<bool(const std::string&)>& wanted);

/// All photos in a folder and its folders, sorted, as FOLDER/… . An error names the folder.
Result<std::vector<PhotoName>> ListPhotos(const std::string& folder);

}  // namespace facecascade

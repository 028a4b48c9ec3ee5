// What the command line means by PATH…: photos, videos, folders, patterns, the standard input.
#pragma once

#include <string>
#include <vector>

#include "facecascade/result.h"

namespace facecascade::cli {

enum class InputKind { kPhoto, kVideo, kStandardInput };

struct Input {
  InputKind kind = InputKind::kPhoto;
  std::string path;       ///< as it was given, listed, or found in a given folder
  std::string file;       ///< where it lies
  std::string copy_name;  ///< below a folder of copies, with a suffix that can be written in
                          ///< colour (.jpg is added where there is none); differs from all others'
};

struct InputOptions {
  std::vector<std::string> paths;
  std::string list_file;  ///< names, one a line; empty: none
  std::string root;       ///< folder that listed names are below; empty: none
};

/// Whether names of copies differ as a whole, or already without their suffixes.
enum class CopyNames { kDiffer, kDifferByStem };

struct Inputs {
  std::vector<Input> inputs;
  std::vector<Error> errors;  ///< paths that lead nowhere
};

/// Folders become their photos and videos (recursively, sorted), patterns the files that they
/// match, listed names their files below the root, with a suffix added where that is missing.
/// An error only where the list cannot be read.
Result<Inputs> FindInputs(const InputOptions& options, CopyNames names = CopyNames::kDiffer);

/// An error if one of the outputs (empty ones aside) is the file of an input.
Status RefuseOverwriting(const std::vector<Input>& inputs, const std::vector<std::string>& outputs);

}  // namespace facecascade::cli

// Finds out in which form a set's landmarks are published, and reads them.
#pragma once

#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "facecascade/result.h"

namespace facecascade::evaluation {

struct LandmarkAnnotations {
  std::string kind;  ///< as reports name it
  std::vector<AnnotatedPhoto> photos;
  int incomplete_faces = 0;  ///< left out by the reader for want of points
};

/// `path` is aflw.sqlite, a list of ours (.tsv), MTFL's list, a folder of CelebA (its test part),
/// or a folder that holds aflw.sqlite, MTFL's testing.txt or one .tsv. `photo_folder` is where the
/// photos lie; empty: beside the annotations, as published.
Result<LandmarkAnnotations> ReadLandmarkAnnotations(const std::string& path,
                                                    const std::string& photo_folder);

}  // namespace facecascade::evaluation

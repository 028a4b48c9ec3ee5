// AFLW (Köstinger et al. 2011) as published: aflw.sqlite beside the photos.
#pragma once

#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "facecascade/result.h"

namespace facecascade {

/// What the five-point reading leaves out.
struct AflwFaces {
  std::vector<AnnotatedPhoto> photos;
  int incomplete_faces = 0;  ///< without one of the five points, as AFLW marks only what is seen
};

/// Reads the tables Faces, FaceImages, FaceRect, FacePose and FeatureCoords of the database. The
/// five points are the features 8 and 11 (eye centres), 15 (nose), 18 and 20 (mouth corners), left
/// in the image. A face's box is its FaceRect; faces turned by more than 45 degrees (yaw) have
/// pose 1. Photos lie below `photo_folder` (empty: data/flickr beside the database, as published).
/// An error names the file and what the database says.
Result<AflwFaces> ReadAflw(const std::string& database, const std::string& photo_folder);

}  // namespace facecascade

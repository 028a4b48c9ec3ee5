// WIDER FACE (Yang et al. 2016): boxes and attributes. Its text form also serves other photos.
#pragma once

#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "facecascade/result.h"

namespace facecascade {

/// Reads a list in WIDER's text form: a photo's path below `photo_folder`, the number of its faces,
/// and a line for each: x y width height [blur expression illumination invalid occlusion pose].
/// Decimals are read; boxes of no area, or of negative size as the published list has one, are
/// kept with has_box false; after a photo without faces one
/// line of zeros is skipped, as the published lists have one. An error names file, line and reason.
Result<std::vector<AnnotatedPhoto>> ReadWiderList(const std::string& list_file,
                                                  const std::string& photo_folder);

/// Reads a part ("train" or "val") of the set as published: FOLDER/WIDER_PART/images and
/// FOLDER/wider_face_split/wider_face_PART_bbx_gt.txt.
Result<std::vector<AnnotatedPhoto>> ReadWider(const std::string& folder, const std::string& part);

}  // namespace facecascade

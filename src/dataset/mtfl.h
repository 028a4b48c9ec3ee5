// MTFL (Zhang et al. 2014) as published: five landmarks of one face a photo.
#pragma once

#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "facecascade/result.h"

namespace facecascade {

/// Reads training.txt or testing.txt: lines "path x1 … x5 y1 … y5 gender smile glasses pose", with
/// backslashes in the paths, which become slashes. Photos lie below `photo_folder`. Of the
/// attributes the profile poses (1 and 5) are kept, as pose = 1. There are no boxes. An error names
/// file, line and reason.
Result<std::vector<AnnotatedPhoto>> ReadMtfl(const std::string& list_file,
                                             const std::string& photo_folder);

}  // namespace facecascade

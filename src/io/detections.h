// The faces of a photo, as they are written to and read from files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "facecascade/face.h"

namespace facecascade {

/// What was found in one photo, or in one frame of a video.
struct PhotoDetections {
  std::string path;           ///< as it was given or listed
  int width = 0;              ///< of the photo as displayed; 0: unknown
  int height = 0;             ///< of the photo as displayed; 0: unknown
  std::vector<Face> faces;    ///< by falling score
  bool has_landmarks = true;  ///< false where the source holds boxes only
  std::optional<int> frame;   ///< of a video, from 0
};

}  // namespace facecascade

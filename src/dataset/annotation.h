// Photos whose faces people have marked, the same for all data sets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "facecascade/face.h"

namespace facecascade {

/// What WIDER FACE says of a face besides its box; 0 where a set says nothing.
struct FaceAttributes {
  int blur = 0;          ///< 0 clear, 1 normal, 2 heavy
  int expression = 0;    ///< 0 typical, 1 exaggerated
  int illumination = 0;  ///< 0 normal, 1 extreme
  int invalid = 0;       ///< 1: the set's makers do not count it as a face
  int occlusion = 0;     ///< 0 none, 1 partial, 2 heavy
  int pose = 0;          ///< 0 typical, 1 atypical
};

struct AnnotatedFace {
  Box box;               ///< as published, also where it is empty
  bool has_box = false;  ///< false where the set gives none, or one of no area
  std::optional<Landmarks> landmarks;
  FaceAttributes attributes;
};

struct AnnotatedPhoto {
  std::string path;  ///< as the list names it
  std::string file;  ///< where it lies
  int width = 0;     ///< in pixels; 0: the list does not say
  int height = 0;    ///< in pixels; 0: the list does not say
  std::vector<AnnotatedFace> faces;
};

}  // namespace facecascade

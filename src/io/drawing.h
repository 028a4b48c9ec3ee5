// Found faces, drawn into a photo.
#pragma once

#include <vector>

#include "facecascade/face.h"
#include "image/image.h"

namespace facecascade {

struct DrawingOptions {
  bool landmarks = true;
  bool scores = true;  ///< beside faces that are large enough for the figures
};

/// Draws each face's box, points and score. Lines grow with the photo, and are thinner around faces
/// that they would cover.
void DrawFaces(const std::vector<Face>& faces, const DrawingOptions& options, Image& photo);

}  // namespace facecascade

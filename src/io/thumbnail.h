// Small cut-outs of photos with boxes drawn, for reports.
#pragma once

#include <cstdint>
#include <vector>

#include "facecascade/face.h"
#include "facecascade/result.h"
#include "image/image.h"

namespace facecascade {

enum class MarkKind {
  kTruth,    ///< annotated: green
  kDetected  ///< found by the detector: orange
};

struct MarkedBox {
  Box box;
  MarkKind kind = MarkKind::kTruth;
};

struct MarkedPoint {
  Point point;
  MarkKind kind = MarkKind::kTruth;
};

/// What a cut-out shows.
struct ThumbnailView {
  Box subject;  ///< stands in the middle and fills a third of the side
  std::vector<MarkedBox> boxes = {};
  std::vector<MarkedPoint> points = {};
  int side = 180;  ///< of the cut-out, in its own pixels
};

/// A square JPEG about the subject; black beyond the photo.
Result<std::vector<std::uint8_t>> DrawThumbnail(const Image& photo, const ThumbnailView& view);

}  // namespace facecascade

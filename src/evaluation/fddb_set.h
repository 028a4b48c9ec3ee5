// Puts FDDB's lists, photo sizes and detections together, as the benchmark's program reads them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dataset/fddb.h"
#include "evaluation/detection_set.h"
#include "evaluation/fddb_protocol.h"
#include "facecascade/result.h"

namespace facecascade::evaluation {

enum class FddbShape { kRectangle, kEllipse };

/// The size of a photo by its name in the list; nothing where it is not known.
using FindPhotoSize = std::function<std::optional<PhotoSize>(const std::string& name)>;

struct FddbSet {
  std::vector<FddbInput> photos;               ///< those with a known size, in the list's order
  std::vector<std::string> missing;            ///< names of those without, left out
  std::vector<std::string> not_in_detections;  ///< counted as photos without detections
};

/// Names must follow the list's order character for character, in the annotations and in
/// detections that are FDDB text; photos left out may be absent from the latter. Detections of
/// other formats are found by name. With kEllipse, rectangles become the ellipses that
/// EllipseIn makes of them.
Result<FddbSet> JoinFddb(const std::vector<std::string>& list,
                         const std::vector<FddbPhoto>& annotations, const DetectionSet& detections,
                         FddbShape shape, const FindPhotoSize& find_size);

/// The upright ellipse of a head whose face fills the rectangle: FDDB's ellipses reach from the
/// chin to the top of the head, detectors' boxes end at the forehead.
Ellipse EllipseIn(const Rectangle& box);

}  // namespace facecascade::evaluation

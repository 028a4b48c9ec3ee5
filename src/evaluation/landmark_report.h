// The landmarks' evaluation as a report, and that of boxes and false alarms on any photos.
#pragma once

#include <vector>

#include "evaluation/box_protocol.h"
#include "evaluation/landmark_protocol.h"
#include "evaluation/report.h"

namespace facecascade::evaluation {

/// landmarks.json, plots, page. `other` is a second detector on the same photos, or null.
Report MakeLandmarkReport(const std::vector<AnnotatedPhoto>& photos, const LandmarkResult& result,
                          const LandmarkResult* other, const ReportContext& context);

/// boxes.json, plots, page. `other` as above.
Report MakeBoxReport(const std::vector<AnnotatedPhoto>& photos, const BoxResult& result,
                     const BoxResult* other, const BoxOptions& options,
                     const ReportContext& context);

}  // namespace facecascade::evaluation

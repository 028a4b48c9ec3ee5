// WIDER FACE's evaluation as a report.
#pragma once

#include <vector>

#include "evaluation/report.h"
#include "evaluation/wider_protocol.h"

namespace facecascade::evaluation {

/// curve.txt (of each threshold: proposals and found faces of each level), wider.json, plots,
/// page. `other` is a second detector on the same photos, or null.
Report MakeWiderReport(const std::vector<WiderPhoto>& photos, const DetectionSet& detections,
                       const WiderResult& result, const WiderResult* other,
                       WiderConvention convention, const ReportContext& context);

/// The integer curves, a line a threshold.
std::string FormatWiderCurve(const WiderResult& result);

}  // namespace facecascade::evaluation

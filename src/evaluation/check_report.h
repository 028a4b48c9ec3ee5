// What check-data found, as a report.
#pragma once

#include <string>
#include <vector>

#include "dataset/check.h"
#include "evaluation/report.h"

namespace facecascade::evaluation {

/// check.json with a count of each kind, problems.csv, and a page with a gallery of each kind.
Report MakeCheckReport(const std::string& annotations, const std::vector<AnnotatedPhoto>& photos,
                       const std::vector<Problem>& problems);

}  // namespace facecascade::evaluation

// FDDB's evaluation from joined input to report.
#pragma once

#include <vector>

#include "evaluation/fddb_set.h"
#include "evaluation/report.h"

namespace facecascade::evaluation {

struct FddbEvaluation {
  std::vector<FddbPhotoResult> photos;
  std::vector<FddbEntry> entries;  ///< by rising threshold
  std::size_t faces = 0;
  std::size_t detections = 0;
};

Result<FddbEvaluation> EvaluateFddb(const FddbSet& set, FddbAssignmentRule rule);

/// DiscROC.txt, ContROC.txt, fddb.json, plots, page. `other` is a second detector on the same
/// photos, or null.
Report MakeFddbReport(const FddbSet& set, const FddbEvaluation& evaluation,
                      const FddbEvaluation* other, const ReportContext& context);

}  // namespace facecascade::evaluation

// What the evaluations of all sets have in common: their options, and the detections they score.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/options.h"
#include "dataset/photo_list.h"
#include "evaluation/detection_readers.h"
#include "evaluation/report.h"

namespace facecascade::cli {

struct EvaluationSettings {
  std::string detections;        ///< file, folder or archive; empty: the model is run
  std::string other_detections;  ///< a second detector's; empty: none
  std::string photo_folder;      ///< empty: not known
  std::string output;
  DetectorSettings detector;
  evaluation::BootstrapOptions bootstrap;
  std::vector<std::string> curves;  ///< NAME=FILE
  bool is_quiet = false;
};

/// Adds --detections, --compare, --images, --output, --resamples, --quiet and the detector's
/// options. `settings` outlives the parsing; `whole_curve` is that of ObtainDetections.
void AddEvaluationOptions(CLI::App& command, EvaluationSettings& settings, bool whole_curve);

/// What is scored: read from files, or found by the model.
struct Scored {
  evaluation::DetectionSet detections;
  std::optional<evaluation::DetectionSet> other;
  evaluation::ReportContext context;
};

/// Least score of the detections where a model is run for a whole curve.
inline constexpr float kWholeCurve = 0.02F;

/// Reads the detections, or runs the model on `photos`. With `whole_curve`, the model's threshold
/// is kWholeCurve unless one was given. Unreadable photos are noted.
Result<Scored> ObtainDetections(const EvaluationSettings& settings,
                                const std::vector<PhotoName>& photos,
                                const evaluation::DetectionReadOptions& options, bool whole_curve);

/// Writes the report, prints its line, reports warnings.
ExitStatus FinishEvaluation(const EvaluationSettings& settings, evaluation::Report report);

/// Adds a note if there are any: "COUNT WHAT (the first: NAME)".
void NoteNames(const std::vector<std::string>& names, const std::string& what,
               evaluation::ReportContext& context);

// The sets, one file each.
void AddFddbEvaluation(CLI::App& evaluate, ExitStatus& status);
void AddWiderEvaluation(CLI::App& evaluate, ExitStatus& status);
void AddLandmarkEvaluation(CLI::App& evaluate, ExitStatus& status);
void AddBoxEvaluation(CLI::App& evaluate, ExitStatus& status);

}  // namespace facecascade::cli

// facecascade evaluate: how good a detector is, by the benchmarks' own protocols.
#include "cli/evaluation_run.h"

namespace facecascade::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  facecascade evaluate fddb --list FDDB-folds --annotations FDDB-folds --images originalPics "
    "\\\n"
    "      --output out\n"
    "  facecascade evaluate wider --ground-truth eval_tools/ground_truth --detections pred.tar.xz "
    "\\\n"
    "      --output out\n"
    "  facecascade evaluate landmarks --annotations aflw.sqlite --output out\n"
    "  facecascade evaluate boxes --annotations masks_bbx_gt.txt --images masks --overlap 0.4 "
    "\\\n"
    "      --output out\n"
    "\n"
    "Without --detections the model is run on the photos.";

}  // namespace

void AddEvaluateCommand(CLI::App& program, ExitStatus& status) {
  CLI::App* command = program.add_subcommand(
      "evaluate", "Score a model, or anybody's detections, by the benchmarks' protocols");
  command->require_subcommand(1);
  command->footer(kFooter);
  AddFddbEvaluation(*command, status);
  AddWiderEvaluation(*command, status);
  AddLandmarkEvaluation(*command, status);
  AddBoxEvaluation(*command, status);
}

}  // namespace facecascade::cli

#include "cli/copies.h"

#include "cli/options.h"

namespace facecascade::cli {

ExitStatus MakeCopies(const InputOptions& input_options, const std::string& model_file,
                      const DetectionRun& run) {
  const auto detector = LoadDetector(model_file);
  if (!detector.ok()) return Fail(detector.error());
  const auto inputs =
      FindInputs(input_options, run.cut ? CopyNames::kDifferByStem : CopyNames::kDiffer);
  if (!inputs.ok()) return Fail(inputs.error());
  if (const Status status = RefuseOverwriting(run, inputs.value().inputs); !status.ok()) {
    return Fail(status.error());
  }
  for (const Error& error : inputs.value().errors) Report(error.message);
  const auto all_good = DetectInputs(detector.value(), run, inputs.value().inputs,
                                     [](const PhotoDetections&) { return Ok(); });
  if (!all_good.ok()) return Fail(all_good.error());
  const bool is_good = all_good.value() && inputs.value().errors.empty();
  return is_good ? ExitStatus::kSuccess : ExitStatus::kBadInput;
}

}  // namespace facecascade::cli

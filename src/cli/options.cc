#include "cli/options.h"

#include <fmt/format.h>

#include "base/instruction_set.h"
#include "base/thread_pool.h"

namespace facecascade::cli {

CLI::Validator InRange(double low, double high) {
  const auto check = [low, high](const std::string& text) -> std::string {
    double value = 0;
    // Put so that it fails for what is no number as well.
    if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return {};
    return fmt::format("{} is not a number from {} to {}", text, low, high);
  };
  return CLI::Validator(check, "NUMBER");
}

CLI::Validator NotEmpty() {
  const auto check = [](const std::string& text) -> std::string {
    return text.empty() ? "is empty; expected a name" : "";
  };
  return CLI::Validator(check, "NAME");
}

void AddModelOption(CLI::App& command, std::string& model_file) {
  command.add_option("--model", model_file, "Model file to use (default: the built-in model)")
      ->type_name("FILE")
      ->group("Detector");
}

void AddThreadsOption(CLI::App& command, int& threads) {
  threads = 0;
  command.add_option("--threads", threads, "Threads to work with, at most 256; 0: one a processor")
      ->type_name("N")
      ->check(CLI::Range(0, kMostThreads))
      ->capture_default_str()
      ->group("Detector");
}

void AddDetectorOptions(CLI::App& command, DetectorSettings& settings,
                        const std::string& threshold) {
  AddModelOption(command, settings.model_file);
  command
      .add_option("--min-face", settings.options.min_face,
                  "Side of the smallest face to be found, in pixels, 4 to 1000000")
      ->type_name("PIXELS")
      ->check(InRange(4, 1e6))
      ->capture_default_str()
      ->group("Detector");
  command
      .add_option("--threshold", settings.options.threshold,
                  fmt::format("Least score of a face, 0 to 1 (default: {}). Lower values find "
                              "more faces, and more that is none; 0.02 serves whole "
                              "precision-recall curves",
                              threshold))
      ->type_name("SCORE")
      ->check(InRange(0, 1))
      ->group("Detector");
  command
      .add_option("--pyramid-factor", settings.options.pyramid_factor,
                  "From one size that is searched to the next, 0.1 to 0.98 (default: the model's "
                  "own). Nearer to 1 finds a few faces more and takes longer")
      ->type_name("FACTOR")
      ->check(InRange(0.1, 0.98))
      ->group("Detector");
  AddThreadsOption(command, settings.options.threads);
}

void AddInputOptions(CLI::App& command, InputOptions& inputs) {
  command.add_option("PATH", inputs.paths,
                     "Photos, videos, folders (with all below them), patterns such as '*.jpg', or "
                     "- for a photo on the standard input");
  command
      .add_option("--list", inputs.list_file,
                  "File with a photo's name a line; the suffix may be missing, as in FDDB's lists")
      ->type_name("FILE")
      ->group("Input");
  command.add_option("--root", inputs.root, "Folder that the list's names are below")
      ->type_name("DIR")
      ->needs("--list")
      ->group("Input");
}

Result<Model> LoadModel(const std::string& model_file) {
  return model_file.empty() ? Model::BuiltIn() : Model::Load(model_file);
}

Result<FaceDetector> LoadDetector(const std::string& model_file) {
  const auto instruction_set = InstructionSet();
  if (!instruction_set.ok()) return instruction_set.error();
  const auto model = LoadModel(model_file);
  if (!model.ok()) return model.error();
  return FaceDetector::Create(model.value());
}

}  // namespace facecascade::cli

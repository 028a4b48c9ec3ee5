// Options that several commands share, so that they are called, checked and explained alike.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/inputs.h"
#include "facecascade/face_detector.h"
#include "facecascade/model.h"
#include "facecascade/result.h"

namespace facecascade::cli {

/// How faces are to be found; DetectOptions' defaults, but all of the machine's threads.
struct DetectorSettings {
  std::string model_file;  ///< empty: the built-in model
  DetectOptions options;
};

/// Values from `low` to `high`; what is no number is refused as well.
CLI::Validator InRange(double low, double high);

/// Any text but an empty one.
CLI::Validator NotEmpty();

/// Adds --model.
void AddModelOption(CLI::App& command, std::string& model_file);

/// Adds --model, --min-face, --threshold, --pyramid-factor and --threads. `settings` outlives the
/// parsing; `threshold` says which one is taken if none is given.
void AddDetectorOptions(CLI::App& command, DetectorSettings& settings,
                        const std::string& threshold = "the model's own");

/// Adds --threads alone: 0 stands for all that the machine runs at once, and is the default.
void AddThreadsOption(CLI::App& command, int& threads);

/// Adds PATH, --list and --root. `inputs` outlives the parsing.
void AddInputOptions(CLI::App& command, InputOptions& inputs);

/// Whether neither a path nor a list was given: wrong usage.
inline bool NamesNoInput(const InputOptions& inputs) {
  return inputs.paths.empty() && inputs.list_file.empty();
}

/// The model of the file, or the built-in one where its name is empty.
Result<Model> LoadModel(const std::string& model_file);

/// A detector with that model.
Result<FaceDetector> LoadDetector(const std::string& model_file);

}  // namespace facecascade::cli

#include "cli/train_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>

#include "training/run.h"

namespace facecascade::cli {
namespace {

struct TrainArguments {
  std::string config;
  training::RunOptions run;
};

std::atomic<bool> stop_wanted = false;

void WantStop(int signal) {
  stop_wanted = true;
  std::signal(signal, SIG_DFL);  // a second one ends the program at once
}

// The log on standard output; a line that is overwritten only where somebody watches.
training::Reporter MakeReporter() {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  training::Reporter reporter;
  reporter.line = [terminal](const std::string& line) {
    if (terminal) fmt::print(stderr, "\r\033[K");
    fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  if (terminal) {
    reporter.progress = [](const std::string& line) { fmt::print(stderr, "\r\033[K{}", line); };
  }
  return reporter;
}

int Train(const TrainArguments& arguments) {
  const Result<training::TrainingConfig> config = training::ReadTrainingConfig(arguments.config);
  if (!config.ok()) {
    fmt::print(stderr, "facecascade train: {}\n", config.error().message);
    return 1;
  }
  std::signal(SIGINT, WantStop);
  std::signal(SIGTERM, WantStop);
  training::RunOptions options = arguments.run;
  options.stop_wanted = [] { return stop_wanted.load(); };
  const Result<training::RunSummary> summary =
      training::RunTraining(config.value(), options, MakeReporter());
  if (!summary.ok()) {
    fmt::print(stderr, "facecascade train: {}\n", summary.error().message);
    return 1;
  }
  fmt::print("{}\n", summary.value().reason);
  if (!summary.value().finished) return 1;
  fmt::print("model: {}\n", summary.value().model);
  return 0;
}

}  // namespace

void AddTrainCommand(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand(
      "train", "Train the three nets: photos to model file, in one resumable run");
  command->add_option("--config", arguments->config, "What to train, how long, on what (TOML)")
      ->required();
  command
      ->add_option("--data", arguments->run.data, "Folder that the configuration's paths are below")
      ->required();
  command
      ->add_option("--output", arguments->run.output,
                   "Run folder; one that holds a run of this configuration is gone on with")
      ->required();
  command->add_option("--device", arguments->run.device, "cpu or cuda")->capture_default_str();
  command->callback([arguments, &exit_code] { exit_code = Train(*arguments); });
}

}  // namespace facecascade::cli

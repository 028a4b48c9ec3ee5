// facecascade train: photos to model file.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "training/run.h"

namespace facecascade::cli {
namespace {

struct TrainSettings {
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

ExitStatus Train(const TrainSettings& settings) {
  const Result<training::TrainingConfig> config = training::ReadTrainingConfig(settings.config);
  if (!config.ok()) return Fail(config.error());
  std::signal(SIGINT, WantStop);
  std::signal(SIGTERM, WantStop);
  training::RunOptions options = settings.run;
  options.stop_wanted = [] { return stop_wanted.load(); };
  const Result<training::RunSummary> summary =
      training::RunTraining(config.value(), options, MakeReporter());
  if (!summary.ok()) return Fail(summary.error());
  fmt::print("{}\n", summary.value().reason);
  if (!summary.value().finished) return ExitStatus::kBadInput;
  fmt::print("model: {}\n", summary.value().model);
  return ExitStatus::kSuccess;
}

}  // namespace

void AddTrainCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<TrainSettings>();
  CLI::App* command =
      program.add_subcommand("train", "Train the three nets: photos to model file, resumable");
  command->add_option("--config", settings->config, "What to train, on what and how long (TOML)")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--data", settings->run.data, "Folder that the configuration's paths are below")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("--output", settings->run.output,
                   "Run folder; one that holds a run of this configuration is gone on with")
      ->required()
      ->type_name("DIR");
  command->add_option("--device", settings->run.device, "cpu or cuda")->capture_default_str();
  command->callback([settings, &status] { status = Train(*settings); });
}

}  // namespace facecascade::cli

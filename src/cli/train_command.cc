// facecascade train: photos to model file.
#include <fmt/format.h>

#include <memory>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/training_run.h"
#include "training/run.h"

namespace facecascade::cli {
namespace {

struct TrainSettings {
  std::string config;
  training::RunOptions run;
};

ExitStatus Train(const TrainSettings& settings) {
  const Result<training::TrainingConfig> config = training::ReadTrainingConfig(settings.config);
  if (!config.ok()) return Fail(config.error());
  StopOnSignals();
  training::RunOptions options = settings.run;
  options.stop_wanted = StopWanted;
  const Result<training::RunSummary> summary =
      training::RunTraining(config.value(), options, MakeTrainingReporter());
  if (!summary.ok()) return Fail(summary.error());
  fmt::print("{}\n", summary.value().reason);
  if (!summary.value().finished) return ExitStatus::kBadInput;
  if (!summary.value().model.empty()) fmt::print("model: {}\n", summary.value().model);
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
      ->type_name("DIR")
      ->check(NotEmpty());
  command
      ->add_option(
          "--start", settings->run.start,
          "Run folder or model file whose nets training starts from, instead of random ones")
      ->type_name("RUN");
  command
      ->add_option(
          "--teacher", settings->run.teacher,
          "Run folder, of larger nets say, whose outputs the nets learn as well while each "
          "is trained alone (loss.distillation)")
      ->type_name("RUN");
  command->add_option("--device", settings->run.device, "cpu or cuda")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  command->add_flag("--distributed", settings->run.distributed,
                    "Train with other processes of the same command, found by the environment "
                    "variables MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE");
  command->callback([settings, &status] { status = Train(*settings); });
}

}  // namespace facecascade::cli

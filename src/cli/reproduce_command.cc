// facecascade reproduce: the paper's experiments.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/training_run.h"
#include "training/paper_config.h"
#include "training/reproduce.h"

namespace facecascade::cli {
namespace {

// Of the built-in configuration's steps, which would all take about fourteen hours on two cores.
constexpr double kStepsShareOfOneHour = 0.035;

struct ReproduceSettings {
  std::string experiment;
  std::string config;
  std::optional<double> steps_share;
  training::ReproduceOptions run;
};

Result<training::TrainingConfig> ReadConfig(const std::string& path) {
  if (!path.empty()) return training::ReadTrainingConfig(path);
  return training::ParseTrainingConfig(training::PaperConfigText(), "the built-in paper.toml");
}

ExitStatus Reproduce(const ReproduceSettings& settings) {
  const Result<training::TrainingConfig> config = ReadConfig(settings.config);
  if (!config.ok()) return Fail(config.error());
  StopOnSignals();
  training::ReproduceOptions options = settings.run;
  options.experiments = settings.experiment == "all"
                            ? training::ExperimentNames()
                            : std::vector<std::string>{settings.experiment};
  const bool own_steps = options.quick || !settings.config.empty();
  options.steps_share = settings.steps_share.value_or(own_steps ? 1 : kStepsShareOfOneHour);
  options.stop_wanted = StopWanted;
  const Result<training::ReproduceSummary> summary =
      training::RunReproduce(config.value(), options, MakeTrainingReporter());
  if (!summary.ok()) return Fail(summary.error());
  for (const std::string& line : summary.value().lines) fmt::print("{}\n", line);
  return summary.value().finished ? ExitStatus::kSuccess : ExitStatus::kBadInput;
}

}  // namespace

void AddReproduceCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<ReproduceSettings>();
  CLI::App* command = program.add_subcommand(
      "reproduce", "Train what the paper compares, and say whether its claims hold here");
  std::vector<std::string> names = training::ExperimentNames();
  names.emplace_back("all");
  command
      ->add_option("EXPERIMENT", settings->experiment,
                   "table1 (large or mini batches), joint (with landmarks or without), hem (hard "
                   "examples or all), end-to-end (bridged or separate nets), or all")
      ->required()
      ->check(CLI::IsMember(names));
  command
      ->add_option("--data", settings->run.data, "Folder that the configuration's paths are below")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("--output", settings->run.output,
                   "Folder of nets, curves, plots and verdicts; what it holds already is not "
                   "trained again")
      ->required()
      ->type_name("DIR")
      ->check(NotEmpty());
  command->add_flag("--quick", settings->run.quick,
                    "Few photos and steps: everything in ten minutes on two cores");
  command
      ->add_option("--seeds", settings->run.seeds,
                   "How often all is repeated; intervals come from the differences between seeds")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option(
          "--steps-share", settings->steps_share,
          fmt::format("Train for this share of the configuration's steps, above 0 and at most 1 (1 "
                      "with --quick or --config, otherwise {}: an hour)",
                      kStepsShareOfOneHour))
      ->type_name("SHARE")
      ->check(InRange(1e-6, 1));
  command
      ->add_option("--config", settings->config,
                   "What both sides of each comparison are trained by (TOML); the paper's "
                   "configuration if not given")
      ->type_name("FILE");
  command->callback([settings, &status] { status = Reproduce(*settings); });
}

}  // namespace facecascade::cli

// facecascade info: what this program is, and where its model comes from.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/instruction_set.h"
#include "base/version.h"
#include "cli/command.h"
#include "cli/options.h"
#include "model/json.h"
#include "model/model_metadata.h"

namespace facecascade::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InfoSettings {
  std::string model_file;
  std::string format = "text";
};

Result<Json> Describe(const Model& model) {
  Json json;
  json["version"] = Version();
  const auto instruction_set = InstructionSet();
  if (!instruction_set.ok()) return instruction_set.error();
  json["instruction_set"] = instruction_set.value();
  json["supported_instruction_sets"] = SupportedInstructionSets();
  Json& about = json["model"];
  about["parameters"] = model.parameters();
  about["bytes"] = model.parameters() * static_cast<std::int64_t>(sizeof(float));
  for (const float threshold : model.thresholds()) {
    about["thresholds"].push_back(ShortestDecimal(threshold));
  }
  about["pyramid_factor"] = ShortestDecimal(model.pyramid_factor());
  about["networks"] = Json::parse(DescribeModel(model.data()).at("networks"));
  about["training_data"] = model.training_data();
  about["date"] = model.date();
  about["provenance"] = Json::parse(model.provenance());
  return json;
}

void PrintNetworks(const Json& networks) {
  for (const Json& network : networks) {
    std::string layers;
    for (const Json& layer : network["convolutions"]) {
      fmt::format_to(std::back_inserter(layers), " conv {0}x{0}x{1}", layer["kernel"].get<int>(),
                     layer["channels"].get<int>());
      if (const int stride = layer["stride"].get<int>(); stride > 1) {
        fmt::format_to(std::back_inserter(layers), "/{}", stride);
      }
    }
    if (const int hidden = network["hidden"].get<int>(); hidden > 0) {
      layers += fmt::format(" hidden {}", hidden);
    }
    if (network.contains("early_exit")) layers += ", early exit";
    if (network.contains("fixed_point")) {
      layers += fmt::format(", fixed point ({} bits)", network["fixed_point"].get<int>());
    }
    fmt::print("  {:<14} input {:>2},{}\n", network["name"].get<std::string>(),
               network["input_size"].get<int>(), layers);
  }
}

void PrintText(const Json& json) {
  const Json& model = json["model"];
  fmt::print("facecascade {}\n", json["version"].get<std::string>());
  fmt::print("instruction set  {} (of {})\n", json["instruction_set"].get<std::string>(),
             json["supported_instruction_sets"].dump());
  fmt::print("model\n");
  fmt::print("  {:<14} {} ({} bytes)\n", "parameters", model["parameters"].dump(),
             model["bytes"].dump());
  fmt::print("  {:<14} {}\n", "thresholds", model["thresholds"].dump());
  fmt::print("  {:<14} {}\n", "pyramid factor", model["pyramid_factor"].dump());
  PrintNetworks(model["networks"]);
  fmt::print("  {:<14} {}\n", "trained on", model["training_data"].get<std::string>());
  fmt::print("  {:<14} {}\n", "date", model["date"].get<std::string>());
  fmt::print("  {:<14} {}\n", "provenance", model["provenance"].dump());
}

ExitStatus RunInfo(const InfoSettings& settings) {
  const auto model = LoadModel(settings.model_file);
  if (!model.ok()) return Fail(model.error());
  const auto json = Describe(model.value());
  if (!json.ok()) return Fail(json.error());
  if (settings.format == "json") {
    fmt::print("{}\n", json.value().dump(2));
  } else {
    PrintText(json.value());
  }
  return ExitStatus::kSuccess;
}

}  // namespace

void AddInfoCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<InfoSettings>();
  CLI::App* command =
      program.add_subcommand("info", "Version, instruction set, and the model's provenance");
  AddModelOption(*command, settings->model_file);
  command->add_option("--format", settings->format, "text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([settings, &status] { status = RunInfo(*settings); });
}

}  // namespace facecascade::cli

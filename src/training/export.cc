#include "training/export.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "model/model_file.h"

namespace facecascade::training {
namespace {

std::string DescribeData(const DataConfig& data) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const BoxSource& source : data.boxes) add(source.images);
  for (const std::string& list : data.landmarks) add(list);
  for (const std::string& folder : data.without_faces) add(folder);
  return text;
}

}  // namespace

Status ExportModel(const TrainingConfig& config,
                   const std::array<NetworkWeights, kStageCount>& weights,
                   const std::array<float, kStageCount>& thresholds, const std::string& figures,
                   const std::string& path) {
  ModelData model;
  model.spec = config.networks;
  model.weights = weights;
  for (int stage = 0; stage < kStageCount; ++stage) {
    model.spec[stage].fixed_point =
        weights[stage].ranges.values.empty() ? 0 : config.fixed_point[stage];
  }
  model.settings = DetectorSettings(config);
  model.settings.thresholds = thresholds;
  model.training_data = DescribeData(config.data);
  model.date = fmt::format("{:%F}", std::chrono::system_clock::now());
  nlohmann::ordered_json provenance;
  provenance["program"] = std::string("facecascade ") + Version();
  provenance["config_name"] = config.name;
  provenance["config"] = config.text;
  provenance["run"] = nlohmann::ordered_json::parse(figures, nullptr, false);
  model.provenance = provenance.dump();
  return WriteModelFile(path, model);
}

}  // namespace facecascade::training

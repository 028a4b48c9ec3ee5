#include "model/model_metadata.h"

#include <algorithm>
#include <limits>

#include "model/json.h"

namespace facecascade {
namespace {

constexpr const char* kFormat = "facecascade";
constexpr const char* kSchemaVersion = "1";
constexpr int kLargest = std::numeric_limits<int>::max();

JsonValue NormalisationJson() {
  JsonObject object;
  object.emplace_back("channels", std::string("rgb"));
  object.emplace_back("mean", ShortestDecimal(kPixelMean));
  object.emplace_back("scale", ShortestDecimal(kPixelScale));
  return JsonValue(std::move(object));
}

JsonValue LandmarksJson() {
  JsonArray names;
  for (const char* name : kLandmarkNames) names.emplace_back(std::string(name));
  return JsonValue(std::move(names));
}

JsonValue NetworkJson(const NetworkSpec& spec) {
  JsonArray convolutions;
  for (const ConvolutionSpec& layer : spec.convolutions) {
    JsonObject object;
    object.emplace_back("kernel", static_cast<double>(layer.kernel));
    object.emplace_back("stride", static_cast<double>(layer.stride));
    object.emplace_back("channels", static_cast<double>(layer.channels));
    convolutions.emplace_back(std::move(object));
  }
  JsonObject object;
  object.emplace_back("name", spec.name);
  object.emplace_back("input_size", static_cast<double>(spec.input_size));
  object.emplace_back("convolutions", std::move(convolutions));
  object.emplace_back("hidden", static_cast<double>(spec.hidden));
  object.emplace_back("bridge", static_cast<double>(spec.bridge));
  if (spec.early_exit) object.emplace_back("early_exit", 1.0);
  if (spec.fixed_point > 0) {
    object.emplace_back("fixed_point", static_cast<double>(spec.fixed_point));
  }
  return JsonValue(std::move(object));
}

Status ReadNetwork(const JsonValue& value, const std::string& where, NetworkSpec& spec) {
  JsonFields fields(value, where);
  fields.String("name", spec.name);
  fields.Integer("input_size", 0, kLargest, spec.input_size);
  fields.Integer("hidden", 0, kLargest, spec.hidden);
  fields.Integer("bridge", 0, kLargest, spec.bridge);
  // Left out by models that have neither.
  int early_exit = 0;
  for (const auto& [key, largest, number] : {std::tuple{"early_exit", 1, &early_exit},
                                             std::tuple{"fixed_point", 16, &spec.fixed_point}}) {
    if (value.object() == nullptr || FindKey(*value.object(), key) == nullptr) continue;
    fields.Integer(key, 0, largest, *number);
  }
  spec.early_exit = early_exit == 1;
  if (spec.fixed_point == 1) spec.fixed_point = 16;  // as it was written when there was no other
  const JsonArray* layers = fields.Array("convolutions");
  if (Status status = fields.Finish(); !status.ok()) return status;
  for (const JsonValue& layer : *layers) {
    JsonFields numbers(layer, where + ": convolution " + std::to_string(spec.convolutions.size()));
    ConvolutionSpec& convolution = spec.convolutions.emplace_back();
    numbers.Integer("kernel", 0, kLargest, convolution.kernel);
    numbers.Integer("stride", 0, kLargest, convolution.stride);
    numbers.Integer("channels", 0, kLargest, convolution.channels);
    if (Status status = numbers.Finish(); !status.ok()) return status;
  }
  return Ok();
}

JsonValue NetworksJson(const CascadeSpec& spec) {
  JsonArray networks;
  for (const NetworkSpec& net : spec) networks.push_back(NetworkJson(net));
  return JsonValue(std::move(networks));
}

Status ReadNetworks(const JsonValue& value, CascadeSpec& spec) {
  const JsonArray* networks = value.array();
  if (networks == nullptr || networks->size() != spec.size()) {
    return Error{"networks: expected an array of three"};
  }
  for (std::size_t i = 0; i < spec.size(); ++i) {
    const std::string where = "networks[" + std::to_string(i) + "]";
    if (Status status = ReadNetwork((*networks)[i], where, spec[i]); !status.ok()) return status;
  }
  return Ok();
}

JsonValue SettingsJson(const CascadeSettings& settings) {
  JsonArray thresholds;
  for (const float threshold : settings.thresholds)
    thresholds.emplace_back(ShortestDecimal(threshold));
  JsonObject suppression;
  ForEachOverlap(settings.suppression, [&](const char* name, float overlap) {
    suppression.emplace_back(name, ShortestDecimal(overlap));
  });
  JsonObject object;
  object.emplace_back("thresholds", std::move(thresholds));
  object.emplace_back("pyramid_factor", ShortestDecimal(settings.pyramid_factor));
  object.emplace_back("suppression", std::move(suppression));
  return JsonValue(std::move(object));
}

Status ReadSettings(const JsonValue& value, CascadeSettings& settings) {
  JsonFields fields(value, "settings");
  fields.Number("pyramid_factor", settings.pyramid_factor);
  const JsonArray* thresholds = fields.Array("thresholds");
  const JsonValue& suppression = fields.Field("suppression");
  if (Status status = fields.Finish(); !status.ok()) return status;
  if (thresholds->size() != settings.thresholds.size()) {
    return Error{"settings: 'thresholds' must be three numbers"};
  }
  for (std::size_t i = 0; i < settings.thresholds.size(); ++i) {
    const double* number = (*thresholds)[i].number();
    if (number == nullptr || !(*number >= 0 && *number <= 1)) {
      return Error{"settings: 'thresholds' must be three numbers in 0 … 1"};
    }
    settings.thresholds[i] = static_cast<float>(*number);
  }
  JsonFields overlaps(suppression, "settings: suppression");
  ForEachOverlap(settings.suppression,
                 [&](const char* name, float& overlap) { overlaps.Number(name, overlap); });
  return overlaps.Finish();
}

}  // namespace

Status CheckDate(const std::string& text) {
  constexpr const char* kPattern = "dddd-dd-dd";
  const bool fits =
      text.size() == 10 && std::equal(text.begin(), text.end(), kPattern, [](char c, char pattern) {
        return pattern == 'd' ? c >= '0' && c <= '9' : c == pattern;
      });
  return fits ? Ok() : Status(Error{"date: expected a day as YYYY-MM-DD"});
}

Status CheckProvenance(const std::string& text) {
  const Result<JsonValue> value = ParseJson(text);
  if (!value.ok()) return Error{"provenance: " + value.error().message};
  if (value.value().object() == nullptr) return Error{"provenance: expected a JSON object"};
  return Ok();
}

std::map<std::string, std::string> DescribeModel(const ModelData& model) {
  return {{"format", kFormat},
          {"schema_version", kSchemaVersion},
          {"networks", WriteJson(NetworksJson(model.spec))},
          {"normalisation", WriteJson(NormalisationJson())},
          {"landmarks", WriteJson(LandmarksJson())},
          {"settings", WriteJson(SettingsJson(model.settings))},
          {"training_data", model.training_data},
          {"date", model.date},
          {"provenance", model.provenance}};
}

Status ReadDescription(const std::map<std::string, std::string>& metadata, ModelData& model) {
  const std::map<std::string, std::string> expected = DescribeModel(ModelData{});
  for (const auto& [key, text] : expected) {
    if (!metadata.contains(key)) return Error{"metadata: '" + key + "' is missing"};
  }
  for (const auto& [key, text] : metadata) {
    if (!expected.contains(key)) return Error{"metadata: '" + key + "' is not known"};
  }
  for (const char* key : {"format", "schema_version"}) {
    if (metadata.at(key) != expected.at(key)) {
      return Error{"metadata: '" + std::string(key) + "' must be '" + expected.at(key) + "'"};
    }
  }
  std::map<std::string, JsonValue> values;
  for (const char* key : {"networks", "normalisation", "landmarks", "settings"}) {
    Result<JsonValue> value = ParseJson(metadata.at(key));
    if (!value.ok()) return Error{std::string(key) + ": " + value.error().message};
    values[key] = std::move(value).value();
  }
  // Facts that the library fixes: the file repeats them for its readers and may not differ.
  if (WriteJson(values["normalisation"]) != expected.at("normalisation") ||
      WriteJson(values["landmarks"]) != expected.at("landmarks")) {
    return Error{"normalisation and landmarks must be " + expected.at("normalisation") + " and " +
                 expected.at("landmarks")};
  }
  if (Status status = ReadNetworks(values["networks"], model.spec); !status.ok()) return status;
  if (Status status = ReadSettings(values["settings"], model.settings); !status.ok()) {
    return status;
  }
  model.training_data = metadata.at("training_data");
  model.date = metadata.at("date");
  model.provenance = metadata.at("provenance");
  return Ok();
}

}  // namespace facecascade

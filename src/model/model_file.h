// What a model file holds, and the file's two directions.
//
// The file is a safetensors file. Its tensors are those of NameTensors for the three nets, all F32.
// Its metadata, all of it required and nothing else allowed ("JSON" means JSON text in a string):
//
//   format           "facecascade"
//   schema_version   "1"
//   networks         JSON: three NetworkSpec from low to high, [{"name": "12net", "input_size": 12,
//                    "convolutions": [{"kernel": 4, "stride": 2, "channels": 16}, …],
//                    "hidden": 0, "bridge": 0}, …]; and "early_exit": 1, "fixed_point": 16, 8 or 7
//                    (or 1, which means 16) where the net has it
//   normalisation    JSON: {"channels": "rgb", "mean": 127.5, "scale": 0.0078125}: a pixel enters
//                    as (pixel − mean) · scale; other numbers than these are refused
//   landmarks        JSON: the five names in the order of the outputs
//   settings         JSON: CascadeSettings, {"thresholds": [0.6, 0.6, 0.7], "pyramid_factor":
//   0.709,
//                    "suppression": {"level": …, "proposals": …, "refined": …, "final": …,
//                    "final_minimum": …}}
//   training_data    which photos it was trained on
//   date             day of the training's end, YYYY-MM-DD
//   provenance       JSON: an object with whatever the training notes: configuration, figures
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "model/cascade_settings.h"
#include "network/network_spec.h"

namespace facecascade {

/// A model in memory: all that the detector needs, and where it comes from.
struct ModelData {
  CascadeSpec spec;
  std::array<NetworkWeights, kStageCount> weights;
  CascadeSettings settings;
  std::string training_data;
  std::string date = "1970-01-01";
  std::string provenance = "{}";  ///< a JSON object
};

/// An error where the nets of `spec` cannot stand above each other as a cascade.
Status CheckCascadeSpec(const CascadeSpec& spec);

/// An error that names the first thing wrong with a model.
Status CheckModel(const ModelData& model);

/// A model from a file's bytes, checked as CheckModel does. Errors begin with `name`.
Result<ModelData> ParseModel(std::span<const std::byte> file, const std::string& name);

/// A file's bytes. The model has passed CheckModel.
std::string SerializeModel(const ModelData& model);

/// Reads a model file of at most 1 GiB.
Result<ModelData> ReadModelFile(const std::string& path);

/// Checks the model and writes it to `path`, by a temporary file beside it that is then renamed.
Status WriteModelFile(const std::string& path, const ModelData& model);

}  // namespace facecascade

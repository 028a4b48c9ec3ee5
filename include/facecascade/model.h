// The trained nets that a detector runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "facecascade/result.h"

namespace facecascade {

struct ModelData;  // the library's own view of it

/// A model: three nets with their weights and settings. Immutable and cheap to copy; any number of
/// threads may share it.
class Model {
 public:
  /// The model compiled into the library.
  static Result<Model> BuiltIn();

  /// Reads a model file. The error names the file and what is wrong with it.
  static Result<Model> Load(const std::string& path);

  /// Reads a model file's bytes, which need not outlive the call.
  static Result<Model> LoadFromMemory(const void* bytes, std::size_t size);

  /// Weights and biases of the three nets together.
  std::int64_t parameters() const;

  /// Least face probability of each of the three nets, from low to high, 0 … 1.
  const std::array<float, 3>& thresholds() const;

  /// From the size of a pyramid level to the next one's, 0.1 … 0.98.
  float pyramid_factor() const;

  /// Which photos it was trained on, in words.
  const std::string& training_data() const;

  /// Day of the training's end, YYYY-MM-DD.
  const std::string& date() const;

  /// What the training noted about itself (configuration, figures): a JSON object as text.
  const std::string& provenance() const;

  /// For the library's own rooms.
  const ModelData& data() const { return *data_; }
  static Result<Model> FromData(ModelData data);

 private:
  explicit Model(std::shared_ptr<const ModelData> data) : data_(std::move(data)) {}

  std::shared_ptr<const ModelData> data_;
};

}  // namespace facecascade

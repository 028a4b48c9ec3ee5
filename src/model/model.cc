#include "facecascade/model.h"

#include <exception>

#include "model/built_in_model.h"
#include "model/model_file.h"

namespace facecascade {
namespace {

// The library lets no exception out; reading allocates.
template <typename Read>
Result<Model> ReadSafely(const Read& read) {
  try {
    Result<ModelData> data = read();
    if (!data.ok()) return data.error();
    return Model::FromData(std::move(data).value());
  } catch (const std::exception& exception) {
    return Error{std::string("cannot read the model: ") + exception.what()};
  }
}

}  // namespace

Result<Model> Model::BuiltIn() {
  return ReadSafely([] { return ParseModel(BuiltInModelFile(), "built-in model"); });
}

Result<Model> Model::Load(const std::string& path) {
  return ReadSafely([&] { return ReadModelFile(path); });
}

Result<Model> Model::LoadFromMemory(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return Error{"model in memory: there are no bytes"};
  return ReadSafely([&] {
    return ParseModel({static_cast<const std::byte*>(bytes), size}, "model in memory");
  });
}

Result<Model> Model::FromData(ModelData data) {
  if (Status status = CheckModel(data); !status.ok()) return status.error();
  return Model(std::make_shared<const ModelData>(std::move(data)));
}

std::int64_t Model::parameters() const {
  std::int64_t count = 0;
  for (const NetworkSpec& spec : data_->spec) count += ParameterCount(spec);
  return count;
}

const std::array<float, 3>& Model::thresholds() const { return data_->settings.thresholds; }
float Model::pyramid_factor() const { return data_->settings.pyramid_factor; }
const std::string& Model::training_data() const { return data_->training_data; }
const std::string& Model::date() const { return data_->date; }
const std::string& Model::provenance() const { return data_->provenance; }

}  // namespace facecascade

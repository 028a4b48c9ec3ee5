// The texts of a model file's metadata (model_file.h says what they mean).
#pragma once

#include <map>
#include <string>

#include "model/model_file.h"

namespace facecascade {

/// Everything of `model` but its weights.
std::map<std::string, std::string> DescribeModel(const ModelData& model);

/// Fills everything of `model` but its weights. An error that names the field.
Status ReadDescription(const std::map<std::string, std::string>& metadata, ModelData& model);

/// An error unless `text` is a day as YYYY-MM-DD.
Status CheckDate(const std::string& text);

/// An error unless `text` is a JSON object.
Status CheckProvenance(const std::string& text);

}  // namespace facecascade

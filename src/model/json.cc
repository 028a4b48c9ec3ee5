#include "model/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace facecascade {
namespace {

void WriteString(const std::string& text, std::string& output) {
  constexpr const char* kHex = "0123456789abcdef";
  output.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      output.push_back('\\');
      output.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      output += "\\u00";
      output.push_back(kHex[c >> 4]);
      output.push_back(kHex[c & 15]);
    } else {
      output.push_back(c);
    }
  }
  output.push_back('"');
}

void WriteNumber(double number, std::string& output) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  output.append(text.data(), end);
}

void WriteValue(const JsonValue& value, std::string& output);

struct Writer {
  std::string& output;

  void operator()(std::nullptr_t) const { output += "null"; }
  void operator()(bool truth) const { output += truth ? "true" : "false"; }
  void operator()(double number) const { WriteNumber(number, output); }
  void operator()(const std::string& text) const { WriteString(text, output); }
  void operator()(const JsonArray& array) const {
    output.push_back('[');
    for (std::size_t i = 0; i < array.size(); ++i) {
      if (i > 0) output.push_back(',');
      WriteValue(array[i], output);
    }
    output.push_back(']');
  }
  void operator()(const JsonObject& object) const {
    output.push_back('{');
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (i > 0) output.push_back(',');
      WriteString(object[i].first, output);
      output.push_back(':');
      WriteValue(object[i].second, output);
    }
    output.push_back('}');
  }
};

void WriteValue(const JsonValue& value, std::string& output) {
  std::visit(Writer{output}, value.value);
}

}  // namespace

JsonValue::JsonValue() : value(nullptr) {}
JsonValue::JsonValue(const JsonValue&) = default;
JsonValue::JsonValue(JsonValue&&) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue&) = default;
JsonValue& JsonValue::operator=(JsonValue&&) noexcept = default;
JsonValue::~JsonValue() = default;

std::string WriteJson(const JsonValue& value) {
  std::string output;
  WriteValue(value, output);
  return output;
}

double ShortestDecimal(float value) {
  std::array<char, 32> text;
  const char* end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  double decimal = 0;
  std::from_chars(text.data(), end, decimal);
  return decimal;
}

const JsonValue* FindKey(const JsonObject& object, std::string_view key) {
  const auto found = std::find_if(object.begin(), object.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == object.end() ? nullptr : &found->second;
}

JsonFields::JsonFields(const JsonValue& value, std::string where)
    : object_(value.object()), where_(std::move(where)) {
  if (object_ == nullptr) error_ = where_ + ": expected an object";
}

void JsonFields::Fail(std::string_view key, const std::string& expected) {
  if (error_.empty()) error_ = where_ + ": '" + std::string(key) + "' must be " + expected;
}

const JsonValue& JsonFields::Field(std::string_view key) {
  static const JsonValue null;
  asked_.emplace_back(key);
  const JsonValue* value = object_ == nullptr ? nullptr : FindKey(*object_, key);
  if (value == nullptr) Fail(key, "there");
  return value == nullptr ? null : *value;
}

void JsonFields::Number(std::string_view key, float& target) {
  const double* number = Field(key).number();
  // Beyond float's range the conversion would be undefined.
  if (number == nullptr || std::abs(*number) > std::numeric_limits<float>::max()) {
    return Fail(key, "a number");
  }
  target = static_cast<float>(*number);
}

void JsonFields::Integer(std::string_view key, int lowest, int highest, int& target) {
  const double* number = Field(key).number();
  if (number == nullptr || *number < lowest || *number > highest ||
      *number != std::floor(*number)) {
    return Fail(key,
                "a whole number in " + std::to_string(lowest) + " … " + std::to_string(highest));
  }
  target = static_cast<int>(*number);
}

void JsonFields::String(std::string_view key, std::string& target) {
  const std::string* text = Field(key).string();
  if (text == nullptr) return Fail(key, "a string");
  target = *text;
}

const JsonArray* JsonFields::Array(std::string_view key) {
  const JsonArray* array = Field(key).array();
  if (array == nullptr) Fail(key, "an array");
  return array;
}

Status JsonFields::Finish() {
  if (error_.empty()) {
    for (const auto& [key, value] : *object_) {
      if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
        error_ = where_ + ": '" + key + "' is not known";
      }
    }
  }
  return error_.empty() ? Ok() : Status(Error{error_});
}

}  // namespace facecascade

// A small strict JSON (RFC 8259) reader and writer: the library depends on no other.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

struct JsonValue;
using JsonArray = std::vector<JsonValue>;
using JsonObject = std::vector<std::pair<std::string, JsonValue>>;  ///< in the text's order

/// Any JSON value; numbers are doubles, strings UTF-8.
struct JsonValue {
  JsonValue();  // null
  template <typename T>
  explicit JsonValue(T content) : value(std::move(content)) {}

  // Out of line, as GCC 12 warns of uninitialised members where it inlines a variant's.
  JsonValue(const JsonValue&);
  JsonValue(JsonValue&&) noexcept;
  JsonValue& operator=(const JsonValue&);
  JsonValue& operator=(JsonValue&&) noexcept;
  ~JsonValue();

  const double* number() const { return std::get_if<double>(&value); }
  const std::string* string() const { return std::get_if<std::string>(&value); }
  const JsonArray* array() const { return std::get_if<JsonArray>(&value); }
  const JsonObject* object() const { return std::get_if<JsonObject>(&value); }

  std::variant<std::nullptr_t, bool, double, std::string, JsonArray, JsonObject> value;
};

/// The deepest nesting that is read.
inline constexpr int kDeepestJson = 64;

/// Reads one value with nothing but blanks around it. An error, with its place in bytes, where the
/// text is no JSON, nests deeper than kDeepestJson, repeats a key of an object, holds a number
/// beyond double or a string that is not UTF-8.
Result<JsonValue> ParseJson(std::string_view text);

/// The shortest text that ParseJson reads back to the same value; on one line. Numbers are finite
/// and strings UTF-8.
std::string WriteJson(const JsonValue& value);

/// The number that is written as the fewest digits that read back as `value`: 0.6F becomes 0.6.
double ShortestDecimal(float value);

/// The value of a key, or null.
const JsonValue* FindKey(const JsonObject& object, std::string_view key);

/// Takes a JSON object apart, field by field, and remembers the first thing that is wrong. Each
/// getter leaves its target alone where the field is missing or of another kind.
class JsonFields {
 public:
  /// `where` opens the error messages. `value` outlives this.
  JsonFields(const JsonValue& value, std::string where);

  void Number(std::string_view key, float& target);
  void Integer(std::string_view key, int lowest, int highest, int& target);
  void String(std::string_view key, std::string& target);
  /// Null, with an error remembered, where there is no array of that name.
  const JsonArray* Array(std::string_view key);
  /// A null value, with an error remembered, where there is no such field.
  const JsonValue& Field(std::string_view key);

  /// The first error; also one where the object holds a key that nobody asked for.
  Status Finish();

 private:
  void Fail(std::string_view key, const std::string& expected);

  const JsonObject* object_;
  std::string where_;
  std::vector<std::string> asked_;
  std::string error_;
};

}  // namespace facecascade

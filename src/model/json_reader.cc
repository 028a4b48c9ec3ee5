#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <system_error>

#include "model/json.h"

namespace facecascade {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(std::uint32_t code, std::string& text) {
  const auto byte = [&](std::uint32_t value) { text.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// Length of the UTF-8 character at the front, 0 where it is none (RFC 3629, section 4).
std::size_t Utf8Length(std::string_view text) {
  const auto at = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto is_tail = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  const std::uint32_t first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if ((first & 0xF0) == 0xE0) {
    const bool overlong = first == 0xE0 && at(1) < 0xA0;
    const bool surrogate = first == 0xED && at(1) > 0x9F;
    return is_tail(1) && is_tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && at(1) < 0x90;
    const bool too_large = first == 0xF4 && at(1) > 0x8F;
    return is_tail(1) && is_tail(2) && is_tail(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

bool HasRepeatedKey(const JsonObject& object) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : object) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// Recursive descent; every method returns false once `expected_` says what was missing.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<JsonValue> Read() {
    JsonValue value;
    bool ok = ReadValue(value, 0);
    if (ok) {
      SkipBlanks();
      ok = position_ == text_.size() || Fail("the end of the text");
    }
    if (ok) return value;
    return Error{"JSON, byte " + std::to_string(position_) + ": expected " + expected_};
  }

 private:
  bool Fail(const char* expected) {
    expected_ = expected;
    return false;
  }

  char Peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  bool Take(char c) {
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  bool TakeWord(std::string_view word) {
    if (text_.substr(position_, word.size()) != word) return false;
    position_ += word.size();
    return true;
  }

  void SkipBlanks() {
    while (Peek() == ' ' || Peek() == '\n' || Peek() == '\r' || Peek() == '\t') ++position_;
  }

  bool ReadValue(JsonValue& value, int depth) {
    if (depth > kDeepestJson) return Fail("less nesting");
    SkipBlanks();
    switch (Peek()) {
      case '{':
        return ReadObject(value.value.emplace<JsonObject>(), depth);
      case '[':
        return ReadArray(value.value.emplace<JsonArray>(), depth);
      case '"':
        return ReadString(value.value.emplace<std::string>());
      case 't':
        value.value = true;
        return TakeWord("true") || Fail("a value");
      case 'f':
        value.value = false;
        return TakeWord("false") || Fail("a value");
      case 'n':
        value.value = nullptr;
        return TakeWord("null") || Fail("a value");
      default:
        return ReadNumber(value.value.emplace<double>());
    }
  }

  bool ReadObject(JsonObject& object, int depth) {
    Take('{');
    SkipBlanks();
    if (Take('}')) return true;
    do {
      SkipBlanks();
      auto& [key, value] = object.emplace_back();
      if (!ReadString(key)) return false;
      SkipBlanks();
      if (!Take(':')) return Fail("':'");
      if (!ReadValue(value, depth + 1)) return false;
      SkipBlanks();
    } while (Take(','));
    if (!Take('}')) return Fail("',' or '}'");
    return !HasRepeatedKey(object) || Fail("every key of the object once");
  }

  bool ReadArray(JsonArray& array, int depth) {
    Take('[');
    SkipBlanks();
    if (Take(']')) return true;
    do {
      if (!ReadValue(array.emplace_back(), depth + 1)) return false;
      SkipBlanks();
    } while (Take(','));
    return Take(']') || Fail("',' or ']'");
  }

  bool ReadNumber(double& number) {
    const std::size_t begin = position_;
    Take('-');
    if (!Take('0') && !TakeDigits()) return Fail("a value");
    if (Take('.') && !TakeDigits()) return Fail("a digit");
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      if (!TakeDigits()) return Fail("a digit");
    }
    const char* end = text_.data() + position_;
    const auto [stop, error] = std::from_chars(text_.data() + begin, end, number);
    return (error == std::errc() && stop == end && std::isfinite(number)) ||
           Fail("a number within double's range");
  }

  bool TakeDigits() {
    const std::size_t begin = position_;
    while (IsDigit(Peek())) ++position_;
    return position_ > begin;
  }

  bool ReadString(std::string& text) {
    if (!Take('"')) return Fail("a string");
    while (!Take('"')) {
      if (position_ >= text_.size() || static_cast<unsigned char>(Peek()) < 0x20) {
        return Fail("'\"'");
      }
      if (Take('\\')) {
        if (!ReadEscape(text)) return false;
        continue;
      }
      const std::size_t length = Utf8Length(text_.substr(position_));
      if (length == 0) return Fail("UTF-8");
      text.append(text_, position_, length);
      position_ += length;
    }
    return true;
  }

  bool ReadEscape(std::string& text) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (Take('u')) return ReadUnicodeEscape(text);
    const std::size_t index = kNames.find(Peek());
    if (Peek() == '\0' || index == std::string_view::npos) return Fail("an escape of JSON");
    ++position_;
    text.push_back(kMeanings[index]);
    return true;
  }

  bool ReadUnicodeEscape(std::string& text) {
    std::optional<std::uint32_t> code = TakeHex();
    if (!code) return Fail("four hexadecimal digits");
    if (*code >= 0xD800 && *code < 0xE000) {
      const bool high = *code < 0xDC00 && TakeWord("\\u");
      const std::optional<std::uint32_t> low = high ? TakeHex() : std::nullopt;
      if (!low || *low < 0xDC00 || *low >= 0xE000) return Fail("a pair of surrogates");
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    }
    AppendUtf8(*code, text);
    return true;
  }

  std::optional<std::uint32_t> TakeHex() {
    const std::string_view digits = text_.substr(position_, 4);
    std::uint32_t code = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, code, 16);
    if (digits.size() != 4 || error != std::errc() || stop != end) return std::nullopt;
    position_ += 4;
    return code;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  const char* expected_ = "";
};

}  // namespace

Result<JsonValue> ParseJson(std::string_view text) { return Reader(text).Read(); }

}  // namespace facecascade

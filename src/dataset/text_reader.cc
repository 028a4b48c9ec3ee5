#include "dataset/text_reader.h"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace facecascade {
namespace {

constexpr std::string_view kBlanks = " \t\r";

bool ParseNumber(std::string_view field, double& number) {
  if (!field.empty() && field.front() == '+') field.remove_prefix(1);
  const auto result = std::from_chars(field.data(), field.data() + field.size(), number);
  return result.ec == std::errc() && result.ptr == field.data() + field.size() &&
         std::isfinite(number);
}

// The first field of `rest`, which is cut off it; empty at the end of the line.
std::string_view TakeField(std::string_view& rest) {
  const std::size_t begin = std::min(rest.find_first_not_of(kBlanks), rest.size());
  const std::size_t end = std::min(rest.find_first_of(kBlanks, begin), rest.size());
  const std::string_view field = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return field;
}

}  // namespace

Result<std::string> ReadWholeFile(const std::string& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return Error{path + ": is a folder, not a file"};
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{path + ": the file cannot be opened"};
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return Error{path + ": the file cannot be read"};
  return text;
}

bool TextReader::Next(std::string_view& line) {
  if (position_ >= text_.size()) return false;
  const std::size_t end = std::min(text_.find('\n', position_), text_.size());
  line = text_.substr(position_, end - position_);
  position_ = end + 1;
  ++line_number_;
  return true;
}

Error TextReader::Fail(const std::string& reason) const {
  return Error{path_ + ":" + std::to_string(line_number_) + ": " + reason};
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::vector<std::string_view> SplitFields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (auto field = TakeField(line); !field.empty(); field = TakeField(line)) {
    fields.push_back(field);
  }
  return fields;
}

bool ParseNumbers(std::string_view line, std::vector<double>& numbers,
                  std::string_view& bad_field) {
  numbers.clear();
  for (auto field = TakeField(line); !field.empty(); field = TakeField(line)) {
    double number = 0;
    if (!ParseNumber(field, number)) {
      bad_field = field;
      return false;
    }
    numbers.push_back(number);
  }
  return true;
}

bool ParseCount(std::string_view line, std::size_t& count) {
  const std::string_view field = Trimmed(line);
  const auto result = std::from_chars(field.data(), field.data() + field.size(), count);
  return result.ec == std::errc() && result.ptr == field.data() + field.size();
}

}  // namespace facecascade

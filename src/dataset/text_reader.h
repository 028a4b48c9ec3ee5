// Reading of annotation and detection files line by line, with errors that name file and line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "facecascade/result.h"

namespace facecascade {

/// The whole content of a file; an error names the file.
Result<std::string> ReadWholeFile(const std::string& path);

/// Walks over the lines of a text in memory. The text outlives the reader.
class TextReader {
 public:
  /// `path` only serves the messages.
  TextReader(std::string path, std::string_view text) : path_(std::move(path)), text_(text) {}

  /// The next line without its line feed (a carriage return stays); false at the end of the text.
  bool Next(std::string_view& line);

  /// Number of the line that Next gave last, from 1; 0 before the first.
  int line_number() const { return line_number_; }

  /// "PATH:LINE: REASON" for the line that Next gave last.
  Error Fail(const std::string& reason) const;

 private:
  std::string path_;
  std::string_view text_;
  std::size_t position_ = 0;
  int line_number_ = 0;
};

/// `text` without blanks, tabs and carriage returns at both ends.
std::string_view Trimmed(std::string_view text);

/// Fields of a line between blanks and tabs; a carriage return at the end is dropped.
std::vector<std::string_view> SplitFields(std::string_view line);

/// Reads blank-separated finite numbers into `numbers` (replaced). False where a field is none;
/// `bad_field` then holds it.
bool ParseNumbers(std::string_view line, std::vector<double>& numbers, std::string_view& bad_field);

/// Reads a count, 0 or more, that stands alone on its line.
bool ParseCount(std::string_view line, std::size_t& count);

}  // namespace facecascade

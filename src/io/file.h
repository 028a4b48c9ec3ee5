// Whole files in memory, and files that are either written completely or not at all.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "facecascade/result.h"
#include "io/temporary_name.h"

namespace facecascade {

/// The bytes of a file. An error names the file and why it cannot be read.
Result<std::vector<std::uint8_t>> ReadBytes(const std::string& path);

/// A file that is written under a temporary name beside its own and renamed at the end, so that
/// nobody ever sees half of it. Without Commit nothing is left behind. Devices and pipes
/// (/dev/stdout) are written directly, and links are followed. Errors name the file and the reason.
class OutputFile {
 public:
  /// Makes the folders on the way, too.
  static Result<OutputFile> Create(const std::string& path);

  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  Status Append(std::string_view content);
  Status Commit();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  OutputFile(std::string path, std::string temporary, TemporaryName name, std::FILE* file)
      : path_(std::move(path)),
        temporary_(std::move(temporary)),
        name_(std::move(name)),
        file_(file) {}
  Error Fail() const;

  std::string path_;
  std::string temporary_;  // equals path_ where written directly
  TemporaryName name_;
  std::unique_ptr<std::FILE, Closer> file_;
};

/// Writes a whole file as OutputFile does.
Status WriteFileAtomically(const std::string& path, std::string_view content);
Status WriteFileAtomically(const std::string& path, std::span<const std::uint8_t> content);

}  // namespace facecascade

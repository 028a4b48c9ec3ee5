#include "io/detection_writer.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace facecascade {

Result<DetectionWriter> DetectionWriter::Open(OutputFormat format, const std::string& output) {
  DetectionWriter writer(format);
  if (format == OutputFormat::kWider) {
    if (output.empty()) return Error{"WIDER's format needs a folder to be written to"};
    writer.folder_ = output;
    std::error_code code;
    std::filesystem::create_directories(output, code);
    if (code) return Error{output + ": the folder cannot be made: " + code.message()};
  } else if (!output.empty()) {
    auto file = OutputFile::Create(output);
    if (!file.ok()) return file.error();
    writer.file_.emplace(std::move(file).value());
  }
  if (format == OutputFormat::kCsv) {
    if (const Status status = writer.WriteText(CsvHeader()); !status.ok()) return status.error();
  }
  return writer;
}

Status DetectionWriter::WriteText(const std::string& text) {
  if (file_) return file_->Append(text);
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return Ok();
  return Error{std::string("the standard output cannot be written: ") + std::strerror(errno)};
}

Status DetectionWriter::WriteWiderFile(const PhotoDetections& photo) {
  const std::string name = WiderFileName(photo);
  if (!wider_files_.insert(name).second) {
    return Error{photo.path + ": a photo before it was written to " + name + " already"};
  }
  return WriteFileAtomically((std::filesystem::path(folder_) / name).string(), ToWider(photo));
}

Status DetectionWriter::Write(const PhotoDetections& photo) {
  switch (format_) {
    case OutputFormat::kJsonLines:
      return WriteText(ToJsonLine(photo));
    case OutputFormat::kCsv:
      return WriteText(ToCsv(photo));
    case OutputFormat::kFddb:
      return WriteText(ToFddb(photo));
    case OutputFormat::kWider:
      return WriteWiderFile(photo);
    case OutputFormat::kCoco:
      coco_.Add(photo);
      return Ok();
  }
  return Ok();
}

Status DetectionWriter::Finish() {
  if (format_ == OutputFormat::kCoco) {
    if (Status status = WriteText(coco_.Text()); !status.ok()) return status;
  }
  return file_ ? file_->Commit() : Ok();
}

}  // namespace facecascade

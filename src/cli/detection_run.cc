#include "cli/detection_run.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <semaphore>
#include <set>
#include <span>
#include <system_error>

#include "base/thread_pool.h"
#include "cli/in_order.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "io/photo.h"

namespace facecascade::cli {
namespace {

namespace fs = std::filesystem;

// What became of a photo.
struct Outcome {
  PhotoDetections photo;
  std::optional<Error> bad_photo;   // the photo is skipped
  std::optional<Error> bad_output;  // the work ends
};

Result<std::vector<std::uint8_t>> ReadStandardInput() {
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> block(1 << 16);
  std::size_t size = 0;
  while ((size = std::fread(block.data(), 1, block.size(), stdin)) > 0) {
    bytes.insert(bytes.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
  }
  if (std::ferror(stdin) != 0) return Error{"-: the standard input cannot be read"};
  return bytes;
}

Result<Image> ReadInput(const Input& input, bool apply_orientation) {
  const PhotoOptions options{.apply_orientation = apply_orientation};
  if (input.kind != InputKind::kStandardInput) return ReadPhoto(input.file, options);
  const auto bytes = ReadStandardInput();
  if (!bytes.ok()) return bytes.error();
  return DecodePhoto(bytes.value(), "- (standard input)", options);
}

// Photos of a run, worked on by several threads.
class PhotoDetection {
 public:
  PhotoDetection(const FaceDetector& detector, const DetectionRun& run,
                 std::span<const Input> inputs)
      : detector_(detector), run_(run), inputs_(inputs), detecting_(DetectingThreads()) {
    workspaces_.resize(static_cast<std::size_t>(workers()));
  }

  // One more than detect, as one reads a photo meanwhile.
  int workers() const {
    return std::min(DetectingThreads() + 1,
                    static_cast<int>(std::min<std::size_t>(inputs_.size(), kMostThreads)));
  }

  Outcome Detect(std::size_t index, int worker) {
    const Input& input = inputs_[index];
    Outcome outcome;
    try {
      DetectPhoto(input, workspaces_[static_cast<std::size_t>(worker)], outcome);
    } catch (const std::exception&) {
      outcome.bad_photo = Error{input.path + ": the photo does not fit into memory"};
    }
    return outcome;
  }

 private:
  // Photos at once: a single one is shared by all threads instead.
  int DetectingThreads() const {
    return std::min(ResolveThreads(run_.options.threads), static_cast<int>(inputs_.size()));
  }

  void DetectPhoto(const Input& input, Workspace& workspace, Outcome& outcome) {
    auto photo = ReadInput(input, run_.apply_orientation);
    if (!photo.ok()) {
      outcome.bad_photo = photo.error();
      return;
    }
    Image& image = photo.value();
    DetectOptions options = run_.options;
    options.threads = std::max(1, ResolveThreads(options.threads) / DetectingThreads());
    detecting_.acquire();
    const Status status = detector_.Detect(image.View(), options, workspace, outcome.photo.faces);
    detecting_.release();
    if (!status.ok()) {
      outcome.bad_photo = Error{input.path + ": " + status.error().message};
      return;
    }
    outcome.photo.path = input.path;
    outcome.photo.width = image.width;
    outcome.photo.height = image.height;
    if (run_.copy_folder.empty()) return;
    const Status written = WriteCopies(outcome.photo.faces, CopyPath(run_, input), image);
    if (!written.ok()) outcome.bad_output = written.error();
  }

  Status WriteCopies(const std::vector<Face>& faces, const std::string& path, Image& image) const {
    if (run_.cut) return run_.cut(faces, image, path.substr(0, path.rfind('.')));
    run_.edit(faces, image);
    return WritePhoto(image, path);
  }

  const FaceDetector& detector_;
  const DetectionRun& run_;
  std::span<const Input> inputs_;
  std::counting_semaphore<kMostThreads> detecting_;
  std::vector<Workspace> workspaces_;
};

Result<bool> DetectPhotos(const FaceDetector& detector, const DetectionRun& run,
                          std::span<const Input> inputs, const DetectionSink& write) {
  PhotoDetection detection(detector, run, inputs);
  Progress progress("photos", inputs.size(), run.shows_progress && inputs.size() > 1);
  bool all_good = true;
  std::optional<Error> failure;
  ProcessInOrder(
      inputs.size(), detection.workers(),
      [&](std::size_t index, int worker) { return detection.Detect(index, worker); },
      [&](std::size_t, Outcome outcome) {
        if (outcome.bad_photo) {
          progress.Clear();
          Report(outcome.bad_photo->message);
          all_good = false;
        } else if (outcome.bad_output) {
          failure = outcome.bad_output;
        } else if (const Status status = write(outcome.photo); !status.ok()) {
          failure = status.error();
        }
        progress.Advance();
        return !failure;
      });
  if (failure) return *failure;
  return all_good;
}

// Where a file lies, without its suffix.
fs::path Stem(const std::string& path) {
  std::error_code code;
  return fs::weakly_canonical(fs::absolute(path, code), code).replace_extension();
}

// "photo" of "photo-12", "" of what has no number.
std::string WithoutNumber(const std::string& stem) {
  const std::size_t dash = stem.find_last_not_of("0123456789");
  if (dash == std::string::npos || dash + 1 == stem.size() || stem[dash] != '-') return "";
  return stem.substr(0, dash);
}

}  // namespace

std::string CopyPath(const DetectionRun& run, const Input& input) {
  const std::string path = (fs::path(run.copy_folder) / input.copy_name).string();
  const bool becomes_mp4 = input.kind == InputKind::kVideo && !path.ends_with(".mp4");
  return becomes_mp4 ? path + ".mp4" : path;
}

Status RefuseOverwriting(const DetectionRun& run, const std::vector<Input>& inputs) {
  if (run.copy_folder.empty()) return Ok();
  std::vector<std::string> copies;
  for (const Input& input : inputs) copies.push_back(CopyPath(run, input));
  if (!run.cut) return RefuseOverwriting(inputs, copies);
  std::set<fs::path> stems;
  for (const std::string& copy : copies) stems.insert(Stem(copy));
  for (const Input& input : inputs) {
    if (!input.file.ends_with(".png")) continue;
    // A photo's cut-outs have one number behind its name, a video's two.
    fs::path stem = Stem(input.file);
    for (int numbers = 1; numbers <= 2; ++numbers) {
      stem = WithoutNumber(stem.string());
      if (stems.count(stem) > 0) {
        return Error{input.file + ": is one of the files to read and might be overwritten"};
      }
    }
  }
  return Ok();
}

Result<bool> DetectInputs(const FaceDetector& detector, const DetectionRun& run,
                          const std::vector<Input>& inputs, const DetectionSink& write) {
  bool all_good = true;
  for (auto input = inputs.begin(); input != inputs.end();) {
    const auto next_video = std::find_if(
        input, inputs.end(), [](const Input& other) { return other.kind == InputKind::kVideo; });
    const bool is_video = next_video == input;
    const auto result = is_video ? DetectVideo(detector, run, *input, write)
                                 : DetectPhotos(detector, run, {input, next_video}, write);
    if (!result.ok()) return result.error();
    all_good = all_good && result.value();
    input = is_video ? input + 1 : next_video;
  }
  return all_good;
}

}  // namespace facecascade::cli

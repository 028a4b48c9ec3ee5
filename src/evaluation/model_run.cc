#include "evaluation/model_run.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

#include "base/thread_pool.h"
#include "io/photo.h"

namespace facecascade::evaluation {
namespace {

using Clock = std::chrono::steady_clock;

Result<ScoredPhoto> DetectOne(const FaceDetector& detector, const PhotoName& photo,
                              const DetectOptions& options, Workspace& workspace) {
  const auto image = ReadPhoto(photo.file);
  if (!image.ok()) return image.error();
  std::vector<Face> faces;
  const Clock::time_point start = Clock::now();
  const Status status = detector.Detect(image.value().View(), options, workspace, faces);
  const std::chrono::duration<double> taken = Clock::now() - start;
  if (!status.ok()) return Error{photo.path + ": " + status.error().message};
  ScoredPhoto scored{photo.path, 0, {}, taken.count()};
  for (const Face& face : faces) {
    Detection detection;
    detection.box = {face.box.x, face.box.y, face.box.width, face.box.height};
    detection.score = face.score;
    detection.landmarks = face.landmarks;
    scored.detections.push_back(detection);
  }
  return scored;
}

}  // namespace

ModelRun DetectAll(const FaceDetector& detector, const std::string& source,
                   const std::vector<PhotoName>& photos, const DetectOptions& options,
                   const std::function<void()>& advance) {
  DetectOptions of_one = options;
  of_one.threads = 1;
  std::vector<std::optional<Result<ScoredPhoto>>> results(photos.size());
  std::atomic<std::size_t> next = 0;
  std::mutex advancing;
  const auto work = [&] {
    Workspace workspace;
    for (std::size_t i = next++; i < photos.size(); i = next++) {
      results[i] = DetectOne(detector, photos[i], of_one, workspace);
      const std::lock_guard lock(advancing);
      advance();
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < ResolveThreads(options.threads); ++i) workers.emplace_back(work);
  }
  ModelRun run;
  run.detections = {source, DetectionFormat::kModel, {}};
  for (auto& result : results) {
    if (!result->ok()) {
      run.unreadable.push_back(result->error());
      continue;
    }
    run.seconds += *result->value().seconds;
    run.detections.photos.push_back(std::move(*result).value());
  }
  return run;
}

}  // namespace facecascade::evaluation

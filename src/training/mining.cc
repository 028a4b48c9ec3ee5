#include "training/mining.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "dataset/text_reader.h"
#include "training/files.h"

namespace facecascade::training {
namespace {

constexpr float kFoundIoU = 0.5F;
constexpr int kWindowsPerLandmarkFace = 3;

struct PhotoYield {
  std::vector<std::pair<SampleKind, MinedWindow>> windows;
  int candidates = 0;
  int faces = 0;
  int found = 0;
};

void CountRecall(const TrainingPhoto& photo, const std::vector<Candidate>& candidates,
                 double smallest_face, PhotoYield& yield) {
  for (const TrainingFace& face : photo.faces) {
    if (face.ignored || SquareAround(face.box).side < smallest_face) continue;
    ++yield.faces;
    yield.found += std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& c) {
      return IoU(c.box, face.box) >= kFoundIoU;
    });
  }
}

// Landmark faces are proposed by the nets as well: the next net then learns their points in the
// windows that it will see.
void MineLandmarkFaces(const TrainingPhoto& photo, int index,
                       const std::vector<Candidate>& candidates, PhotoYield& yield) {
  for (std::size_t f = 0; f < photo.faces.size(); ++f) {
    if (!photo.faces[f].landmarks) continue;
    const Box truth = ToBox(WindowFromLandmarks(*photo.faces[f].landmarks));
    int kept = 0;
    for (const Candidate& candidate : candidates) {
      const Window window = SquareAround(candidate.box);
      if (kept == kWindowsPerLandmarkFace || IoU(ToBox(window), truth) < kFoundIoU) continue;
      yield.windows.push_back({SampleKind::kLandmark, {index, window, static_cast<int>(f)}});
      ++kept;
    }
  }
}

PhotoYield MinePhoto(const Cascade& cascade, const TrainingPhoto& photo, int index,
                     const TrainingConfig& config, int stage, const CascadeOptions& options,
                     CascadeWorkspace& workspace) {
  PhotoYield yield;
  const std::vector<Candidate>& candidates =
      RunCascade(cascade, photo.octaves, options, std::max(stage, 1), workspace);
  yield.candidates = static_cast<int>(candidates.size());
  CountRecall(photo, candidates, config.mining.smallest_face, yield);
  MineLandmarkFaces(photo, index, candidates, yield);
  int negatives = 0;
  for (const Candidate& candidate : candidates) {
    // The 12net sees its own windows, the nets above it what the net below made of them.
    const Window window = stage == 0 ? candidate.window : SquareAround(candidate.box);
    if (window.side < 1) continue;
    const NearestFace nearest = FindNearestFace(photo, window);
    switch (LabelWindow(photo, nearest, config.stages[stage].labels)) {
      case WindowLabel::kNegative:
        if (negatives++ < config.mining.most_per_photo) {
          yield.windows.push_back({SampleKind::kNegative, {index, window, -1}});
        }
        break;
      case WindowLabel::kPart:
        yield.windows.push_back({SampleKind::kPart, {index, window, nearest.face}});
        break;
      case WindowLabel::kPositive:
        yield.windows.push_back({SampleKind::kPositive, {index, window, nearest.face}});
        break;
      case WindowLabel::kIgnored:
        break;
    }
  }
  return yield;
}

CascadeOptions MiningOptions(const TrainingConfig& config) {
  CascadeOptions options;
  options.min_face = static_cast<float>(config.mining.smallest_face);
  options.settings = DetectorSettings(config);
  for (int below = 0; below + 1 < kStageCount; ++below) {
    options.settings.thresholds[below] =
        static_cast<float>(config.stages[below + 1].mining_threshold);
  }
  return options;
}

struct FileHeader {
  char magic[8];
  std::int64_t counts[kSampleKinds];
};
constexpr char kMagic[8] = {'f', 'c', 'm', 'i', 'n', 'e', 'd', '1'};

}  // namespace

std::vector<int> PhotosToMine(const PhotoStore& photos, const MiningConfig& config) {
  std::vector<int> places;
  for (std::size_t i = 0; i < photos.photos.size(); ++i) {
    const TrainingPhoto& photo = photos.photos[i];
    const bool has_faces = std::any_of(
        photo.faces.begin(), photo.faces.end(),
        [](const TrainingFace& face) { return face.box.width > 0 || face.landmarks.has_value(); });
    if (photo.negatives || has_faces) places.push_back(static_cast<int>(i));
  }
  if (config.photos > 0 && static_cast<int>(places.size()) > config.photos) {
    // Every n-th, so that all sources and events take part.
    std::vector<int> some(config.photos);
    for (int i = 0; i < config.photos; ++i) {
      some[i] = places[static_cast<std::size_t>(i) * places.size() / config.photos];
    }
    return some;
  }
  return places;
}

MinedWindows MineWindows(const Cascade& cascade, const PhotoStore& photos,
                         const std::vector<int>& places, const TrainingConfig& config, int stage,
                         int threads, const std::function<void(int, int)>& progress,
                         MiningReport& report) {
  const CascadeOptions options = MiningOptions(config);
  std::vector<PhotoYield> yields(places.size());
  std::atomic<std::size_t> next = 0;
  std::mutex progress_mutex;
  int done = 0;
  const auto work = [&] {
    CascadeWorkspace workspace;
    for (std::size_t i = next++; i < places.size(); i = next++) {
      yields[i] = MinePhoto(cascade, photos.photos[places[i]], places[i], config, stage, options,
                            workspace);
      const std::scoped_lock lock(progress_mutex);
      progress(++done, static_cast<int>(places.size()));
    }
  };
  std::vector<std::jthread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work);
  workers.clear();

  MinedWindows mined;
  std::int64_t candidates = 0;
  std::int64_t found = 0;
  for (const PhotoYield& yield : yields) {
    candidates += yield.candidates;
    found += yield.found;
    report.faces += yield.faces;
    for (const auto& [kind, window] : yield.windows) {
      mined[static_cast<int>(kind)].push_back(window);
    }
  }
  report.photos = static_cast<int>(places.size());
  report.windows_per_photo = static_cast<double>(candidates) /
                             static_cast<double>(std::max<std::size_t>(1, places.size()));
  report.recall =
      static_cast<double>(found) / static_cast<double>(std::max<std::int64_t>(1, report.faces));
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    report.counts[kind] = static_cast<std::int64_t>(mined[kind].size());
  }
  return mined;
}

Status CheckMining(const MiningReport& report, const TrainingConfig& config, int stage) {
  const std::string name = config.networks[stage].name;
  const auto& least = config.stages[stage];
  if (report.recall < least.mining_recall) {
    return Error{"mining for the " + name + ": the nets below find only " +
                 std::to_string(report.recall) + " of the faces at threshold " +
                 std::to_string(least.mining_threshold) + ", stage." + name +
                 ".mining_recall asks for " + std::to_string(least.mining_recall) +
                 ": train them longer or lower mining_threshold"};
  }
  const std::int64_t positives = report.counts[static_cast<int>(SampleKind::kPositive)];
  if (positives < std::min<std::int64_t>(least.batch_size, report.faces / 4)) {
    return Error{"mining for the " + name + " yields only " + std::to_string(positives) +
                 " positives from " + std::to_string(report.faces) +
                 " faces: the boxes of the nets below do not fit, train them longer"};
  }
  return Ok();
}

Status SaveMinedWindows(const MinedWindows& windows, const std::string& path) {
  FileHeader header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  std::string bytes(sizeof(header), '\0');
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    header.counts[kind] = static_cast<std::int64_t>(windows[kind].size());
    bytes.append(reinterpret_cast<const char*>(windows[kind].data()),
                 windows[kind].size() * sizeof(MinedWindow));
  }
  std::memcpy(bytes.data(), &header, sizeof(header));
  return WriteText(path, bytes);
}

Result<MinedWindows> LoadMinedWindows(const std::string& path, const PhotoStore& photos) {
  const Result<std::string> bytes = ReadWholeFile(path);
  if (!bytes.ok()) return bytes.error();
  return ParseMinedWindows(bytes.value(), path, photos);
}

Result<MinedWindows> ParseMinedWindows(const std::string& bytes, const std::string& path,
                                       const PhotoStore& photos) {
  FileHeader header{};
  const Error wrong{path +
                    ": is not a file of mined windows of these photos; remove it and resume"};
  if (bytes.size() < sizeof(header)) return wrong;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) return wrong;
  MinedWindows windows;
  std::size_t place = sizeof(header);
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    const auto count = static_cast<std::size_t>(header.counts[kind]);
    if (header.counts[kind] < 0 || count > (bytes.size() - place) / sizeof(MinedWindow))
      return wrong;
    windows[kind].resize(count);
    std::memcpy(windows[kind].data(), bytes.data() + place, count * sizeof(MinedWindow));
    place += count * sizeof(MinedWindow);
    for (const MinedWindow& window : windows[kind]) {
      if (window.photo < 0 || window.photo >= static_cast<int>(photos.photos.size()) ||
          window.face >= static_cast<int>(photos.photos[window.photo].faces.size())) {
        return wrong;
      }
    }
  }
  return windows;
}

}  // namespace facecascade::training

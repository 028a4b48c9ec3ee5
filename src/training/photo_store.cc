#include "training/photo_store.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "dataset/landmark_list.h"
#include "dataset/photo_list.h"
#include "dataset/wider.h"
#include "io/photo.h"

namespace facecascade::training {
namespace {

// A photo to be read, with all that is known about it.
struct PhotoEntry {
  std::string name;  // as listed, what the held-out choice hashes
  std::string file;
  std::vector<TrainingFace> faces;
  bool negatives = false;
};

std::string Below(const std::string& data, const std::string& path) { return data + "/" + path; }

TrainingFace ToTrainingFace(const AnnotatedFace& face, const DataConfig& config) {
  TrainingFace result;
  result.box = face.box;
  result.landmarks = face.landmarks;
  if (face.attributes.pose != 0) result.weight *= static_cast<float>(config.atypical_weight);
  if (face.attributes.occlusion != 0) result.weight *= static_cast<float>(config.occluded_weight);
  const bool hidden = face.attributes.occlusion >= 2 && !config.heavily_occluded;
  result.ignored = face.attributes.invalid != 0 || hidden || !face.has_box ||
                   std::max(face.box.width, face.box.height) < config.smallest_face;
  return result;
}

Status ListBoxes(const std::string& data, const BoxSource& source, const DataConfig& config,
                 std::vector<PhotoEntry>& entries) {
  const Result<std::vector<AnnotatedPhoto>> photos =
      ReadWiderList(Below(data, source.annotations), Below(data, source.images));
  if (!photos.ok()) return photos.error();
  for (const AnnotatedPhoto& photo : photos.value()) {
    PhotoEntry& entry = entries.emplace_back();
    entry.name = photo.path;
    entry.file = photo.file;
    entry.negatives = source.negatives;
    for (const AnnotatedFace& face : photo.faces) {
      entry.faces.push_back(ToTrainingFace(face, config));
    }
  }
  return Ok();
}

// Leaves `most` of the entries from place `begin` on, spread evenly; 0: all.
void ThinOut(std::size_t begin, int most, std::vector<PhotoEntry>& entries) {
  const std::size_t all = entries.size() - begin;
  const auto kept = static_cast<std::size_t>(most);
  if (most == 0 || all <= kept) return;
  for (std::size_t i = 0; i < kept; ++i) {
    const std::size_t from = begin + i * all / kept;
    if (from != begin + i) entries[begin + i] = std::move(entries[from]);
  }
  entries.resize(begin + kept);
}

// Faces of landmark lists give landmarks only: their boxes follow other rules than detection's,
// and other faces in these crops are not labelled.
Status ListLandmarks(const std::string& data, const std::string& list,
                     std::vector<PhotoEntry>& entries) {
  const Result<std::vector<AnnotatedPhoto>> photos = ReadLandmarkList(Below(data, list));
  if (!photos.ok()) return photos.error();
  for (const AnnotatedPhoto& photo : photos.value()) {
    PhotoEntry& entry = entries.emplace_back();
    entry.name = photo.path;
    entry.file = photo.file;
    for (const AnnotatedFace& face : photo.faces) {
      if (!face.landmarks) continue;
      TrainingFace& added = entry.faces.emplace_back();
      added.landmarks = face.landmarks;
      added.ignored = true;
    }
  }
  return Ok();
}

Status ListWithoutFaces(const std::string& data, const std::string& folder,
                        std::vector<PhotoEntry>& entries) {
  const Result<std::vector<PhotoName>> photos = ListPhotos(Below(data, folder));
  if (!photos.ok()) return photos.error();
  for (const PhotoName& photo : photos.value()) {
    PhotoEntry& entry = entries.emplace_back();
    // The name must not depend on where the data lies.
    entry.name = photo.path.substr(Below(data, "").size());
    entry.file = photo.file;
    entry.negatives = true;
  }
  return Ok();
}

Status ReadEntry(const PhotoEntry& entry, int held_out_every, TrainingPhoto& photo) {
  const Result<Image> image = ReadPhoto(entry.file);
  if (!image.ok()) return image.error();
  photo.file = entry.file;
  photo.faces = entry.faces;
  photo.negatives = entry.negatives;
  photo.held_out = IsHeldOut(entry.name, held_out_every);
  BuildOctaves(image.value().View(), photo.octaves);
  return Ok();
}

}  // namespace

bool IsHeldOut(const std::string& name, int every) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (hash >> 20) % static_cast<std::uint64_t>(every) == 0;
}

PhotoCounts CountPhotos(const PhotoStore& store) {
  PhotoCounts counts;
  for (const TrainingPhoto& photo : store.photos) {
    ++counts.photos;
    counts.photos_without_faces += photo.faces.empty();
    for (const TrainingFace& face : photo.faces) {
      counts.landmark_faces += face.landmarks.has_value();
      if (face.landmarks) continue;
      face.ignored ? ++counts.ignored_faces : ++counts.faces;
    }
  }
  return counts;
}

Result<PhotoStore> LoadPhotos(const std::string& data, const DataConfig& config, int threads,
                              const std::function<void(int, int)>& progress) {
  std::vector<PhotoEntry> entries;
  for (const BoxSource& source : config.boxes) {
    const std::size_t begin = entries.size();
    const Status status = ListBoxes(data, source, config, entries);
    if (!status.ok()) return status.error();
    ThinOut(begin, config.photos, entries);
  }
  for (const std::string& list : config.landmarks) {
    const std::size_t begin = entries.size();
    const Status status = ListLandmarks(data, list, entries);
    if (!status.ok()) return status.error();
    ThinOut(begin, config.photos, entries);
  }
  for (const std::string& folder : config.without_faces) {
    const std::size_t begin = entries.size();
    const Status status = ListWithoutFaces(data, folder, entries);
    if (!status.ok()) return status.error();
    ThinOut(begin, config.photos, entries);
  }
  PhotoStore store;
  store.photos.resize(entries.size());
  std::vector<std::string> errors(entries.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  int done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < entries.size(); i = next++) {
      const Status status = ReadEntry(entries[i], config.held_out_every, store.photos[i]);
      if (!status.ok()) errors[i] = status.error().message;
      const std::scoped_lock lock(mutex);
      progress(++done, static_cast<int>(entries.size()));
    }
  };
  std::vector<std::jthread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work);
  workers.clear();
  for (const std::string& error : errors) {
    if (!error.empty()) return Error{error};
  }
  return store;
}

}  // namespace facecascade::training

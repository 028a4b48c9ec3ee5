// Finding faces. This is the whole program, with the built-in model:
//
//   const facecascade::FaceDetector detector;
//   const auto faces = detector.Detect({pixels, width, height, stride, PixelFormat::kBgr});
//   if (!faces.ok()) return Report(faces.error().message);
//   for (const facecascade::Face& face : faces.value()) Draw(face.box, face.landmarks, face.score);
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "facecascade/detect_profile.h"
#include "facecascade/face.h"
#include "facecascade/image_view.h"
#include "facecascade/model.h"
#include "facecascade/result.h"

namespace facecascade {

/// What to look for. The defaults are the model's.
struct DetectOptions {
  /// Side of the smallest face to be found in pixels, 4 … 1,000,000. Time grows with its inverse
  /// square. There is no largest face.
  float min_face = 20;

  /// Least score of a face, 0 … 1, instead of the model's own. Below the model's own the earlier
  /// nets' thresholds are loosened in proportion, as far as more faces are found by that.
  std::optional<float> threshold;

  /// From the size of a pyramid level to the next one's, 0.1 … 0.98, instead of the model's own.
  /// Nearer to 1 finds a few faces more and takes longer.
  std::optional<float> pyramid_factor;

  /// Threads that work on a photo, 1 … 256; 0: as many as the machine runs at once. The result is
  /// the same for any number.
  int threads = 1;
};

/// The memory of a detection: grows to what the most demanding photo takes and is kept. One thread
/// at a time.
class Workspace {
 public:
  Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;
  ~Workspace();

 private:
  friend class FaceDetector;
  struct Buffers;
  Buffers& buffers();
  std::unique_ptr<Buffers> buffers_;
};

/// Finds faces in photos. Immutable and cheap to copy; any number of threads may share one.
class FaceDetector {
 public:
  /// With the built-in model.
  FaceDetector();

  static Result<FaceDetector> Create(const Model& model);

  /// Faces by falling score. Boxes end at the photo's border; landmarks may lie beyond it.
  /// An error where the photo is empty or larger than 2^31 pixels, its stride is shorter than a
  /// row, an option is out of its range, or memory runs out.
  Result<std::vector<Face>> Detect(const ImageView& photo, const DetectOptions& options = {}) const;

  /// The same into `faces`, which it replaces. With one thread it allocates nothing once
  /// `workspace` and `faces` have grown.
  Status Detect(const ImageView& photo, const DetectOptions& options, Workspace& workspace,
                std::vector<Face>& faces) const;

  /// The same; `profile` becomes what it took.
  Status Detect(const ImageView& photo, const DetectOptions& options, Workspace& workspace,
                std::vector<Face>& faces, DetectProfile& profile) const;

  /// Follows faces into a video's next frame: the last net alone looks again where `faces` were,
  /// corrects their boxes and landmarks, and drops those whose score falls below the threshold. Far
  /// cheaper than Detect, but finds no new faces, and loses those that have moved by more than
  /// about a third of their side. Replaces `faces`, by falling score, where they overlap too much
  /// the best one only. `options` as for Detect (min_face and pyramid_factor are not used); the
  /// same errors, which leave `faces` empty.
  Status Track(const ImageView& photo, const DetectOptions& options, Workspace& workspace,
               std::vector<Face>& faces) const;

  /// Photos of any sizes, `options.threads` at a time: exactly what one by one gives, in their
  /// order.
  std::vector<Result<std::vector<Face>>> DetectBatch(std::span<const ImageView> photos,
                                                     const DetectOptions& options = {}) const;

 private:
  struct State;
  Status Run(const ImageView& photo, const DetectOptions& options, Workspace& workspace,
             std::vector<Face>& faces, DetectProfile* profile) const;
  explicit FaceDetector(std::shared_ptr<const State> state);

  std::shared_ptr<const State> state_;
};

}  // namespace facecascade

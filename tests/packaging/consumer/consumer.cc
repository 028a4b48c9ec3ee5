// A program of somebody who installed the library: everything its public interface promises links.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "facecascade/face_detector.h"

namespace {

bool Check(bool good, const char* what) {
  if (!good) std::fprintf(stderr, "consumer: %s\n", what);
  return good;
}

}  // namespace

int main() {
  const std::vector<std::uint8_t> grey(120 * 90, 127);
  const facecascade::ImageView photo{grey.data(), 120, 90, 120, facecascade::PixelFormat::kGray};
  bool good = true;

  const facecascade::FaceDetector detector;
  const auto faces = detector.Detect(photo);
  good &= Check(faces.ok() && faces.value().empty(), "a grey wall has no faces");
  good &= Check(!detector.Detect({}).ok(), "an empty photo is an error");

  facecascade::Workspace workspace;
  std::vector<facecascade::Face> found;
  good &= Check(detector.Detect(photo, {}, workspace, found).ok(), "with a workspace");
  good &= Check(detector.DetectBatch(std::vector{photo, photo}).size() == 2, "a batch");

  const auto model = facecascade::Model::BuiltIn();
  good &= Check(model.ok() && model.value().parameters() > 0, "the built-in model");
  good &= Check(model.ok() && facecascade::FaceDetector::Create(model.value()).ok(),
                "a detector of it");
  good &= Check(!facecascade::Model::Load("no such file").ok(), "a missing model file is an error");
  return good ? 0 : 1;
}

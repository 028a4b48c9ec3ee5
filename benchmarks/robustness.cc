// What the detector bears: faces with known landmarks, turned, covered, darkened, blurred, shrunk
// and compressed, and how many of them are found at the model's own threshold, how exactly. A face
// is found where a box holds the centre of its points (evaluation/landmark_protocol.h). Prints a
// Markdown table of all faces of the lists.
//
//   build/release/benchmarks/robustness DATA/landmarks/aflw_dev.tsv …
//
// With --gallery the same is done to one photo, and drawn:
//
//   build/release/benchmarks/robustness --gallery samples/eileen_collins.png OUTPUT.jpg
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "dataset/landmark_list.h"
#include "evaluation/landmark_protocol.h"
#include "facecascade/face_detector.h"
#include "io/drawing.h"
#include "io/photo.h"

namespace facecascade {
namespace {

enum class Cover { kNone, kEyes, kMouth };

// What is done to a photo.
struct Hardship {
  std::string name;
  double degrees = 0;  // turned counter-clockwise
  double scale = 1;    // of its size
  double gain = 1;     // of the pixels
  double noise = 0;    // standard deviation
  double blur = 0;     // standard deviation, in hundredths of the photo's shorter side
  bool grey = false;
  int jpeg_quality = 0;  // 0: not compressed
  Cover cover = Cover::kNone;
};

std::vector<Hardship> Hardships() {
  std::vector<Hardship> all = {{"as it is"}};
  for (const int degrees : {15, 30, 45, -15, -30, -45}) {
    all.push_back({"turned by " + std::to_string(degrees) + "°", static_cast<double>(degrees)});
  }
  for (const int parts : {2, 4, 6}) {
    all.push_back({"1/" + std::to_string(parts) + " of its size", 0, 1.0 / parts});
  }
  all.push_back({.name = "dark glasses drawn on", .cover = Cover::kEyes});
  all.push_back({.name = "a mask drawn on", .cover = Cover::kMouth});
  all.push_back({.name = "grey", .grey = true});
  all.push_back({.name = "dark: 1/4 of the light", .gain = 0.25});
  all.push_back({.name = "darker: 1/8, with noise", .gain = 0.125, .noise = 3});
  all.push_back({.name = "too bright: twice the light", .gain = 2});
  all.push_back({.name = "noise", .noise = 20});
  all.push_back({.name = "blurred, σ 1 % of the photo", .blur = 1});
  all.push_back({.name = "blurred, σ 2 %", .blur = 2});
  all.push_back({.name = "JPEG of quality 10", .jpeg_quality = 10});
  return all;
}

cv::Matx23d Movement(const Hardship& hardship, cv::Size size) {
  const cv::Point2f centre(static_cast<float>(size.width - 1) / 2,
                           static_cast<float>(size.height - 1) / 2);
  return cv::getRotationMatrix2D(centre, hardship.degrees, 1);
}

// A copy with dark glasses over the eyes, or a pale mask from the nose to the chin.
cv::Mat Covered(Cover cover, const Landmarks& face, const cv::Mat& photo) {
  const auto point = [&](Landmark landmark) {
    const Point& found = face[static_cast<std::size_t>(landmark)];
    return cv::Point2f(found.x, found.y);
  };
  const cv::Point2f left = point(Landmark::kLeftEye);
  const cv::Point2f right = point(Landmark::kRightEye);
  const cv::Point2f across = right - left;
  const auto distance = static_cast<float>(cv::norm(across));
  const float degrees = std::atan2(across.y, across.x) * 180 / static_cast<float>(CV_PI);
  cv::Mat result = photo.clone();
  const auto fill = [&](cv::Point2f centre, float width, float height, const cv::Scalar& colour) {
    cv::ellipse(result, {centre, {width * distance, height * distance}, degrees}, colour,
                cv::FILLED, cv::LINE_AA);
  };
  if (cover == Cover::kEyes) {
    constexpr float kLensWidth = 0.8F;  // of the eyes' distance, as all sizes here
    constexpr float kLensHeight = 0.6F;
    const cv::Scalar dark(15, 15, 20);
    fill(left, kLensWidth, kLensHeight, dark);
    fill(right, kLensWidth, kLensHeight, dark);
    cv::line(result, left, right, dark, std::max(1, cvRound(distance / 10)), cv::LINE_AA);
  } else {
    constexpr float kMaskWidth = 1.5F;
    constexpr float kMaskHeight = 1.3F;
    fill((point(Landmark::kLeftMouth) + point(Landmark::kRightMouth)) / 2, kMaskWidth, kMaskHeight,
         {190, 215, 230});
  }
  return result;
}

cv::Mat Suffer(const Hardship& hardship, const cv::Mat& original,
               const std::vector<Landmarks>& faces) {
  cv::Mat photo = original;
  if (hardship.cover != Cover::kNone) {
    for (const Landmarks& face : faces) photo = Covered(hardship.cover, face, photo);
  }
  cv::Mat result;
  cv::warpAffine(photo, result, Movement(hardship, photo.size()), photo.size(), cv::INTER_LINEAR,
                 cv::BORDER_REFLECT);
  if (hardship.scale != 1) {
    cv::resize(result, result, {}, hardship.scale, hardship.scale, cv::INTER_AREA);
  }
  if (hardship.blur > 0) {
    const double sigma = hardship.blur / 100 * std::min(photo.cols, photo.rows);
    cv::GaussianBlur(result, result, {}, sigma);
  }
  if (hardship.grey) {
    cv::cvtColor(result, result, cv::COLOR_RGB2GRAY);
    cv::cvtColor(result, result, cv::COLOR_GRAY2RGB);
  }
  if (hardship.gain != 1) result.convertTo(result, -1, hardship.gain);
  if (hardship.noise > 0) {
    cv::Mat noise(result.size(), CV_16SC3);
    cv::RNG random(1);
    random.fill(noise, cv::RNG::NORMAL, 0, hardship.noise);
    cv::add(result, noise, result, cv::noArray(), CV_8U);
  }
  if (hardship.jpeg_quality > 0) {
    std::vector<std::uint8_t> bytes;
    cv::imencode(".jpg", result, bytes, {cv::IMWRITE_JPEG_QUALITY, hardship.jpeg_quality});
    result = cv::imdecode(bytes, cv::IMREAD_COLOR);
  }
  return result;
}

cv::Mat MatOf(Image& image) { return {image.height, image.width, CV_8UC3, image.pixels.data()}; }

ImageView ViewOf(const cv::Mat& photo) {
  return {photo.data, photo.cols, photo.rows, static_cast<std::ptrdiff_t>(photo.step),
          PixelFormat::kRgb};
}

// Where the points of a face come to lie.
Landmarks Move(const Landmarks& points, const Hardship& hardship, cv::Size size) {
  const cv::Matx23d movement = Movement(hardship, size);
  Landmarks moved;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const cv::Vec2d point = movement * cv::Vec3d(points[i].x, points[i].y, 1);
    const auto scaled = [&](double value) {
      return static_cast<float>((value + 0.5) * hardship.scale - 0.5);
    };
    moved[i] = {scaled(point[0]), scaled(point[1])};
  }
  return moved;
}

evaluation::ScoredPhoto Find(const FaceDetector& detector, const std::string& name,
                             const cv::Mat& photo) {
  evaluation::ScoredPhoto scored;
  scored.name = name;
  const auto faces = detector.Detect(ViewOf(photo));
  if (!faces.ok()) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), faces.error().message.c_str());
    return scored;
  }
  for (const Face& face : faces.value()) {
    evaluation::Detection& detection = scored.detections.emplace_back();
    detection.box = {face.box.x, face.box.y, face.box.width, face.box.height};
    detection.score = face.score;
    detection.landmarks = face.landmarks;
  }
  return scored;
}

// Results of one hardship on all photos.
evaluation::LandmarkSummary Endure(const FaceDetector& detector, const Hardship& hardship,
                                   std::vector<AnnotatedPhoto> photos, std::vector<Image>& images) {
  evaluation::DetectionSet found;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const cv::Mat photo = MatOf(images[i]);
    std::vector<Landmarks> faces;
    for (AnnotatedFace& face : photos[i].faces) {
      if (!face.landmarks) continue;
      faces.push_back(*face.landmarks);
      face.landmarks = Move(*face.landmarks, hardship, photo.size());
    }
    found.photos.push_back(Find(detector, photos[i].path, Suffer(hardship, photo, faces)));
  }
  return evaluation::Summarize(evaluation::EvaluateLandmarks(photos, found).faces);
}

int Measure(const std::vector<std::string>& lists) {
  std::vector<AnnotatedPhoto> photos;
  std::vector<Image> images;
  for (const std::string& list : lists) {
    auto read = ReadLandmarkList(list);
    if (!read.ok()) {
      std::fprintf(stderr, "%s\n", read.error().message.c_str());
      return 1;
    }
    for (AnnotatedPhoto& photo : read.value()) {
      auto image = ReadPhoto(photo.file);
      if (!image.ok()) {
        std::fprintf(stderr, "%s\n", image.error().message.c_str());
        return 1;
      }
      photos.push_back(std::move(photo));
      images.push_back(std::move(image.value()));
    }
  }
  const FaceDetector detector;
  std::printf("| photo | found of %zu | mean error over eye distance |\n|---|---|---|\n",
              photos.size());
  for (const Hardship& hardship : Hardships()) {
    const evaluation::LandmarkSummary summary = Endure(detector, hardship, photos, images);
    std::printf("| %s | %zu (%.1f %%) | %.4f |\n", hardship.name.c_str(),
                summary.faces - summary.missed,
                100.0 * static_cast<double>(summary.faces - summary.missed) /
                    static_cast<double>(summary.faces),
                summary.mean_error);
    std::fflush(stdout);
  }
  return 0;
}

// All hardships of one photo side by side, as small pictures.
int DrawGallery(const std::string& path, const std::string& output) {
  constexpr int kSide = 240;
  constexpr int kColumns = 5;
  auto image = ReadPhoto(path);
  if (!image.ok()) {
    std::fprintf(stderr, "%s\n", image.error().message.c_str());
    return 1;
  }
  const FaceDetector detector;
  const auto unharmed = detector.Detect(ViewOf(MatOf(image.value())));
  if (!unharmed.ok()) return 1;
  std::vector<Landmarks> landmarks;
  for (const Face& face : unharmed.value()) landmarks.push_back(face.landmarks);
  const std::vector<Hardship> all = Hardships();
  const int rows = (static_cast<int>(all.size()) + kColumns - 1) / kColumns;
  cv::Mat sheet(rows * kSide, kColumns * kSide, CV_8UC3, cv::Scalar::all(255));
  int place = 0;
  int missed = 0;
  for (const Hardship& hardship : all) {
    const cv::Mat photo = Suffer(hardship, MatOf(image.value()), landmarks);
    const auto faces = detector.Detect(ViewOf(photo));
    if (!faces.ok()) return 1;
    if (faces.value().empty()) ++missed;
    Image drawn;
    CopyToRgb(ViewOf(photo), drawn);
    DrawFaces(faces.value(), {.scores = false}, drawn);
    cv::Mat small;
    cv::resize(MatOf(drawn), small, {kSide, kSide}, 0, 0,
               hardship.scale < 1 ? cv::INTER_NEAREST : cv::INTER_AREA);
    small.copyTo(sheet({place % kColumns * kSide, place / kColumns * kSide, kSide, kSide}));
    ++place;
  }
  std::printf("no face in %d of %zu pictures\n", missed, all.size());
  Image result;
  CopyToRgb(ViewOf(sheet), result);
  const Status written = WritePhoto(result, output);
  if (!written.ok()) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written.ok() ? 0 : 1;
}

}  // namespace
}  // namespace facecascade

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == "--gallery") {
    return facecascade::DrawGallery(arguments[1], arguments[2]);
  }
  if (arguments.empty() || arguments[0].starts_with("-")) {
    std::fprintf(stderr,
                 "Usage: robustness LIST.tsv …\n       robustness --gallery PHOTO OUTPUT\n");
    return 2;
  }
  return facecascade::Measure(arguments);
}

#include "made_up_photos.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/random.h"

namespace facecascade::training {
namespace {

cv::Scalar Colour(Random& random, int low, int high) {
  return {static_cast<double>(low + random.Below(high - low)),
          static_cast<double>(low + random.Below(high - low)),
          static_cast<double>(low + random.Below(high - low))};
}

cv::Mat Background(int side, Random& random) {
  cv::Mat small(side / 16, side / 16, CV_8UC3);
  for (int i = 0; i < small.rows * small.cols * 3; ++i) {
    small.data[i] = static_cast<std::uint8_t>(random.Below(256));
  }
  cv::Mat photo;
  cv::resize(small, photo, {side, side}, 0, 0, cv::INTER_CUBIC);
  for (int i = 0; i < 12; ++i) {  // things with edges that are no faces
    cv::rectangle(photo, {random.Below(side), random.Below(side)},
                  {random.Below(side), random.Below(side)}, Colour(random, 0, 255),
                  1 + random.Below(3));
  }
  return photo;
}

TrainingFace DrawFace(cv::Mat& photo, const cv::Point2f& centre, float height) {
  const auto at = [&](float x, float y) {
    return Point{centre.x + x * height, centre.y + y * height};
  };
  const auto fill = [&](const Point& point, float width, float tall, const cv::Scalar& colour) {
    cv::ellipse(photo, cv::RotatedRect({point.x, point.y}, {width * height, tall * height}, 0),
                colour, -1, cv::LINE_AA);
  };
  TrainingFace face;
  face.box = {centre.x - 0.4F * height, centre.y - 0.5F * height, 0.8F * height, height};
  face.landmarks = Landmarks{at(-0.18F, -0.1F), at(0.18F, -0.1F), at(0, 0.08F), at(-0.15F, 0.27F),
                             at(0.15F, 0.27F)};
  fill(at(0, 0), 0.8F, 1.0F, {150, 180, 230});
  fill((*face.landmarks)[0], 0.16F, 0.12F, {40, 30, 30});
  fill((*face.landmarks)[1], 0.16F, 0.12F, {40, 30, 30});
  fill((*face.landmarks)[2], 0.1F, 0.18F, {110, 140, 200});
  fill(at(0, 0.27F), 0.3F, 0.1F, {60, 60, 180});
  return face;
}

}  // namespace

TrainingPhoto MakeUpPhoto(int number, int side, int faces) {
  Random random(static_cast<std::uint64_t>(number) + 1);
  cv::Mat photo = Background(side, random);
  TrainingPhoto result;
  result.file = fmt::format("made-up-{}.png", number);
  result.negatives = true;
  for (int attempt = 0; attempt < 50 && static_cast<int>(result.faces.size()) < faces; ++attempt) {
    const auto height = static_cast<float>(random.Uniform(0.15, 0.45) * side);
    const auto limit = static_cast<double>(side) - height / 2;
    const cv::Point2f centre(static_cast<float>(random.Uniform(height / 2.0, limit)),
                             static_cast<float>(random.Uniform(height / 2.0, limit)));
    const Box box{centre.x - 0.4F * height, centre.y - 0.5F * height, 0.8F * height, height};
    bool overlaps = false;
    for (const TrainingFace& other : result.faces) overlaps |= IoU(other.box, box) > 0;
    if (!overlaps) result.faces.push_back(DrawFace(photo, centre, height));
  }
  cv::cvtColor(photo, photo, cv::COLOR_BGR2RGB);
  BuildOctaves({photo.data, photo.cols, photo.rows, static_cast<std::ptrdiff_t>(photo.step[0]),
                PixelFormat::kRgb},
               result.octaves);
  return result;
}

void WriteMadeUpPhotos(const std::string& folder, int count) {
  std::filesystem::create_directories(folder + "/photos");
  std::ofstream boxes(folder + "/boxes.txt");
  std::ofstream points(folder + "/landmarks.tsv");
  points << "#path\twidth\theight";
  for (const char* name : kLandmarkNames) points << "\t" << name << "_x\t" << name << "_y";
  points << "\tbox_x\tbox_y\tbox_w\tbox_h\n";
  for (int i = 0; i < count; ++i) {
    const TrainingPhoto photo = MakeUpPhoto(i, 128, i % 3 == 2 ? 1 : 3);
    const Image& image = photo.octaves.levels[0];
    cv::Mat pixels(image.height, image.width, CV_8UC3,
                   const_cast<std::uint8_t*>(image.pixels.data()));
    cv::Mat bgr;
    cv::cvtColor(pixels, bgr, cv::COLOR_RGB2BGR);
    cv::imwrite(folder + "/photos/" + photo.file, bgr);
    if (i % 3 == 2) {  // every third shows one face with points
      points << "photos/" << photo.file << "\t128\t128";
      for (const Point& point : *photo.faces.at(0).landmarks)
        points << fmt::format("\t{:.2f}\t{:.2f}", point.x, point.y);
      points << "\t\t\t\t\n";
      continue;
    }
    boxes << photo.file << "\n" << photo.faces.size() << "\n";
    for (const TrainingFace& face : photo.faces) {
      boxes << fmt::format("{:.1f} {:.1f} {:.1f} {:.1f} 0 0 0 0 0 0\n", face.box.x, face.box.y,
                           face.box.width, face.box.height);
    }
  }
}

}  // namespace facecascade::training

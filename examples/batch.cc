// Finds the faces of many photos with all of the machine's threads, and lists them.
//
// Usage: batch PHOTO...
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "facecascade/face_detector.h"
#include "facecascade/opencv.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "Usage: %s PHOTO...\n", argv[0]);
    return 2;
  }
  std::vector<cv::Mat> photos;  // the views look into them
  std::vector<facecascade::ImageView> views;
  for (int i = 1; i < argc; ++i) photos.push_back(cv::imread(argv[i]));
  for (const cv::Mat& photo : photos) views.push_back(facecascade::ViewOf(photo));

  const facecascade::FaceDetector detector;
  facecascade::DetectOptions options;
  options.threads = 0;  // as many as the machine runs at once
  options.min_face = 24;

  // One result a photo, in their order; a photo that cannot be looked at spoils no other.
  const auto results = detector.DetectBatch(views, options);
  bool good = true;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].ok()) {
      std::fprintf(stderr, "%s: %s\n", argv[i + 1], results[i].error().message.c_str());
      good = false;
      continue;
    }
    std::printf("%s: %zu faces\n", argv[i + 1], results[i].value().size());
    for (const facecascade::Face& face : results[i].value()) {
      std::printf("  %.0f %.0f %.0f %.0f  score %.3f\n", face.box.x, face.box.y, face.box.width,
                  face.box.height, face.score);
    }
  }
  return good ? 0 : 1;
}

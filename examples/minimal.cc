// Finds the faces of a photo and draws them into a copy.
//
// Usage: minimal PHOTO OUTPUT
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "facecascade/face_detector.h"
#include "facecascade/opencv.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "Usage: %s PHOTO OUTPUT\n", argv[0]);
    return 2;
  }
  cv::Mat photo = cv::imread(argv[1]);

  const facecascade::FaceDetector detector;  // the built-in model; any number of threads
  const auto faces = detector.Detect(facecascade::ViewOf(photo));
  if (!faces.ok()) {
    std::fprintf(stderr, "%s: %s\n", argv[1], faces.error().message.c_str());
    return 1;
  }
  for (const facecascade::Face& face : faces.value()) {
    cv::rectangle(photo, cv::Rect2f(face.box.x, face.box.y, face.box.width, face.box.height),
                  {0, 255, 0}, 2);
    for (const facecascade::Point& point : face.landmarks)
      cv::circle(photo, cv::Point2f(point.x, point.y), 2, {0, 0, 255}, cv::FILLED);
  }

  std::printf("%zu faces\n", faces.value().size());
  return cv::imwrite(argv[2], photo) ? 0 : 1;
}

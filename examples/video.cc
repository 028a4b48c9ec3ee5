// Finds the faces of a video or a camera frame by frame, without allocating memory once warm: all
// faces in every EVERY-th frame; through the others it follows those that it knows.
//
// Usage: video FILE|CAMERA-NUMBER [EVERY]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

#include "facecascade/face_detector.h"
#include "facecascade/opencv.h"

namespace {

bool Open(const std::string& name, cv::VideoCapture& video) {
  const bool is_number = name.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? video.open(std::stoi(name)) : video.open(name);
}

}  // namespace

int main(int argc, char** argv) {
  const int every = argc == 3 ? std::atoi(argv[2]) : 1;
  if (argc < 2 || argc > 3 || every < 1) {
    std::fprintf(stderr, "Usage: %s FILE|CAMERA-NUMBER [EVERY]\n", argv[0]);
    return 2;
  }
  cv::VideoCapture video;
  if (!Open(argv[1], video)) {
    std::fprintf(stderr, "%s: cannot be opened as a video\n", argv[1]);
    return 1;
  }

  const facecascade::FaceDetector detector;
  facecascade::DetectOptions options;
  options.min_face = 40;                 // faces near the camera
  facecascade::Workspace workspace;      // one for each thread that detects
  std::vector<facecascade::Face> faces;  // grows to the most faces of a frame

  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double, std::milli> spent{0};
  int frames = 0;
  for (cv::Mat frame; video.read(frame); ++frames) {
    const Clock::time_point begin = Clock::now();
    const facecascade::ImageView view = facecascade::ViewOf(frame);
    const auto status = frames % every == 0 ? detector.Detect(view, options, workspace, faces)
                                            : detector.Track(view, options, workspace, faces);
    spent += Clock::now() - begin;
    if (!status.ok()) {
      std::fprintf(stderr, "frame %d: %s\n", frames, status.error().message.c_str());
      return 1;
    }
    std::printf("frame %d: %zu faces\n", frames, faces.size());
  }
  if (frames > 0) std::printf("%d frames, %.2f ms each\n", frames, spent.count() / frames);
  return 0;
}

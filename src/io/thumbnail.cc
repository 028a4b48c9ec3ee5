#include "io/thumbnail.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace facecascade {
namespace {

constexpr float kContext = 3;       // sides of the subject that a cut-out shows
constexpr float kLeastSubject = 8;  // pixels, so that specks do not become mosaics
constexpr int kJpegQuality = 82;

// From the photo to the cut-out.
struct Placing {
  float left;
  float top;
  float scale;

  cv::Point2f At(float x, float y) const { return {(x - left) * scale, (y - top) * scale}; }
};

cv::Scalar ColorOf(MarkKind kind) {
  return kind == MarkKind::kTruth ? cv::Scalar(60, 200, 60) : cv::Scalar(0, 140, 255);
}

Placing Place(const ThumbnailView& view) {
  const Box& subject = view.subject;
  const float shown = kContext * std::max({subject.width, subject.height, kLeastSubject});
  return {subject.x + (subject.width - shown) / 2, subject.y + (subject.height - shown) / 2,
          static_cast<float>(view.side) / shown};
}

cv::Mat CutOut(const Image& photo, const ThumbnailView& view, const Placing& placing) {
  // The matrix only reads, though OpenCV wants it writable.
  const cv::Mat rgb(photo.height, photo.width, CV_8UC3,
                    const_cast<std::uint8_t*>(photo.pixels.data()));
  const cv::Matx23f to_cut_out(placing.scale, 0, -placing.left * placing.scale, 0, placing.scale,
                               -placing.top * placing.scale);
  cv::Mat cut_out;
  const int interpolation = placing.scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR;
  cv::warpAffine(rgb, cut_out, to_cut_out, {view.side, view.side}, interpolation);
  cv::cvtColor(cut_out, cut_out, cv::COLOR_RGB2BGR);
  return cut_out;
}

}  // namespace

Result<std::vector<std::uint8_t>> DrawThumbnail(const Image& photo, const ThumbnailView& view) {
  std::vector<std::uint8_t> jpeg;
  try {
    const Placing placing = Place(view);
    cv::Mat cut_out = CutOut(photo, view, placing);
    for (const MarkedBox& mark : view.boxes) {
      const Box& box = mark.box;
      cv::rectangle(cut_out, placing.At(box.x, box.y),
                    placing.At(box.x + box.width, box.y + box.height), ColorOf(mark.kind), 2);
    }
    for (const MarkedPoint& mark : view.points) {
      // Points count from pixel centres, boxes from pixel corners.
      cv::circle(cut_out, placing.At(mark.point.x + 0.5F, mark.point.y + 0.5F), 2,
                 ColorOf(mark.kind), cv::FILLED, cv::LINE_AA);
    }
    cv::imencode(".jpg", cut_out, jpeg, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality});
  } catch (const cv::Exception& problem) {
    return Error{"a cut-out cannot be drawn: " + problem.err};
  }
  return jpeg;
}

}  // namespace facecascade

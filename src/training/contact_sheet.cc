#include "training/contact_sheet.h"

#include <algorithm>
#include <array>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace facecascade::training {
namespace {

constexpr int kTile = 96;
constexpr int kColumns = 16;
constexpr int kRowsPerKind = 2;

cv::Mat DrawTile(const RatedSample& sample, const TrainingConfig& config, int stage) {
  const int side = config.networks[stage].input_size;
  const Batch& batch = *sample.batch;
  const std::size_t bytes = static_cast<std::size_t>(side) * side * kInputChannels;
  const cv::Mat crop(side, side, CV_8UC3,
                     const_cast<std::uint8_t*>(batch.pixels[stage].data() + sample.index * bytes));
  cv::Mat tile;
  cv::resize(crop, tile, {kTile, kTile}, 0, 0, cv::INTER_NEAREST);
  cv::cvtColor(tile, tile, cv::COLOR_RGB2BGR);
  const Window window{0, 0, kTile};
  const auto kind = static_cast<SampleKind>(batch.kinds[sample.index]);
  if (kind == SampleKind::kLandmark) {
    LandmarkOffsets offsets;
    std::copy_n(batch.landmarks.begin() + sample.index * kLandmarkOutputs, kLandmarkOutputs,
                offsets.begin());
    for (const Point& point : OffsetsToLandmarks(window, offsets)) {
      cv::circle(tile, cv::Point(cvRound(point.x), cvRound(point.y)), 2, {0, 255, 0}, -1);
    }
  } else if (kind != SampleKind::kNegative) {
    BoxOffsets offsets;
    std::copy_n(batch.boxes.begin() + sample.index * kBoxOutputs, kBoxOutputs, offsets.begin());
    const Box box = OffsetsToBox(window, offsets);
    cv::rectangle(tile, cv::Rect2d(box.x, box.y, box.width, box.height), {0, 255, 255});
  }
  return tile;
}

void WriteSheet(const std::vector<RatedSample>& samples, const TrainingConfig& config, int stage,
                const std::string& path) {
  cv::Mat sheet = cv::Mat::zeros(kTile * kRowsPerKind * kSampleKinds, kTile * kColumns, CV_8UC3);
  std::array<int, kSampleKinds> placed{};
  for (const RatedSample& sample : samples) {
    const auto kind = static_cast<int>(sample.batch->kinds[sample.index]);
    const int place = placed[kind];
    if (place >= kColumns * kRowsPerKind) continue;
    ++placed[kind];
    const int row = kind * kRowsPerKind + place / kColumns;
    DrawTile(sample, config, stage)
        .copyTo(sheet(cv::Rect(place % kColumns * kTile, row * kTile, kTile, kTile)));
  }
  cv::imwrite(path, sheet);
}

}  // namespace

void WriteFirstSamples(const Batch& batch, const TrainingConfig& config, int stage,
                       const std::string& path) {
  std::vector<RatedSample> samples;
  for (int i = 0; i < batch.count; ++i) samples.push_back({&batch, i, 0});
  WriteSheet(samples, config, stage, path);
}

void WriteWorstSamples(std::vector<RatedSample> samples, const TrainingConfig& config, int stage,
                       const std::string& path) {
  std::stable_sort(samples.begin(), samples.end(),
                   [](const RatedSample& a, const RatedSample& b) { return a.loss > b.loss; });
  WriteSheet(samples, config, stage, path);
}

}  // namespace facecascade::training

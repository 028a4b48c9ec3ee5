#include "facecascade/face_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

#include "tests/detector/spot_photos.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;

const std::vector<Box> kFaces = {{20, 30, 50, 50}, {110, 60, 90, 90}, {120, 10, 28, 28}};

// A photo's pixels in another format and with another stride.
struct Copy {
  std::vector<std::uint8_t> memory;
  ImageView view;
};

Copy CopyAs(const Image& photo, PixelFormat format, int padding, bool bottom_up) {
  const int channels = ChannelCount(format);
  const std::ptrdiff_t stride = photo.width * channels + padding;
  Copy copy;
  copy.memory.assign(stride * photo.height, 0xAB);
  std::uint8_t* first = copy.memory.data() + (bottom_up ? stride * (photo.height - 1) : 0);
  copy.view = {first, photo.width, photo.height, bottom_up ? -stride : stride, format};
  const bool blue_first = format == PixelFormat::kBgr || format == PixelFormat::kBgra;
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      const std::uint8_t* from = &photo.pixels[(y * photo.width + x) * 3];
      std::uint8_t* to = first + y * copy.view.stride + x * channels;
      for (int c = 0; c < std::min(channels, 3); ++c) to[c] = from[blue_first ? 2 - c : c];
    }
  }
  return copy;
}

std::string ErrorOf(const ImageView& view, const DetectOptions& options = {}) {
  const auto faces = SpotDetector(true).Detect(view, options);
  return faces.ok() ? "" : faces.error().message;
}

TEST(FaceDetector, TakesEveryPixelFormatAndStride) {
  const FaceDetector detector = SpotDetector(true);
  const Image photo = SpotPhoto(240, 170, kFaces);
  const std::vector<Face> expected = detector.Detect(photo.View()).value();
  ExpectFaces(kFaces, expected, 0.03F);
  for (const PixelFormat format : {PixelFormat::kBgr, PixelFormat::kRgb, PixelFormat::kBgra,
                                   PixelFormat::kRgba, PixelFormat::kGray}) {
    for (const int padding : {0, 1, 61}) {
      for (const bool bottom_up : {false, true}) {
        const Copy copy = CopyAs(photo, format, padding, bottom_up);
        ExpectSameFaces(expected, detector.Detect(copy.view).value());
      }
    }
  }
}

TEST(FaceDetector, TakesTheSmallestPhotos) {
  const FaceDetector detector = SpotDetector(true);
  DetectOptions options;
  options.min_face = 4;
  options.threshold = 0.0F;
  for (const auto& [width, height] : {std::pair(1, 1), {1, 40}, {40, 1}, {2, 3}, {19, 19}}) {
    EXPECT_TRUE(detector.Detect(GreyPhoto(width, height).View()).ok());
    EXPECT_TRUE(detector.Detect(GreyPhoto(width, height).View(), options).ok());
  }
}

TEST(FaceDetector, SaysWhatIsWrongWithAPhoto) {
  const std::uint8_t pixel[4] = {};
  EXPECT_THAT(ErrorOf({nullptr, 10, 10, 30, PixelFormat::kRgb}), HasSubstr("null"));
  EXPECT_THAT(ErrorOf({pixel, 0, 1, 3, PixelFormat::kRgb}), HasSubstr("not 0 and 1"));
  EXPECT_THAT(ErrorOf({pixel, 1, -1, 3, PixelFormat::kRgb}), HasSubstr("not 1 and -1"));
  EXPECT_THAT(ErrorOf({pixel, 65536, 32769, 65536, PixelFormat::kGray}), HasSubstr("2^31 pixels"));
  EXPECT_THAT(ErrorOf({pixel, 10, 10, 29, PixelFormat::kRgb}), HasSubstr("stride"));
  EXPECT_THAT(ErrorOf({pixel, 10, 10, -39, PixelFormat::kBgra}), HasSubstr("stride"));
  EXPECT_THAT(ErrorOf({pixel, 1, 1, 1, static_cast<PixelFormat>(17)}), HasSubstr("format"));
  EXPECT_EQ(ErrorOf({pixel, 1, 1, 0, PixelFormat::kRgb}), "") << "a single row needs no stride";
}

TEST(FaceDetector, SaysWhichOptionIsWrong) {
  const Image photo = GreyPhoto(30, 30);
  const auto error = [&](const auto& change) {
    DetectOptions options;
    change(options);
    return ErrorOf(photo.View(), options);
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(error([&](DetectOptions& options) { options.min_face = nan; }),
              HasSubstr("min_face"));
  EXPECT_THAT(error([](DetectOptions& options) { options.min_face = 1; }), HasSubstr("min_face"));
  EXPECT_THAT(error([](DetectOptions& options) { options.threshold = 1.1F; }),
              HasSubstr("threshold"));
  EXPECT_THAT(error([&](DetectOptions& options) { options.threshold = nan; }),
              HasSubstr("threshold"));
  EXPECT_THAT(error([](DetectOptions& options) { options.pyramid_factor = 1.0F; }),
              HasSubstr("pyramid_factor"));
  EXPECT_THAT(error([](DetectOptions& options) { options.threads = -1; }), HasSubstr("threads"));
  EXPECT_THAT(error([](DetectOptions& options) { options.threads = 257; }), HasSubstr("threads"));
  EXPECT_EQ(error([](DetectOptions& options) { options.threads = 0; }), "");
}

TEST(FaceDetector, WorksWithTheBuiltInModel) {
  const FaceDetector detector;
  const auto faces = detector.Detect(SpotPhoto(320, 240, kFaces).View());
  EXPECT_TRUE(faces.ok()) << faces.error().message;
}

TEST(FaceDetector, ReusesAWorkspaceAcrossPhotosAndDetectors) {
  Workspace workspace;
  std::vector<Face> faces = std::vector<Face>(7);
  for (const bool bridged : {true, false}) {
    const FaceDetector detector = SpotDetector(bridged);
    for (const auto& [width, height] : {std::pair(300, 200), {240, 170}, {1, 1}, {500, 400}}) {
      const Image photo = SpotPhoto(width, height, kFaces);
      ASSERT_TRUE(detector.Detect(photo.View(), {}, workspace, faces).ok());
      ExpectSameFaces(detector.Detect(photo.View()).value(), faces);
    }
  }
}

TEST(FaceDetector, GivesTheSameFacesForAnyNumberOfThreads) {
  const FaceDetector detector = SpotDetector(true);
  const Image photo = SpotPhoto(900, 500, kFaces);
  DetectOptions options;
  options.threshold = 0.02F;
  const std::vector<Face> expected = detector.Detect(photo.View(), options).value();
  EXPECT_GE(expected.size(), kFaces.size());
  for (const int threads : {0, 2, 3, 16}) {
    options.threads = threads;
    ExpectSameFaces(expected, detector.Detect(photo.View(), options).value());
  }
}

TEST(FaceDetector, GivesInABatchWhatItGivesOneByOne) {
  const FaceDetector detector = SpotDetector(false);
  std::vector<Image> photos;
  for (const auto& [width, height] :
       {std::pair(240, 170), {1, 1}, {400, 300}, {20, 700}, {240, 170}, {801, 601}}) {
    photos.push_back(SpotPhoto(width, height, kFaces));
  }
  std::vector<ImageView> views;
  for (const Image& photo : photos) views.push_back(photo.View());
  views.push_back({nullptr, 1, 1, 3, PixelFormat::kRgb});
  for (const int threads : {1, 2, 3, 16}) {
    DetectOptions options;
    options.threads = threads;
    const auto results = detector.DetectBatch(views, options);
    ASSERT_EQ(results.size(), views.size());
    for (std::size_t i = 0; i < photos.size(); ++i) {
      ExpectSameFaces(detector.Detect(views[i]).value(), results[i].value());
    }
    EXPECT_FALSE(results.back().ok()) << "a wrong photo does not spoil the others";
  }
  EXPECT_TRUE(detector.DetectBatch({}).empty());
}

TEST(FaceDetector, IsSharedByEightThreads) {
  const FaceDetector detector = SpotDetector(true);
  const Image photo = SpotPhoto(240, 170, kFaces);
  const std::vector<Face> expected = detector.Detect(photo.View()).value();
  std::vector<std::vector<Face>> found(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] {
      DetectOptions options;
      options.threads = 1 + static_cast<int>(i % 3);
      Workspace workspace;
      for (int run = 0; run < 5; ++run) {
        const FaceDetector shared = detector;
        if (!shared.Detect(photo.View(), options, workspace, found[i]).ok()) found[i].clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<Face>& faces : found) ExpectSameFaces(expected, faces);
}

}  // namespace
}  // namespace facecascade

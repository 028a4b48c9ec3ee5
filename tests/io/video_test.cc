#include "io/video.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/io/temporary_folder.h"
#include "tests/io/test_photos.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;
using tests::FindQuarters;
using tests::kBlue;
using tests::kGreen;
using tests::kRed;
using tests::kWhite;
using tests::Quarters;

// The colours move on by one quarter a frame.
Quarters ColoursOf(std::size_t frame) {
  const Quarters colours = {kRed, kGreen, kBlue, kWhite};
  Quarters moved{};
  for (std::size_t i = 0; i < 4; ++i) moved[i] = colours[(i + frame) % 4];
  return moved;
}

TEST(VideoTest, ReadsTheFramesItWrites) {
  const tests::TemporaryFolder folder;
  const std::string path = folder / "made/video.mp4";
  auto writer = VideoWriter::Create(path, 10, 96, 64);
  ASSERT_TRUE(writer.ok()) << writer.error().message;
  for (std::size_t frame = 0; frame < 5; ++frame) {
    const Status status = writer.value().Write(tests::MakeQuarters(96, 64, ColoursOf(frame)));
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  EXPECT_FALSE(writer.value().Write(tests::MakeQuarters(64, 96, ColoursOf(0))).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(writer.value().Finish().ok());

  auto reader = VideoReader::Open(path);
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  EXPECT_EQ(reader.value().frame_count(), 5);
  EXPECT_NEAR(reader.value().frames_per_second(), 10, 0.01);
  Image frame;
  for (std::size_t number = 0; number < 5; ++number) {
    const auto is_read = reader.value().Next(frame);
    ASSERT_TRUE(is_read.ok() && is_read.value()) << number;
    EXPECT_EQ(frame.width, 96);
    EXPECT_EQ(frame.height, 64);
    EXPECT_EQ(FindQuarters(frame), ColoursOf(number)) << number;
  }
  const auto at_end = reader.value().Next(frame);
  ASSERT_TRUE(at_end.ok());
  EXPECT_FALSE(at_end.value());
}

TEST(VideoTest, LeavesNothingOfAnUnfinishedVideo) {
  const tests::TemporaryFolder folder;
  { (void)VideoWriter::Create(folder / "video.mp4", 10, 96, 64); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(VideoTest, SaysWhatIsWrong) {
  const tests::TemporaryFolder folder;
  const auto none = VideoReader::Open(folder / "none.mp4");
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("none.mp4: no such file"));
  const auto text = VideoReader::Open(folder.Write("text.mp4", "no video"));
  ASSERT_FALSE(text.ok());
  EXPECT_THAT(text.error().message, HasSubstr("text.mp4: no video"));
  const std::string file = folder.Write("file", "");
  EXPECT_FALSE(VideoWriter::Create(file + "/video.mp4", 10, 96, 64).ok());
}

}  // namespace
}  // namespace facecascade

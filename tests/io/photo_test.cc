#include "io/photo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "io/orientation.h"
#include "tests/io/temporary_folder.h"
#include "tests/io/test_photos.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;
using tests::Bytes;
using tests::FindQuarters;
using tests::kBlue;
using tests::kGreen;
using tests::kRed;
using tests::kWhite;
using tests::MakeQuarters;
using tests::Quarters;
using tests::WithOrientation;

const Quarters kColours = {kRed, kGreen, kBlue, kWhite};

Bytes Encode(const Image& image, const std::string& suffix) {
  auto bytes = EncodePhoto(image, "photo" + suffix);
  EXPECT_TRUE(bytes.ok()) << bytes.error().message;
  return bytes.value();
}

std::string ErrorOf(const Result<Image>& result) {
  return result.ok() ? "no error" : result.error().message;
}

TEST(PhotoTest, ReadsWhatItWrites) {
  const tests::TemporaryFolder folder;
  const Image image = MakeQuarters(40, 30, kColours);
  for (const std::string suffix : {".jpg", ".png", ".webp", ".bmp", ".tif", ".ppm", ".JPG"}) {
    const std::string path = folder / ("photo" + suffix);
    const Status status = WritePhoto(image, path);
    ASSERT_TRUE(status.ok()) << status.error().message;
    const auto read = ReadPhoto(path);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read.value().width, 40) << suffix;
    EXPECT_EQ(read.value().height, 30) << suffix;
    EXPECT_EQ(FindQuarters(read.value()), kColours) << suffix;
  }
  const auto lossless = ReadPhoto(folder / "photo.png");
  EXPECT_EQ(lossless.value().pixels, image.pixels);
}

// Which displayed quarter each stored quarter is, by the definition in the EXIF standard: top left,
// top right, bottom left, bottom right.
struct Orientation {
  int number;
  std::array<std::size_t, 4> stored;
};
constexpr std::array<Orientation, 8> kOrientations = {{{1, {0, 1, 2, 3}},
                                                       {2, {1, 0, 3, 2}},
                                                       {3, {3, 2, 1, 0}},
                                                       {4, {2, 3, 0, 1}},
                                                       {5, {0, 2, 1, 3}},
                                                       {6, {1, 3, 0, 2}},
                                                       {7, {3, 1, 2, 0}},
                                                       {8, {2, 0, 3, 1}}}};

TEST(PhotoTest, TurnsPhotosAsTheirExifDataSays) {
  for (const std::string suffix : {".jpg", ".png", ".webp"}) {
    for (const Orientation& orientation : kOrientations) {
      Quarters stored{};
      for (std::size_t i = 0; i < 4; ++i) stored[i] = kColours[orientation.stored[i]];
      const bool is_turned = orientation.number >= 5;
      const Image image = MakeQuarters(is_turned ? 32 : 48, is_turned ? 48 : 32, stored);
      const Bytes file = WithOrientation(Encode(image, suffix), suffix, orientation.number);
      EXPECT_EQ(ReadOrientation(file), orientation.number) << suffix;

      const auto upright = DecodePhoto(file, "photo");
      ASSERT_TRUE(upright.ok()) << upright.error().message;
      EXPECT_EQ(upright.value().width, 48) << suffix << orientation.number;
      EXPECT_EQ(upright.value().height, 32) << suffix << orientation.number;
      EXPECT_EQ(FindQuarters(upright.value()), kColours) << suffix << orientation.number;

      const auto as_stored = DecodePhoto(file, "photo", {.apply_orientation = false});
      ASSERT_TRUE(as_stored.ok()) << as_stored.error().message;
      EXPECT_EQ(as_stored.value().width, image.width) << suffix << orientation.number;
      EXPECT_EQ(FindQuarters(as_stored.value()), stored) << suffix << orientation.number;
    }
  }
}

TEST(PhotoTest, TakesUnknownOrientationsForUpright) {
  const Image image = MakeQuarters(48, 32, kColours);
  for (const int orientation : {0, 9, 255}) {
    const auto read = DecodePhoto(WithOrientation(Encode(image, ".jpg"), ".jpg", orientation), "p");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(FindQuarters(read.value()), kColours);
  }
}

TEST(PhotoTest, SaysWhatIsWrong) {
  const tests::TemporaryFolder folder;
  EXPECT_THAT(ErrorOf(ReadPhoto(folder / "none.jpg")), HasSubstr("none.jpg: cannot be opened"));
  EXPECT_THAT(ErrorOf(ReadPhoto(folder.path())), HasSubstr("is a folder"));
  EXPECT_THAT(ErrorOf(ReadPhoto(folder.Write("empty.jpg", ""))), HasSubstr("the file is empty"));
  EXPECT_THAT(ErrorOf(ReadPhoto(folder.Write("text.jpg", "no photo"))), HasSubstr("no photo"));
  const Image empty;
  EXPECT_FALSE(EncodePhoto(empty, "photo.png").ok());
  EXPECT_FALSE(EncodePhoto(MakeQuarters(4, 4, kColours), "photo.doc").ok());
}

TEST(PhotoTest, RefusesPhotosThatAreCutOff) {
  const Image image = MakeQuarters(64, 64, kColours);
  for (const std::string suffix : {".jpg", ".png", ".webp", ".bmp"}) {
    const Bytes file = Encode(image, suffix);
    for (const std::size_t size : {file.size() / 2, file.size() * 9 / 10}) {
      const auto read = DecodePhoto(std::span(file).first(size), "cut" + suffix);
      EXPECT_FALSE(read.ok()) << suffix << " of " << size << " bytes";
    }
  }
}

TEST(PhotoTest, RefusesGiants) {
  // A PNG header that promises 2^31 − 1 pixels a side.
  Bytes file = Encode(MakeQuarters(8, 8, kColours), ".png");
  const Bytes size = {0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF};
  std::copy(size.begin(), size.end(), file.begin() + 16);
  EXPECT_FALSE(DecodePhoto(file, "giant.png").ok());
}

TEST(PhotoTest, SurvivesMutatedFiles) {
  std::mt19937 random(7);
  std::streambuf* const buffer = std::cerr.rdbuf(nullptr);  // OpenCV tells of each
  const Image image = MakeQuarters(24, 16, kColours);
  int decoded = 0;
  for (const std::string suffix : {".jpg", ".png", ".webp", ".bmp", ".tif", ".ppm"}) {
    const Bytes plain = Encode(image, suffix);
    const bool has_exif = suffix == ".jpg" || suffix == ".png" || suffix == ".webp";
    const Bytes file = has_exif ? WithOrientation(plain, suffix, 6) : plain;
    for (int round = 0; round < 300; ++round) {
      Bytes mutated = file;
      for (int i = 0; i < 1 + round % 4; ++i) {
        // Headers take most of the hits; a size in them stays small, as 2^30 pixels are allowed.
        const std::size_t place = random() % (round % 2 == 0 ? mutated.size() : 60);
        mutated[place % mutated.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
      }
      if (round % 5 == 0) mutated.resize(random() % mutated.size());
      const auto read = DecodePhoto(mutated, "mutated" + suffix);
      if (!read.ok()) {
        EXPECT_THAT(read.error().message, HasSubstr("mutated"));
        continue;
      }
      ++decoded;
      EXPECT_EQ(read.value().pixels.size(), static_cast<std::size_t>(read.value().width) *
                                                static_cast<std::size_t>(read.value().height) * 3);
    }
  }
  std::cerr.rdbuf(buffer);
  EXPECT_GT(decoded, 0);
}

TEST(PhotoTest, KnowsSuffixes) {
  EXPECT_TRUE(HasPhotoSuffix("a/b.jpg"));
  EXPECT_TRUE(HasPhotoSuffix("B.WebP"));
  EXPECT_FALSE(HasPhotoSuffix("jpg"));
  EXPECT_FALSE(HasPhotoSuffix("a.jpg/b.txt"));
}

}  // namespace
}  // namespace facecascade

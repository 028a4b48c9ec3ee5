// The detect command on photos whose faces a hand-written model finds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/photo.h"
#include "io/video.h"
#include "tests/cli/program_runner.h"
#include "tests/io/test_photos.h"
#include "tests/model/example_models.h"

namespace facecascade {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using tests::ProgramResult;
using tests::RunFacecascade;

const Box kFace = {60, 40, 50, 50};

Image PhotoWithFace(int width = 200, int height = 150) {
  Image photo = GreyPhoto(width, height);
  PaintSpotFace(kFace, photo);
  return photo;
}

class DetectTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(WriteModelFile(folder_ / "spots.model", SpotModel(false)).ok());
  }

  void WritePhotoFile(const std::string& name, const Image& photo) {
    const Status status = WritePhoto(photo, folder_ / name);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }

  ProgramResult Detect(const std::string& arguments, const std::string& input = "") {
    return RunFacecascade(folder_, "detect --model spots.model " + arguments, input);
  }

  static std::vector<json> Lines(const std::string& text) {
    std::istringstream stream(text);
    std::vector<json> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
    return lines;
  }

  static void ExpectTheFace(const json& photo) {
    ASSERT_EQ(photo.at("faces").size(), 1U) << photo;
    const json& face = photo["faces"][0];
    EXPECT_NEAR(face["box"][0].get<float>(), kFace.x, 2);
    EXPECT_NEAR(face["box"][1].get<float>(), kFace.y, 2);
    EXPECT_NEAR(face["box"][2].get<float>(), kFace.width, 3);
    const Landmarks landmarks = SpotLandmarks(kFace);
    EXPECT_NEAR(face["landmarks"]["right_mouth"][0].get<float>(), landmarks[4].x, 2);
  }

  tests::TemporaryFolder folder_;
};

TEST_F(DetectTest, PrintsALineOfJsonForEachPhotoInOrder) {
  for (const char* name : {"b.jpg", "a.png", "c.webp"}) WritePhotoFile(name, PhotoWithFace());
  WritePhotoFile("none.png", GreyPhoto(40, 30));
  const ProgramResult result = Detect("b.jpg a.png none.png c.webp");
  EXPECT_EQ(result.exit_status, 0) << result.errors;
  EXPECT_EQ(result.errors, "");
  const auto photos = Lines(result.output);
  ASSERT_EQ(photos.size(), 4U);
  EXPECT_EQ(photos[0]["path"], "b.jpg");
  EXPECT_EQ(photos[0]["width"], 200);
  EXPECT_EQ(photos[0]["height"], 150);
  ExpectTheFace(photos[0]);
  ExpectTheFace(photos[1]);
  EXPECT_TRUE(photos[2]["faces"].empty());
  ExpectTheFace(photos[3]);
}

TEST_F(DetectTest, GivesTheSameForAnyNumberOfThreads) {
  for (int i = 0; i < 12; ++i) {
    WritePhotoFile("photos/" + std::to_string(i) + ".png", PhotoWithFace(180 + 9 * i, 150));
  }
  const ProgramResult one = Detect("photos --threads 1");
  EXPECT_EQ(Lines(one.output).size(), 12U);
  EXPECT_EQ(Detect("photos --threads 5").output, one.output);
  EXPECT_EQ(Detect("photos").output, one.output);
}

TEST_F(DetectTest, SkipsBadPhotosAndSaysSo) {
  WritePhotoFile("good.jpg", PhotoWithFace());
  folder_.Write("bad.jpg", "no photo");
  folder_.Write("empty.png", "");
  const ProgramResult result = Detect("bad.jpg good.jpg empty.png missing.jpg");
  EXPECT_EQ(result.exit_status, 1);
  ASSERT_EQ(Lines(result.output).size(), 1U);
  ExpectTheFace(Lines(result.output)[0]);
  EXPECT_THAT(result.errors, HasSubstr("bad.jpg: no photo"));
  EXPECT_THAT(result.errors, HasSubstr("empty.png: the file is empty"));
  EXPECT_THAT(result.errors, HasSubstr("missing.jpg: no such file"));
}

TEST_F(DetectTest, ReadsFoldersPatternsAndTheStandardInput) {
  for (const char* name : {"in/b/2.jpg", "in/a/1.jpg", "in/0.JPG"}) {
    WritePhotoFile(name, PhotoWithFace());
  }
  folder_.Write("in/notes.txt", "not a photo");
  const auto of_folder = Lines(Detect("in").output);
  ASSERT_EQ(of_folder.size(), 3U);
  EXPECT_EQ(of_folder[0]["path"], "in/0.JPG");
  EXPECT_EQ(of_folder[1]["path"], "in/a/1.jpg");
  EXPECT_EQ(of_folder[2]["path"], "in/b/2.jpg");
  EXPECT_EQ(Lines(Detect("'in/*/*.jpg'").output).size(), 2U);
  EXPECT_EQ(Detect("'in/*.bmp'").exit_status, 1);

  const ProgramResult piped = Detect("-", tests::ReadText(folder_ / "in/0.JPG"));
  EXPECT_EQ(piped.exit_status, 0) << piped.errors;
  ASSERT_EQ(Lines(piped.output).size(), 1U);
  EXPECT_EQ(Lines(piped.output)[0]["path"], "-");
  ExpectTheFace(Lines(piped.output)[0]);
  EXPECT_EQ(Detect("-", "").exit_status, 1);
  std::filesystem::create_directory(folder_ / "hollow");
  EXPECT_THAT(Detect("hollow").errors, HasSubstr("hollow: the folder holds no photos"));
}

TEST_F(DetectTest, ReadsFddbListsWithoutSuffixes) {
  WritePhotoFile("photos/2002/08/img_1.jpg", PhotoWithFace());
  WritePhotoFile("photos/2002/08/img_2.jpg", GreyPhoto(60, 60));
  folder_.Write("fold.txt", "2002/08/img_1\n2002/08/img_2\n");
  const ProgramResult result = Detect("--list fold.txt --root photos --format fddb");
  EXPECT_EQ(result.exit_status, 0) << result.errors;
  EXPECT_THAT(result.output, StartsWith("2002/08/img_1\n1\n"));
  EXPECT_THAT(result.output, HasSubstr("\n2002/08/img_2\n0\n"));
  EXPECT_EQ(Detect("--list none.txt --root photos").exit_status, 1);
}

TEST_F(DetectTest, AppliesTheExifOrientation) {
  // Stored lying on its side: displayed, it is the photo with the face.
  const Image displayed = PhotoWithFace();
  Image stored{displayed.height, displayed.width, {}};
  for (int y = 0; y < stored.height; ++y) {
    for (int x = 0; x < stored.width; ++x) {
      // Orientation 6: the stored first row is the displayed right edge.
      const int displayed_x = displayed.width - 1 - y;
      const auto* pixel =
          &displayed.pixels[static_cast<std::size_t>((x * displayed.width + displayed_x) * 3)];
      stored.pixels.insert(stored.pixels.end(), pixel, pixel + 3);
    }
  }
  const auto file = EncodePhoto(stored, "stored.jpg");
  const auto turned = tests::WithOrientation(file.value(), ".jpg", 6);
  folder_.Write("turned.jpg", std::string(turned.begin(), turned.end()));
  const auto photos = Lines(Detect("turned.jpg").output);
  ASSERT_EQ(photos.size(), 1U);
  EXPECT_EQ(photos[0]["width"], 200);
  EXPECT_EQ(photos[0]["height"], 150);
  ExpectTheFace(photos[0]);
  EXPECT_EQ(Lines(Detect("turned.jpg --ignore-orientation").output)[0]["width"], 150);
}

TEST_F(DetectTest, WritesEveryFormat) {
  WritePhotoFile("0--Parade/photo.jpg", PhotoWithFace());
  EXPECT_EQ(Detect("0--Parade --format csv --output out/faces.csv").exit_status, 0);
  EXPECT_THAT(tests::ReadText(folder_ / "out/faces.csv"),
              HasSubstr("right_mouth_y\n0--Parade/photo.jpg,,"));
  EXPECT_EQ(Detect("0--Parade --format coco --output faces.json").exit_status, 0);
  const json coco = json::parse(tests::ReadText(folder_ / "faces.json"));
  EXPECT_EQ(coco.at("annotations").size(), 1U);
  EXPECT_EQ(Detect("0--Parade --format wider --output wider").exit_status, 0);
  EXPECT_THAT(tests::ReadText(folder_ / "wider/0--Parade/photo.txt"), StartsWith("photo\n1\n"));
  EXPECT_EQ(Detect("0--Parade --format jsonl --output /dev/full").exit_status, 1);
  EXPECT_EQ(Detect("0--Parade --output 0--Parade").exit_status, 1);
}

TEST_F(DetectTest, DrawsCopies) {
  WritePhotoFile("in/a/photo.png", PhotoWithFace());
  WritePhotoFile("photo.png", PhotoWithFace());
  const ProgramResult result = Detect("in photo.png in/a/photo.png --draw drawn");
  EXPECT_EQ(result.exit_status, 0) << result.errors;
  for (const char* name : {"drawn/a/photo.png", "drawn/photo.png", "drawn/photo-2.png"}) {
    const auto drawn = ReadPhoto(folder_ / name);
    ASSERT_TRUE(drawn.ok()) << drawn.error().message;
    EXPECT_EQ(drawn.value().width, 200);
    EXPECT_NE(drawn.value().pixels, PhotoWithFace().pixels);
  }
  folder_.Write("file", "");
  EXPECT_EQ(Detect("photo.png --draw file/below").exit_status, 1);
}

TEST_F(DetectTest, ObeysThresholdAndMinFace) {
  WritePhotoFile("photo.png", PhotoWithFace());
  EXPECT_TRUE(Lines(Detect("photo.png --min-face 5000").output)[0]["faces"].empty());
  EXPECT_TRUE(Lines(Detect("photo.png --threshold 1").output)[0]["faces"].empty());
  EXPECT_FALSE(Lines(Detect("photo.png --threshold 0.02").output)[0]["faces"].empty());
}

TEST_F(DetectTest, FindsFacesInVideos) {
  auto writer = VideoWriter::Create(folder_ / "video.mp4", 10, 200, 150);
  ASSERT_TRUE(writer.ok()) << writer.error().message;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(writer.value().Write(PhotoWithFace()).ok());
  ASSERT_TRUE(writer.value().Finish().ok());
  const ProgramResult result = Detect("video.mp4 --draw drawn");
  EXPECT_EQ(result.exit_status, 0) << result.errors;
  const auto frames = Lines(result.output);
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[2]["frame"], 2);
  EXPECT_EQ(frames[2]["path"], "video.mp4");
  ExpectTheFace(frames[2]);
  const auto drawn = VideoReader::Open(folder_ / "drawn/video.mp4");
  ASSERT_TRUE(drawn.ok()) << drawn.error().message;
  EXPECT_EQ(drawn.value().frame_count(), 5);
  folder_.Write("broken.mp4", "no video");
  const ProgramResult broken = Detect("broken.mp4 video.mp4");
  EXPECT_EQ(broken.exit_status, 1);
  EXPECT_EQ(broken.errors,
            "facecascade: broken.mp4: no video, a broken one, or of an unknown "
            "format\n");
  EXPECT_EQ(Lines(broken.output).size(), 5U);
}

TEST_F(DetectTest, FollowsFacesBetweenTheFramesThatAreSearched) {
  // A face that moves by 4 pixels a frame, is gone from frame 6 on, and back in frame 8.
  auto writer = VideoWriter::Create(folder_ / "video.mp4", 10, 200, 150);
  ASSERT_TRUE(writer.ok()) << writer.error().message;
  for (int i = 0; i < 12; ++i) {
    Image frame = GreyPhoto(200, 150);
    const Box box = {kFace.x + 4 * static_cast<float>(i), kFace.y, kFace.width, kFace.height};
    if (i < 6 || i >= 8) PaintSpotFace(box, frame);
    ASSERT_TRUE(writer.value().Write(frame).ok());
  }
  ASSERT_TRUE(writer.value().Finish().ok());
  const ProgramResult result = Detect("video.mp4 --every 10");
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  const auto frames = Lines(result.output);
  ASSERT_EQ(frames.size(), 12U);
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(frames[i]["frame"], i);
    const bool is_known = i < 6 || i >= 10;  // a face that comes back waits for the next search
    ASSERT_EQ(frames[i]["faces"].size(), is_known ? 1U : 0U) << i;
    if (!is_known) continue;
    EXPECT_NEAR(frames[i]["faces"][0]["box"][0].get<float>(), kFace.x + 4 * i, 3) << i;
  }
}

TEST_F(DetectTest, BlursAndCropsFaces) {
  WritePhotoFile("in/photo.png", PhotoWithFace());
  WritePhotoFile("in/none.png", GreyPhoto(60, 60));
  const std::string model = " --model spots.model ";
  const ProgramResult blurred = RunFacecascade(folder_, "blur in --output blurred" + model);
  EXPECT_EQ(blurred.exit_status, 0) << blurred.errors;
  EXPECT_EQ(blurred.output, "");
  const auto copy = ReadPhoto(folder_ / "blurred/photo.png");
  ASSERT_TRUE(copy.ok()) << copy.error().message;
  EXPECT_NE(copy.value().pixels, PhotoWithFace().pixels);
  EXPECT_EQ(ReadPhoto(folder_ / "blurred/none.png").value().pixels, GreyPhoto(60, 60).pixels);

  const ProgramResult cropped =
      RunFacecascade(folder_, "crop in missing.png --output faces --size 80" + model);
  EXPECT_EQ(cropped.exit_status, 1) << "missing.png is missing";
  const auto face = ReadPhoto(folder_ / "faces/photo-1.png");
  ASSERT_TRUE(face.ok()) << face.error().message;
  EXPECT_EQ(face.value().width, 80);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "faces/photo-2.png"));
  EXPECT_EQ(RunFacecascade(folder_, "blur in" + model).exit_status, 2);
  EXPECT_EQ(RunFacecascade(folder_, "crop --output faces" + model).exit_status, 2);
}

TEST_F(DetectTest, NeverReplacesWhatItReads) {
  WritePhotoFile("in/photo.png", PhotoWithFace());
  const std::string before = tests::ReadText(folder_ / "in/photo.png");
  const std::string model = " --model spots.model ";
  for (const std::string command :
       {"blur in --output in", "detect in --draw ./in", "detect in --output in/../in/photo.png",
        "detect --list list.txt --root in --draw in"}) {
    folder_.Write("list.txt", "photo\n");
    const ProgramResult result = RunFacecascade(folder_, command + model);
    EXPECT_EQ(result.exit_status, 1) << command;
    EXPECT_THAT(result.errors, HasSubstr("would be overwritten")) << command;
    EXPECT_EQ(tests::ReadText(folder_ / "in/photo.png"), before) << command;
  }
}

TEST_F(DetectTest, KeepsEarlierResultsWhereThereAreNoNewOnes) {
  folder_.Write("faces.jsonl", "earlier");
  std::filesystem::create_symlink("faces.jsonl", folder_ / "link.jsonl");
  folder_.Write("bad.jpg", "no photo");
  EXPECT_EQ(Detect("missing.jpg bad.jpg --output faces.jsonl").exit_status, 1);
  EXPECT_EQ(tests::ReadText(folder_ / "faces.jsonl"), "earlier");
  WritePhotoFile("good.png", PhotoWithFace());
  EXPECT_EQ(Detect("good.png --output link.jsonl").exit_status, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.jsonl"));
  EXPECT_EQ(Lines(tests::ReadText(folder_ / "faces.jsonl")).size(), 1U);
}

TEST_F(DetectTest, GivesEachCopyItsOwnName) {
  WritePhotoFile("in/photo.bmp", PhotoWithFace());
  WritePhotoFile("in/photo.tif", PhotoWithFace());
  const std::string model = " --model spots.model ";
  EXPECT_EQ(RunFacecascade(folder_, "crop in --output faces" + model).exit_status, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "faces/photo-1.png"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "faces/photo-2-1.png"));
  // Nor does a cut-out replace a photo that is read.
  WritePhotoFile("in/photo-1.png", PhotoWithFace());
  const ProgramResult over = RunFacecascade(folder_, "crop in --output in" + model);
  EXPECT_EQ(over.exit_status, 1);
  EXPECT_THAT(over.errors, HasSubstr("photo-1.png: is one of the files to read"));
  EXPECT_EQ(RunFacecascade(folder_, "crop in --output faces" + model).exit_status, 0);
  // A format without colour cannot hold the copy.
  std::string grey = "P5 200 150 255\n";
  for (std::size_t i = 0; i < std::size_t{200} * 150; ++i) grey += '\x80';
  folder_.Write("grey.pgm", grey);
  const ProgramResult drawn = Detect("grey.pgm --draw drawn");
  EXPECT_EQ(drawn.exit_status, 0) << drawn.errors;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "drawn/grey.pgm.jpg"));
}

TEST_F(DetectTest, RefusesBadModels) {
  WritePhotoFile("photo.png", PhotoWithFace());
  folder_.Write("bad.model", "no model");
  const ProgramResult bad = RunFacecascade(folder_, "detect photo.png --model bad.model");
  EXPECT_EQ(bad.exit_status, 1);
  EXPECT_THAT(bad.errors, HasSubstr("bad.model"));
  EXPECT_EQ(RunFacecascade(folder_, "detect photo.png --model none").exit_status, 1);
}

}  // namespace
}  // namespace facecascade

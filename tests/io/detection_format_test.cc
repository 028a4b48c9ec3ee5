#include "io/detection_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/detection_writer.h"
#include "tests/io/temporary_folder.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;

PhotoDetections TwoFaces() {
  PhotoDetections photo{"0--Parade/0_Parade_1.jpg", 640, 480, {}, true, {}};
  photo.faces.push_back({{10.5F, 20, 30.25F, 40}, 0.9876543F, {}});
  photo.faces.back().landmarks = {{{15, 30}, {35, 30.5F}, {25, 40}, {17, 50}, {33, 50}}};
  photo.faces.push_back({{-3, -2.125F, 12, 15}, 0.02F, {}});
  return photo;
}

PhotoDetections NoFaces() { return {"empty photo.png", 8, 9, {}, true, {}}; }

TEST(DetectionFormatTest, JsonLine) {
  EXPECT_EQ(ToJsonLine(TwoFaces()),
            R"({"path":"0--Parade/0_Parade_1.jpg","width":640,"height":480,"faces":[)"
            R"({"box":[10.50,20.00,30.25,40.00],"score":0.987654,"landmarks":{)"
            R"("left_eye":[15.00,30.00],"right_eye":[35.00,30.50],"nose":[25.00,40.00],)"
            R"("left_mouth":[17.00,50.00],"right_mouth":[33.00,50.00]}},)"
            R"({"box":[-3.00,-2.12,12.00,15.00],"score":0.020000,"landmarks":{)"
            R"("left_eye":[0.00,0.00],"right_eye":[0.00,0.00],"nose":[0.00,0.00],)"
            R"("left_mouth":[0.00,0.00],"right_mouth":[0.00,0.00]}}]})"
            "\n");
  EXPECT_EQ(ToJsonLine(NoFaces()),
            "{\"path\":\"empty photo.png\",\"width\":8,\"height\":9,\"faces\":[]}\n");
}

TEST(DetectionFormatTest, JsonLineOfFrame) {
  PhotoDetections frame = NoFaces();
  frame.frame = 12;
  EXPECT_EQ(nlohmann::json::parse(ToJsonLine(frame)).at("frame"), 12);
}

TEST(DetectionFormatTest, JsonStaysJsonForAnyPath) {
  PhotoDetections photo = NoFaces();
  photo.path = "quote\" back\\slash\nline \xC3\xBC \xFF.jpg";
  const auto json = nlohmann::json::parse(ToJsonLine(photo));
  EXPECT_EQ(json.at("path"), "quote\" back\\slash\nline \xC3\xBC \xEF\xBF\xBD.jpg");
}

TEST(DetectionFormatTest, Csv) {
  EXPECT_EQ(CsvHeader(),
            "path,frame,x,y,width,height,score,left_eye_x,left_eye_y,right_eye_x,right_eye_y,"
            "nose_x,nose_y,left_mouth_x,left_mouth_y,right_mouth_x,right_mouth_y\n");
  PhotoDetections photo = TwoFaces();
  photo.faces.pop_back();
  photo.path = "with \"quotes\", commas.jpg";
  EXPECT_EQ(ToCsv(photo),
            "\"with \"\"quotes\"\", commas.jpg\",,10.50,20.00,30.25,40.00,0.987654,15.00,30.00,"
            "35.00,30.50,25.00,40.00,17.00,50.00,33.00,50.00\n");
  photo.path = "v.mp4";
  photo.frame = 3;
  photo.has_landmarks = false;
  EXPECT_EQ(ToCsv(photo), "v.mp4,3,10.50,20.00,30.25,40.00,0.987654,,,,,,,,,,\n");
  EXPECT_EQ(ToCsv(NoFaces()), "");
}

TEST(DetectionFormatTest, Fddb) {
  EXPECT_EQ(ToFddb(TwoFaces()),
            "0--Parade/0_Parade_1.jpg\n2\n10.50 20.00 30.25 40.00 0.987654\n"
            "-3.00 -2.12 12.00 15.00 0.020000\n");
  EXPECT_EQ(ToFddb(NoFaces()), "empty photo.png\n0\n");
}

TEST(DetectionFormatTest, Wider) {
  EXPECT_EQ(ToWider(NoFaces()), "empty photo\n0\n");
  EXPECT_THAT(ToWider(TwoFaces()), HasSubstr("0_Parade_1\n2\n10.50 "));
  PhotoDetections photo = NoFaces();
  photo.path = "/a/b/0--Parade/x.y.jpg";
  EXPECT_EQ(WiderFileName(photo), "0--Parade/x.y.txt");
  photo.path = "video.mp4";
  photo.frame = 7;
  EXPECT_EQ(WiderFileName(photo), "video-7.txt");
  EXPECT_EQ(ToWider(photo), "video-7\n0\n");
}

TEST(DetectionFormatTest, Coco) {
  CocoDocument document;
  document.Add(NoFaces());
  document.Add(TwoFaces());
  const auto json = nlohmann::json::parse(document.Text());
  ASSERT_EQ(json.at("images").size(), 2U);
  EXPECT_EQ(json["images"][1]["file_name"], "0--Parade/0_Parade_1.jpg");
  EXPECT_EQ(json["images"][1]["width"], 640);
  ASSERT_EQ(json.at("annotations").size(), 2U);
  const auto& annotation = json["annotations"][0];
  EXPECT_EQ(annotation["image_id"], json["images"][1]["id"]);
  EXPECT_EQ(annotation["bbox"], nlohmann::json({10.5, 20.0, 30.25, 40.0}));
  EXPECT_DOUBLE_EQ(annotation["area"].get<double>(), 1210);
  EXPECT_EQ(annotation["keypoints"].size(), 15U);
  EXPECT_EQ(annotation["num_keypoints"], 5);
  EXPECT_EQ(json["categories"][0]["id"], annotation["category_id"]);
  EXPECT_EQ(json["categories"][0]["keypoints"][1], "right_eye");
  EXPECT_TRUE(nlohmann::json::accept(CocoDocument().Text()));
}

TEST(DetectionWriterTest, FilesAppearWhenFinished) {
  const tests::TemporaryFolder folder;
  const std::string path = folder / "new/faces.jsonl";
  {
    auto writer = DetectionWriter::Open(OutputFormat::kJsonLines, path);
    ASSERT_TRUE(writer.ok()) << writer.error().message;
    ASSERT_TRUE(writer.value().Write(TwoFaces()).ok());
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(writer.value().Finish().ok());
    EXPECT_EQ(tests::ReadText(path), ToJsonLine(TwoFaces()));
  }
  { (void)DetectionWriter::Open(OutputFormat::kCsv, folder / "new/unfinished.csv"); }
  const auto left = std::filesystem::directory_iterator(folder / "new");
  EXPECT_EQ(std::distance(begin(left), end(left)), 1) << "a temporary file is left behind";
}

TEST(DetectionWriterTest, WiderFolder) {
  const tests::TemporaryFolder folder;
  auto writer = DetectionWriter::Open(OutputFormat::kWider, folder / "out");
  ASSERT_TRUE(writer.ok()) << writer.error().message;
  ASSERT_TRUE(writer.value().Write(TwoFaces()).ok());
  EXPECT_EQ(tests::ReadText(folder / "out/0--Parade/0_Parade_1.txt"), ToWider(TwoFaces()));
  const Status twice = writer.value().Write(TwoFaces());
  ASSERT_FALSE(twice.ok());
  EXPECT_THAT(twice.error().message, HasSubstr("0--Parade/0_Parade_1.txt already"));
}

TEST(DetectionWriterTest, SaysWhatCannotBeWritten) {
  const tests::TemporaryFolder folder;
  const std::string file = folder.Write("file", "");
  const auto below_file = DetectionWriter::Open(OutputFormat::kCsv, file + "/faces.csv");
  ASSERT_FALSE(below_file.ok());
  EXPECT_THAT(below_file.error().message, HasSubstr("file"));
  EXPECT_FALSE(DetectionWriter::Open(OutputFormat::kCsv, folder.path()).ok());
  EXPECT_FALSE(DetectionWriter::Open(OutputFormat::kWider, file).ok());
  EXPECT_FALSE(DetectionWriter::Open(OutputFormat::kWider, "").ok());

  auto full = DetectionWriter::Open(OutputFormat::kFddb, "/dev/full");
  ASSERT_TRUE(full.ok()) << full.error().message;
  const bool written = full.value().Write(TwoFaces()).ok() && full.value().Finish().ok();
  EXPECT_FALSE(written);
}

}  // namespace
}  // namespace facecascade

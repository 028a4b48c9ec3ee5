// Readers of detections: every format once well-formed and once broken.
#include "evaluation/detection_readers.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "io/file.h"

namespace facecascade::evaluation {
namespace {

std::string Temporary(const std::string& name, const std::string& content) {
  const std::string path =
      (std::filesystem::path(testing::TempDir()) / ("facecascade_readers_" + name)).string();
  EXPECT_TRUE(WriteFileAtomically(path, content).ok());
  return path;
}

void ExpectError(const Result<DetectionSet>& result, const std::string& part) {
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
}

TEST(DetectionReaders, FddbText) {
  const auto set =
      ReadDetections(Temporary("a.txt", "x/y\n2\n1 2 3 4 0.5\n5 6 7 8 -1e1\nz\n0\n"), {});
  ASSERT_TRUE(set.ok()) << set.error().message;
  ASSERT_EQ(set.value().photos.size(), 2U);
  EXPECT_EQ(set.value().photos[0].detections[1].score, -10);
  EXPECT_EQ(set.value().photos[0].detections[0].box.height, 4);
  EXPECT_EQ(set.value().photos[1].line, 5);
}

TEST(DetectionReaders, BrokenFddbTextNamesTheLine) {
  ExpectError(ReadFddbDetections("f", "x\n1\n1 2 3 4\n", false), "f:3: expected left");
  ExpectError(ReadFddbDetections("f", "x\n1\n1 2 3 four 5\n", false), "f:3: 'four'");
  ExpectError(ReadFddbDetections("f", "x\n2\n1 2 3 4 5\n", false), "ends after 1 of 2");
  ExpectError(ReadFddbDetections("f", "x\nmany\n", false), "f:2: expected the number");
  ExpectError(ReadFddbDetections("f", "x\n1\n1 2 3 4 5 6\n", false), "ellipses?");
  ExpectError(ReadFddbDetections("f", "x\n1\n1 2 3 4 nan\n", false), "f:3: 'nan'");
  ExpectError(ReadFddbDetections("f", "x\n1\n-3 2 3 4 5 6\n", true), "negative half axis");
  ExpectError(ReadDetections(Temporary("twice.txt", "x\n0\nx\n0\n"), {}), ":3: the photo x");
}

TEST(DetectionReaders, EllipsesWhereTheyAreWanted) {
  const auto set = ReadFddbDetections("f", "x\n2\n9 8 0.5 4 5 0.75\n1 2 3 4 0.5\n", true);
  ASSERT_TRUE(set.ok());
  const auto& detections = set.value().photos[0].detections;
  ASSERT_TRUE(detections[0].ellipse);
  EXPECT_EQ(detections[0].ellipse->minor, 8);
  EXPECT_EQ(detections[0].score, 0.75);
  EXPECT_FALSE(detections[1].ellipse);
}

TEST(DetectionReaders, JsonLines) {
  const auto set = ReadDetections(
      Temporary("a.jsonl",
                R"({"path": "p/a.jpg", "faces": [{"box": [1, 2, 3, 4], "score": 0.5, )"
                R"("landmarks": {"left_eye": [1, 2], "right_eye": [3, 4], "nose": [5, 6], )"
                R"("left_mouth": [7, 8], "right_mouth": [9, 10]}}]})"
                "\n\n"
                R"({"path": "b.jpg", "faces": [{"box": [1, 2, 3, 4], "score": 1, )"
                R"("landmarks": [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]}]})"
                "\n"),
      {});
  ASSERT_TRUE(set.ok()) << set.error().message;
  ASSERT_EQ(set.value().photos.size(), 2U);
  for (const ScoredPhoto& photo : set.value().photos) {
    ASSERT_TRUE(photo.detections.at(0).landmarks);
    EXPECT_EQ((*photo.detections[0].landmarks)[4].y, 10);
  }
  ExpectError(ReadJsonLinesDetections("f", "{\"path\": \"a\", \"faces\": []}\n{\"path\": 3}\n"),
              "f:2:");
  ExpectError(ReadJsonLinesDetections(
                  "f", "{\"path\": \"a\", \"faces\": [{\"box\": [1, 2], \"score\": 1}]}\n"),
              "f:1: a box is");
}

TEST(DetectionReaders, Coco) {
  const auto set = ReadDetections(
      Temporary("a.json",
                R"({"images": [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "b.jpg"}],)"
                R"("annotations": [{"image_id": 8, "bbox": [1, 2, 3, 4], "score": 0.5}]})"),
      {});
  ASSERT_TRUE(set.ok()) << set.error().message;
  ASSERT_EQ(set.value().photos.size(), 2U);
  EXPECT_TRUE(set.value().photos[0].detections.empty());
  EXPECT_EQ(set.value().photos[1].detections.at(0).box.width, 3);
  const auto results =
      ReadCocoDetections("f", R"([{"image_id": "a", "bbox": [1, 2, 3, 4], "score": 0.5}])");
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(results.value().photos.at(0).name, "a");
  ExpectError(ReadCocoDetections("f", R"([{"image_id": 5, "bbox": [1, 2, 3, 4], "score": 1}])"),
              "image_id 5");
  ExpectError(ReadCocoDetections("f", "[{]"), "f: ");
}

TEST(DetectionReaders, WiderFilesByBothRules) {
  const std::string text = "dir/name.jpg\n1\n1 2 3 4 0.5 \n 5 6 7 8 0.25\n\n9 9 9 9 0.125\n";
  const auto matlab = ParseWiderFile("f", "E/file", text, WiderFileRule::kMatlab);
  ASSERT_TRUE(matlab.ok());
  EXPECT_EQ(matlab.value().name, "E/file");
  EXPECT_EQ(matlab.value().detections.size(), 1U);
  const auto python = ParseWiderFile("f", "E/file", text, WiderFileRule::kPython);
  ASSERT_TRUE(python.ok());
  EXPECT_EQ(python.value().name, "E/name");
  EXPECT_EQ(python.value().detections.size(), 2U) << "the line that begins with a blank is none";
  const auto short_file = ParseWiderFile("f", "E/x", "x\n2\n1 2 3 4 5\n", WiderFileRule::kMatlab);
  ASSERT_FALSE(short_file.ok());
  EXPECT_NE(short_file.error().message.find("ends after 1 of 2"), std::string::npos);
}

void WriteArchive(const std::string& path, const std::string& name, const std::string& content) {
  archive* made = archive_write_new();
  archive_write_add_filter_xz(made);
  archive_write_set_format_pax_restricted(made);
  ASSERT_EQ(archive_write_open_filename(made, path.c_str()), ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_write_header(made, entry);
  archive_write_data(made, content.data(), content.size());
  archive_entry_free(entry);
  archive_write_close(made);
  archive_write_free(made);
}

TEST(DetectionReaders, WiderArchives) {
  const std::string path = Temporary("a.tar.xz", "");
  WriteArchive(path, "some/folder/0--Made/one.txt", "one\n1\n1 2 3 4 0.5\n");
  const auto set = ReadDetections(path, {});
  ASSERT_TRUE(set.ok()) << set.error().message;
  ASSERT_EQ(set.value().photos.size(), 1U);
  EXPECT_EQ(set.value().photos[0].name, "0--Made/one");
  EXPECT_EQ(set.value().photos[0].detections.at(0).score, 0.5);
  WriteArchive(path, "0--Made/one.txt", "one\n1\n1 2 3 four 0.5\n");
  ExpectError(ReadDetections(path, {}), "one.txt:3: 'four'");
  ExpectError(ReadDetections(Temporary("broken.tar.xz", "no archive"), {}), "broken.tar.xz: ");
}

TEST(PhotoIndex, ComparesWholeFolders) {
  const std::vector<ScoredPhoto> photos = {
      {"data/2002/img_1.jpg", 0, {}, {}}, {"2003/img_1", 0, {}, {}}, {"lonely.png", 0, {}, {}}};
  const PhotoIndex index(photos);
  EXPECT_EQ(index.Find("2002/img_1"), &photos[0]);
  EXPECT_EQ(index.Find("set/2003/img_1.webp"), &photos[1]);
  EXPECT_EQ(index.Find("02/img_1"), nullptr);
  EXPECT_EQ(index.Find("2004/img_1"), nullptr);
  EXPECT_EQ(index.Find("img_1"), nullptr) << "two photos have equal claim";
  EXPECT_EQ(index.Find("other/lonely.jpg"), &photos[2]);
  EXPECT_EQ(index.FindByFileName("elsewhere/img_2"), nullptr);
}

}  // namespace
}  // namespace facecascade::evaluation

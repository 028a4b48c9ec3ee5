// CelebA, MTFL, and the tab separated landmark lists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/celeba.h"
#include "dataset/landmark_list.h"
#include "dataset/mtfl.h"
#include "tests/io/temporary_folder.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;
using tests::TemporaryFolder;

constexpr const char* kHeader =
    "#path\twidth\theight\tleft_eye_x\tleft_eye_y\tright_eye_x\tright_eye_y\tnose_x\tnose_y\t"
    "left_mouth_x\tleft_mouth_y\tright_mouth_x\tright_mouth_y\tbox_x\tbox_y\tbox_w\tbox_h\n";

template <typename Photos>
std::string ErrorOf(const Photos& photos) {
  return photos.ok() ? "no error" : photos.error().message;
}

std::string ListError(const std::string& text) {
  const TemporaryFolder folder;
  return ErrorOf(ReadLandmarkList(folder.Write("list.tsv", text)));
}

TEST(LandmarkListTest, ReadsPointsAndOptionalBoxes) {
  const TemporaryFolder folder;
  const std::string list = folder.Write(
      "sets/list.tsv", std::string(kHeader) +
                           "a/1.jpg\t100\t90\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10.5\t\t\t\t\n"
                           "a/2.jpg\t100\t90\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14.5\n");
  const auto photos = ReadLandmarkList(list);
  ASSERT_TRUE(photos.ok()) << photos.error().message;
  ASSERT_EQ(photos.value().size(), 2U);
  EXPECT_EQ(photos.value()[0].path, "a/1.jpg");
  EXPECT_EQ(photos.value()[0].file, folder / "sets/a/1.jpg");
  EXPECT_EQ(photos.value()[0].width, 100);
  EXPECT_EQ(photos.value()[0].height, 90);
  const AnnotatedFace& face = photos.value()[0].faces.at(0);
  EXPECT_FALSE(face.has_box);
  ASSERT_TRUE(face.landmarks.has_value());
  EXPECT_FLOAT_EQ((*face.landmarks)[0].x, 1);
  EXPECT_FLOAT_EQ((*face.landmarks)[2].y, 6);
  EXPECT_FLOAT_EQ((*face.landmarks)[4].y, 10.5F);
  EXPECT_TRUE(photos.value()[1].faces.at(0).has_box);
  EXPECT_FLOAT_EQ(photos.value()[1].faces.at(0).box.height, 14.5F);
}

TEST(LandmarkListTest, NamesFileLineAndReason) {
  const std::string header = kHeader;
  EXPECT_THAT(ListError(""), HasSubstr("expected the header"));
  EXPECT_THAT(ListError("path\n"), HasSubstr("list.tsv:1: expected the header"));
  EXPECT_THAT(ListError(header + "a.jpg\t1\t1\n"), HasSubstr("list.tsv:2: expected 17"));
  EXPECT_THAT(ListError(header + "a.jpg\t9\t9\t1\t2\t3\t4\tx\t6\t7\t8\t9\t10\t\t\t\t\n"),
              HasSubstr("list.tsv:2: a landmark's coordinate"));
  EXPECT_THAT(ListError(header + "a.jpg\t0\t9\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t\t\t\t\n"),
              HasSubstr("list.tsv:2: width and height"));
  EXPECT_THAT(ListError(header + "\n\na.jpg\t9\t9\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t1\t\t\t\n"),
              HasSubstr("list.tsv:4: expected a box"));
  EXPECT_THAT(ListError(header + "\t9\t9\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t\t\t\t\n"),
              HasSubstr("expected a photo's path"));
}

TEST(MtflTest, ReadsPublishedLines) {
  const TemporaryFolder folder;
  const std::string list =
      folder.Write("training.txt",
                   " lfw_5590\\Aaron_Eckhart_0001.jpg 10 20 15 11 19 30 31 40 50 51.5 1 2 2 3\r\n"
                   " net_7876\\0_0_0.jpg 10 20 15 11 19 30 31 40 50 51 2 1 2 5\r\n \r\n");
  const auto photos = ReadMtfl(list, "MTFL");
  ASSERT_TRUE(photos.ok()) << photos.error().message;
  ASSERT_EQ(photos.value().size(), 2U);
  EXPECT_EQ(photos.value()[0].path, "lfw_5590/Aaron_Eckhart_0001.jpg");
  EXPECT_EQ(photos.value()[0].file, "MTFL/lfw_5590/Aaron_Eckhart_0001.jpg");
  const AnnotatedFace& face = photos.value()[0].faces.at(0);
  EXPECT_FALSE(face.has_box);
  EXPECT_FLOAT_EQ((*face.landmarks)[0].x, 10);
  EXPECT_FLOAT_EQ((*face.landmarks)[0].y, 30);
  EXPECT_FLOAT_EQ((*face.landmarks)[4].y, 51.5F);
  EXPECT_EQ(face.attributes.pose, 0);
  EXPECT_EQ(photos.value()[1].faces.at(0).attributes.pose, 1);
}

TEST(MtflTest, NamesFileLineAndReason) {
  const TemporaryFolder folder;
  const std::string list = folder.Write("training.txt", "\na.jpg 1 2 3\n");
  EXPECT_THAT(ErrorOf(ReadMtfl(list, "")), HasSubstr("training.txt:2: expected a photo's path"));
  const std::string letters = folder.Write("testing.txt", "a.jpg 1 2 3 4 5 6 7 8 9 1O 1 1 1 1\n");
  EXPECT_THAT(ErrorOf(ReadMtfl(letters, "")), HasSubstr("testing.txt:1: '1O' is not a number"));
}

// A copy of the set as published, of three photos; `boxes` is what stands in list_bbox_celeba.txt.
void WriteCeleba(const TemporaryFolder& folder, const std::string& anno, const std::string& boxes) {
  folder.Write(anno + "list_bbox_celeba.txt", boxes);
  folder.Write(anno + "list_landmarks_celeba.txt",
               "3\n"
               "lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y "
               "rightmouth_x rightmouth_y \n"
               "000001.jpg  165  184  244  176  196  249  194  271  266  260\n"
               "000002.jpg  140  204  220  204  168  254  146  289  226  289\n"
               "000003.jpg  244  104  264  105  263  121  235  134  251  140\n");
}

constexpr const char* kBoxes =
    "3\nimage_id x_1 y_1 width height\n"
    "000001.jpg    95  71 226 313\n000002.jpg    72  94 221 306\n000003.jpg   0 0 0 0\n";
constexpr const char* kParts = "000001.jpg 0\n000002.jpg 1\n000003.jpg 0\n";

TEST(CelebaTest, ReadsAPart) {
  for (const std::string anno : {"", "Anno/"}) {
    const TemporaryFolder folder;
    WriteCeleba(folder, anno, kBoxes);
    folder.Write(anno.empty() ? "list_eval_partition.txt" : "Eval/list_eval_partition.txt", kParts);
    const auto photos = ReadCeleba(folder.path(), CelebaPart::kTrain);
    ASSERT_TRUE(photos.ok()) << photos.error().message;
    ASSERT_EQ(photos.value().size(), 2U);
    EXPECT_EQ(photos.value()[0].path, "000001.jpg");
    EXPECT_EQ(photos.value()[0].file, folder / "img_celeba/000001.jpg");
    EXPECT_FLOAT_EQ(photos.value()[0].faces.at(0).box.height, 313);
    EXPECT_FLOAT_EQ((*photos.value()[0].faces.at(0).landmarks)[4].x, 266);
    EXPECT_FALSE(photos.value()[1].faces.at(0).has_box);
    EXPECT_EQ(ReadCeleba(folder.path(), CelebaPart::kValidation).value().size(), 1U);
    EXPECT_TRUE(ReadCeleba(folder.path(), CelebaPart::kTest).value().empty());
  }
}

TEST(CelebaTest, NamesFileLineAndReason) {
  const auto error_of = [](const std::string& boxes, const std::string& parts) {
    const TemporaryFolder folder;
    WriteCeleba(folder, "", boxes);
    folder.Write("list_eval_partition.txt", parts);
    return ErrorOf(ReadCeleba(folder.path(), CelebaPart::kTrain));
  };
  EXPECT_THAT(error_of("x\n", kParts), HasSubstr("list_bbox_celeba.txt:1: expected the number"));
  EXPECT_THAT(error_of("1\nheader\n000001.jpg 1 2 3\n", kParts),
              HasSubstr("list_bbox_celeba.txt:3: expected a photo's name and 4 numbers"));
  EXPECT_THAT(error_of("2\nheader\n000001.jpg 1 2 3 4\n", kParts), HasSubstr("has 2 photos"));
  EXPECT_THAT(error_of(kBoxes, "000001.jpg 0\n"), HasSubstr("000002.jpg is missing"));
  EXPECT_THAT(error_of(kBoxes, "000001.jpg 7\n"), HasSubstr("must be 0, 1 or 2"));
  EXPECT_THAT(error_of("1\nheader\n000009.jpg 1 2 3 4\n", "000009.jpg 0\n"),
              HasSubstr("list_landmarks_celeba.txt: 000009.jpg is missing"));
}

}  // namespace
}  // namespace facecascade

#include "dataset/wider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/io/temporary_folder.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;
using tests::TemporaryFolder;

std::string ErrorOf(const std::string& text) {
  const TemporaryFolder folder;
  const auto photos = ReadWiderList(folder.Write("list.txt", text), "photos");
  return photos.ok() ? "no error" : photos.error().message;
}

TEST(WiderTest, ReadsAllFieldsAndKeepsEmptyBoxes) {
  const TemporaryFolder folder;
  const std::string list = folder.Write("list.txt",
                                        "0--Parade/a.jpg\n"
                                        "2\n"
                                        "78.5 221 7 8.25 2 1 1 1 2 1 \n"
                                        "10 10 0 5 0 0 0 1 0 0\n"
                                        "0--Parade/none with blanks.webp\n"
                                        "0\n"
                                        "0 0 0 0 0 0 0 0 0 0 \n"
                                        "b.PNG\r\n"
                                        "1\r\n"
                                        "-1 2 3 4\r\n"
                                        "none either.png\n"
                                        "0\n");
  const auto photos = ReadWiderList(list, "photos");
  ASSERT_TRUE(photos.ok()) << photos.error().message;
  ASSERT_EQ(photos.value().size(), 4U);
  const AnnotatedPhoto& first = photos.value()[0];
  EXPECT_EQ(first.path, "0--Parade/a.jpg");
  EXPECT_EQ(first.file, "photos/0--Parade/a.jpg");
  ASSERT_EQ(first.faces.size(), 2U);
  EXPECT_FLOAT_EQ(first.faces[0].box.x, 78.5F);
  EXPECT_FLOAT_EQ(first.faces[0].box.height, 8.25F);
  EXPECT_TRUE(first.faces[0].has_box);
  EXPECT_EQ(first.faces[0].attributes.blur, 2);
  EXPECT_EQ(first.faces[0].attributes.expression, 1);
  EXPECT_EQ(first.faces[0].attributes.illumination, 1);
  EXPECT_EQ(first.faces[0].attributes.invalid, 1);
  EXPECT_EQ(first.faces[0].attributes.occlusion, 2);
  EXPECT_EQ(first.faces[0].attributes.pose, 1);
  EXPECT_FALSE(first.faces[1].has_box);
  EXPECT_EQ(photos.value()[1].path, "0--Parade/none with blanks.webp");
  EXPECT_TRUE(photos.value()[1].faces.empty());
  EXPECT_EQ(photos.value()[2].path, "b.PNG");
  EXPECT_FLOAT_EQ(photos.value()[2].faces[0].box.x, -1);
  EXPECT_TRUE(photos.value()[3].faces.empty());
}

TEST(WiderTest, FindsTheListsOfTheSet) {
  const TemporaryFolder folder;
  folder.Write("wider_face_split/wider_face_val_bbx_gt.txt", "E/a.jpg\n0\n");
  const auto photos = ReadWider(folder.path(), "val");
  ASSERT_TRUE(photos.ok()) << photos.error().message;
  EXPECT_EQ(photos.value()[0].file, folder / "WIDER_val/images/E/a.jpg");
  EXPECT_FALSE(ReadWider(folder.path(), "train").ok());
}

TEST(WiderTest, NamesFileLineAndReason) {
  EXPECT_THAT(ErrorOf("a.jpg\n1\n1 2 x 4\n"), HasSubstr("list.txt:3: 'x' is not a number"));
  EXPECT_THAT(ErrorOf("a.jpg\n1\n1 2 3\n"), HasSubstr("list.txt:3: expected a face as 4 or 10"));
  EXPECT_THAT(ErrorOf("a.jpg\nmany\n"), HasSubstr("list.txt:2: expected the number of faces"));
  EXPECT_THAT(ErrorOf("a.jpg\n"), HasSubstr("expected the number of faces of a.jpg"));
  EXPECT_THAT(ErrorOf("a.jpg\n-1\n"), HasSubstr("list.txt:2:"));
  EXPECT_THAT(ErrorOf("a.jpg\n3\n1 2 3 4\n"), HasSubstr("list.txt:3: the file ends after 1 of 3"));
  EXPECT_THAT(ErrorOf("a.jpg\n1\n1 2 3 4\n5 6 7 8\n"), HasSubstr("list.txt:4: expected a photo"));
  EXPECT_THAT(ErrorOf("a.jpg\n1\n1 2 3 4 3 0 0 0 0 0\n"), HasSubstr("list.txt:3: blur must be"));
  EXPECT_THAT(ErrorOf("a.jpg\n1\n1 2 3 4 0 0 0 0 0.5 0\n"), HasSubstr("occlusion must be"));
  EXPECT_THAT(ErrorOf("a.jpg\n1\n1 2 nan 4\n"), HasSubstr("'nan' is not a number"));
  EXPECT_THAT(ErrorOf("a.jpg\n99999999999999999999\n"), HasSubstr("list.txt:2:"));
  const auto missing = ReadWiderList("no/such/list.txt", "");
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, HasSubstr("no/such/list.txt"));
}

}  // namespace
}  // namespace facecascade

#include "dataset/photo_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/io/temporary_folder.h"

namespace facecascade {
namespace {

using tests::TemporaryFolder;

TEST(PhotoListTest, FindsListedPhotosWithoutTheirSuffix) {
  const TemporaryFolder folder;
  folder.Write("2002/08/img_1.jpg", "");
  folder.Write("2002/08/img_2.png", "");
  const std::string list =
      folder.Write("list.txt", "2002/08/img_1\n\n  2002/08/img_2.png \r\n2002/08/img_3\n");
  const auto photos = ReadPhotoList(list, folder.path());
  ASSERT_TRUE(photos.ok()) << photos.error().message;
  ASSERT_EQ(photos.value().size(), 3U);
  EXPECT_EQ(photos.value()[0].path, "2002/08/img_1");
  EXPECT_EQ(photos.value()[0].file, folder / "2002/08/img_1.jpg");
  EXPECT_EQ(photos.value()[1].file, folder / "2002/08/img_2.png");
  EXPECT_EQ(photos.value()[2].file, folder / "2002/08/img_3");
  EXPECT_FALSE(ReadPhotoList(folder / "none.txt", "").ok());
}

TEST(PhotoListTest, ListsFoldersSortedAndDeep) {
  const TemporaryFolder folder;
  for (const char* name : {"b.jpg", "a/z.PNG", "a/b/c.webp", "notes.txt"}) folder.Write(name, "");
  const auto photos = ListPhotos(folder.path());
  ASSERT_TRUE(photos.ok()) << photos.error().message;
  std::vector<std::string> paths;
  for (const PhotoName& photo : photos.value()) paths.push_back(photo.path);
  EXPECT_THAT(paths,
              ::testing::ElementsAre(folder / "a/b/c.webp", folder / "a/z.PNG", folder / "b.jpg"));
  EXPECT_FALSE(ListPhotos(folder / "none").ok());
}

}  // namespace
}  // namespace facecascade

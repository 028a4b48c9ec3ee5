// Reads the annotations of the data folder that the environment names.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "../data_folder.h"
#include "dataset/landmark_list.h"
#include "dataset/photo_list.h"
#include "dataset/wider.h"
#include "io/photo.h"

namespace facecascade {
namespace {

class RealDataTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = DataFolder();
    if (!folder) GTEST_SKIP() << "FACECASCADE_DATA names no data folder: NOT TESTED";
    data_ = folder->string() + "/";
  }

  // Every photo exists; the first decodes.
  static void ExpectPhotos(const Result<std::vector<AnnotatedPhoto>>& photos, std::size_t count,
                           std::size_t faces) {
    ASSERT_TRUE(photos.ok()) << photos.error().message;
    EXPECT_EQ(photos.value().size(), count);
    std::size_t found = 0;
    for (const AnnotatedPhoto& photo : photos.value()) {
      EXPECT_TRUE(std::filesystem::exists(photo.file)) << photo.file;
      found += photo.faces.size();
    }
    EXPECT_EQ(found, faces);
    const auto first = ReadPhoto(photos.value().front().file);
    ASSERT_TRUE(first.ok()) << first.error().message;
    EXPECT_GT(first.value().width, 0);
  }

  std::string data_;
};

TEST_F(RealDataTest, Wider) {
  ExpectPhotos(ReadWider(data_ + "wider", "train"), 4159, 34586);
  ExpectPhotos(ReadWider(data_ + "wider", "val"), 333, 3969);
}

TEST_F(RealDataTest, Masks) {
  const std::string folder = data_ + "masks/";
  ExpectPhotos(ReadWiderList(folder + "masks_train_bbx_gt.txt", folder + "train"), 250, 795);
  ExpectPhotos(ReadWiderList(folder + "masks_train_mafa_bbx_gt.txt", folder + "train_mafa"), 600,
               836);
  ExpectPhotos(ReadWiderList(folder + "masks_dev_bbx_gt.txt", folder + "dev"), 150, 615);
}

TEST_F(RealDataTest, Landmarks) {
  const std::string folder = data_ + "landmarks/";
  ExpectPhotos(ReadLandmarkList(folder + "mtfl_train.tsv"), 10000, 10000);
  ExpectPhotos(ReadLandmarkList(folder + "mtfl_dev.tsv"), 800, 800);
  ExpectPhotos(ReadLandmarkList(folder + "aflw_dev.tsv"), 1000, 1000);
  ExpectPhotos(ReadLandmarkList(folder + "helen_train.tsv"), 870, 870);
  ExpectPhotos(ReadLandmarkList(folder + "lfpw_train.tsv"), 805, 805);
}

TEST_F(RealDataTest, PhotosOfFolderAndList) {
  const auto negatives = ListPhotos(data_ + "negatives/dev");
  ASSERT_TRUE(negatives.ok()) << negatives.error().message;
  EXPECT_EQ(negatives.value().size(), 300U);

  const auto fddb =
      ReadPhotoList(data_ + "fddb/FDDB-folds/FDDB-fold-02.txt", data_ + "fddb/images");
  ASSERT_TRUE(fddb.ok()) << fddb.error().message;
  for (const PhotoName& photo : fddb.value()) {
    EXPECT_TRUE(std::filesystem::exists(photo.file)) << photo.file;
  }
}

}  // namespace
}  // namespace facecascade

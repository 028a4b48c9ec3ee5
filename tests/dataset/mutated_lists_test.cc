// Annotation files with random damage give an error with file and line, or are read; no crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "dataset/landmark_list.h"
#include "dataset/mtfl.h"
#include "dataset/wider.h"
#include "tests/io/temporary_folder.h"

namespace facecascade {
namespace {

using Photos = Result<std::vector<AnnotatedPhoto>>;

// Bytes changed, put in, left out, and the end cut off.
std::string Mutate(std::string text, std::mt19937& random) {
  constexpr std::string_view kBytes = "0123456789 -.\n\t\rex\0\xFF";
  for (unsigned i = 0; i < 1 + random() % 5 && !text.empty(); ++i) {
    const std::size_t place = random() % text.size();
    const char byte = kBytes[random() % kBytes.size()];
    switch (random() % 4) {
      case 0:
        text[place] = byte;
        break;
      case 1:
        text.insert(place, 1 + random() % 30, byte);
        break;
      case 2:
        text.erase(place, 1 + random() % 10);
        break;
      default:
        if (random() % 8 == 0) text.resize(place);
    }
  }
  return text;
}

template <typename Read>
void ExpectReadOrNamed(const std::string& text, const Read& read) {
  const tests::TemporaryFolder folder;
  std::mt19937 random(11);
  int errors = 0;
  for (int round = 0; round < 300; ++round) {
    const Photos photos = read(folder.Write("damaged.txt", Mutate(text, random)));
    if (photos.ok()) continue;
    ++errors;
    EXPECT_THAT(photos.error().message, ::testing::HasSubstr("damaged.txt:"));
  }
  EXPECT_GT(errors, 30);
}

TEST(MutatedListsTest, Wider) {
  ExpectReadOrNamed("E/a.jpg\n2\n1 2 3 4 0 0 0 0 0 0\n5 6 7 8 2 1 1 1 2 1\nE/b.jpg\n0\n",
                    [](const std::string& file) { return ReadWiderList(file, ""); });
}

TEST(MutatedListsTest, LandmarkList) {
  ExpectReadOrNamed(
      "#path\twidth\theight\tleft_eye_x\tleft_eye_y\tright_eye_x\tright_eye_y\tnose_x\tnose_y\t"
      "left_mouth_x\tleft_mouth_y\tright_mouth_x\tright_mouth_y\tbox_x\tbox_y\tbox_w\tbox_h\n"
      "a.jpg\t9\t9\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t1\t2\t3\t4\n",
      [](const std::string& file) { return ReadLandmarkList(file); });
}

TEST(MutatedListsTest, Mtfl) {
  ExpectReadOrNamed("lfw\\a.jpg 10 20 15 11 19 30 31 40 50 51.5 1 2 2 3\n",
                    [](const std::string& file) { return ReadMtfl(file, ""); });
}

}  // namespace
}  // namespace facecascade

// FDDB's two files, byte for byte as the benchmark's own program writes them.
#include <gtest/gtest.h>

#include <ctime>
#include <iostream>

#include "../data_folder.h"
#include "dataset/text_reader.h"
#include "evaluation/detection_readers.h"
#include "evaluation/fddb_set.h"

namespace facecascade::evaluation {
namespace {

struct Files {
  std::string discrete;
  std::string continuous;
};

template <typename T>
T Value(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

Files Evaluate(const std::filesystem::path& folder, FddbAssignmentRule rule) {
  const std::string note = Value(ReadWholeFile(folder / "case.txt"));
  const FddbShape shape =
      note.starts_with("format 1") ? FddbShape::kEllipse : FddbShape::kRectangle;
  DetectionReadOptions options;
  options.ellipses = shape == FddbShape::kEllipse;
  const auto detections = Value(ReadDetections(folder / "detections.txt", options));
  const auto sizes = Value(ReadPhotoSizes(folder / "sizes.txt"));
  const auto annotations = Value(ReadFddbAnnotations({folder / "annotations.txt"}));
  const auto list = Value(ReadFddbList({folder / "list.txt"}));
  const auto set = Value(JoinFddb(list, annotations, detections, shape,
                                  [&sizes](const std::string& name) -> std::optional<PhotoSize> {
                                    const auto found = sizes.find(name);
                                    if (found == sizes.end()) return std::nullopt;
                                    return found->second;
                                  }));
  std::vector<FddbPhotoResult> results;
  std::size_t faces = 0;
  for (const FddbInput& photo : set.photos) {
    results.push_back(Value(EvaluateFddbPhoto(photo, rule)));
    faces += photo.faces.size();
  }
  const auto entries = MergeFddbPhotos(results);
  return {FormatDiscreteRoc(entries, faces), FormatContinuousRoc(entries, faces)};
}

TEST(FddbGoldens, EveryCaseIsEqualByteForByte) {
  const auto data = GoldensFolder();
  if (!data) GTEST_SKIP() << "FACECASCADE_DATA is not set: the benchmark's files are NOT checked";
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*data / "fddb")) {
    if (!entry.is_directory()) continue;
    SCOPED_TRACE(entry.path().filename());
    const std::clock_t start = std::clock();
    const Files files = Evaluate(entry.path(), FddbAssignmentRule::kBenchmark);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::cout << entry.path().filename() << ": " << seconds << " s of one core\n";
    EXPECT_TRUE(files.discrete == Value(ReadWholeFile(entry.path() / "DiscROC.txt")));
    EXPECT_TRUE(files.continuous == Value(ReadWholeFile(entry.path() / "ContROC.txt")));
    EXPECT_LT(seconds, 20.0);
    ++cases;
  }
  EXPECT_GE(cases, 15);
}

// The quirk is real: the best assignment gives another curve on this set.
TEST(FddbGoldens, TheExactAssignmentDiffers) {
  const auto data = GoldensFolder();
  if (!data) GTEST_SKIP() << "FACECASCADE_DATA is not set: the benchmark's files are NOT checked";
  const auto folder = *data / "fddb" / "full_vgg_rect";
  const Files files = Evaluate(folder, FddbAssignmentRule::kExact);
  EXPECT_FALSE(files.discrete == Value(ReadWholeFile(folder / "DiscROC.txt")));
}

}  // namespace
}  // namespace facecascade::evaluation

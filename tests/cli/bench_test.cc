// The bench command: what it counts, and what it does with bad photos.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/photo.h"
#include "tests/cli/program_runner.h"
#include "tests/model/example_models.h"

namespace facecascade {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using tests::ProgramResult;
using tests::RunFacecascade;

class BenchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(WriteModelFile(folder_ / "spots.model", SpotModel(true)).ok());
  }

  void WritePhotoWithFace(const std::string& name, int width, int height, const Box& face) {
    Image photo = GreyPhoto(width, height);
    PaintSpotFace(face, photo);
    const Status status = WritePhoto(photo, folder_ / name);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }

  ProgramResult Bench(const std::string& arguments) {
    return RunFacecascade(folder_, "bench --model spots.model --rounds 2 " + arguments);
  }

  tests::TemporaryFolder folder_;
};

TEST_F(BenchTest, MeasuresAMadeUpPicture) {
  const ProgramResult result = Bench("--format json --size 200x150 --min-face 30");
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  EXPECT_EQ(result.errors, "");
  const json bench = json::parse(result.output);
  EXPECT_EQ(bench.at("size"), json({200, 150}));
  EXPECT_EQ(bench.at("min_face"), 30);
  EXPECT_EQ(bench.at("threads"), 1);
  EXPECT_EQ(bench.at("photos"), 1);
  EXPECT_EQ(bench.at("rounds"), 2);
  EXPECT_TRUE(bench.at("instruction_set").is_string());
  const double median = bench.at("median_ms").get<double>();
  EXPECT_GT(median, 0);
  EXPECT_NEAR(bench.at("fps").get<double>() * median, 1000, 0.02 * 1000);
  EXPECT_GT(bench.at("peak_gflops").get<double>(), 0.01);
  EXPECT_GT(bench.at("rss_mib").get<double>(), 1);
  EXPECT_GT(bench.at("detector_mib").get<double>(), 0);
  EXPECT_LT(bench.at("detector_mib").get<double>(), bench.at("rss_mib").get<double>());
}

TEST_F(BenchTest, SharesTheTimeAmongTheStages) {
  const ProgramResult result = Bench("--format json --size 320x240");
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  const json bench = json::parse(result.output);
  double shares = 0;
  for (const char* name : {"copy", "12net", "24net", "48net", "suppression"}) {
    const json& stage = bench.at("stages").at(name);
    EXPECT_GE(stage.at("ms").get<double>(), 0) << name;
    shares += stage.at("share").get<double>();
  }
  EXPECT_EQ(bench["stages"].size(), 5U);
  EXPECT_NEAR(shares, 1, 0.01);
  for (const char* name : {"12net", "24net", "48net"}) {
    const json& stage = bench["stages"][name];
    EXPECT_GE(stage.at("share_of_peak").get<double>(), 0) << name;
    EXPECT_LT(stage.at("share_of_peak").get<double>(), 1.2) << name;
    EXPECT_GE(stage.at("gflops").get<double>(), 0) << name;
  }
  EXPECT_GT(bench["stages"]["12net"]["mega_multiplications"].get<double>(), 0);
}

TEST_F(BenchTest, ScalesPhotosToFitAndCountsTheirFaces) {
  WritePhotoWithFace("in/large.png", 400, 300, {120, 80, 100, 100});
  WritePhotoWithFace("in/b/tall.png", 100, 150, {20, 40, 50, 50});
  const ProgramResult result = Bench("--format json --size 200x150 --photos in");
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  const json bench = json::parse(result.output);
  EXPECT_EQ(bench.at("photos"), 2);
  const json& candidates = bench.at("candidates");
  EXPECT_EQ(candidates.at("faces"), 1);
  EXPECT_GT(candidates.at("windows").get<double>(), candidates.at("proposed").get<double>());
  EXPECT_GE(candidates.at("proposed").get<double>(), candidates.at("24net").get<double>());
  EXPECT_GE(candidates.at("24net").get<double>(), candidates.at("48net").get<double>());
  EXPECT_GE(candidates.at("48net").get<double>(), 1);

  // Shrunk, the photo has a fraction of the windows.
  const json small =
      json::parse(Bench("--format json --size 200x150 --photos in/large.png").output);
  const json large =
      json::parse(Bench("--format json --size 400x300 --photos in/large.png").output);
  EXPECT_LT(2 * small.at("candidates").at("windows").get<double>(),
            large.at("candidates").at("windows").get<double>());
}

TEST_F(BenchTest, SkipsBadPhotos) {
  WritePhotoWithFace("good.png", 200, 150, {60, 40, 50, 50});
  folder_.Write("bad.png", "no photo");
  folder_.Write("clip.mp4", "no photo, either");
  const ProgramResult result =
      Bench("--format json --photos bad.png good.png missing.png clip.mp4 --size 200x150");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.errors, HasSubstr("bad.png: no photo"));
  EXPECT_THAT(result.errors, HasSubstr("missing.png: no such file"));
  EXPECT_THAT(result.errors, HasSubstr("clip.mp4: expected a photo"));
  EXPECT_EQ(json::parse(result.output).at("photos"), 1);

  const ProgramResult nothing = Bench("--photos bad.png");
  EXPECT_EQ(nothing.exit_status, 1);
  EXPECT_EQ(nothing.output, "");
  EXPECT_THAT(nothing.errors, HasSubstr("no photo to measure with"));
}

TEST_F(BenchTest, PrintsATable) {
  const ProgramResult result = Bench("--size 200x150 --threads 2");
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  for (const char* part : {"frames a second", "2 threads", "200x150", "a made-up picture", "12net",
                           "suppression", "of peak", "to the 48net", "GFLOP/s a core", "MiB"}) {
    EXPECT_THAT(result.output, HasSubstr(part));
  }
}

TEST_F(BenchTest, ObeysTheForcedInstructionSet) {
  const std::string program = "' '" FACECASCADE_PROGRAM "' bench --rounds 1 --size 60x40 ";
  const ProgramResult scalar =
      RunFacecascade(folder_, "--version >/dev/null && env 'FACECASCADE_TARGET=scalar" + program +
                                  "--format json");
  ASSERT_EQ(scalar.exit_status, 0) << scalar.errors;
  EXPECT_EQ(json::parse(scalar.output).at("instruction_set"), "scalar");
  const ProgramResult unknown =
      RunFacecascade(folder_, "--version >/dev/null && env 'FACECASCADE_TARGET=mmx" + program);
  EXPECT_EQ(unknown.exit_status, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("mmx"));
}

TEST_F(BenchTest, RefusesWrongSizes) {
  for (const char* arguments :
       {"--size 800", "--size 800x", "--size x600", "--size 0x600", "--size 800x600x3",
        "--size -8x6", "--size 99999999999x6", "--rounds 0", "--format xml", "--photos"}) {
    const ProgramResult result = RunFacecascade(folder_, std::string("bench ") + arguments);
    EXPECT_EQ(result.exit_status, 2) << arguments;
    EXPECT_EQ(result.output, "") << arguments;
    EXPECT_THAT(result.errors, HasSubstr("--help' for more information")) << arguments;
  }
}

}  // namespace
}  // namespace facecascade

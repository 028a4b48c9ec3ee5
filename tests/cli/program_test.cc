// Help, version, info, and wrong usage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/version.h"
#include "facecascade/model.h"
#include "tests/cli/program_runner.h"
#include "tests/model/example_models.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;

using tests::ProgramResult;
using tests::RunFacecascade;

class ProgramTest : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
};

TEST_F(ProgramTest, AnswersForHelpAndVersion) {
  const ProgramResult version = RunFacecascade(folder_, "--version");
  EXPECT_EQ(version.exit_status, 0);
  EXPECT_EQ(version.output, std::string("facecascade ") + Version() + "\n");
  const ProgramResult help = RunFacecascade(folder_, "--help");
  EXPECT_EQ(help.exit_status, 0);
  EXPECT_THAT(help.output, HasSubstr("detect"));
  EXPECT_THAT(help.output, HasSubstr("info"));
  const ProgramResult of_command = RunFacecascade(folder_, "detect --help");
  EXPECT_EQ(of_command.exit_status, 0);
  for (const char* option : {"--list FILE", "--root DIR", "--model FILE", "--min-face", "--format",
                             "--threshold", "--output", "--draw DIR", "--threads", "Examples:"}) {
    EXPECT_THAT(of_command.output, HasSubstr(option));
  }
}

TEST_F(ProgramTest, WrongUsageHasStatusTwoAndAHint) {
  for (const std::string arguments :
       {"", "nonsense", "--nonsense", "detect", "detect --nonsense x.jpg",
        "detect x.jpg --format xml", "detect x.jpg --threshold 2", "detect x.jpg --min-face 0",
        "detect x.jpg --threshold nan", "blur x.jpg --output ''", "evaluate boxes --output ''",
        "detect x.jpg --threads -1", "detect x.jpg --threads many", "detect x.jpg --root photos",
        "detect x.jpg --format wider", "detect x.jpg --every 0", "bench x.jpg", "info --format xml",
        "detect --list"}) {
    const ProgramResult result = RunFacecascade(folder_, arguments);
    EXPECT_EQ(result.exit_status, 2) << arguments;
    EXPECT_EQ(result.output, "") << arguments;
    EXPECT_THAT(result.errors, HasSubstr("facecascade: ")) << arguments;
    EXPECT_THAT(result.errors, HasSubstr("--help' for more information")) << arguments;
  }
  EXPECT_THAT(RunFacecascade(folder_, "nonsense").errors, HasSubstr("nonsense"));
  EXPECT_THAT(RunFacecascade(folder_, "detect").errors, HasSubstr("'facecascade detect --help'"));
}

TEST_F(ProgramTest, SaysWhereItsOutputIsLost) {
  for (const std::string arguments : {"info > /dev/full", "--help > /dev/full", "--version >&-"}) {
    const ProgramResult result = RunFacecascade(folder_, arguments + " 2> said; exit $?");
    EXPECT_EQ(result.exit_status, 1) << arguments;
    EXPECT_THAT(tests::ReadText(folder_ / "said"), HasSubstr("facecascade: ")) << arguments;
  }
}

TEST_F(ProgramTest, DescribesTheModel) {
  ASSERT_TRUE(WriteModelFile(folder_ / "spots.model", SpotModel(true)).ok());
  const ProgramResult result = RunFacecascade(folder_, "info --format json --model spots.model");
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  const auto info = nlohmann::json::parse(result.output);
  EXPECT_EQ(info.at("version"), Version());
  EXPECT_TRUE(info.at("instruction_set").is_string());
  const auto& model = info.at("model");
  const auto parameters = Model::FromData(SpotModel(true)).value().parameters();
  EXPECT_EQ(model.at("parameters"), parameters);
  EXPECT_EQ(model.at("bytes"), 4 * parameters);
  EXPECT_EQ(model.at("thresholds").size(), 3U);
  EXPECT_EQ(model.at("networks").size(), 3U);
  EXPECT_EQ(model["networks"][0].at("name"), "12net");
  EXPECT_TRUE(model.at("provenance").is_object());

  const ProgramResult text = RunFacecascade(folder_, "info --model spots.model");
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.output, HasSubstr("instruction set"));
  EXPECT_THAT(text.output, HasSubstr(std::to_string(parameters)));
}

TEST_F(ProgramTest, DescribesTheBuiltInModel) {
  const ProgramResult result = RunFacecascade(folder_, "info --format json");
  ASSERT_EQ(result.exit_status, 0) << result.errors;
  EXPECT_GT(nlohmann::json::parse(result.output).at("model").at("parameters"), 0);
}

TEST_F(ProgramTest, NamesTheForcedInstructionSet) {
  const ProgramResult scalar = RunFacecascade(
      folder_, "--version >/dev/null && FACECASCADE_TARGET=scalar '" FACECASCADE_PROGRAM
               "' info --format json");
  ASSERT_EQ(scalar.exit_status, 0) << scalar.errors;
  EXPECT_EQ(nlohmann::json::parse(scalar.output).at("instruction_set"), "scalar");
}

}  // namespace
}  // namespace facecascade

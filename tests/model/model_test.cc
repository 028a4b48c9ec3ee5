#include "facecascade/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>

#include "base/random.h"
#include "model/built_in_model.h"
#include "model/model_file.h"
#include "model/safetensors.h"
#include "tests/model/example_models.h"

namespace facecascade {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::span<const std::byte> AsBytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string ParseError(const std::string& file) {
  const Result<ModelData> model = ParseModel(AsBytes(file), "test");
  return model.ok() ? "" : model.error().message;
}

// The error of a model file whose content was changed.
std::string ErrorAfter(const std::function<void(Safetensors&)>& change) {
  const std::string file = SerializeModel(RandomModel(SmallCascadeSpec(), 1));
  Safetensors content = ReadSafetensors(AsBytes(file)).value();
  change(content);
  return ParseError(WriteSafetensors(content));
}

std::string ErrorAfterText(const std::string& key, const std::string& text) {
  return ErrorAfter([&](Safetensors& content) { content.metadata[key] = text; });
}

void ExpectSame(ModelData expected, ModelData found) {
  EXPECT_EQ(found.spec, expected.spec);
  EXPECT_EQ(found.settings, expected.settings);
  EXPECT_EQ(found.training_data, expected.training_data);
  EXPECT_EQ(found.date, expected.date);
  EXPECT_EQ(found.provenance, expected.provenance);
  for (int i = 0; i < kStageCount; ++i) {
    const auto left = NameTensors(expected.spec[i], expected.weights[i]);
    const auto right = NameTensors(found.spec[i], found.weights[i]);
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t j = 0; j < left.size(); ++j) {
      EXPECT_EQ(left[j].tensor->shape, right[j].tensor->shape) << left[j].name;
      EXPECT_EQ(left[j].tensor->values, right[j].tensor->values) << left[j].name;
    }
  }
}

TEST(ModelFile, ReadsWhatItWrites) {
  ModelData model = RandomModel(SmallCascadeSpec(), 2);
  model.settings.thresholds = {0.123F, 0.5F, 0.9F};
  model.settings.suppression.final_minimum = 0.77F;
  model.training_data = "4,159 photos – \"WIDER\"";
  model.date = "2026-11-25";
  model.provenance = R"({"average_precision":{"easy":0.9}})";
  const std::string file = SerializeModel(model);
  const Result<ModelData> read = ParseModel(AsBytes(file), "test");
  ASSERT_TRUE(read.ok()) << read.error().message;
  ExpectSame(model, read.value());
}

TEST(ModelFile, KeepsAnEarlyExit) {
  CascadeSpec spec = SmallCascadeSpec();
  const std::string without = SerializeModel(RandomModel(spec, 2));
  EXPECT_EQ(without.find("early_exit"), std::string::npos);
  spec[0].early_exit = true;
  ModelData model = RandomModel(spec, 2);
  model.weights[0].exit_bias.values[0] = -0.25F;
  const std::string file = SerializeModel(model);
  const Result<ModelData> read = ParseModel(AsBytes(file), "test");
  ASSERT_TRUE(read.ok()) << read.error().message;
  ExpectSame(model, read.value());

  Safetensors content = ReadSafetensors(AsBytes(file)).value();
  content.tensors.erase("12net.exit.weight");
  EXPECT_THAT(ParseError(WriteSafetensors(content)), HasSubstr("'12net.exit.weight' is missing"));
  spec[1].early_exit = true;
  EXPECT_THAT(CheckCascadeSpec(spec).error().message, HasSubstr("early exit"));
}

TEST(ModelFile, KeepsTheRangesOfFixedPoint) {
  CascadeSpec spec = SmallCascadeSpec();
  EXPECT_EQ(SerializeModel(RandomModel(spec, 2)).find("fixed_point"), std::string::npos);
  spec[1].fixed_point = 8;
  ModelData model = RandomModel(spec, 2);
  model.weights[1].ranges.values[0] = 3.5F;
  const Result<ModelData> read = ParseModel(AsBytes(SerializeModel(model)), "test");
  ASSERT_TRUE(read.ok()) << read.error().message;
  ExpectSame(model, read.value());

  model.weights[1].ranges.values[0] = -1;
  EXPECT_THAT(ParseError(SerializeModel(model)), HasSubstr("24net.ranges"));
}

TEST(ModelFile, GoesThroughAFile) {
  const std::string folder = testing::TempDir() + "model_file_test";
  std::filesystem::create_directory(folder);
  const std::string path = folder + "/model.safetensors";
  const ModelData model = RandomModel(SmallCascadeSpec(), 3);
  ASSERT_TRUE(WriteModelFile(path, model).ok());
  ASSERT_TRUE(WriteModelFile(path, model).ok()) << "over an older one";
  const Result<ModelData> read = ReadModelFile(path);
  ASSERT_TRUE(read.ok()) << read.error().message;
  ExpectSame(model, read.value());
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.exists();
  EXPECT_EQ(files, 1) << "no temporary file is left";
  std::filesystem::remove_all(folder);
}

TEST(ModelFile, NamesTheFileThatCannotBeReadOrWritten) {
  EXPECT_THAT(ReadModelFile("/nowhere/model").error().message, StartsWith("/nowhere/model: "));
  EXPECT_THAT(ReadModelFile(testing::TempDir()).error().message, StartsWith(testing::TempDir()));
  const Status status = WriteModelFile("/nowhere/model", RandomModel(SmallCascadeSpec(), 1));
  EXPECT_THAT(status.error().message, HasSubstr("/nowhere/model"));
}

TEST(ModelFile, IsNotWrittenFromAWrongModel) {
  const std::string path = testing::TempDir() + "wrong_model";
  ModelData model = RandomModel(SmallCascadeSpec(), 1);
  model.weights[1].hidden_bias.values[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(WriteModelFile(path, model).error().message, HasSubstr("not finite"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ModelFile, NamesTheTextThatIsWrong) {
  EXPECT_EQ(ErrorAfter([](Safetensors&) {}), "");
  EXPECT_THAT(ErrorAfter([](Safetensors& content) { content.metadata.erase("date"); }),
              HasSubstr("test: metadata: 'date' is missing"));
  EXPECT_THAT(ErrorAfterText("path", "x"), HasSubstr("'path' is not known"));
  EXPECT_THAT(ErrorAfterText("format", "pt"), HasSubstr("'format' must be 'facecascade'"));
  EXPECT_THAT(ErrorAfterText("schema_version", "2"), HasSubstr("'schema_version' must be '1'"));
  EXPECT_THAT(ErrorAfterText("networks", "["), HasSubstr("networks: JSON"));
  EXPECT_THAT(ErrorAfterText("networks", "[]"), HasSubstr("networks: expected an array of three"));
  EXPECT_THAT(ErrorAfterText("networks", "[1,2,3]"), HasSubstr("networks[0]: expected an object"));
  EXPECT_THAT(ErrorAfterText("normalisation", R"({"channels":"bgr"})"), HasSubstr("normalisation"));
  EXPECT_THAT(ErrorAfterText("landmarks", R"(["nose"])"), HasSubstr("landmarks"));
  EXPECT_THAT(ErrorAfterText("settings", "{}"), HasSubstr("settings: 'pyramid_factor' must be"));
  EXPECT_THAT(ErrorAfterText("date", "yesterday"), HasSubstr("YYYY-MM-DD"));
  EXPECT_THAT(ErrorAfterText("provenance", "x"), HasSubstr("provenance: JSON"));
  EXPECT_THAT(ErrorAfterText("provenance", "[]"), HasSubstr("provenance: expected a JSON object"));
}

// The text of one key with a part replaced.
std::string ErrorAfterReplacing(const std::string& key, const std::string& part,
                                const std::string& replacement) {
  return ErrorAfter([&](Safetensors& content) {
    std::string& text = content.metadata[key];
    const std::size_t at = text.find(part);
    ASSERT_NE(at, std::string::npos) << text;
    text.replace(at, part.size(), replacement);
  });
}

TEST(ModelFile, NamesTheNumberThatIsOutOfRange) {
  EXPECT_THAT(ErrorAfterReplacing("settings", "0.709", "1"), HasSubstr("pyramid_factor"));
  EXPECT_THAT(ErrorAfterReplacing("settings", "[0.6,", "[1.5,"), HasSubstr("thresholds"));
  EXPECT_THAT(ErrorAfterReplacing("settings", "[0.6,", "["), HasSubstr("thresholds"));
  EXPECT_THAT(ErrorAfterReplacing("settings", "\"final\":0.4", "\"final\":-1"),
              HasSubstr("overlaps"));
  EXPECT_THAT(ErrorAfterReplacing("settings", "\"final\":0.4", "\"last\":0.4"), HasSubstr("final"));
  EXPECT_THAT(ErrorAfterReplacing("networks", "\"input_size\":12", "\"input_size\":1000000"),
              HasSubstr("input_size"));
  EXPECT_THAT(ErrorAfterReplacing("networks", "\"kernel\":4", "\"kernel\":0"), HasSubstr("kernel"));
  EXPECT_THAT(ErrorAfterReplacing("networks", "\"hidden\":7", "\"hidden\":1e9"),
              HasSubstr("hidden"));
  EXPECT_THAT(ErrorAfterReplacing("networks", "\"bridge\":6", "\"bridge\":5"), HasSubstr("bridge"));
  EXPECT_THAT(ErrorAfterReplacing("networks", "24net", "12net"), HasSubstr("two networks"));
}

TEST(ModelFile, NamesTheTensorThatIsWrong) {
  EXPECT_THAT(ErrorAfter([](Safetensors& content) { content.tensors.erase("24net.hidden.bias"); }),
              HasSubstr("tensor '24net.hidden.bias' is missing"));
  EXPECT_THAT(ErrorAfter([](Safetensors& content) {
                content.tensors["extra"] = content.tensors["24net.hidden.bias"];
              }),
              HasSubstr("tensors that its networks lack"));
  EXPECT_THAT(ErrorAfter([](Safetensors& content) {
                std::swap(content.tensors["24net.hidden.bias"],
                          content.tensors["48net.hidden.bias"]);
              }),
              HasSubstr("tensor '24net.hidden.bias' has shape [9], expected [7]"));
  EXPECT_THAT(ErrorAfter([](Safetensors& content) {
                TensorView& tensor = content.tensors["24net.hidden.bias"];
                tensor.type = TensorType::kUint8;
                tensor.shape = {static_cast<std::int64_t>(tensor.bytes.size())};
              }),
              HasSubstr("tensor '24net.hidden.bias': dtype must be F32"));
}

TEST(ModelFile, RefusesNetsThatDoNotFitEachOther) {
  CascadeSpec spec = SmallCascadeSpec();
  EXPECT_TRUE(CheckCascadeSpec(spec).ok());
  spec[0].hidden = 8;
  EXPECT_THAT(CheckCascadeSpec(spec).error().message, HasSubstr("no hidden layer"));
  spec = SmallCascadeSpec();
  spec[1].input_size = 26;
  EXPECT_THAT(CheckCascadeSpec(spec).error().message, HasSubstr("twice"));
  spec = SmallCascadeSpec();
  spec[2].convolutions[0].channels = 4096;
  EXPECT_THAT(CheckCascadeSpec(spec).error().message, HasSubstr("numbers for a window"));
}

// One deterministic change of some bytes: flips, numbers, cuts, repeats.
std::string Mutate(const std::string& file, std::uint64_t seed) {
  Random random(seed);
  std::string changed = file;
  // Most of the checks stand in the header: most changes go there.
  const int header = static_cast<int>(file.rfind("data_offsets"));
  const int range = random.Chance(0.8) ? header : static_cast<int>(file.size());
  for (int change = 1 + random.Below(3); change > 0; --change) {
    const int at = random.Below(std::min(range, static_cast<int>(changed.size())));
    switch (random.Below(6)) {
      case 0:
        changed[at] = static_cast<char>(changed[at] ^ (1 << random.Below(8)));
        break;
      case 1:
        changed[at] = static_cast<char>(random.Below(256));
        break;
      case 2:
        changed[at] = "0123456789-.e{}[]\",:\\"[random.Below(21)];
        break;
      case 3:
        changed.erase(at, 1 + random.Below(16));
        break;
      case 4:
        changed.insert(at, file.substr(random.Below(range), 1 + random.Below(64)));
        break;
      default:
        if (random.Chance(0.1)) changed.resize(1 + at);
        changed.insert(std::min<std::size_t>(at, changed.size()), "999999999999");
    }
    if (changed.empty()) changed = "x";
  }
  return changed;
}

TEST(ModelFile, SurvivesTenThousandMutations) {
  const std::string file = SerializeModel(RandomModel(SmallCascadeSpec(), 4));
  ASSERT_EQ(ParseError(file), "");
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 10000; ++seed) {
    const std::string changed = Mutate(file, seed);
    const Result<ModelData> model = ParseModel(AsBytes(changed), "mutation");
    if (model.ok()) {
      EXPECT_TRUE(CheckModel(model.value()).ok()) << "seed " << seed;
    } else {
      EXPECT_THAT(model.error().message, StartsWith("mutation: ")) << "seed " << seed;
      ++refused;
    }
  }
  EXPECT_GT(refused, 5000);
  EXPECT_LT(refused, 10000) << "some mutations leave a valid model: a weight, a name, a blank";
}

TEST(Model, BuiltInIsAModelOfThreeNets) {
  const Result<Model> model = Model::BuiltIn();
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_GT(model.value().parameters(), 0);
  EXPECT_LE(BuiltInModelFile().size(), (2U << 20) + (64U << 10)) << "the paper's 2 MB of weights";
  EXPECT_FALSE(model.value().training_data().empty());
}

TEST(Model, TellsWhatItHolds) {
  const ModelData data = SpotModel(true);
  const std::string file = SerializeModel(data);
  const Result<Model> model = Model::LoadFromMemory(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.error().message;
  std::int64_t parameters = 0;
  for (const NetworkSpec& spec : data.spec) parameters += ParameterCount(spec);
  EXPECT_EQ(model.value().parameters(), parameters);
  EXPECT_EQ(model.value().thresholds(), data.settings.thresholds);
  EXPECT_EQ(model.value().pyramid_factor(), data.settings.pyramid_factor);
  EXPECT_EQ(model.value().training_data(), data.training_data);
  EXPECT_EQ(model.value().date(), data.date);
  EXPECT_EQ(model.value().provenance(), data.provenance);
}

TEST(Model, LoadsAFile) {
  const std::string path = testing::TempDir() + "model_test.safetensors";
  ASSERT_TRUE(WriteModelFile(path, SpotModel(false)).ok());
  EXPECT_TRUE(Model::Load(path).ok());
  std::filesystem::remove(path);
}

TEST(Model, ReportsWhatCannotBeRead) {
  EXPECT_FALSE(Model::LoadFromMemory(nullptr, 0).ok());
  EXPECT_THAT(Model::LoadFromMemory("x", 1).error().message, StartsWith("model in memory: "));
  EXPECT_THAT(Model::Load("/nowhere").error().message, StartsWith("/nowhere: "));
  EXPECT_FALSE(Model::FromData(ModelData{}).ok());
}

}  // namespace
}  // namespace facecascade

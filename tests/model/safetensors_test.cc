#include "model/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace facecascade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::span<const std::byte> AsBytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// A file of this header and so many bytes of data.
std::string FileOf(const std::string& header, std::size_t data_bytes) {
  std::string file(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) file[i] = static_cast<char>(header.size() >> (8 * i));
  return file + header + std::string(data_bytes, '\0');
}

std::string ErrorOf(const std::string& file) {
  const Result<Safetensors> content = ReadSafetensors(AsBytes(file));
  return content.ok() ? "" : content.error().message;
}

// The error of a file with a tensor "t" described so, and 8 bytes of data.
std::string TensorError(const std::string& entry) {
  return ErrorOf(FileOf(R"({"t":)" + entry + "}", 8));
}

TEST(Safetensors, ReadsWhatItWrites) {
  const std::array<float, 3> numbers = {1.5F, -2, 0.1F};
  const std::vector<std::byte> bytes = BytesOf(numbers);
  const std::array<std::byte, 2> pixels = {std::byte{7}, std::byte{255}};
  Safetensors content;
  content.metadata = {{"key", "text with \"quotes\""}};
  content.tensors["numbers"] = {TensorType::kFloat32, {3, 1}, bytes};
  content.tensors["pixels"] = {TensorType::kUint8, {2}, pixels};
  content.tensors["nothing"] = {TensorType::kFloat32, {0, 5}, {}};

  const std::string file = WriteSafetensors(content);
  const Result<Safetensors> read = ReadSafetensors(AsBytes(file));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().metadata, content.metadata);
  ASSERT_EQ(read.value().tensors.size(), 3U);
  EXPECT_THAT(read.value().tensors.at("numbers").shape, ElementsAre(3, 1));
  EXPECT_THAT(FloatsOf(read.value().tensors.at("numbers")), ElementsAre(1.5F, -2, 0.1F));
  EXPECT_THAT(read.value().tensors.at("pixels").bytes, ElementsAre(pixels[0], pixels[1]));
  EXPECT_THAT(read.value().tensors.at("nothing").shape, ElementsAre(0, 5));
}

TEST(Safetensors, ReadsAGoodTensor) {
  EXPECT_EQ(TensorError(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"), "");
  EXPECT_EQ(TensorError(R"({"dtype":"U8","shape":[2,2,2],"data_offsets":[0,8]})"), "");
}

TEST(Safetensors, RefusesAHeaderBeyondTheFile) {
  EXPECT_THAT(ErrorOf("short"), HasSubstr("at least 8 bytes"));
  EXPECT_THAT(ErrorOf(std::string(8, '\xFF') + "{}"), HasSubstr("beyond the file"));
  EXPECT_THAT(ErrorOf(FileOf("{}", 0).substr(0, 9)), HasSubstr("beyond the file"));
  EXPECT_THAT(ErrorOf(FileOf(std::string(5 << 20, ' '), 0)), HasSubstr("4 MiB"));
}

TEST(Safetensors, RefusesAHeaderThatIsNoObject) {
  EXPECT_THAT(ErrorOf(FileOf("", 0)), HasSubstr("header: JSON"));
  EXPECT_THAT(ErrorOf(FileOf("[1]", 0)), HasSubstr("must be an object"));
  EXPECT_THAT(ErrorOf(FileOf(R"({"__metadata__":{"a":1}})", 0)), HasSubstr("must be a string"));
  EXPECT_THAT(ErrorOf(FileOf(R"({"__metadata__":"a"})", 0)), HasSubstr("must be an object"));
}

TEST(Safetensors, NamesWhatIsWrongWithATensor) {
  const auto expect = [](const std::string& entry, const std::string& message) {
    EXPECT_THAT(TensorError(entry), HasSubstr("tensor 't': " + message)) << entry;
  };
  expect("1", "expected an object");
  expect(R"({"dtype":"F32","shape":[2]})", "'data_offsets' must be");
  expect(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1})", "'x' is not known");
  expect(R"({"dtype":"F64","shape":[1],"data_offsets":[0,8]})", "dtype must be F32 or U8");
  expect(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})", "shape must hold");
  expect(R"({"dtype":"F32","shape":[1.5],"data_offsets":[0,8]})", "shape must hold");
  expect(R"({"dtype":"F32","shape":[1e30],"data_offsets":[0,8]})", "shape must hold");
  expect(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]})", "shape must hold");
  expect(R"({"dtype":"F32","shape":[2],"data_offsets":[0]})", "data_offsets must be two");
  expect(R"({"dtype":"F32","shape":[2],"data_offsets":[0,12]})", "data_offsets must lie within");
  expect(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})", "data_offsets must lie within");
  expect(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})", "shape and data_offsets disagree");
  expect(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]})",
         "shape and data_offsets disagree");
  expect(R"({"dtype":"F32","shape":[9007199254740992,1024],"data_offsets":[0,0]})",
         "shape and data_offsets disagree");
}

std::string TwoTensors(const std::string& first, const std::string& second) {
  return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + first +
         R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}";
}

TEST(Safetensors, RefusesPlacesThatOverlapOrLeaveGaps) {
  EXPECT_EQ(ErrorOf(FileOf(TwoTensors("[4,8]", "[0,4]"), 8)), "");
  EXPECT_THAT(ErrorOf(FileOf(TwoTensors("[0,4]", "[0,4]"), 4)), HasSubstr("overlap"));
  EXPECT_THAT(ErrorOf(FileOf(TwoTensors("[0,4]", "[3,7]"), 8)), HasSubstr("overlap"));
  EXPECT_THAT(ErrorOf(FileOf(TwoTensors("[0,4]", "[5,9]"), 9)), HasSubstr("gap"));
  EXPECT_THAT(ErrorOf(FileOf(TwoTensors("[0,4]", "[4,8]"), 9)), HasSubstr("follow the last"));
}

TEST(Safetensors, RefusesATensorThatStandsTwice) {
  const std::string entry = R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]})";
  EXPECT_THAT(ErrorOf(FileOf("{" + entry + "," + entry + "}", 4)), HasSubstr("once"));
}

}  // namespace
}  // namespace facecascade

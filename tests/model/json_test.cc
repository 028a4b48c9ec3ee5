#include "model/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace facecascade {
namespace {

using ::testing::HasSubstr;

std::string RoundTrip(const std::string& text) {
  const Result<JsonValue> value = ParseJson(text);
  return value.ok() ? WriteJson(value.value()) : "error: " + value.error().message;
}

TEST(Json, ReadsAndWritesEveryKindOfValue) {
  for (const char* text : {"null", "true", "false", "0", "-1.5", "1e+300", "\"\"", "[]", "{}",
                           R"({"b":[1,2,{"c":null}],"a":"\"\\ü𝄞"})"}) {
    EXPECT_EQ(RoundTrip(text), text);
  }
}

TEST(Json, IgnoresBlanksBetweenTokens) { EXPECT_EQ(RoundTrip(" [ 1 ,\n\t{ } ]\r\n"), "[1,{}]"); }

TEST(Json, UnderstandsEscapes) {
  EXPECT_EQ(RoundTrip(R"("\u0041\/\n\u00fc\ud834\udd1e")"), R"("A/\u000aü𝄞")");
  EXPECT_EQ(RoundTrip(R"("\b\f\r\t\"\\")"), R"("\u0008\u000c\u000d\u0009\"\\")");
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "truex",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "1e",
                           "0x1",
                           "NaN",
                           "Infinity",
                           "1e999",
                           "'a'",
                           "\"a",
                           "\"\n\"",
                           R"("\x")",
                           R"("\u12")",
                           R"("\u12g4")",
                           R"("\ud800")",
                           R"("\ud800\u0041")",
                           R"("\udc00")",
                           "[",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[1 2]",
                           "{",
                           "{1:2}",
                           R"({"a"})",
                           R"({"a":})",
                           R"({"a":1,})",
                           R"({"a" 1})",
                           "1 2",
                           "[]]"}) {
    EXPECT_THAT(RoundTrip(text), HasSubstr("error: JSON, byte ")) << text;
  }
}

TEST(Json, RefusesTextThatIsNotUtf8) {
  for (const char* text :
       {"\"\x80\"", "\"\xC0\x80\"", "\"\xC3\"", "\"\xE0\x80\x80\"", "\"\xED\xA0\x80\"",
        "\"\xF0\x80\x80\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xFF\"", "\"\xE2\x82\""}) {
    EXPECT_THAT(RoundTrip(text), HasSubstr("expected UTF-8")) << text;
  }
}

TEST(Json, RefusesRepeatedKeys) {
  EXPECT_THAT(RoundTrip(R"({"a":1,"b":2,"a":1})"), HasSubstr("every key of the object once"));
  EXPECT_THAT(RoundTrip(R"({"a":1,"\u0061":1})"), HasSubstr("every key of the object once"));
}

TEST(Json, RefusesDeepNesting) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(RoundTrip(nested(kDeepestJson)), nested(kDeepestJson));
  EXPECT_THAT(RoundTrip(nested(1000000)), HasSubstr("expected less nesting"));
}

TEST(Json, RefusesZeroBytes) {
  EXPECT_FALSE(ParseJson(std::string_view("1\0", 2)).ok());
  EXPECT_FALSE(ParseJson(std::string_view("\"\0\"", 3)).ok());
  EXPECT_FALSE(ParseJson(std::string_view("\"\\\0\"", 4)).ok());
}

TEST(Json, WritesAFloatsShortestDecimal) {
  EXPECT_EQ(WriteJson(JsonValue(ShortestDecimal(0.709F))), "0.709");
  EXPECT_EQ(static_cast<float>(ShortestDecimal(0.1F)), 0.1F);
}

TEST(JsonFields, TakesAnObjectApart) {
  const JsonValue value = ParseJson(R"({"number":1.5,"whole":7,"text":"t","list":[1]})").value();
  JsonFields fields(value, "here");
  float number = 0;
  int whole = 0;
  std::string text;
  fields.Number("number", number);
  fields.Integer("whole", 0, 10, whole);
  fields.String("text", text);
  ASSERT_NE(fields.Array("list"), nullptr);
  EXPECT_TRUE(fields.Finish().ok());
  EXPECT_EQ(number, 1.5F);
  EXPECT_EQ(whole, 7);
  EXPECT_EQ(text, "t");
}

std::string IntegerError(const std::string& text) {
  const JsonValue value = ParseJson(text).value();
  JsonFields fields(value, "here");
  int whole = 0;
  fields.Integer("whole", 0, 10, whole);
  const Status status = fields.Finish();
  return status.ok() ? "" : status.error().message;
}

TEST(JsonFields, NamesWhatIsWrong) {
  EXPECT_EQ(IntegerError(R"({"whole":10})"), "");
  const std::string expected = "here: 'whole' must be a whole number in 0 … 10";
  EXPECT_EQ(IntegerError(R"({"whole":11})"), expected);
  EXPECT_EQ(IntegerError(R"({"whole":1.5})"), expected);
  EXPECT_EQ(IntegerError(R"({"whole":"1"})"), expected);
  EXPECT_EQ(IntegerError("{}"), "here: 'whole' must be there");
  EXPECT_EQ(IntegerError(R"({"whole":1,"more":2})"), "here: 'more' is not known");
  EXPECT_EQ(IntegerError("3"), "here: expected an object");
}

}  // namespace
}  // namespace facecascade

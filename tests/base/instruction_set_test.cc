#include "base/instruction_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace facecascade {
namespace {

TEST(InstructionSetTest, ForcesEverySupportedOne) {
  const std::vector<std::string> supported = SupportedInstructionSets();
  ASSERT_FALSE(supported.empty());
  for (const std::string& name : supported) {
    ASSERT_TRUE(ForceInstructionSet(name).ok());
    EXPECT_EQ(InstructionSet().value(), name);
  }
  ASSERT_TRUE(ForceInstructionSet("").ok());
  EXPECT_EQ(InstructionSet().value(), supported.front());
}

TEST(InstructionSetTest, OnlyTheirNamesHaveDotProducts) {
  for (const std::string& name : SupportedInstructionSets()) {
    ASSERT_TRUE(ForceInstructionSet(name).ok());
    if (name == "avx3") continue;  // as the processor has them
    EXPECT_EQ(HasDotProducts(), name == "avx2_vnni") << name;
  }
  ASSERT_TRUE(ForceInstructionSet("").ok());
}

TEST(InstructionSetTest, RefusesAnUnknownOneAndListsTheOthers) {
  const Status status = ForceInstructionSet("mmx");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, testing::HasSubstr("'mmx'"));
  EXPECT_THAT(status.error().message, testing::HasSubstr(SupportedInstructionSets().back()));
}

}  // namespace
}  // namespace facecascade

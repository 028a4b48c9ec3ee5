#include "training/curve_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "training/files.h"

namespace facecascade::training {
namespace {

TEST(CurveLog, ReadsBackWhatItWroteAndKeepsRowsUpToTheStepOfACheckpoint) {
  const std::string path = testing::TempDir() + "curve_" + std::to_string(getpid()) + ".csv";
  CurveLog log(path);
  ASSERT_TRUE(log.StartAt(0).ok());
  CurveRow row{};
  for (const int step : {10, 20, 30}) {
    row[3] = step / 100.0;
    ASSERT_TRUE(log.Append(step, row).ok());
  }
  ASSERT_TRUE(log.StartAt(20).ok());
  const auto curve = ReadCurve(path);
  ASSERT_TRUE(curve.ok()) << curve.error().message;
  ASSERT_EQ(curve.value().size(), 2U);
  EXPECT_EQ(curve.value()[1].step, 20);
  EXPECT_DOUBLE_EQ(curve.value()[1].values[3], 0.2);

  ASSERT_TRUE(WriteText(path, "step\n1,2,x\n").ok());
  EXPECT_THAT(ReadCurve(path).error().message, testing::HasSubstr(path + ":2"));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace facecascade::training

#include "image/pixel_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/instruction_set.h"
#include "base/random.h"
#include "image/pixel_rows_reference.h"

namespace facecascade {
namespace {

std::vector<std::uint8_t> RandomBytes(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.Below(256));
  return bytes;
}

// Every kernel gives the reference's bytes and writes none behind them. Buffers are exactly as
// large as the row, so that the sanitizers see a read beyond it.
class PixelRowsTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceInstructionSet(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceInstructionSet("").ok()); }
};

TEST_P(PixelRowsTest, ConvertRow) {
  for (const PixelFormat format : {PixelFormat::kBgr, PixelFormat::kRgb, PixelFormat::kBgra,
                                   PixelFormat::kRgba, PixelFormat::kGray}) {
    for (int width = 0; width < 150; ++width) {
      const std::vector<std::uint8_t> source = RandomBytes(width * ChannelCount(format), width);
      std::vector<std::uint8_t> expected(width * 3);
      std::vector<std::uint8_t> target(width * 3);
      ConvertRowReference(source.data(), width, format, expected.data());
      ConvertRow(source.data(), width, format, target.data());
      ASSERT_EQ(target, expected) << width;
    }
  }
}

TEST_P(PixelRowsTest, HalveRow) {
  for (int width = 1; width < 300; ++width) {
    const std::vector<std::uint8_t> upper = RandomBytes(width * 3, width);
    const std::vector<std::uint8_t> lower = RandomBytes(width * 3, 1000 + width);
    std::vector<std::uint8_t> expected((width + 1) / 2 * 3);
    std::vector<std::uint8_t> target(expected.size());
    HalveRowReference(upper.data(), lower.data(), width, expected.data());
    HalveRow(upper.data(), lower.data(), width, target.data());
    ASSERT_EQ(target, expected) << width;
  }
}

// Taps as Resample makes them: rising columns, and no weight for what lies beyond the last one.
ColumnTaps MakeTaps(int count, int width, double step, Random& random) {
  ColumnTaps columns;
  columns.count = count;
  double at = random.Uniform(0, width / 3.0);
  columns.begin = static_cast<std::ptrdiff_t>(at);
  std::ptrdiff_t last = 0;
  for (int i = 0; i < kStripColumns; ++i) {
    if (i < count) last = std::min(static_cast<std::ptrdiff_t>(at), width - std::ptrdiff_t{1});
    columns.offsets[i] = static_cast<std::int32_t>(last - columns.begin) * 3;
    columns.weights[i] = WeightPair(last == width - 1 ? 0 : random.Below(kWeightOne + 1));
    at += step;
  }
  columns.columns = std::min(last + 2, std::ptrdiff_t{width}) - columns.begin;
  return columns;
}

TEST_P(PixelRowsTest, BlendRow) {
  Random random(3);
  for (int count = 1; count <= kStripColumns; ++count) {
    for (const int width : {1, 2, 3, 17, 64, 300, 1000}) {
      for (const double step : {0.1, 0.9, 1.0, 1.99, 7.5}) {
        const std::vector<std::uint8_t> upper = RandomBytes(width * 3, random.Next());
        const std::vector<std::uint8_t> lower = RandomBytes(width * 3, random.Next());
        const ColumnTaps columns = MakeTaps(count, width, step, random);
        const int weight = random.Below(kWeightOne + 1);
        std::vector<std::uint8_t> expected(count * 3);
        std::vector<std::uint8_t> target(count * 3);
        BlendRowReference(upper.data(), lower.data(), weight, columns, expected.data());
        BlendRow(upper.data(), lower.data(), weight, columns, target.data());
        ASSERT_EQ(target, expected) << count << ' ' << width << ' ' << step;
      }
    }
  }
}

TEST_P(PixelRowsTest, BlendRowKeepsExtremes) {
  const std::vector<std::uint8_t> white(30, 255);
  const std::vector<std::uint8_t> black(30, 0);
  ColumnTaps columns;
  columns.count = 1;
  columns.begin = 3;
  columns.columns = 2;
  columns.offsets.fill(0);
  for (int weight = 0; weight <= kWeightOne; ++weight) {
    columns.weights.fill(WeightPair(weight));
    for (int row_weight = 0; row_weight <= kWeightOne; ++row_weight) {
      std::uint8_t target[3];
      BlendRow(white.data(), white.data(), row_weight, columns, target);
      ASSERT_EQ(target[1], 255);
      BlendRow(black.data(), black.data(), row_weight, columns, target);
      ASSERT_EQ(target[1], 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, PixelRowsTest, testing::ValuesIn(SupportedInstructionSets()),
                         [](const auto& target) { return target.param; });

}  // namespace
}  // namespace facecascade

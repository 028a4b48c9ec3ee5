#include "base/aligned_buffer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace facecascade {
namespace {

TEST(AlignedBufferTest, IsAlignedAndOnlyGrows) {
  AlignedBuffer<float> buffer;
  EXPECT_EQ(buffer.capacity(), 0U);
  for (const std::size_t count : {1U, 3U, 1000U}) {
    float* memory = buffer.Reserve(count);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % kBufferAlignment, 0U);
    memory[count - 1] = 7;
    EXPECT_EQ(buffer.capacity(), count);
  }
  const float* kept = buffer.data();
  EXPECT_EQ(buffer.Reserve(10), kept);
  EXPECT_EQ(buffer.capacity(), 1000U);
  EXPECT_EQ(kept[999], 7);
}

TEST(AlignedBufferTest, MovesItsMemory) {
  AlignedBuffer<int> first;
  const int* memory = first.Reserve(5);
  const AlignedBuffer<int> second = std::move(first);
  EXPECT_EQ(second.data(), memory);
}

}  // namespace
}  // namespace facecascade

#include "cli/in_order.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

namespace facecascade::cli {
namespace {

TEST(ProcessInOrderTest, ConsumesInOrderOnTheCallingThread) {
  for (const int workers : {1, 2, 7}) {
    std::vector<int> consumed;
    const auto caller = std::this_thread::get_id();
    ProcessInOrder(
        100, workers,
        [&](std::size_t index, int worker) {
          EXPECT_LT(worker, workers);
          if (index % 10 == 0) std::this_thread::yield();
          return static_cast<int>(index) * 3;
        },
        [&](std::size_t index, int product) {
          EXPECT_EQ(std::this_thread::get_id(), caller);
          EXPECT_EQ(product, static_cast<int>(index) * 3);
          consumed.push_back(static_cast<int>(index));
          return true;
        });
    std::vector<int> expected(100);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(consumed, expected);
  }
}

TEST(ProcessInOrderTest, StopsAndKeepsFewResultsWaiting) {
  std::atomic<int> produced = 0;
  ProcessInOrder(
      1000, 4, [&](std::size_t, int) { return ++produced; },
      [&](std::size_t index, int) { return index < 10; });
  EXPECT_GE(produced, 11);
  EXPECT_LE(produced, 11 + 2 * 4);
}

TEST(ProcessInOrderTest, NothingToDo) {
  ProcessInOrder(
      0, 3, [](std::size_t, int) { return 0; },
      [](std::size_t, int) {
        ADD_FAILURE();
        return true;
      });
}

}  // namespace
}  // namespace facecascade::cli

#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace facecascade {
namespace {

TEST(ParallelForTest, CallsEveryIndexOnce) {
  for (const int count : {0, 1, 2, 7, 1000}) {
    for (const int threads : {-1, 0, 1, 2, 3, 8}) {
      std::vector<std::atomic<int>> calls(count);
      ParallelFor(count, threads, [&](int index, int) { ++calls[index]; });
      for (const std::atomic<int>& call : calls) EXPECT_EQ(call, 1);
    }
  }
}

TEST(ParallelForTest, NoTwoCallsAtOnceShareAWorker) {
  constexpr int kThreads = 4;
  std::array<std::atomic<int>, kThreads> busy = {};
  ParallelFor(2000, kThreads, [&](int, int worker) {
    ASSERT_GE(worker, 0);
    ASSERT_LT(worker, kThreads);
    EXPECT_EQ(busy[worker].fetch_add(1), 0);
    std::this_thread::yield();
    busy[worker].fetch_sub(1);
  });
}

TEST(ParallelForTest, RunsOnSeveralThreadsAtOnce) {
  std::atomic<int> arrived = 0;
  // Each call waits for the other one, so that one thread alone could never get through.
  ParallelFor(2, 2, [&](int, int) {
    ++arrived;
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (arrived < 2 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(ParallelForTest, WorksFromInsideABody) {
  std::atomic<int> calls = 0;
  ParallelFor(8, 4, [&](int, int) { ParallelFor(8, 4, [&](int, int) { ++calls; }); });
  EXPECT_EQ(calls, 64);
}

TEST(ParallelForTest, IsSharedByManyCallers) {
  std::array<std::atomic<int>, 8> sums = {};
  std::vector<std::thread> callers;
  for (std::atomic<int>& sum : sums) {
    callers.emplace_back([&sum] {
      for (int round = 0; round < 50; ++round) {
        ParallelFor(20, 3, [&sum](int index, int) { sum += index; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const std::atomic<int>& sum : sums) EXPECT_EQ(sum, 50 * 190);
}

TEST(ResolveThreadsTest, TakesTheMachinesNumberForZero) {
  EXPECT_EQ(ResolveThreads(3), 3);
  EXPECT_GE(ResolveThreads(0), 1);
  EXPECT_GE(ResolveThreads(-5), 1);
  EXPECT_EQ(ResolveThreads(1000000), kMostThreads);
}

}  // namespace
}  // namespace facecascade

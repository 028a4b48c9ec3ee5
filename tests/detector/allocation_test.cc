// Counts every allocation of the process: a program of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "tests/detector/spot_photos.h"

namespace {

std::atomic<long> allocations = 0;

void* Allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace facecascade {
namespace {

// Allocations of three runs once the workspace is warm.
long CountWarm(const FaceDetector& detector, const Image& photo, const DetectOptions& options) {
  Workspace workspace;
  std::vector<Face> faces;
  // With threads, which worker gets what differs: several runs until every worker is warm.
  for (int run = 0; run < 3; ++run) {
    EXPECT_TRUE(detector.Detect(photo.View(), options, workspace, faces).ok());
  }
  const long before = allocations;
  for (int run = 0; run < 3; ++run) {
    EXPECT_TRUE(detector.Detect(photo.View(), options, workspace, faces).ok());
  }
  const long count = allocations - before;
  EXPECT_GE(faces.size(), 2U);
  return count;
}

TEST(Allocation, IsCounted) {
  const long before = allocations;
  const std::vector<int> numbers(100);
  EXPECT_EQ(allocations - before, 1);
  EXPECT_EQ(numbers.size(), 100U);
}

TEST(Allocation, NeverHappensOnceWarm) {
  const Image photo = SpotPhoto(640, 480, {{20, 30, 50, 50}, {210, 60, 190, 190}});
  for (const bool bridged : {false, true}) {
    EXPECT_EQ(CountWarm(SpotDetector(bridged), photo, {}), 0);
    DetectOptions flood;
    flood.threshold = 0.02F;
    EXPECT_EQ(CountWarm(SpotDetector(bridged), photo, flood), 0);
  }
}

TEST(Allocation, NeverHappensWhileTrackingOnceWarm) {
  const FaceDetector detector = SpotDetector(true);
  const Image photo = SpotPhoto(640, 480, {{20, 30, 50, 50}, {210, 60, 190, 190}});
  Workspace workspace;
  std::vector<Face> faces;
  ASSERT_TRUE(detector.Detect(photo.View(), {}, workspace, faces).ok());
  ASSERT_TRUE(detector.Track(photo.View(), {}, workspace, faces).ok());
  const long before = allocations;
  ASSERT_TRUE(detector.Track(photo.View(), {}, workspace, faces).ok());
  EXPECT_EQ(allocations - before, 0);
  EXPECT_EQ(faces.size(), 2U);
}

TEST(Allocation, NeverHappensForPhotosOfSeveralSizesOnceWarm) {
  const FaceDetector detector = SpotDetector(true);
  Workspace workspace;
  std::vector<Face> faces;
  const std::vector<Box> planted = {{20, 30, 50, 50}};
  const Image large = SpotPhoto(640, 480, planted);
  const Image small = SpotPhoto(320, 240, planted);
  // What lists take depends on the photo's content as well as its size: both warm the workspace.
  long before = 0;
  for (const bool is_warm : {false, true}) {
    if (is_warm) before = allocations;
    ASSERT_TRUE(detector.Detect(large.View(), {}, workspace, faces).ok());
    ASSERT_TRUE(detector.Detect(small.View(), {}, workspace, faces).ok());
  }
  EXPECT_EQ(allocations - before, 0);
}

}  // namespace
}  // namespace facecascade

#include "training/batch_queue.h"

#include <gtest/gtest.h>

#include "made_up_photos.h"

namespace facecascade::training {
namespace {

class EveryNumberOfProducers : public testing::TestWithParam<int> {};

TEST_P(EveryNumberOfProducers, YieldsTheSamplersBatchesInOrder) {
  PhotoStore store;
  for (int i = 0; i < 4; ++i) store.photos.push_back(MakeUpPhoto(i, 160, 3));
  TrainingConfig config;
  config.stages[0].batch_size = 8;
  const Sampler sampler(store, config, 0, false, nullptr);
  BatchQueue queue(sampler, 5, GetParam());
  for (std::uint64_t step = 5; step < 45; ++step) {
    EXPECT_EQ(queue.Next().pixels, sampler.MakeBatch(step).pixels) << step;
  }
}

INSTANTIATE_TEST_SUITE_P(OneOrMany, EveryNumberOfProducers, testing::Values(1, 2, 7));

TEST(ProducerCount, LeavesTheCoresThatTheTrainingWorksOn) {
  EXPECT_EQ(ProducerCount(torch::kCPU, 1000), 1);
  EXPECT_GE(ProducerCount(torch::kCUDA, 1000), ProducerCount(torch::kCPU, 1));
}

}  // namespace
}  // namespace facecascade::training

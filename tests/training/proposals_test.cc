#include "training/proposals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "made_up_photos.h"
#include "training/modules.h"

namespace facecascade::training {
namespace {

TEST(Proposals, ARoundLooksAtPhotosOfItsOwnWithoutRepetition) {
  TrainingConfig config;
  config.together.photos = 20;
  const std::vector<int> places = {3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610,
                                   4, 6, 9, 14, 22, 35, 56, 90, 145, 234, 378, 611};
  const std::vector<int> first = PhotosOfRound(places, config, 1);
  EXPECT_EQ(first, PhotosOfRound(places, config, 1));
  EXPECT_NE(first, PhotosOfRound(places, config, 2));
  EXPECT_EQ(std::set<int>(first.begin(), first.end()).size(), 20U);
  for (const int place : first) {
    EXPECT_NE(std::find(places.begin(), places.end(), place), places.end());
  }
  config.together.photos = 1000;
  EXPECT_EQ(PhotosOfRound(places, config, 1).size(), places.size());
}

TEST(Proposals, EachNetGetsWhatTheNetBelowItLetsThroughWithItsLabel) {
  PhotoStore store;
  for (int i = 0; i < 6; ++i) store.photos.push_back(MakeUpPhoto(i, 160, 2));
  TrainingConfig config;
  config.together.photos = 4;
  for (StageConfig& stage : config.stages) stage.mining_threshold = 0.4;
  torch::manual_seed(5);
  Nets nets = MakeNets(config.networks);
  std::vector<NetworkWeights> weights;
  for (Net& net : nets) weights.push_back(net->Fold());
  Result<Cascade> cascade = Cascade::Create(config.networks, weights);
  ASSERT_TRUE(cascade.ok());
  const std::vector<int> places = PhotosToMine(store, config.mining);
  const std::atomic<bool> cancelled = false;
  const Proposals direct = Propose(cascade.value(), store, places, config, 3, cancelled);

  Proposer proposer(store, config);
  proposer.Start(std::move(cascade.value()), 3);
  const Proposals threaded = proposer.Wait();
  const std::vector<int> photos = PhotosOfRound(places, config, 3);
  int windows = 0;
  for (int stage = 0; stage < kStageCount; ++stage) {
    for (int kind = 0; kind < kSampleKinds; ++kind) {
      ASSERT_EQ(threaded[stage][kind].size(), direct[stage][kind].size());
      for (std::size_t i = 0; i < direct[stage][kind].size(); ++i) {
        const MinedWindow& window = direct[stage][kind][i];
        EXPECT_EQ(threaded[stage][kind][i].window.x, window.window.x);
        EXPECT_NE(std::find(photos.begin(), photos.end(), window.photo), photos.end());
        if (kind == static_cast<int>(SampleKind::kLandmark)) continue;
        const TrainingPhoto& photo = store.photos[window.photo];
        const WindowLabel label =
            LabelWindow(photo, FindNearestFace(photo, window.window), config.stages[stage].labels);
        const bool negative = kind == static_cast<int>(SampleKind::kNegative);
        EXPECT_EQ(label == WindowLabel::kNegative, negative);
        ++windows;
      }
    }
  }
  EXPECT_GT(windows, 20) << "nets that know nothing let much through";
}

TEST(Proposals, ARoundThatNobodyWaitsForIsGivenUp) {
  PhotoStore store;
  for (int i = 0; i < 6; ++i) store.photos.push_back(MakeUpPhoto(i, 160, 2));
  TrainingConfig config;
  Nets nets = MakeNets(config.networks);
  std::vector<NetworkWeights> weights;
  for (Net& net : nets) weights.push_back(net->Fold());
  Result<Cascade> cascade = Cascade::Create(config.networks, weights);
  ASSERT_TRUE(cascade.ok());
  Proposer proposer(store, config);
  proposer.Start(std::move(cascade.value()), 0);
}  // the destructor ends it

}  // namespace
}  // namespace facecascade::training

#include "training/held_out_detection.h"

#include <gtest/gtest.h>

#include "made_up_photos.h"

namespace facecascade::training {
namespace {

// Hits at .9, .7 and .5, a false alarm at .8, of four faces in two photos.
HeldOutDetection Example() {
  return {{{0.9, 0, 1, 0}, {0.8, 0, 0, 1}, {0.7, 1, 1, 0}, {0.5, 1, 1, 0}}, 4, 2};
}

TEST(HeldOutDetection, AveragePrecisionIsTheAreaUnderNonRisingPrecision) {
  // Precision 1 up to a quarter of the faces, 3/4 (of the last hit) up to three quarters.
  EXPECT_DOUBLE_EQ(AveragePrecision(Example()), 0.25 * 1 + 0.5 * 0.75);
  EXPECT_EQ(AveragePrecision({}), 0);
}

TEST(HeldOutDetection, RecallIsReadAtFalsePositivesOfAPhoto) {
  EXPECT_DOUBLE_EQ(RecallAt(Example(), 0), 0.25);
  EXPECT_DOUBLE_EQ(RecallAt(Example(), 0.5), 0.75);
}

TEST(HeldOutDetection, PoolingASetWithItselfChangesNoFigure) {
  const HeldOutDetection pooled = Pool({Example(), Example()});
  EXPECT_DOUBLE_EQ(AveragePrecision(pooled), AveragePrecision(Example()));
  EXPECT_DOUBLE_EQ(RecallAt(pooled, 0.5), 0.75);
}

TEST(HeldOutDetection, LooksAtKeptPhotosWhoseFacesAreAllLabelled) {
  PhotoStore store;
  for (int i = 0; i < 4; ++i) store.photos.push_back(MakeUpPhoto(i, 96, 2));
  store.photos[0].held_out = true;
  store.photos[1].held_out = true;
  store.photos[1].negatives = false;
  store.photos[0].faces[0].ignored = true;
  const auto faces = static_cast<double>(store.photos[0].faces.size()) - 1;
  TrainingConfig config;
  torch::manual_seed(1);
  Nets nets = MakeNets(config.networks);
  for (Net& net : nets) net->eval();
  const auto detection = DetectHeldOut(nets, store, config, 2);
  ASSERT_TRUE(detection.ok()) << detection.error().message;
  EXPECT_EQ(detection.value().photos, 1);
  EXPECT_EQ(detection.value().faces, faces);
}

}  // namespace
}  // namespace facecascade::training

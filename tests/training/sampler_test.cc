#include "training/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "made_up_photos.h"
#include "training/augmentation.h"

namespace facecascade::training {
namespace {

PhotoStore MakeStore() {
  PhotoStore store;
  for (int i = 0; i < 12; ++i) store.photos.push_back(MakeUpPhoto(i, 160, 3));
  return store;
}

TrainingConfig MakeConfig() {
  TrainingConfig config;
  config.stages[0].batch_size = config.stages[1].batch_size = config.stages[2].batch_size = 64;
  return config;
}

TEST(Sampler, ABatchDependsOnItsStepAlone) {
  const PhotoStore store = MakeStore();
  const TrainingConfig config = MakeConfig();
  const Sampler one(store, config, 2, false, nullptr);
  const Sampler other(store, config, 2, false, nullptr);
  (void)one.MakeBatch(0);
  const Batch a = one.MakeBatch(5);
  const Batch b = other.MakeBatch(5);
  EXPECT_EQ(a.pixels, b.pixels);
  EXPECT_EQ(a.boxes, b.boxes);
  EXPECT_EQ(a.landmarks, b.landmarks);
  EXPECT_NE(a.pixels, one.MakeBatch(6).pixels);
}

TEST(Sampler, MixedBatchesHaveTheSharesAskedFor) {
  const PhotoStore store = MakeStore();
  const TrainingConfig config = MakeConfig();
  const Batch batch = Sampler(store, config, 0, false, nullptr).MakeBatch(0);
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    const auto count = std::count(batch.kinds.begin(), batch.kinds.end(), kind);
    EXPECT_NEAR(static_cast<double>(count), config.stages[0].shares[kind] * 64, 1.5);
  }
}

// Of all faces one is wide, and outweighs the others, mined or not.
TEST(Sampler, DrawsFacesByTheirWeights) {
  PhotoStore store = MakeStore();
  MinedWindows mined;
  for (int p = 0; p < static_cast<int>(store.photos.size()); ++p) {
    std::vector<TrainingFace>& faces = store.photos[p].faces;
    faces.resize(1);
    faces[0].landmarks.reset();
    if (p == 0) faces[0].box.width = 1.4F * faces[0].box.height;
    faces[0].weight = p == 0 ? 1.0F : 1e-6F;
    mined[static_cast<int>(SampleKind::kPositive)].push_back({p, SquareAround(faces[0].box), 0});
  }
  TrainingConfig config = MakeConfig();
  config.stages[1].shares = {0, 0, 1, 0};
  for (const double mined_share : {0.0, 1.0}) {
    config.stages[1].mined_face_share = mined_share;
    const Batch batch = Sampler(store, config, 1, false, &mined).MakeBatch(0);
    for (int i = 0; i < batch.count; ++i) {
      BoxOffsets offsets;
      std::copy_n(batch.boxes.begin() + i * 4, 4, offsets.begin());
      const Box box = OffsetsToBox({0, 0, 24}, offsets);
      EXPECT_NEAR(box.width / box.height, 1.4F, 0.05F) << mined_share;
    }
  }
}

TEST(Sampler, MiniBatchesAreOfOneKindInTurn) {
  const PhotoStore store = MakeStore();
  TrainingConfig config = MakeConfig();
  config.batch = BatchMode::kMini;
  const Sampler sampler(store, config, 0, false, nullptr);
  for (std::uint64_t step = 0; step < 8; ++step) {
    const Batch batch = sampler.MakeBatch(step);
    for (const std::int64_t kind : batch.kinds) {
      EXPECT_EQ(kind, static_cast<std::int64_t>(step % kSampleKinds));
    }
  }
}

// A window cut at random is what its label says: the target leads back to a box of a face.
TEST(Sampler, TargetsAreTheFaceSeenFromTheWindow) {
  const PhotoStore store = MakeStore();
  const TrainingConfig config = MakeConfig();
  const Batch batch = Sampler(store, config, 1, false, nullptr).MakeBatch(3);
  const Window crop{0, 0, 24};
  for (int i = 0; i < batch.count; ++i) {
    const auto kind = static_cast<SampleKind>(batch.kinds[i]);
    if (kind == SampleKind::kNegative) continue;
    if (kind == SampleKind::kLandmark) {
      LandmarkOffsets offsets;
      std::copy_n(batch.landmarks.begin() + i * 10, 10, offsets.begin());
      const Landmarks points = OffsetsToLandmarks(crop, offsets);
      EXPECT_LT(points[0].x, points[1].x);
      EXPECT_LT(points[0].y, points[3].y);
    } else {
      BoxOffsets offsets;
      std::copy_n(batch.boxes.begin() + i * 4, 4, offsets.begin());
      const float iou = IoU(ToBox(crop), ToBox(SquareAround(OffsetsToBox(crop, offsets))));
      if (kind == SampleKind::kPositive) {
        EXPECT_GT(iou, 0.7F - 1e-3F);
      }
      if (kind == SampleKind::kPart) {
        EXPECT_LE(iou, 0.7F + 1e-3F);
      }
    }
  }
}

TEST(Sampler, HeldOutPhotosAreNeverTrainedOn) {
  PhotoStore store = MakeStore();
  for (std::size_t i = 0; i < store.photos.size(); ++i) {
    if (i % 2 != 0) continue;
    store.photos[i].held_out = true;
    for (Image& level : store.photos[i].octaves.levels) {
      std::fill(level.pixels.begin(), level.pixels.end(), std::uint8_t{77});
    }
  }
  const TrainingConfig config = MakeConfig();
  const auto plain = [](const Batch& batch, int index) {
    const auto* pixels = batch.pixels[0].data() + static_cast<std::size_t>(index) * 12 * 12 * 3;
    return std::all_of(pixels, pixels + 12 * 12 * 3, [](std::uint8_t p) { return p == 77; });
  };
  const Batch training = Sampler(store, config, 0, false, nullptr).MakeBatch(0);
  const Batch held_out = Sampler(store, config, 0, true, nullptr).MakeBatch(0);
  for (int i = 0; i < 64; ++i) {
    EXPECT_FALSE(plain(training, i)) << i;
    EXPECT_TRUE(plain(held_out, i)) << i;
  }
}

TEST(Sampler, IgnoredFacesAreNeitherFaceNorNegative) {
  TrainingPhoto photo = MakeUpPhoto(1, 160, 1);
  const Window window = SquareAround(photo.faces[0].box);
  EXPECT_EQ(LabelWindow(photo, FindNearestFace(photo, window), {}), WindowLabel::kPositive);
  photo.faces[0].ignored = true;
  EXPECT_EQ(LabelWindow(photo, FindNearestFace(photo, window), {}), WindowLabel::kIgnored);
  photo.negatives = false;
  EXPECT_EQ(LabelWindow(photo, FindNearestFace(photo, {-500, -500, 20}), {}),
            WindowLabel::kIgnored);
}

TEST(Augmentation, ATurnedCropShowsItsLandmarksWhereTheMappingSays) {
  // A photo with one bright pixel block at a landmark.
  Image image;
  image.width = image.height = 100;
  image.pixels.assign(100 * 100 * 3, 10);
  for (int y = 39; y <= 41; ++y) {
    for (int x = 59; x <= 61; ++x) {
      std::fill_n(image.pixels.begin() + (y * 100 + x) * 3, 3, std::uint8_t{250});
    }
  }
  Octaves octaves;
  BuildOctaves(image.View(), octaves);
  Landmarks landmarks;
  landmarks.fill({60, 40});
  for (const double angle : {0.0, 30.0, -75.0}) {
    for (const bool flip : {false, true}) {
      const CropMapping mapping{{20, 15, 60}, angle, flip, 48};
      std::vector<std::uint8_t> crop(48 * 48 * 3);
      CutWindow(octaves, mapping.window, angle, flip, 48, crop.data());
      const auto brightest = std::max_element(crop.begin(), crop.end()) - crop.begin();
      double sum = 0;
      double sum_x = 0;
      double sum_y = 0;
      for (int i = 0; i < 48 * 48; ++i) {
        const double weight = std::max(0, crop[i * 3] - 10);
        sum += weight;
        sum_x += weight * (i % 48);
        sum_y += weight * (i / 48);
      }
      const Landmarks mapped = MapLandmarks(mapping, landmarks);
      ASSERT_GT(crop[brightest], 100);
      EXPECT_NEAR(sum_x / sum, mapped[0].x, 0.15) << angle << flip;
      EXPECT_NEAR(sum_y / sum, mapped[0].y, 0.15) << angle << flip;
    }
  }
}

TEST(Augmentation, WithoutTurnACropIsTheDetectorsOwn) {
  const TrainingPhoto photo = MakeUpPhoto(2, 160, 2);
  std::vector<std::uint8_t> crop(24 * 24 * 3);
  std::vector<std::uint8_t> expected(24 * 24 * 3);
  CutWindow(photo.octaves, {10, 20, 90}, 0, false, 24, crop.data());
  Resample(photo.octaves, {10, 20, 90.0F / 24}, 24, 24, expected.data(), 24 * 3);
  EXPECT_EQ(crop, expected);
}

TEST(WindowFromLandmarks, CoversTheFaceThatThePointsBelongTo) {
  const TrainingPhoto photo = MakeUpPhoto(3, 200, 1);
  const Box box = photo.faces[0].box;
  EXPECT_GT(IoU(ToBox(WindowFromLandmarks(*photo.faces[0].landmarks)), ToBox(SquareAround(box))),
            0.6F);
}

TEST(Sampler, MovesMinedWindowsAtEveryDrawButNeverIntoAnotherLabel) {
  const PhotoStore store = MakeStore();
  TrainingConfig config = MakeConfig();
  config.stages[1].shares = {1, 0, 0, 0};
  config.stages[1].mined_share = 1;
  // One window just below the negatives' bound beside a face, one far from every face.
  const Window face = SquareAround(store.photos[0].faces[0].box);
  const float aside = face.side * 0.56F;
  MinedWindows mined;
  mined[0] = {{0, {face.x + aside, face.y, face.side}, -1}};
  ASSERT_LT(FindNearestFace(store.photos[0], mined[0][0].window).iou, 0.3F);
  const Sampler still(store, config, 1, false, &mined);
  const Batch fixed = still.MakeBatch(0);
  config.augmentation.flip = 0;
  config.augmentation.mined_shift = 0.1;
  config.augmentation.mined_scale = 1.2;
  const Sampler moving(store, config, 1, false, &mined);
  const Batch moved = moving.MakeBatch(0);
  const std::size_t bytes = 24 * 24 * kInputChannels;
  int distinct = 0;
  for (int i = 1; i < moved.count; ++i) {
    distinct += !std::equal(moved.pixels[1].begin(), moved.pixels[1].begin() + bytes,
                            moved.pixels[1].begin() + i * bytes);
  }
  EXPECT_GT(distinct, moved.count / 3);
  for (const std::int64_t kind : moved.kinds) EXPECT_EQ(kind, 0);
  EXPECT_EQ(fixed.kinds, moved.kinds);
}

}  // namespace
}  // namespace facecascade::training

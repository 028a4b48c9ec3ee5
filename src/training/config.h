// What a training does, read from a TOML file. Every default stands here.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "facecascade/result.h"
#include "geometry/geometry.h"
#include "model/cascade_settings.h"
#include "network/network_spec.h"

namespace facecascade::training {

/// The four kinds of samples (paper, section 2.3).
enum class SampleKind { kNegative, kPart, kPositive, kLandmark };
inline constexpr int kSampleKinds = 4;
inline constexpr std::array<const char*, kSampleKinds> kSampleKindNames = {"negative", "part",
                                                                           "positive", "landmark"};

/// Photos with WIDER-style annotations, relative to the data folder.
struct BoxSource {
  std::string images;
  std::string annotations;
  bool negatives = true;  ///< every face is labelled, so that windows beside them are negatives
};

struct DataConfig {
  std::vector<BoxSource> boxes;
  std::vector<std::string> landmarks;      ///< landmark lists (.tsv)
  std::vector<std::string> without_faces;  ///< folders of photos without faces
  double smallest_face = 8;       ///< smaller truth is ignored: neither face nor negative, pixels
  bool heavily_occluded = false;  ///< faces flagged so are faces; otherwise they are ignored
  double atypical_weight = 1;     ///< how much oftener faces of a flagged atypical pose are drawn
  double occluded_weight = 1;     ///< the same of faces flagged as occluded, partially or heavily
  int photos = 0;                 ///< read of each source, spread evenly over its list; 0: all
  int held_out_every = 40;  ///< each n-th photo is kept from training and measures its progress
};

/// Chances and ranges of the random changes to a sample.
struct AugmentationConfig {
  double flip = 0.5;
  double rotation = 0;  ///< chance of a rotation by at most `rotation_degrees`
  double rotation_degrees = 0;
  double landmark_rotation_degrees = 0;  ///< the same for landmark faces, always
  double colour = 0;                     ///< strength of gain, offset and gamma, 0 … 1
  double grey = 0;
  double blur = 0;  ///< chance of shrinking and enlarging again
  double jpeg = 0;
  double occlusion = 0;    ///< chance of a covering rectangle on a face
  double mined_shift = 0;  ///< mined windows are moved by at most this share of their side
  double mined_scale = 1;  ///< and scaled by at most this factor, where their label allows it
};

/// Losses (paper, section 2.2). Defaults are the paper's.
struct LossConfig {
  double hard_share = 0.7;  ///< share of each kind's samples, hardest first, that count; 1: all
  double box_knee = 1;      ///< where SmoothL1 turns linear
  double box_iou = 0;       ///< weight of 1 − IoU with the truth in the box loss beside SmoothL1
  double landmark_knee = 1;
  double label_smoothing = 0;
  double distillation = 1;  ///< weight of DistillationLoss, where a teacher is named
  /// Where `quality_full` > 0 the score learns how good its own box is: the face label of positives
  /// and parts rises from 0 where the box that the net gives meets the truth with an IoU of
  /// `quality_from`, to 1 at `quality_full`. Otherwise positives are 1 and parts have no label.
  double quality_from = 0;
  double quality_full = 0;
};

enum class BatchMode { kMixed, kMini };
enum class OptimizerKind { kSgd, kAdamW };
enum class ScheduleKind { kConstant, kCosine, kSteps };

struct OptimizerConfig {
  OptimizerKind kind = OptimizerKind::kSgd;
  double momentum = 0.9;
  double weight_decay = 1e-4;
  ScheduleKind schedule = ScheduleKind::kCosine;
  double warm_up = 0.02;  ///< share of the steps in which the rate rises from zero
  double average = 0;     ///< decay of the weights' moving average; 0: none
};

struct StageConfig {
  int steps = 0;
  int batch_size = 256;
  double learning_rate = 0.01;
  std::array<double, 3> loss_weights = {1, 0.5, 0.5};              ///< face, box, landmarks
  std::array<double, kSampleKinds> shares = {0.4, 0.2, 0.2, 0.2};  ///< of a batch, by SampleKind
  double mined_share = 0;       ///< of negatives that come from mining; the rest is random
  double mined_face_share = 0;  ///< of positives and parts that come from mining
  bool landmark_faces_are_positive = false;  ///< landmark faces carry the face loss too
  LabelBounds labels;
  double mining_threshold = 0.5;  ///< of the stage below, when it proposes this stage's samples
  double mining_recall = 0.8;     ///< the least recall mining must reach
  /// The net learns with its layers rounded as the model's integers are (`fixed_point`, which must
  /// be 7 or 8). Batch norm stays as it begins: this is to train a net on.
  bool rounded = false;
  double exit_recall = 0.95;  ///< of the windows on faces that the net finds: pass its early exit
};

/// How the earlier nets run when they propose samples.
struct MiningConfig {
  double smallest_face = 14;
  double pyramid_factor = 0.75;  ///< of the finished model's detector, too
  int most_per_photo = 120;      ///< false alarms kept of a photo, by score
  int photos = 0;                ///< photos looked at, 0: all
};

/// The three nets trained on together through their bridges, on hard examples that the cascade as
/// it stands proposes meanwhile (paper, sections 2.4 and 2.5). Batches, labels and losses of each
/// net are those of its stage.
struct TogetherConfig {
  int steps = 0;          ///< 0: the nets stay as they were trained alone
  int round_steps = 500;  ///< steps on one round's proposals, while the next are made
  int photos = 1000;      ///< looked at for a round's proposals
  int rounds_kept = 3;    ///< whose proposals are drawn from
  double learning_rate = 5e-4;
  double share = 1;  ///< of these weights in the final ones, which are a mean with those before
  std::array<double, kStageCount> net_weights = {1, 1, 1};  ///< of each net's loss in the sum
};

/// Photos that choose the detector's thresholds and are never trained on.
struct DevelopmentConfig {
  std::vector<BoxSource> boxes;  ///< none: `thresholds` stay as the configuration says
  double smallest_face = 20;     ///< side of the smallest face that counts, pixels
  std::array<double, kStageCount - 1> recall = {0.98, 0.98};  ///< kept by 12net and 24net
  double false_positives = 0.1;                               ///< a photo, at the last threshold
};

struct TrainingConfig {
  std::string name;
  std::uint64_t seed = 1;
  int threads = 1;  ///< of LibTorch
  BatchMode batch = BatchMode::kMixed;
  bool batch_norm = true;  ///< false: the nets learn without; needed where batches are of one kind
  double checkpoint_seconds = 120;
  DataConfig data;
  AugmentationConfig augmentation;
  LossConfig loss;
  OptimizerConfig optimizer;
  MiningConfig mining;
  CascadeSpec networks = DefaultCascadeSpec();
  std::array<StageConfig, kStageCount> stages;
  TogetherConfig together;
  DevelopmentConfig development;
  std::array<int, kStageCount> fixed_point = {8, 7, 16};  ///< bits, or 0; written to the model
  std::array<float, kStageCount> thresholds = {0.6F, 0.6F, 0.7F};  ///< written to the model
  SuppressionSettings suppression;  ///< in mining, in choosing thresholds, and in the model
  std::string text;                 ///< the file's text, kept with the run
};

/// How the nets run as a detector, by the configuration.
CascadeSettings DetectorSettings(const TrainingConfig& config);

/// Reads and checks a configuration. Errors name the file and the line or key.
Result<TrainingConfig> ReadTrainingConfig(const std::string& path);
Result<TrainingConfig> ParseTrainingConfig(const std::string& text, const std::string& name);

}  // namespace facecascade::training

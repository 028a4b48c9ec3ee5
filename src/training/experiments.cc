#include "training/experiments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "training/held_out_detection.h"

namespace facecascade::training {
namespace {

constexpr double kAccuracyMargin = 0.005;  // the paper calls 0.3 points "similar"
constexpr int kMixedFactor = 4;            // 256 samples against 64
constexpr double kFalseAlarmsPerPhoto = 0.5;

// Places in CurveRow.
std::size_t Column(const std::string& name) {
  return static_cast<std::size_t>(std::find(kCurveColumns.begin(), kCurveColumns.end(), name) -
                                  kCurveColumns.begin());
}

double MeanOfColumn(const std::vector<CurvePoint>& curve, std::size_t column) {
  double sum = 0;
  for (const CurvePoint& point : curve) sum += point.values[column];
  return curve.empty() ? 0 : sum / static_cast<double>(curve.size());
}

// The seeds' curves of one arm as one, each point their mean. All have the same steps.
evaluation::PlotCurve MeanCurve(const std::string& name,
                                const std::vector<std::vector<CurvePoint>>& seeds,
                                std::size_t column, double samples_per_step) {
  evaluation::PlotCurve curve{name, {}};
  for (std::size_t i = 0; i < seeds[0].size(); ++i) {
    double sum = 0;
    for (const auto& seed : seeds) sum += seed[i].values[column];
    curve.points.push_back({static_cast<double>(seeds[0][i].step) * samples_per_step,
                            sum / static_cast<double>(seeds.size())});
  }
  return curve;
}

// Without batch norm on either side: batches of one kind cannot do with it.
TrainingConfig WithLargeBatches(const TrainingConfig& config) {
  TrainingConfig large = config;
  large.batch = BatchMode::kMixed;
  large.batch_norm = false;
  for (StageConfig& stage : large.stages) {
    stage.batch_size *= kMixedFactor;
    stage.steps = std::max(1, stage.steps / kMixedFactor);
  }
  return large;
}

TrainingConfig WithSmallBatches(const TrainingConfig& config) {
  TrainingConfig small = config;
  small.batch = BatchMode::kMini;
  small.batch_norm = false;
  return small;
}

// Two cascades on the kept photos of all seeds.
struct CascadePair {
  std::array<std::string, 2> arms;
  std::array<std::vector<HeldOutDetection>, 2> seeds;

  Comparison Compare(const std::string& figure, double (*measure)(const HeldOutDetection&)) const {
    Comparison comparison{figure, arms, {}};
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
      for (const HeldOutDetection& seed : seeds[arm]) {
        comparison.values[arm].push_back(measure(seed));
      }
    }
    return comparison;
  }
};

double RecallAtFewFalseAlarms(const HeldOutDetection& detection) {
  return RecallAt(detection, kFalseAlarmsPerPhoto);
}

// As the paper's ROC curves: found faces over false positives.
evaluation::Plot DetectionPlot(const std::string& name, const std::string& title,
                               const CascadePair& pair) {
  evaluation::Plot plot{name, title, "false positives a photo", "faces found", {}};
  for (std::size_t arm = 0; arm < pair.arms.size(); ++arm) {
    const HeldOutDetection pooled = Pool(pair.seeds[arm]);
    evaluation::PlotCurve& curve = plot.curves.emplace_back();
    curve.name = pair.arms[arm];
    for (const auto& point : evaluation::CurveOf(pooled.steps, pooled.faces)) {
      curve.points.push_back({point.false_positives / pooled.photos, point.recall});
    }
  }
  plot.x_range = {0, 3};
  return plot;
}

void JudgeDetection(const CascadePair& pair, const std::string& title, ExperimentReport& report) {
  report.judged.push_back(pair.Compare("average precision", AveragePrecision));
  report.also_found.push_back(
      pair.Compare("recall at 0.5 false positives a photo", RecallAtFewFalseAlarms));
  report.verdict = JudgeAbove(report.judged[0].Difference(), 0);
  report.plots.push_back(DetectionPlot(report.name, title, pair));
}

// Both sides of a comparison, the second by the base configuration if none is given. It is not
// begun where the first fails.
Result<std::array<TrainedNet, 2>> TrainSides(SeedNets& seed, int stage, const std::string& arm,
                                             const TrainingConfig& config,
                                             const TrainingConfig* second = nullptr) {
  Result<TrainedNet> first = seed.Train(stage, arm, config);
  if (!first.ok()) return first.error();
  Result<TrainedNet> other =
      second == nullptr ? seed.Base(stage) : seed.Train(stage, "mini", *second);
  if (!other.ok()) return other.error();
  return std::array<TrainedNet, 2>{std::move(first.value()), std::move(other.value())};
}

Result<HeldOutDetection> Detect(SeedNets& seed, Nets nets) {
  return DetectHeldOut(nets, *seed.setting().photos, seed.config(), seed.setting().photo_threads);
}

// A 48net behind the seed's 12net and 24net.
Result<HeldOutDetection> DetectBehindBase(SeedNets& seed, const Net& top) {
  Nets nets = {nullptr, nullptr, top};
  for (int stage = 0; stage + 1 < kStageCount; ++stage) {
    Result<TrainedNet> trained = seed.Base(stage);
    if (!trained.ok()) return trained.error();
    nets[stage] = trained.value().net;
  }
  return Detect(seed, std::move(nets));
}

// Table 1 for one net.
Status CompareBatches(std::vector<SeedNets>& seeds, int stage, ExperimentReport& report) {
  const std::string& name = seeds[0].config().networks[stage].name;
  const std::array<std::string, 2> arms = {"large", "mini"};
  Comparison accuracy{name + " accuracy", arms, {}};
  Comparison steps{name + " seconds of 1000 steps", arms, {}};
  const double size = seeds[0].config().stages[stage].batch_size;
  Comparison samples{
      fmt::format("{} seconds of {:.0f} samples", name, 1000 * size * kMixedFactor), arms, {}};
  std::array<std::vector<std::vector<CurvePoint>>, 2> curves;
  for (SeedNets& seed : seeds) {
    const TrainingConfig large = WithLargeBatches(seed.config());
    const TrainingConfig small = WithSmallBatches(seed.config());
    const bool base_is_small = seed.config().batch == BatchMode::kMini;
    const Result<std::array<double, 2>> times = seed.Times(stage, {&large, &small});
    if (!times.ok()) return times.error();
    steps.values[0].push_back(times.value()[0]);
    steps.values[1].push_back(times.value()[1]);
    samples.values[0].push_back(times.value()[0]);
    samples.values[1].push_back(times.value()[1] * kMixedFactor);
    const auto trained = TrainSides(seed, stage, "large", large, base_is_small ? nullptr : &small);
    if (!trained.ok()) return trained.error();
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
      accuracy.values[arm].push_back(trained.value()[arm].Accuracy());
      curves[arm].push_back(trained.value()[arm].curve);
    }
  }
  const Verdict as_good = JudgeAbove(accuracy.Difference(), -kAccuracyMargin);
  const Verdict faster = JudgeBelow(samples.Difference(), 0);
  report.verdict = Both(report.verdict, Both(as_good, faster));
  evaluation::Plot plot{report.name + "-" + name,
                        name + ", large against mini batches",
                        "samples",
                        "held-out face loss",
                        {}};
  const std::size_t column = Column("held_out_face_loss");
  plot.curves = {MeanCurve(arms[0], curves[0], column, size * kMixedFactor),
                 MeanCurve(arms[1], curves[1], column, size)};
  report.plots.push_back(std::move(plot));
  report.judged.push_back(std::move(accuracy));
  report.judged.push_back(std::move(samples));
  report.also_found.push_back(std::move(steps));
  return Ok();
}

}  // namespace

Result<ExperimentReport> ReproduceTable1(std::vector<SeedNets>& seeds) {
  ExperimentReport report{
      "table1",
      "mini batches of one kind train as well as large mixed ones, in less time",
      Verdict::kHolds,
      {},
      {},
      {}};
  for (int stage = 0; stage < kStageCount; ++stage) {
    const Status status = CompareBatches(seeds, stage, report);
    if (!status.ok()) return status.error();
  }
  return report;
}

Result<ExperimentReport> ReproduceJoint(std::vector<SeedNets>& seeds) {
  constexpr int kStage = kStageCount - 1;
  ExperimentReport report{"joint", "landmarks trained jointly help detection", {}, {}, {}, {}};
  CascadePair pair{{"without landmarks", "with landmarks"}, {}};
  for (SeedNets& seed : seeds) {
    TrainingConfig without = seed.config();
    without.stages[kStage].loss_weights[2] = 0;
    const auto trained = TrainSides(seed, kStage, "no-landmarks", without);
    if (!trained.ok()) return trained.error();
    for (std::size_t arm = 0; arm < pair.arms.size(); ++arm) {
      Result<HeldOutDetection> found = DetectBehindBase(seed, trained.value()[arm].net);
      if (!found.ok()) return found.error();
      pair.seeds[arm].push_back(std::move(found.value()));
    }
  }
  JudgeDetection(pair, "48net with the loss of landmarks against without", report);
  return report;
}

Result<ExperimentReport> ReproduceHardExamples(std::vector<SeedNets>& seeds) {
  constexpr int kStage = kStageCount - 1;
  const std::array<std::string, 2> arms = {"all examples", "hard examples"};
  ExperimentReport report{
      "hem", "hard example mining makes the 48net converge faster and to a lower loss", {}, {}, {},
      {}};
  Comparison last{"held-out face loss", arms, {}};
  Comparison mean{"its mean over the training", arms, {}};
  Comparison accuracy{"accuracy", arms, {}};
  std::array<std::vector<std::vector<CurvePoint>>, 2> curves;
  const std::size_t column = Column("held_out_face_loss");
  for (SeedNets& seed : seeds) {
    TrainingConfig without = seed.config();
    without.loss.hard_share = 1;
    const auto trained = TrainSides(seed, kStage, "all-examples", without);
    if (!trained.ok()) return trained.error();
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
      const TrainedNet& net = trained.value()[arm];
      last.values[arm].push_back(net.figures.face_loss);
      mean.values[arm].push_back(MeanOfColumn(net.curve, column));
      accuracy.values[arm].push_back(net.Accuracy());
      curves[arm].push_back(net.curve);
    }
  }
  report.verdict = Both(JudgeBelow(last.Difference(), 0), JudgeBelow(mean.Difference(), 0));
  for (const char* name : {"held_out_face_loss", "loss"}) {
    evaluation::Plot plot{report.name + "-" + name, "48net, hard example mining", "step", name, {}};
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
      plot.curves.push_back(MeanCurve(arms[arm], curves[arm], Column(name), 1));
    }
    report.plots.push_back(std::move(plot));
  }
  report.judged = {std::move(last), std::move(mean)};
  report.also_found = {std::move(accuracy)};
  return report;
}

Result<ExperimentReport> ReproduceEndToEnd(std::vector<SeedNets>& seeds) {
  ExperimentReport report{
      "end-to-end", "the cascade trained end to end finds more than separate nets", {}, {}, {}, {}};
  CascadePair pair{{"separate", "end to end"}, {}};
  Comparison alone{
      "average precision before and after separate fine-tuning", {"before", "after"}, {}};
  for (SeedNets& seed : seeds) {
    for (std::size_t arm = 0; arm < pair.arms.size(); ++arm) {
      Result<Nets> nets = seed.Together(arm == 1);
      if (!nets.ok()) return nets.error();
      Result<HeldOutDetection> found = Detect(seed, nets.value());
      if (!found.ok()) return found.error();
      pair.seeds[arm].push_back(std::move(found.value()));
    }
    const Result<TrainedNet> top = seed.Base(kStageCount - 1);
    if (!top.ok()) return top.error();
    const Result<HeldOutDetection> before = DetectBehindBase(seed, top.value().net);
    if (!before.ok()) return before.error();
    alone.values[0].push_back(AveragePrecision(before.value()));
    alone.values[1].push_back(AveragePrecision(pair.seeds[0].back()));
  }
  JudgeDetection(pair, "fine-tuned through bridges against without", report);
  report.also_found.push_back(std::move(alone));
  return report;
}

}  // namespace facecascade::training

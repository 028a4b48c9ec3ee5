#include "evaluation/fddb_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace facecascade::evaluation {
namespace {

constexpr std::array<double, 4> kFalsePositiveCounts = {100, 500, 1000, 2000};

enum class Score { kDiscrete, kContinuous };

double FoundOf(const FddbEntry& entry, Score score) {
  return score == Score::kDiscrete ? entry.found : entry.found_overlap;
}

// The rate of found faces at the largest number of false positives up to `limit`.
double RateAt(const FddbEvaluation& evaluation, Score score, double limit) {
  for (const FddbEntry& entry : evaluation.entries) {
    if (entry.false_positives > limit) continue;
    return evaluation.faces == 0 ? 0
                                 : FoundOf(entry, score) / static_cast<double>(evaluation.faces);
  }
  return 0;
}

std::vector<CurveStep> StepsOf(const FddbEvaluation& evaluation, Score score) {
  std::vector<CurveStep> steps;
  for (std::size_t photo = 0; photo < evaluation.photos.size(); ++photo) {
    FddbEntry above;
    const auto& entries = evaluation.photos[photo].entries;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      steps.push_back({entry->threshold, photo, FoundOf(*entry, score) - FoundOf(above, score),
                       entry->false_positives - above.false_positives});
      above = *entry;
    }
  }
  SortSteps(steps);
  return steps;
}

double WeightedFaces(const FddbEvaluation& evaluation, const PhotoWeights& weights) {
  double faces = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    faces += weights[i] * static_cast<double>(evaluation.photos[i].faces);
  }
  return faces;
}

struct Curves {
  std::vector<CurveStep> discrete;
  std::vector<CurveStep> continuous;
};

// Discrete and then continuous rates at kFalsePositiveRates.
std::vector<double> Rates(const FddbEvaluation& evaluation, const Curves& curves,
                          const PhotoWeights& weights) {
  const double faces = WeightedFaces(evaluation, weights);
  const auto photos = static_cast<double>(evaluation.photos.size());
  std::vector<double> rates;
  for (const auto* steps : {&curves.discrete, &curves.continuous}) {
    for (const double rate : kFalsePositiveRates) {
      rates.push_back(PointAtFalsePositives(*steps, faces, rate * photos, weights).recall);
    }
  }
  return rates;
}

Curves CurvesOf(const FddbEvaluation& evaluation) {
  return {StepsOf(evaluation, Score::kDiscrete), StepsOf(evaluation, Score::kContinuous)};
}

PlotCurve RocOf(const std::string& name, const FddbEvaluation& evaluation, Score score) {
  PlotCurve curve{name, {}};
  for (auto entry = evaluation.entries.rbegin(); entry != evaluation.entries.rend(); ++entry) {
    if (evaluation.faces == 0) break;
    curve.points.push_back(
        {entry->false_positives, FoundOf(*entry, score) / static_cast<double>(evaluation.faces)});
  }
  return curve;
}

Plot RocPlot(const std::string& stem, const std::string& title, const FddbEvaluation& evaluation,
             const FddbEvaluation* other, const ReportContext& context, Score score) {
  Plot plot{stem, title, "false positives", "true positive rate", {}};
  plot.curves.push_back(RocOf(context.detector, evaluation, score));
  if (other != nullptr) plot.curves.push_back(RocOf(context.other_detector, *other, score));
  if (score == Score::kDiscrete) {
    for (const PlotCurve& curve : context.other_curves) plot.curves.push_back(curve);
  }
  double most = 10;
  for (const PlotCurve& curve : plot.curves) {
    for (const PlotPoint& point : curve.points) most = std::max(most, point.x);
  }
  plot.x_range = {{0, std::min(most, 2000.0)}};
  plot.y_range = {{0, 1}};
  return plot;
}

Box BoundsOf(const Ellipse& ellipse) {
  const double width = std::hypot(ellipse.major * std::cos(ellipse.radians),
                                  ellipse.minor * std::sin(ellipse.radians));
  const double height = std::hypot(ellipse.major * std::sin(ellipse.radians),
                                   ellipse.minor * std::cos(ellipse.radians));
  return {static_cast<float>(ellipse.x - width), static_cast<float>(ellipse.y - height),
          static_cast<float>(2 * width), static_cast<float>(2 * height)};
}

Box BoundsOf(const ScoredRegion& region) {
  if (const auto* ellipse = std::get_if<Ellipse>(&region.shape)) return BoundsOf(*ellipse);
  const auto& box = std::get<Rectangle>(region.shape);
  return {static_cast<float>(box.x), static_cast<float>(box.y), static_cast<float>(box.width),
          static_cast<float>(box.height)};
}

GalleryPick PickOf(const FddbInput& photo, const Box& subject, double lowest_score) {
  GalleryPick pick{photo.name, photo.name, {}};
  pick.view.subject = subject;
  for (const Ellipse& face : photo.faces) {
    pick.view.boxes.push_back({BoundsOf(face), MarkKind::kTruth});
  }
  for (const ScoredRegion& detection : photo.detections) {
    if (detection.score < lowest_score) continue;
    pick.view.boxes.push_back({BoundsOf(detection), MarkKind::kDetected});
  }
  return pick;
}

template <typename Ranked>
void SortRanked(std::vector<Ranked>& ranked) {
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.first > b.first; });
  if (ranked.size() > kGallerySize) ranked.resize(kGallerySize);
}

// The largest faces that no detection found at any threshold, and the surest false alarms.
void AddGalleries(const FddbSet& set, const FddbEvaluation& evaluation,
                  const ReportContext& context, double shown_from, Report& report) {
  if (context.photo_folder.empty()) return;
  std::vector<std::pair<double, GalleryPick>> misses;
  std::vector<std::pair<double, GalleryPick>> alarms;
  for (std::size_t i = 0; i < set.photos.size(); ++i) {
    const FddbInput& photo = set.photos[i];
    const FddbPhotoResult& result = evaluation.photos[i];
    for (std::size_t j = 0; j < photo.faces.size(); ++j) {
      if (result.found_at_lowest[j]) continue;
      const Box bounds = BoundsOf(photo.faces[j]);
      misses.emplace_back(bounds.height, PickOf(photo, bounds, shown_from));
      misses.back().second.caption += fmt::format(", {:.0f} px high", bounds.height);
    }
    for (std::size_t j = 0; j < photo.detections.size(); ++j) {
      if (result.detection_true_at_lowest[j]) continue;
      const ScoredRegion& detection = photo.detections[j];
      alarms.emplace_back(detection.score, PickOf(photo, BoundsOf(detection), detection.score));
      alarms.back().second.caption += fmt::format(", score {:.4f}", detection.score);
    }
  }
  SortRanked(misses);
  SortRanked(alarms);
  const auto picks = [](const auto& ranked) {
    std::vector<GalleryPick> result;
    for (const auto& [rank, pick] : ranked) result.push_back(pick);
    return result;
  };
  report.page.galleries.push_back(MakeGallery("Largest faces never found",
                                              "Green: annotated. Orange: detected.", picks(misses),
                                              context.photo_folder));
  report.page.galleries.push_back(MakeGallery("Surest false alarms",
                                              "In the middle; green: annotated, orange: detected.",
                                              picks(alarms), context.photo_folder));
}

void AddFigures(const FddbEvaluation& evaluation, const FddbEvaluation* other,
                const ReportContext& context, Report& report) {
  ReportTable counts{"True positive rate at a number of false positives",
                     {"false positives", "discrete", "continuous"},
                     {}};
  for (const double count : kFalsePositiveCounts) {
    const double discrete = RateAt(evaluation, Score::kDiscrete, count);
    const double continuous = RateAt(evaluation, Score::kContinuous, count);
    const std::string name = fmt::format("{}", count);
    counts.rows.push_back(
        {name, fmt::format("{:.4f}", discrete), fmt::format("{:.4f}", continuous)});
    report.json["discrete"]["at_false_positives"][name] = discrete;
    report.json["continuous"]["at_false_positives"][name] = continuous;
  }
  report.page.tables.push_back(std::move(counts));

  const Curves curves = CurvesOf(evaluation);
  const Curves other_curves = other == nullptr ? Curves{} : CurvesOf(*other);
  const auto statistic = [&](const PhotoWeights& weights) {
    auto figures = Rates(evaluation, curves, weights);
    if (other == nullptr) return figures;
    const auto others = Rates(*other, other_curves, weights);
    for (std::size_t i = 0; i < others.size(); ++i) figures.push_back(figures[i] - others[i]);
    return figures;
  };
  const auto intervals = BootstrapIntervals(evaluation.photos.size(), statistic, context.bootstrap);
  if (intervals.empty()) return;
  const auto figures = statistic(PhotoWeights(evaluation.photos.size(), 1.0));
  ReportTable rates{
      "True positive rate at false positives a photo", {"a photo", "discrete", "continuous"}, {}};
  ReportTable differences{"Difference to " + context.other_detector, rates.header, {}};
  constexpr std::size_t kCount = kFalsePositiveRates.size();
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::string name = fmt::format("{}", kFalsePositiveRates[i]);
    rates.rows.push_back({name, WithInterval(figures[i], intervals[i]),
                          WithInterval(figures[kCount + i], intervals[kCount + i])});
    for (std::size_t k = 0; k < 2; ++k) {
      auto& json = report.json[k == 0 ? "discrete" : "continuous"];
      const std::size_t at = k * kCount + i;
      json["at_false_positives_a_photo"][name] = figures[at];
      json["intervals"][name] = ToJson(intervals[at]);
      if (other == nullptr) continue;
      json["difference"][name] = figures[at + 2 * kCount];
      json["difference_intervals"][name] = ToJson(intervals[at + 2 * kCount]);
    }
    if (other == nullptr) continue;
    differences.rows.push_back({name,
                                WithInterval(figures[i + 2 * kCount], intervals[i + 2 * kCount]),
                                WithInterval(figures[i + 3 * kCount], intervals[i + 3 * kCount])});
  }
  report.page.tables.push_back(std::move(rates));
  if (other != nullptr) report.page.tables.push_back(std::move(differences));
}

}  // namespace

Result<FddbEvaluation> EvaluateFddb(const FddbSet& set, FddbAssignmentRule rule) {
  FddbEvaluation evaluation;
  for (const FddbInput& photo : set.photos) {
    auto result = EvaluateFddbPhoto(photo, rule);
    if (!result.ok()) return result.error();
    evaluation.photos.push_back(std::move(result).value());
    evaluation.faces += photo.faces.size();
    evaluation.detections += photo.detections.size();
  }
  evaluation.entries = MergeFddbPhotos(evaluation.photos);
  return evaluation;
}

Report MakeFddbReport(const FddbSet& set, const FddbEvaluation& evaluation,
                      const FddbEvaluation* other, const ReportContext& context) {
  Report report = BeginReport("FDDB", "fddb.json", context);
  report.json["photos"] = set.photos.size();
  report.json["photos_missing"] = set.missing.size();
  report.json["faces"] = evaluation.faces;
  report.json["detections"] = evaluation.detections;
  report.files = {{"DiscROC.txt", FormatDiscreteRoc(evaluation.entries, evaluation.faces)},
                  {"ContROC.txt", FormatContinuousRoc(evaluation.entries, evaluation.faces)}};
  report.plots.push_back(RocPlot("discrete-roc", "FDDB, discrete score", evaluation, other, context,
                                 Score::kDiscrete));
  report.plots.push_back(RocPlot("continuous-roc", "FDDB, continuous score", evaluation, other,
                                 context, Score::kContinuous));
  AddFigures(evaluation, other, context, report);
  const double photos = static_cast<double>(set.photos.size());
  const OperatingPoint shown = PointAtFalsePositives(CurvesOf(evaluation).discrete,
                                                     static_cast<double>(evaluation.faces), photos);
  AddGalleries(set, evaluation, context, shown.score, report);
  report.summary = fmt::format(
      "FDDB, {} photos, {} faces, {} detections: discrete {:.4f} / {:.4f} at 0.1 / 1 false "
      "positives a photo, continuous {:.4f} / {:.4f}",
      set.photos.size(), evaluation.faces, evaluation.detections,
      RateAt(evaluation, Score::kDiscrete, 0.1 * photos),
      RateAt(evaluation, Score::kDiscrete, photos),
      RateAt(evaluation, Score::kContinuous, 0.1 * photos),
      RateAt(evaluation, Score::kContinuous, photos));
  return report;
}

}  // namespace facecascade::evaluation

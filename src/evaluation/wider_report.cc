#include "evaluation/wider_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace facecascade::evaluation {
namespace {

// Of a level without faces, and where the python program gives none, there is no number.
std::string PrecisionText(const WiderLevelResult& level) {
  return std::isfinite(level.average_precision) ? fmt::format("{:.4f}", level.average_precision)
                                                : "undefined";
}

constexpr std::size_t kHard = kWiderLevelCount - 1;
constexpr std::array<double, 5> kRecalls = {0.3, 0.5, 0.7, 0.8, 0.9};
constexpr std::array<double, 9> kHeights = {10, 15, 20, 30, 50, 75, 100, 200, 400};

// Average precision of each level where photos count by their weights.
double WeightedPrecision(const WiderLevelResult& level, double faces, WiderConvention convention,
                         const PhotoWeights& weights) {
  WiderCurve curve(kWiderThresholds);
  for (const WiderChange& change : level.changes) {
    const auto weight = static_cast<std::int64_t>(weights[change.photo]);
    curve[change.index].proposals += weight * change.proposals;
    curve[change.index].found += weight * change.found;
  }
  for (std::size_t t = 1; t < kWiderThresholds; ++t) {
    curve[t].proposals += curve[t - 1].proposals;
    curve[t].found += curve[t - 1].found;
  }
  return WiderAveragePrecision(curve, faces, convention);
}

// The three levels' average precision, then recall of hard faces at kFalsePositiveRates.
std::vector<double> Figures(const std::vector<WiderPhoto>& photos, const WiderResult& result,
                            WiderConvention convention, const PhotoWeights& weights) {
  std::array<double, kWiderLevelCount> faces = {};
  for (std::size_t i = 0; i < photos.size(); ++i) {
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      faces[level] += weights[i] * static_cast<double>(photos[i].level_faces[level]);
    }
  }
  std::vector<double> figures;
  for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
    figures.push_back(WeightedPrecision(result.levels[level], faces[level], convention, weights));
  }
  for (const double rate : kFalsePositiveRates) {
    figures.push_back(PointAtFalsePositives(result.levels[kHard].steps, faces[kHard],
                                            rate * static_cast<double>(photos.size()), weights)
                          .recall);
  }
  return figures;
}

std::vector<std::string> FigureNames() {
  std::vector<std::string> names;
  for (const char* level : kWiderLevels) names.push_back(fmt::format("{}", level));
  for (const double rate : kFalsePositiveRates) {
    names.push_back(fmt::format("recall at {} false positives a photo", rate));
  }
  return names;
}

void AddFigures(const std::vector<WiderPhoto>& photos, const WiderResult& result,
                const WiderResult* other, WiderConvention convention, const ReportContext& context,
                Report& report) {
  const auto statistic = [&](const PhotoWeights& weights) {
    auto figures = Figures(photos, result, convention, weights);
    if (other == nullptr) return figures;
    const auto others = Figures(photos, *other, convention, weights);
    for (std::size_t i = 0; i < others.size(); ++i) figures.push_back(figures[i] - others[i]);
    return figures;
  };
  const auto intervals = BootstrapIntervals(photos.size(), statistic, context.bootstrap);
  const auto figures = statistic(PhotoWeights(photos.size(), 1.0));
  const auto names = FigureNames();
  ReportTable table{"Average precision, and recall of hard faces", {"", "with 95 % interval"}, {}};
  if (other != nullptr) table.header.push_back("difference to " + context.other_detector);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Interval interval = intervals.empty() ? Interval{} : intervals[i];
    table.rows.push_back({names[i], WithInterval(figures[i], interval)});
    report.json["intervals"][names[i]] = ToJson(interval);
    if (other == nullptr) continue;
    const std::size_t at = names.size() + i;
    const Interval difference = intervals.empty() ? Interval{} : intervals[at];
    table.rows.back().push_back(WithInterval(figures[at], difference));
    report.json["difference"][names[i]] = figures[at];
    report.json["difference_intervals"][names[i]] = ToJson(difference);
  }
  report.page.tables.push_back(std::move(table));
}

// Recall at false positives a photo, and precision at recall, of each level.
void AddOperatingPoints(const std::vector<WiderPhoto>& photos, const WiderResult& result,
                        Report& report) {
  ReportTable table{"Operating points", {"", "easy", "medium", "hard"}, {}};
  for (const double rate : kFalsePositiveRates) {
    const std::string name = fmt::format("{}", rate);
    table.rows.push_back({fmt::format("recall at {} false positives a photo", rate)});
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      const WiderLevelResult& of = result.levels[level];
      const OperatingPoint point = PointAtFalsePositives(of.steps, static_cast<double>(of.faces),
                                                         rate * static_cast<double>(photos.size()));
      table.rows.back().push_back(
          fmt::format("{:.4f} (scores from {:.4g})", point.recall, point.score));
      auto& json = report.json["levels"][kWiderLevels[level]];
      json["recall_at_false_positives_a_photo"][name] = point.recall;
      json["score_at_false_positives_a_photo"][name] = point.score;
      if (level == kHard) report.json["recall_at_false_positives_a_photo"][name] = point.recall;
    }
  }
  for (const double recall : kRecalls) {
    const std::string name = fmt::format("{}", recall);
    table.rows.push_back({fmt::format("precision at recall {}", recall)});
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      const WiderLevelResult& of = result.levels[level];
      const double precision = PrecisionAtRecall(of.steps, static_cast<double>(of.faces), recall);
      table.rows.back().push_back(precision > 0 ? fmt::format("{:.4f}", precision)
                                                : std::string("not reached"));
      auto& json = report.json["levels"][kWiderLevels[level]]["precision_at_recall"][name];
      if (precision > 0) {
        json = precision;
      } else {
        json = nullptr;
      }
    }
  }
  report.page.tables.push_back(std::move(table));
}

// Recall of hard faces at the scores of kFalsePositiveRates.
struct GroupRecall {
  std::size_t faces = 0;
  std::array<double, kFalsePositiveRates.size()> recall = {};  // NaN where there are no faces
};

std::array<double, kFalsePositiveRates.size()> ScoresAtRates(const std::vector<WiderPhoto>& photos,
                                                             const WiderResult& result) {
  std::array<double, kFalsePositiveRates.size()> scores = {};
  const WiderLevelResult& hard = result.levels[kHard];
  for (std::size_t k = 0; k < scores.size(); ++k) {
    scores[k] = PointAtFalsePositives(hard.steps, static_cast<double>(hard.faces),
                                      kFalsePositiveRates[k] * static_cast<double>(photos.size()))
                    .score;
  }
  return scores;
}

// Of the hard faces for which belongs(outcome).
template <typename Belongs>
GroupRecall RecallOf(const WiderResult& result,
                     const std::array<double, kFalsePositiveRates.size()>& scores,
                     const Belongs& belongs) {
  GroupRecall group;
  std::array<std::size_t, kFalsePositiveRates.size()> found = {};
  for (const WiderFaceOutcome& outcome : result.hard_faces) {
    if (!belongs(outcome)) continue;
    ++group.faces;
    for (std::size_t k = 0; k < scores.size(); ++k) {
      if (outcome.best_score >= scores[k]) ++found[k];
    }
  }
  for (std::size_t k = 0; k < scores.size(); ++k) {
    group.recall[k] =
        group.faces == 0 ? NAN : static_cast<double>(found[k]) / static_cast<double>(group.faces);
  }
  return group;
}

// A row of a table of groups, and the same in JSON.
void AddGroup(const std::string& name, const GroupRecall& group, ReportTable& table,
              nlohmann::ordered_json& json) {
  table.rows.push_back({name, fmt::format("{}", group.faces)});
  json["faces"] = group.faces;
  for (std::size_t k = 0; k < group.recall.size(); ++k) {
    const double recall = group.recall[k];
    table.rows.back().push_back(group.faces == 0 ? "" : fmt::format("{:.4f}", recall));
    json["recall_at_false_positives_a_photo"][fmt::format("{}", kFalsePositiveRates[k])] = recall;
  }
}

void AddRecallByHeight(const std::vector<WiderPhoto>& photos, const WiderResult& result,
                       Report& report) {
  ReportTable table{"Recall by face height at false positives a photo",
                    {"height", "faces", "0.1", "1", "10"},
                    {}};
  Plot plot{"recall-by-height", "Recall by face height", "face height in pixels", "recall", {}};
  plot.logarithmic_x = true;
  plot.y_range = {{0, 1}};
  for (const double rate : kFalsePositiveRates) {
    plot.curves.push_back({fmt::format("at {} false positives a photo", rate), {}});
  }
  const auto scores = ScoresAtRates(photos, result);
  for (std::size_t bin = 0; bin < kHeights.size(); ++bin) {
    const bool last = bin + 1 == kHeights.size();
    const double end = last ? INFINITY : kHeights[bin + 1];
    const GroupRecall group = RecallOf(result, scores, [&](const WiderFaceOutcome& outcome) {
      const double height = photos[outcome.photo].faces[outcome.face].height;
      return height >= kHeights[bin] && height < end;
    });
    auto& json = report.json["recall_by_height"].emplace_back();
    json["from"] = kHeights[bin];
    AddGroup(last ? fmt::format("{:g} and more", kHeights[bin])
                  : fmt::format("{:g} to {:g}", kHeights[bin], end),
             group, table, json);
    if (group.faces == 0) continue;
    const double middle = last ? kHeights[bin] * 1.25 : std::sqrt(kHeights[bin] * end);
    for (std::size_t k = 0; k < group.recall.size(); ++k) {
      plot.curves[k].points.push_back({middle, group.recall[k]});
    }
  }
  report.page.tables.push_back(std::move(table));
  report.plots.push_back(std::move(plot));
}

// What the annotation's attributes make of it, where the ground truth has them.
void AddRecallByAttribute(const std::vector<WiderPhoto>& photos, const WiderResult& result,
                          Report& report) {
  struct Group {
    const char* name;
    int FaceAttributes::*attribute;
    int value;
  };
  static constexpr Group kGroups[] = {
      {"clear", &FaceAttributes::blur, 0},
      {"blurred", &FaceAttributes::blur, 1},
      {"heavily blurred", &FaceAttributes::blur, 2},
      {"extreme light", &FaceAttributes::illumination, 1},
      {"exaggerated expression", &FaceAttributes::expression, 1},
      {"not occluded", &FaceAttributes::occlusion, 0},
      {"partially occluded", &FaceAttributes::occlusion, 1},
      {"heavily occluded", &FaceAttributes::occlusion, 2},
      {"typical pose", &FaceAttributes::pose, 0},
      {"atypical pose", &FaceAttributes::pose, 1},
  };
  const bool known = std::all_of(photos.begin(), photos.end(), [](const WiderPhoto& photo) {
    return photo.attributes.size() == photo.faces.size();
  });
  if (!known) return;
  ReportTable table{"Recall by attribute at false positives a photo",
                    {"faces flagged as", "faces", "0.1", "1", "10"},
                    {}};
  const auto scores = ScoresAtRates(photos, result);
  for (const Group& group : kGroups) {
    auto& json = report.json["recall_by_attribute"].emplace_back();
    json["attribute"] = group.name;
    AddGroup(group.name,
             RecallOf(result, scores,
                      [&](const WiderFaceOutcome& outcome) {
                        return photos[outcome.photo].attributes[outcome.face].*group.attribute ==
                               group.value;
                      }),
             table, json);
  }
  report.page.tables.push_back(std::move(table));
}

void AddPrecisionRecall(const WiderResult& result, const ReportContext& context, Report& report,
                        const WiderResult* other) {
  Plot plot{"precision-recall", "WIDER FACE: " + context.detector, "recall", "precision", {}};
  plot.x_range = {{0, 1}};
  plot.y_range = {{0, 1}};
  for (const WiderResult* shown : {&result, other}) {
    if (shown == nullptr) continue;
    for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
      const WiderLevelResult& of = shown->levels[level];
      PlotCurve curve{fmt::format("{} ({}){}", kWiderLevels[level], PrecisionText(of),
                                  shown == other ? " " + context.other_detector : ""),
                      {}};
      for (const WiderCount& count : of.curve) {
        if (count.proposals == 0 || of.faces == 0) continue;
        curve.points.push_back(
            {static_cast<double>(count.found) / static_cast<double>(of.faces),
             static_cast<double>(count.found) / static_cast<double>(count.proposals)});
      }
      plot.curves.push_back(std::move(curve));
    }
  }
  report.plots.push_back(std::move(plot));
}

// Recall over false positives a photo: what the detector is like to live with.
void AddRoc(const std::vector<WiderPhoto>& photos, const WiderResult& result, Report& report) {
  Plot plot{"recall-false-positives",
            "Recall over false positives",
            "false positives a photo",
            "recall",
            {}};
  plot.logarithmic_x = true;
  plot.x_range = {{0.01, 100}};
  plot.y_range = {{0, 1}};
  for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
    PlotCurve curve{kWiderLevels[level], {}};
    const WiderLevelResult& of = result.levels[level];
    for (const OperatingPoint& point : CurveOf(of.steps, static_cast<double>(of.faces))) {
      if (point.false_positives == 0) continue;
      curve.points.push_back(
          {point.false_positives / static_cast<double>(photos.size()), point.recall});
    }
    plot.curves.push_back(std::move(curve));
  }
  report.plots.push_back(std::move(plot));
}

Box ToBox(const Rectangle& box) {
  return {static_cast<float>(box.x), static_cast<float>(box.y), static_cast<float>(box.width),
          static_cast<float>(box.height)};
}

GalleryPick PickOf(const WiderPhoto& photo, const ScoredPhoto* scored, const Rectangle& subject,
                   double lowest_score) {
  GalleryPick pick{photo.name, std::string(LastComponent(photo.name)), {}};
  pick.view.subject = ToBox(subject);
  for (const Rectangle& face : photo.faces) {
    pick.view.boxes.push_back({ToBox(face), MarkKind::kTruth});
  }
  if (scored == nullptr) return pick;
  for (const Detection& detection : scored->detections) {
    if (detection.score < lowest_score) continue;
    pick.view.boxes.push_back({ToBox(detection.box), MarkKind::kDetected});
  }
  return pick;
}

// The largest faces missed at one false positive a photo, and the surest false alarms.
void AddGalleries(const std::vector<WiderPhoto>& photos, const DetectionSet& detections,
                  const WiderResult& result, const ReportContext& context, Report& report) {
  if (context.photo_folder.empty()) return;
  const PhotoIndex index(detections.photos);
  const auto& hard = result.levels[kHard];
  const double score = PointAtFalsePositives(hard.steps, static_cast<double>(hard.faces),
                                             static_cast<double>(photos.size()))
                           .score;
  auto faces = result.hard_faces;
  std::erase_if(faces, [score](const auto& face) { return face.best_score >= score; });
  const auto height = [&photos](const WiderFaceOutcome& face) {
    return photos[face.photo].faces[face.face].height;
  };
  std::stable_sort(faces.begin(), faces.end(),
                   [&](const auto& a, const auto& b) { return height(a) > height(b); });
  auto alarms = result.false_alarms;
  std::stable_sort(alarms.begin(), alarms.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<GalleryPick> misses;
  for (std::size_t i = 0; i < std::min(kGallerySize, faces.size()); ++i) {
    const WiderPhoto& photo = photos[faces[i].photo];
    misses.push_back(PickOf(photo, index.Find(photo.name), photo.faces[faces[i].face], score));
    misses.back().caption += fmt::format(", {:g} px high", height(faces[i]));
  }
  std::vector<GalleryPick> wrong;
  for (std::size_t i = 0; i < std::min(kGallerySize, alarms.size()); ++i) {
    const WiderPhoto& photo = photos[alarms[i].photo];
    const ScoredPhoto* scored = index.Find(photo.name);
    wrong.push_back(
        PickOf(photo, scored, scored->detections[alarms[i].detection].box, alarms[i].score));
    wrong.back().caption += fmt::format(", score {:.4f}", alarms[i].score);
  }
  report.page.galleries.push_back(MakeGallery("Largest faces missed at one false positive a photo",
                                              "Green: annotated. Orange: detected.", misses,
                                              context.photo_folder));
  report.page.galleries.push_back(
      MakeGallery("Surest false alarms (hard level)",
                  "In the middle; green: annotated, orange: detected with at least its score.",
                  wrong, context.photo_folder));
}

}  // namespace

std::string FormatWiderCurve(const WiderResult& result) {
  std::string text = fmt::format(
      "# per line: t threshold  easy proposals, easy found, medium p, medium f, hard p, hard f ; "
      "faces easy/medium/hard = {} {} {}\n",
      result.levels[0].faces, result.levels[1].faces, result.levels[2].faces);
  for (std::size_t t = 0; t < kWiderThresholds; ++t) {
    text += fmt::format("{} {:.17g}", t + 1, WiderThreshold(t));
    for (const WiderLevelResult& level : result.levels) {
      text += fmt::format(" {} {}", level.curve[t].proposals, level.curve[t].found);
    }
    text += '\n';
  }
  return text;
}

Report MakeWiderReport(const std::vector<WiderPhoto>& photos, const DetectionSet& detections,
                       const WiderResult& result, const WiderResult* other,
                       WiderConvention convention, const ReportContext& context) {
  Report report = BeginReport("WIDER FACE", "wider.json", context);
  for (std::size_t level = 0; level < kWiderLevelCount; ++level) {
    report.json[kWiderLevels[level]] = result.levels[level].average_precision;
    report.json["faces"][kWiderLevels[level]] = result.levels[level].faces;
  }
  report.json["convention"] = convention == WiderConvention::kMatlab ? "matlab" : "python";
  report.json["photos"] = photos.size();
  report.json["photos_without_detections_entry"] = result.without_entry.size();
  report.json["detections"] = result.detections;
  report.json["score_taken_as_0"] = result.lowest_score;
  report.json["score_taken_as_1"] = result.highest_score;
  AddFigures(photos, result, other, convention, context, report);
  AddOperatingPoints(photos, result, report);
  AddPrecisionRecall(result, context, report, other);
  AddRoc(photos, result, report);
  AddRecallByHeight(photos, result, report);
  AddRecallByAttribute(photos, result, report);
  AddGalleries(photos, detections, result, context, report);
  report.files = {{"curve.txt", FormatWiderCurve(result)}};
  report.summary = fmt::format(
      "WIDER FACE, {} photos, {} detections, {} convention: average precision easy {} medium "
      "{} hard {}; recall of hard faces {:.4f} / {:.4f} at 0.1 / 1 false positives a photo",
      photos.size(), result.detections, report.json["convention"].get<std::string>(),
      PrecisionText(result.levels[0]), PrecisionText(result.levels[1]),
      PrecisionText(result.levels[2]),
      report.json["recall_at_false_positives_a_photo"]["0.1"].get<double>(),
      report.json["recall_at_false_positives_a_photo"]["1"].get<double>());
  return report;
}

}  // namespace facecascade::evaluation

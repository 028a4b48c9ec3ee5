// facecascade bench: how fast the detector is on this machine, and where its time goes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/instruction_set.h"
#include "base/thread_pool.h"
#include "base/version.h"
#include "cli/bench_run.h"
#include "cli/command.h"
#include "engine/peak.h"

namespace facecascade::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFooter =
    "Only the detector's time counts: photos are decoded and scaled before. Of each photo the "
    "median\n"
    "round is taken; frames per second are those of the median photo, all else is the mean over "
    "the\n"
    "photos. The peak is what one core reaches by fp32 multiply-adds on registers with the\n"
    "instruction set in force; the environment variable FACECASCADE_TARGET (avx3, avx3_plain,\n"
    "avx2_vnni, avx2, sse4, neon, scalar) forces one.\n"
    "\n"
    "Stages:\n"
    "  copy         the photo to RGB, and its halves\n"
    "  12net        over all sizes of the photo, their scaling included\n"
    "  24net 48net  on what is left, cutting included, with the lower nets whose features they "
    "take\n"
    "  suppression  of the weaker of overlapping candidates, after each net\n"
    "\n"
    "Examples:\n"
    "  facecascade bench\n"
    "  facecascade bench --photos holiday/ --min-face 40 --format json\n"
    "  FACECASCADE_TARGET=avx2 facecascade bench --size 1920x1080 --threads 2\n"
    "\n"
    "A bad photo is named on the error stream and skipped; the exit status is then 1.";

constexpr std::array<const char*, 3> kNetNames = {"12net", "24net", "48net"};
constexpr int kLargestSide = 32768;
constexpr double kMega = 1e6;

// "WIDTHxHEIGHT".
std::optional<std::pair<int, int>> ParseSize(const std::string& text) {
  int width = 0;
  int height = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, width);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != 'x') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, height);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  const auto is_side = [](int side) { return side >= 1 && side <= kLargestSide; };
  if (!is_side(width) || !is_side(height)) return std::nullopt;
  return std::pair(width, height);
}

double Rounded(double value, int digits) {
  return std::stod(fmt::format("{:.{}f}", value, digits));
}

// Means over the photos.
struct Means {
  double milliseconds = 0;
  DetectProfile profile;  // times only
  std::array<double, 3> windows = {};
  std::array<double, 3> multiplications = {};
  double proposals = 0;
  double faces = 0;
};

Means Average(const std::vector<PhotoBench>& photos) {
  Means means;
  const double part = 1.0 / static_cast<double>(photos.size());
  for (const PhotoBench& photo : photos) {
    means.milliseconds += part * photo.milliseconds;
    means.profile.copy_milliseconds += part * photo.profile.copy_milliseconds;
    means.profile.suppression_milliseconds += part * photo.profile.suppression_milliseconds;
    for (std::size_t i = 0; i < kNetNames.size(); ++i) {
      const NetProfile& net = photo.profile.nets[i];
      means.profile.nets[i].milliseconds += part * net.milliseconds;
      means.windows[i] += part * static_cast<double>(net.windows);
      means.multiplications[i] += part * static_cast<double>(net.multiplications);
    }
    means.proposals += part * static_cast<double>(photo.profile.proposals);
    means.faces += part * static_cast<double>(photo.faces);
  }
  return means;
}

// `peak` in operations a second, of all cores that work.
Json DescribeStages(const Means& means, double peak) {
  Json stages;
  stages["copy"]["ms"] = means.profile.copy_milliseconds;
  double sum = means.profile.copy_milliseconds + means.profile.suppression_milliseconds;
  for (std::size_t i = 0; i < kNetNames.size(); ++i) {
    Json& stage = stages[kNetNames[i]];
    const double milliseconds = means.profile.nets[i].milliseconds;
    stage["ms"] = milliseconds;
    sum += milliseconds;
    const double rate = milliseconds > 0 ? 2e3 * means.multiplications[i] / milliseconds : 0;
    stage["mega_multiplications"] = Rounded(means.multiplications[i] / kMega, 2);
    stage["gflops"] = Rounded(1e-9 * rate, 1);
    stage["share_of_peak"] = Rounded(rate / peak, 3);
  }
  stages["suppression"]["ms"] = means.profile.suppression_milliseconds;
  for (auto& [name, stage] : stages.items()) {
    const double milliseconds = stage["ms"].get<double>();
    stage["ms"] = Rounded(milliseconds, 3);
    stage["share"] = Rounded(sum > 0 ? milliseconds / sum : 0, 3);
  }
  return stages;
}

Json Describe(const BenchSettings& settings, const BenchResult& result,
              const std::string& instruction_set, double peak) {
  std::vector<double> times;
  for (const PhotoBench& photo : result.photos) times.push_back(photo.milliseconds);
  const double median = Median(times);
  const Means means = Average(result.photos);
  const int threads = ResolveThreads(settings.detector.options.threads);
  Json json;
  json["version"] = Version();
  json["instruction_set"] = instruction_set;
  json["threads"] = threads;
  json["size"] = {settings.width, settings.height};
  json["min_face"] = settings.detector.options.min_face;
  json["photos"] = result.photos.size();
  json["rounds"] = settings.rounds;
  json["fps"] = Rounded(1e3 / median, 2);
  json["median_ms"] = Rounded(median, 3);
  json["mean_ms"] = Rounded(means.milliseconds, 3);
  json["stages"] = DescribeStages(means, peak * std::min(threads, ResolveThreads(0)));
  Json& candidates = json["candidates"];
  candidates["windows"] = Rounded(means.windows[0], 1);
  candidates["proposed"] = Rounded(means.proposals, 1);
  candidates["24net"] = Rounded(means.windows[1], 1);
  candidates["48net"] = Rounded(means.windows[2], 1);
  candidates["faces"] = Rounded(means.faces, 2);
  json["peak_gflops"] = Rounded(1e-9 * peak, 1);
  json["rss_mib"] = Rounded(result.resident_mib, 1);
  json["detector_mib"] = Rounded(result.detector_mib, 1);
  return json;
}

void PrintText(const Json& json, bool has_photos) {
  fmt::print("{} frames a second: {} ms\n\n", json["fps"].dump(), json["median_ms"].dump());
  const int threads = json["threads"].get<int>();
  fmt::print("{}, {} thread{}, smallest face {}, {}x{}, {}; median of {} rounds\n\n",
             json["instruction_set"].get<std::string>(), threads, threads == 1 ? "" : "s",
             json["min_face"].get<double>(), json["size"][0].dump(), json["size"][1].dump(),
             has_photos ? json["photos"].dump() + " photos" : "a made-up picture",
             json["rounds"].dump());
  fmt::print("{:<12} {:>9} {:>7} {:>8} {:>8}\n", "stage", "ms", "share", "GFLOP/s", "of peak");
  for (const auto& [name, stage] : json["stages"].items()) {
    fmt::print("{:<12} {:>9.3f} {:>5.1f} %", name, stage["ms"].get<double>(),
               100 * stage["share"].get<double>());
    if (stage.contains("gflops")) {
      fmt::print(" {:>8.1f} {:>6.1f} %", stage["gflops"].get<double>(),
                 100 * stage["share_of_peak"].get<double>());
    }
    fmt::print("\n");
  }
  const Json& candidates = json["candidates"];
  fmt::print("{:<12} {:>9.3f}\n\n", "all", json["mean_ms"].get<double>());
  const auto count = [&](const char* name) { return candidates[name].get<double>(); };
  fmt::print(
      "candidates   {:.0f} windows, {:.1f} proposed, {:.1f} to the 24net, {:.1f} to the "
      "48net, {:.1f} faces\n",
      count("windows"), count("proposed"), count("24net"), count("48net"), count("faces"));
  fmt::print("peak         {} GFLOP/s a core\n", json["peak_gflops"].dump());
  fmt::print("memory       {} MiB for the detector, {} for the whole program\n",
             json["detector_mib"].dump(), json["rss_mib"].dump());
}

ExitStatus RunBench(const BenchSettings& settings, const std::string& format) {
  const auto instruction_set = InstructionSet();
  if (!instruction_set.ok()) return Fail(instruction_set.error());
  double peak = MeasurePeak();
  const auto result = MeasurePhotos(settings);
  if (!result.ok()) return Fail(result.error());
  peak = std::max(peak, MeasurePeak());  // other work may have disturbed one
  const Json json = Describe(settings, result.value(), instruction_set.value(), peak);
  if (format == "json") {
    fmt::print("{}\n", json.dump(2));
  } else {
    PrintText(json, !settings.photos.empty());
  }
  return result.value().all_good ? ExitStatus::kSuccess : ExitStatus::kBadInput;
}

}  // namespace

void AddBenchCommand(CLI::App& program, ExitStatus& status) {
  const auto settings = std::make_shared<BenchSettings>();
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = program.add_subcommand("bench", "How fast the detector is on this machine");
  command->footer(kFooter);
  command->add_option("--format", *format, "text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--size",
          [settings](const std::string& text) {
            const auto size = ParseSize(text);
            if (!size) {
              throw CLI::ValidationError(
                  "--size",
                  fmt::format("expected WIDTHxHEIGHT, as in 800x600, with sides of 1 to {}",
                              kLargestSide));
            }
            std::tie(settings->width, settings->height) = *size;
          },
          fmt::format("Size that photos are scaled to fit into, sides of 1 to {}", kLargestSide))
      ->type_name("WxH")
      ->default_str(fmt::format("{}x{}", settings->width, settings->height));
  command
      ->add_option("--photos", settings->photos,
                   "Photos or folders to measure with (default: a made-up picture)")
      ->type_name("PATH ...");
  command->add_option("--rounds", settings->rounds, "Detections of each photo that are measured")
      ->type_name("N")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  AddDetectorOptions(*command, settings->detector);
  command->get_option("--threads")->default_val(1);  // a core's speed is what is compared
  command->callback([=, &status] { status = RunBench(*settings, *format); });
}

}  // namespace facecascade::cli

#include "training/config.h"

#include <toml++/toml.h>

#include <initializer_list>
#include <set>
#include <sstream>
#include <string_view>

#include "dataset/text_reader.h"

namespace facecascade::training {
namespace {

// Reads one table: every key is asked for by name, and what nobody asked for is an error.
class TableReader {
 public:
  TableReader(const toml::table* table, std::string name, std::string file, std::string* error)
      : table_(table), name_(std::move(name)), file_(std::move(file)), error_(error) {}

  template <typename T>
  void Number(const char* key, T& value, double low, double high) {
    const toml::node* node = Find(key);
    if (node == nullptr) return;
    const auto number = node->value<double>();
    if (!number || !node->is_number()) return Fail(key, "must be a number");
    if (*number < low || *number > high) {
      std::ostringstream range;
      range << "must lie in " << low << " … " << high;
      return Fail(key, range.str());
    }
    value = static_cast<T>(*number);
    if (static_cast<double>(value) != *number && std::is_integral_v<T>) {
      Fail(key, "must be a whole number");
    }
  }

  void Flag(const char* key, bool& value) {
    const toml::node* node = Find(key);
    if (node == nullptr) return;
    if (!node->is_boolean()) return Fail(key, "must be true or false");
    value = *node->value<bool>();
  }

  void Text(const char* key, std::string& value) {
    const toml::node* node = Find(key);
    if (node == nullptr) return;
    if (!node->is_string()) return Fail(key, "must be a text in quotes");
    value = *node->value<std::string>();
  }

  template <typename Enum>
  void Choice(const char* key, Enum& value,
              std::initializer_list<std::pair<const char*, Enum>> choices) {
    std::string text;
    std::string names;
    for (const auto& [name, choice] : choices) {
      if (choice == value) text = name;
      names += std::string(names.empty() ? "\"" : ", \"") + name + "\"";
    }
    Text(key, text);
    for (const auto& [name, choice] : choices) {
      if (text == name) {
        value = choice;
        return;
      }
    }
    Fail(key, "must be one of " + names);
  }

  template <typename Container>
  void Numbers(const char* key, Container& values, double low, double high) {
    const toml::node* node = Find(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr || array->size() != values.size()) {
      return Fail(key, "must be a list of " + std::to_string(values.size()) + " numbers");
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto number = (*array)[i].value<double>();
      if (!number || *number < low || *number > high) return Fail(key, "holds a wrong number");
      values[i] = static_cast<typename Container::value_type>(*number);
    }
  }

  void Texts(const char* key, std::vector<std::string>& values) {
    const toml::node* node = Find(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return Fail(key, "must be a list of texts");
    values.clear();
    for (const toml::node& element : *array) {
      if (!element.is_string()) return Fail(key, "must be a list of texts");
      values.push_back(*element.value<std::string>());
    }
  }

  const toml::array* Array(const char* key) {
    const toml::node* node = Find(key);
    if (node != nullptr && node->as_array() == nullptr) Fail(key, "must be a list");
    return node == nullptr ? nullptr : node->as_array();
  }

  TableReader Table(const char* key) {
    const toml::node* node = Find(key);
    if (node != nullptr && node->as_table() == nullptr) Fail(key, "must be a table");
    return Sub(node == nullptr ? nullptr : node->as_table(), key);
  }

  TableReader Sub(const toml::table* table, const std::string& key) const {
    return {table, name_.empty() ? key : name_ + "." + key, file_, error_};
  }

  bool present() const { return table_ != nullptr; }

  void Fail(const std::string& key, const std::string& what) {
    if (!error_->empty()) return;
    *error_ = file_ + ": ";
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
    if (node != nullptr) {
      *error_ = file_ + ":" + std::to_string(node->source().begin.line) + ": ";
    }
    *error_ += (name_.empty() ? "" : name_ + ".") + key + " " + what;
  }

  void RejectUnknown() {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      if (!known_.contains(std::string(key.str()))) {
        Fail(std::string(key.str()), "is not a known key");
      }
    }
  }

 private:
  const toml::node* Find(const char* key) {
    known_.insert(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }

  const toml::table* table_;
  std::string name_;
  std::string file_;
  std::string* error_;
  std::set<std::string> known_;
};

void ReadBoxSources(TableReader& reader, std::vector<BoxSource>& boxes) {
  const toml::array* sources = reader.Array("boxes");
  if (sources == nullptr) return;
  boxes.clear();
  for (const toml::node& node : *sources) {
    if (node.as_table() == nullptr) return reader.Fail("boxes", "must be a list of tables");
    TableReader source = reader.Sub(node.as_table(), "boxes");
    BoxSource& box_source = boxes.emplace_back();
    source.Text("images", box_source.images);
    source.Text("annotations", box_source.annotations);
    source.Flag("negatives", box_source.negatives);
    if (box_source.images.empty()) source.Fail("images", "is missing");
    if (box_source.annotations.empty()) source.Fail("annotations", "is missing");
    source.RejectUnknown();
  }
}

void ReadDevelopment(TableReader reader, DevelopmentConfig& development) {
  ReadBoxSources(reader, development.boxes);
  reader.Number("smallest_face", development.smallest_face, 12, 1000);
  reader.Numbers("recall", development.recall, 0.01, 1);
  reader.Number("false_positives", development.false_positives, 0, 1000);
  reader.RejectUnknown();
}

void ReadData(TableReader reader, DataConfig& data) {
  ReadBoxSources(reader, data.boxes);
  reader.Texts("landmarks", data.landmarks);
  reader.Texts("without_faces", data.without_faces);
  reader.Number("smallest_face", data.smallest_face, 4, 1000);
  reader.Flag("heavily_occluded", data.heavily_occluded);
  reader.Number("atypical_weight", data.atypical_weight, 0.01, 100);
  reader.Number("occluded_weight", data.occluded_weight, 0.01, 100);
  reader.Number("photos", data.photos, 0, 1e9);
  reader.Number("held_out_every", data.held_out_every, 2, 100000);
  reader.RejectUnknown();
}

void ReadAugmentation(TableReader reader, AugmentationConfig& augmentation) {
  reader.Number("flip", augmentation.flip, 0, 1);
  reader.Number("rotation", augmentation.rotation, 0, 1);
  reader.Number("rotation_degrees", augmentation.rotation_degrees, 0, 180);
  reader.Number("landmark_rotation_degrees", augmentation.landmark_rotation_degrees, 0, 180);
  reader.Number("colour", augmentation.colour, 0, 1);
  reader.Number("grey", augmentation.grey, 0, 1);
  reader.Number("blur", augmentation.blur, 0, 1);
  reader.Number("jpeg", augmentation.jpeg, 0, 1);
  reader.Number("occlusion", augmentation.occlusion, 0, 1);
  reader.Number("mined_shift", augmentation.mined_shift, 0, 0.5);
  reader.Number("mined_scale", augmentation.mined_scale, 1, 2);
  reader.RejectUnknown();
}

void ReadLoss(TableReader reader, LossConfig& loss) {
  reader.Number("hard_share", loss.hard_share, 0.01, 1);
  reader.Number("box_knee", loss.box_knee, 1e-4, 100);
  reader.Number("box_iou", loss.box_iou, 0, 100);
  reader.Number("landmark_knee", loss.landmark_knee, 1e-4, 100);
  reader.Number("label_smoothing", loss.label_smoothing, 0, 0.5);
  reader.Number("distillation", loss.distillation, 0, 100);
  reader.Number("quality_from", loss.quality_from, 0, 1);
  reader.Number("quality_full", loss.quality_full, 0, 1);
  if (loss.quality_full > 0 && loss.quality_full <= loss.quality_from) {
    reader.Fail("quality_full", "must be 0 or above quality_from");
  }
  reader.RejectUnknown();
}

void ReadOptimizer(TableReader reader, OptimizerConfig& optimizer) {
  reader.Choice("kind", optimizer.kind,
                {{"sgd", OptimizerKind::kSgd}, {"adamw", OptimizerKind::kAdamW}});
  reader.Number("momentum", optimizer.momentum, 0, 0.9999);
  reader.Number("weight_decay", optimizer.weight_decay, 0, 1);
  reader.Choice("schedule", optimizer.schedule,
                {{"constant", ScheduleKind::kConstant},
                 {"cosine", ScheduleKind::kCosine},
                 {"steps", ScheduleKind::kSteps}});
  reader.Number("warm_up", optimizer.warm_up, 0, 0.9);
  reader.Number("average", optimizer.average, 0, 0.99999);
  reader.RejectUnknown();
}

void ReadMining(TableReader reader, MiningConfig& mining) {
  reader.Number("smallest_face", mining.smallest_face, 12, 1000);
  reader.Number("pyramid_factor", mining.pyramid_factor, 0.1, 0.95);
  reader.Number("most_per_photo", mining.most_per_photo, 1, 100000);
  reader.Number("photos", mining.photos, 0, 1e9);
  reader.RejectUnknown();
}

void ReadSuppression(TableReader reader, SuppressionSettings& suppression) {
  ForEachOverlap(suppression,
                 [&](const char* name, float& overlap) { reader.Number(name, overlap, 0, 1); });
  reader.RejectUnknown();
}

void ReadStage(TableReader reader, StageConfig& stage) {
  reader.Number("steps", stage.steps, 1, 1e9);
  reader.Number("batch_size", stage.batch_size, 4, 65536);
  reader.Number("learning_rate", stage.learning_rate, 1e-9, 100);
  reader.Numbers("loss_weights", stage.loss_weights, 0, 1000);
  reader.Numbers("shares", stage.shares, 0, 1);
  reader.Number("mined_share", stage.mined_share, 0, 1);
  reader.Number("mined_face_share", stage.mined_face_share, 0, 1);
  reader.Flag("landmark_faces_are_positive", stage.landmark_faces_are_positive);
  reader.Number("negative_below", stage.labels.negative, 0, 1);
  reader.Number("part_from", stage.labels.part, 0, 1);
  reader.Number("positive_above", stage.labels.positive, 0, 1);
  reader.Number("mining_threshold", stage.mining_threshold, 0, 1);
  reader.Number("mining_recall", stage.mining_recall, 0, 1);
  reader.Number("exit_recall", stage.exit_recall, 0, 1);
  reader.Flag("rounded", stage.rounded);
  if (stage.steps == 0) reader.Fail("steps", "is missing");
  double sum = 0;
  for (const double share : stage.shares) sum += share;
  if (sum < 0.999 || sum > 1.001) reader.Fail("shares", "must add up to 1");
  if (stage.labels.negative > stage.labels.part || stage.labels.part > stage.labels.positive) {
    reader.Fail("positive_above", "and the bounds below it must not fall");
  }
  reader.RejectUnknown();
}

void ReadTogether(TableReader reader, TogetherConfig& together) {
  reader.Number("steps", together.steps, 0, 1e9);
  reader.Number("round_steps", together.round_steps, 1, 1e9);
  reader.Number("photos", together.photos, 1, 1e9);
  reader.Number("rounds_kept", together.rounds_kept, 1, 1000);
  reader.Number("learning_rate", together.learning_rate, 1e-9, 100);
  reader.Number("share", together.share, 0, 1);
  reader.Numbers("net_weights", together.net_weights, 0, 1000);
  reader.RejectUnknown();
}

void ReadNetwork(TableReader reader, NetworkSpec& network) {
  if (!reader.present()) return;
  reader.Number("hidden", network.hidden, 0, 4096);
  reader.Number("bridge", network.bridge, 0, 4096);
  reader.Flag("early_exit", network.early_exit);
  if (const toml::array* layers = reader.Array("convolutions")) {
    network.convolutions.clear();
    for (const toml::node& node : *layers) {
      const toml::array* layer = node.as_array();
      if (layer == nullptr || layer->size() != 3) {
        return reader.Fail("convolutions", "must be a list of [kernel, stride, channels]");
      }
      network.convolutions.push_back(
          {(*layer)[0].value_or(0), (*layer)[1].value_or(0), (*layer)[2].value_or(0)});
    }
  }
  reader.RejectUnknown();
}

std::string CheckNetworks(const CascadeSpec& networks) {
  for (int stage = 0; stage < kStageCount; ++stage) {
    const Status status = CheckNetworkSpec(networks[stage]);
    if (!status.ok()) return status.error().message;
    if (networks[stage].bridge != 0 &&
        (stage == 0 || networks[stage].bridge != FeatureCount(networks[stage - 1]))) {
      return "network '" + networks[stage].name +
             "': bridge must be 0 or the features of the net below";
    }
  }
  if (networks[0].hidden != 0)
    return "network '12net': a fully convolutional net has no hidden layer";
  return "";
}

std::string CheckRounded(const TrainingConfig& config) {
  for (int stage = 0; stage < kStageCount; ++stage) {
    if (!config.stages[stage].rounded) continue;
    const NetworkSpec& network = config.networks[stage];
    const std::string key = "stage." + network.name + ".rounded";
    if (!FitBytes(config.fixed_point[stage])) return key + " needs 7 or 8 bits in fixed_point";
    if (config.together.steps > 0) return key + " needs together.steps = 0";
  }
  return "";
}

}  // namespace

CascadeSettings DetectorSettings(const TrainingConfig& config) {
  CascadeSettings settings;
  settings.thresholds = config.thresholds;
  settings.pyramid_factor = static_cast<float>(config.mining.pyramid_factor);
  settings.suppression = config.suppression;
  return settings;
}

Result<TrainingConfig> ParseTrainingConfig(const std::string& text, const std::string& name) {
  toml::table table;
  try {
    table = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    return Error{name + ":" + std::to_string(error.source().begin.line) + ": " +
                 std::string(error.description())};
  }
  TrainingConfig config;
  config.text = text;
  config.stages[kStageCount - 1].loss_weights = {1, 0.5, 1};  // the paper's, for the 48net
  std::string error;
  TableReader reader(&table, "", name, &error);
  reader.Text("name", config.name);
  reader.Number("seed", config.seed, 0, 1e15);
  reader.Number("threads", config.threads, 1, 1024);
  reader.Choice("batch", config.batch, {{"mixed", BatchMode::kMixed}, {"mini", BatchMode::kMini}});
  reader.Flag("batch_norm", config.batch_norm);
  reader.Number("checkpoint_seconds", config.checkpoint_seconds, 0, 1e6);
  reader.Numbers("thresholds", config.thresholds, 0, 1);
  reader.Numbers("fixed_point", config.fixed_point, 0, 16);
  for (const int bits : config.fixed_point) {
    if (bits != 0 && !IsFixedPoint(bits)) reader.Fail("fixed_point", "must hold 0, 7, 8 or 16");
  }
  ReadData(reader.Table("data"), config.data);
  ReadAugmentation(reader.Table("augmentation"), config.augmentation);
  ReadLoss(reader.Table("loss"), config.loss);
  ReadOptimizer(reader.Table("optimizer"), config.optimizer);
  ReadMining(reader.Table("mining"), config.mining);
  ReadSuppression(reader.Table("suppression"), config.suppression);
  TableReader networks = reader.Table("network");
  for (NetworkSpec& network : config.networks)
    ReadNetwork(networks.Table(network.name.c_str()), network);
  networks.RejectUnknown();
  TableReader stages = reader.Table("stage");
  for (int i = 0; i < kStageCount; ++i) {
    ReadStage(stages.Table(config.networks[i].name.c_str()), config.stages[i]);
  }
  stages.RejectUnknown();
  ReadTogether(reader.Table("together"), config.together);
  ReadDevelopment(reader.Table("development"), config.development);
  reader.RejectUnknown();
  if (config.batch == BatchMode::kMini && config.batch_norm) {
    reader.Fail("batch",
                "\"mini\" needs batch_norm = false: the statistics of a batch of one kind "
                "tell the kind");
  }
  if (error.empty() && config.data.boxes.empty()) error = name + ": data.boxes is missing";
  if (error.empty()) {
    const std::string wrong = CheckNetworks(config.networks);
    if (!wrong.empty()) error = name + ": " + wrong;
  }
  if (error.empty()) {
    const std::string wrong = CheckRounded(config);
    if (!wrong.empty()) error = name + ": " + wrong;
  }
  if (!error.empty()) return Error{error};
  return config;
}

Result<TrainingConfig> ReadTrainingConfig(const std::string& path) {
  const Result<std::string> text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  Result<TrainingConfig> config = ParseTrainingConfig(text.value(), path);
  if (config.ok() && config.value().name.empty()) {
    config.value().name = path.substr(path.find_last_of('/') + 1);
  }
  return config;
}

}  // namespace facecascade::training

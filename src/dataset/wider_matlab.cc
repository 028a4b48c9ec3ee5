#include "dataset/wider_matlab.h"

#include <matio.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>

namespace facecascade {
namespace {

using MatFile = std::unique_ptr<mat_t, decltype(&Mat_Close)>;
using Variable = std::unique_ptr<matvar_t, decltype(&Mat_VarFree)>;

std::string FileOf(const std::string& folder, const char* level) {
  return (std::filesystem::path(folder) / (std::string("wider_") + level + "_val.mat")).string();
}

std::size_t CountOf(const matvar_t* variable) {
  if (variable == nullptr) return 0;
  std::size_t count = 1;
  for (int i = 0; i < variable->rank; ++i) count *= variable->dims[i];
  return count;
}

const matvar_t* CellOf(const matvar_t* cells, std::size_t index) {
  if (cells == nullptr || cells->class_type != MAT_C_CELL || index >= CountOf(cells)) {
    return nullptr;
  }
  return static_cast<matvar_t* const*>(cells->data)[index];
}

template <typename T>
void AppendAs(const matvar_t* variable, std::vector<double>& numbers) {
  const T* data = static_cast<const T*>(variable->data);
  for (std::size_t i = 0; i < CountOf(variable); ++i) {
    numbers.push_back(static_cast<double>(data[i]));
  }
}

// The numbers of a matrix, column after column; false where it is none.
bool NumbersOf(const matvar_t* variable, std::vector<double>& numbers) {
  numbers.clear();
  if (variable == nullptr) return false;
  if (CountOf(variable) == 0) return true;
  if (variable->data == nullptr) return false;
  switch (variable->class_type) {
    case MAT_C_DOUBLE:
      AppendAs<double>(variable, numbers);
      return true;
    case MAT_C_SINGLE:
      AppendAs<float>(variable, numbers);
      return true;
    case MAT_C_INT8:
      AppendAs<std::int8_t>(variable, numbers);
      return true;
    case MAT_C_UINT8:
      AppendAs<std::uint8_t>(variable, numbers);
      return true;
    case MAT_C_INT16:
      AppendAs<std::int16_t>(variable, numbers);
      return true;
    case MAT_C_UINT16:
      AppendAs<std::uint16_t>(variable, numbers);
      return true;
    case MAT_C_INT32:
      AppendAs<std::int32_t>(variable, numbers);
      return true;
    case MAT_C_UINT32:
      AppendAs<std::uint32_t>(variable, numbers);
      return true;
    default:
      return false;
  }
}

// ASCII text of a character array, whatever the width of its letters.
std::string TextOf(const matvar_t* variable) {
  std::string text;
  if (variable == nullptr || variable->class_type != MAT_C_CHAR) return text;
  const auto* bytes = static_cast<const char*>(variable->data);
  const auto step = static_cast<std::size_t>(variable->data_size);
  for (std::size_t i = 0; i < CountOf(variable); ++i) text += bytes[i * step];
  return text;
}

using Lists = std::map<std::string, Variable>;

// Reads the cell arrays of those names in one pass, since finding a variable costs as much as
// reading it.
Result<Lists> ReadLists(const std::string& path, const std::vector<std::string>& names) {
  const MatFile file(Mat_Open(path.c_str(), MAT_ACC_RDONLY), &Mat_Close);
  if (!file) return Error{path + ": cannot be opened as a MATLAB 5 file"};
  Lists lists;
  while (lists.size() < names.size()) {
    Variable variable(Mat_VarReadNextInfo(file.get()), &Mat_VarFree);
    if (!variable) break;
    const std::string name = variable->name == nullptr ? "" : variable->name;
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    if (Mat_VarReadDataAll(file.get(), variable.get()) != 0 || variable->class_type != MAT_C_CELL) {
      return Error{path + ": expected the cell array " + name};
    }
    lists.emplace(name, std::move(variable));
  }
  for (const std::string& name : names) {
    if (!lists.contains(name)) return Error{path + ": expected the cell array " + name};
  }
  return lists;
}

bool SetBoxes(const matvar_t* variable, WiderMatlabPhoto& photo) {
  std::vector<double> numbers;
  if (!NumbersOf(variable, numbers) || numbers.size() % 4 != 0) return false;
  const std::size_t count = numbers.size() / 4;
  photo.boxes.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < 4; ++k) photo.boxes[i][k] = numbers[k * count + i];
  }
  return true;
}

bool SetCounted(const matvar_t* variable, std::size_t level, WiderMatlabPhoto& photo) {
  std::vector<double> numbers;
  if (!NumbersOf(variable, numbers)) return false;
  for (const double number : numbers) {
    if (number < 1 || number > static_cast<double>(photo.boxes.size())) return false;
    photo.counted[level].push_back(static_cast<std::size_t>(number) - 1);
  }
  return true;
}

// Adds a level's file to `photos`, which the first level fills.
Status AddLevel(const std::string& path, std::size_t level, std::vector<WiderMatlabPhoto>& photos) {
  std::vector<std::string> names = {"event_list", "file_list", "gt_list"};
  if (level == 0) names.emplace_back("face_bbx_list");
  const auto lists = ReadLists(path, names);
  if (!lists.ok()) return lists.error();
  const matvar_t* events = lists.value().at("event_list").get();
  const matvar_t* all_files = lists.value().at("file_list").get();
  const matvar_t* counted = lists.value().at("gt_list").get();
  const matvar_t* boxes = level == 0 ? lists.value().at("face_bbx_list").get() : nullptr;
  std::size_t place = 0;
  for (std::size_t i = 0; i < CountOf(events); ++i) {
    const std::string event = TextOf(CellOf(events, i));
    const matvar_t* files = CellOf(all_files, i);
    for (std::size_t j = 0; j < CountOf(files); ++j, ++place) {
      const std::string name = event + "/" + TextOf(CellOf(files, j));
      if (level == 0) {
        photos.push_back({name, {}, {}});
        if (!SetBoxes(CellOf(CellOf(boxes, i), j), photos.back())) {
          return Error{path + ": face_bbx_list of " + name + " is no list of boxes"};
        }
      }
      if (place >= photos.size() || photos[place].name != name) {
        return Error{path + ": the photo " + name + " is not where the easy list has it"};
      }
      if (!SetCounted(CellOf(CellOf(counted, i), j), level, photos[place])) {
        return Error{path + ": gt_list of " + name + " does not number its faces"};
      }
    }
  }
  if (place != photos.size()) return Error{path + ": has fewer photos than the easy list"};
  return Ok();
}

}  // namespace

bool HasWiderMatlab(const std::string& folder) {
  for (const char* level : kWiderLevels) {
    if (!std::filesystem::exists(FileOf(folder, level))) return false;
  }
  return true;
}

Result<std::vector<WiderMatlabPhoto>> ReadWiderMatlab(const std::string& folder) {
  std::vector<WiderMatlabPhoto> photos;
  for (std::size_t level = 0; level < kWiderLevels.size(); ++level) {
    const Status status = AddLevel(FileOf(folder, kWiderLevels[level]), level, photos);
    if (!status.ok()) return status.error();
  }
  return photos;
}

}  // namespace facecascade

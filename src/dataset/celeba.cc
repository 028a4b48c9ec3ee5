#include "dataset/celeba.h"

#include <filesystem>
#include <map>
#include <string_view>

#include "dataset/text_reader.h"

namespace facecascade {
namespace {

// A photo's numbers in each list.
using Rows = std::vector<std::pair<std::string, std::vector<double>>>;

// `name` in `folder` or in one of the folders of the published archives.
std::filesystem::path Find(const std::filesystem::path& folder, const std::string& name) {
  for (const char* part : {"Anno", "Eval", "Img"}) {
    if (std::filesystem::exists(folder / part / name)) return folder / part / name;
  }
  return folder / name;
}

// Lines "NAME number …" with `columns` numbers.
Result<Rows> ReadRows(TextReader& reader, std::size_t columns) {
  Rows rows;
  std::string_view line;
  std::string_view bad_field;
  while (reader.Next(line)) {
    line = Trimmed(line);
    if (line.empty()) continue;
    const std::size_t name_end = std::min(line.find_first_of(" \t"), line.size());
    std::vector<double> numbers;
    if (!ParseNumbers(line.substr(name_end), numbers, bad_field)) {
      return reader.Fail("'" + std::string(bad_field) + "' is not a number");
    }
    if (numbers.size() != columns) {
      return reader.Fail("expected a photo's name and " + std::to_string(columns) +
                         " numbers, found " + std::to_string(numbers.size()));
    }
    rows.emplace_back(line.substr(0, name_end), std::move(numbers));
  }
  return rows;
}

// A list that opens with the number of its rows and a line of column names.
Result<Rows> ReadCountedList(const std::string& path, std::size_t columns) {
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  TextReader reader(path, text.value());
  std::string_view line;
  std::size_t count = 0;
  if (!reader.Next(line) || !ParseCount(line, count)) {
    return reader.Fail("expected the number of photos");
  }
  if (!reader.Next(line)) return reader.Fail("expected a line of column names");
  auto rows = ReadRows(reader, columns);
  if (rows.ok() && rows.value().size() != count) {
    return reader.Fail("the file says that it has " + std::to_string(count) + " photos, and has " +
                       std::to_string(rows.value().size()));
  }
  return rows;
}

Result<std::map<std::string, int>> ReadPartition(const std::string& path) {
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return text.error();
  TextReader reader(path, text.value());
  const auto rows = ReadRows(reader, 1);
  if (!rows.ok()) return rows.error();
  std::map<std::string, int> parts;
  for (const auto& [name, numbers] : rows.value()) {
    if (numbers[0] != 0 && numbers[0] != 1 && numbers[0] != 2) {
      return Error{path + ": the part of " + name + " must be 0, 1 or 2"};
    }
    parts[name] = static_cast<int>(numbers[0]);
  }
  return parts;
}

AnnotatedFace MakeFace(const std::vector<double>& box, const std::vector<double>& points) {
  AnnotatedFace face;
  face.box = {static_cast<float>(box[0]), static_cast<float>(box[1]), static_cast<float>(box[2]),
              static_cast<float>(box[3])};
  face.has_box = face.box.width > 0 && face.box.height > 0;
  face.landmarks.emplace();
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    (*face.landmarks)[i] = {static_cast<float>(points[2 * i]),
                            static_cast<float>(points[2 * i + 1])};
  }
  return face;
}

}  // namespace

Result<std::vector<AnnotatedPhoto>> ReadCeleba(const std::string& folder, CelebaPart part) {
  const std::filesystem::path root(folder);
  const std::string points_file = Find(root, "list_landmarks_celeba.txt").string();
  const std::string parts_file = Find(root, "list_eval_partition.txt").string();
  const auto boxes = ReadCountedList(Find(root, "list_bbox_celeba.txt").string(), 4);
  if (!boxes.ok()) return boxes.error();
  const auto points = ReadCountedList(points_file, 2 * kLandmarkCount);
  if (!points.ok()) return points.error();
  const auto parts = ReadPartition(parts_file);
  if (!parts.ok()) return parts.error();

  std::map<std::string, const std::vector<double>*> points_of;
  for (const auto& [name, numbers] : points.value()) points_of[name] = &numbers;
  const std::filesystem::path photo_folder = Find(root, "img_celeba");
  std::vector<AnnotatedPhoto> photos;
  for (const auto& [name, box] : boxes.value()) {
    const auto part_of = parts.value().find(name);
    if (part_of == parts.value().end()) return Error{parts_file + ": " + name + " is missing"};
    if (part_of->second != static_cast<int>(part)) continue;
    const auto found = points_of.find(name);
    if (found == points_of.end()) return Error{points_file + ": " + name + " is missing"};
    AnnotatedPhoto photo;
    photo.path = name;
    photo.file = (photo_folder / name).string();
    photo.faces.push_back(MakeFace(box, *found->second));
    photos.push_back(std::move(photo));
  }
  return photos;
}

}  // namespace facecascade

#include "dataset/check.h"

#include <bit>
#include <cmath>

#include "geometry/geometry.h"
#include "io/photo.h"

namespace facecascade {
namespace {

constexpr float kBorder = 1;            // pixels that a box may reach beyond the photo
constexpr float kDuplicateFrom = 0.9F;  // IoU
constexpr float kBoxMargin = 0.5F;      // of the box's size, that a landmark may lie beside it
constexpr float kSameplace = 0.02F;     // of the landmarks' spread: two points in one place
constexpr float kClearTurn = 0.2F;      // sine of an angle that leaves no doubt about a side
constexpr int kAlikeBits = 3;           // of 64, that fingerprints of one picture may differ in

Point Between(const Point& a, const Point& b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2}; }

Point From(const Point& a, const Point& b) { return {b.x - a.x, b.y - a.y}; }

// Sine of the turn from `a` to `b`; positive clockwise as seen, since y points down.
float SineBetween(const Point& a, const Point& b) {
  const float lengths = std::hypot(a.x, a.y) * std::hypot(b.x, b.y);
  return lengths > 0 ? (a.x * b.y - a.y * b.x) / lengths : 0;
}

// However the head is turned, the mouth lies clockwise of the way from left eye to right eye.
bool IsSwapped(const Landmarks& points) {
  const Point eyes = Between(points[0], points[1]);
  const Point mouth = Between(points[3], points[4]);
  const Point down = From(eyes, mouth);
  return SineBetween(From(points[0], points[1]), down) < -kClearTurn ||
         SineBetween(From(points[3], points[4]), down) < -kClearTurn;
}

bool LiesIn(const Point& point, float left, float top, float right, float bottom) {
  return point.x >= left && point.x <= right && point.y >= top && point.y <= bottom;
}

// Empty if the landmarks are possible.
std::string WhyImpossible(const AnnotatedPhoto& photo, const AnnotatedFace& face) {
  const Landmarks& points = *face.landmarks;
  float spread = 0;
  for (const Point& a : points) {
    for (const Point& b : points) spread = std::max(spread, std::hypot(a.x - b.x, a.y - b.y));
  }
  for (std::size_t i = 0; i < kLandmarkCount; ++i) {
    const std::string name = kLandmarkNames[i];
    if (photo.width > 0 && !LiesIn(points[i], -1, -1, static_cast<float>(photo.width),
                                   static_cast<float>(photo.height))) {
      return name + " lies outside the photo";
    }
    const Box& box = face.box;
    const float across = kBoxMargin * box.width;
    const float along = kBoxMargin * box.height;
    if (face.has_box && !LiesIn(points[i], box.x - across, box.y - along,
                                box.x + box.width + across, box.y + box.height + along)) {
      return name + " lies far from the box";
    }
    for (std::size_t j = 0; j < i; ++j) {
      const float apart = std::hypot(points[i].x - points[j].x, points[i].y - points[j].y);
      if (apart <= kSameplace * spread) return name + " lies on " + kLandmarkNames[j];
    }
  }
  return {};
}

bool ReachesOutside(const AnnotatedPhoto& photo, const Box& box) {
  return photo.width > 0 && (box.x < -kBorder || box.y < -kBorder ||
                             box.x + box.width > static_cast<float>(photo.width) + kBorder ||
                             box.y + box.height > static_cast<float>(photo.height) + kBorder);
}

bool RepeatsEarlier(const AnnotatedPhoto& photo, std::size_t face) {
  for (std::size_t j = 0; j < face; ++j) {
    if (photo.faces[j].has_box &&
        IoU(photo.faces[j].box, photo.faces[face].box) >= kDuplicateFrom) {
      return true;
    }
  }
  return false;
}

}  // namespace

void CheckFaces(const AnnotatedPhoto& photo, std::size_t index, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < photo.faces.size(); ++i) {
    const AnnotatedFace& face = photo.faces[i];
    const auto add = [&](ProblemKind kind, const std::string& what) {
      problems.push_back({kind, index, static_cast<int>(i), what});
    };
    if (face.has_box) {
      if (ReachesOutside(photo, face.box)) {
        add(ProblemKind::kBoxOutside, "the box reaches beyond the photo");
      }
      if (RepeatsEarlier(photo, i)) add(ProblemKind::kDuplicateBox, "the box repeats another's");
    } else if (!face.landmarks) {
      add(ProblemKind::kZeroSizeBox, "the box has no area");
    }
    if (!face.landmarks) continue;
    if (IsSwapped(*face.landmarks)) {
      add(ProblemKind::kSwappedLandmarks, "left and right landmarks are exchanged");
    }
    const std::string why = WhyImpossible(photo, face);
    if (!why.empty()) add(ProblemKind::kImpossibleLandmarks, why);
  }
}

std::uint64_t Fingerprint(const Image& photo) {
  constexpr int kColumns = 9;
  constexpr int kRows = 8;
  std::array<double, kColumns* kRows> cells = {};
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const int top = row * photo.height / kRows;
      const int bottom = std::max(top + 1, (row + 1) * photo.height / kRows);
      const int left = column * photo.width / kColumns;
      const int right = std::max(left + 1, (column + 1) * photo.width / kColumns);
      double sum = 0;
      for (int y = top; y < bottom; ++y) {
        for (int x = left; x < right; ++x) {
          const auto at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(photo.width) +
                           static_cast<std::size_t>(x)) *
                          3;
          sum += photo.pixels[at] + photo.pixels[at + 1] + photo.pixels[at + 2];
        }
      }
      cells[static_cast<std::size_t>(row * kColumns + column)] =
          sum / ((bottom - top) * (right - left));
    }
  }
  std::uint64_t bits = 0;
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column + 1 < kColumns; ++column) {
      const auto at = static_cast<std::size_t>(row * kColumns + column);
      bits = bits << 1 | (cells[at] < cells[at + 1] ? 1U : 0U);
    }
  }
  return bits;
}

std::vector<Problem> CheckDataset(std::vector<AnnotatedPhoto>& photos,
                                  const std::function<void()>& advance) {
  std::vector<Problem> problems;
  std::vector<std::pair<std::size_t, std::uint64_t>> fingerprints;
  std::vector<Problem> near_duplicates;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const auto image = ReadPhoto(photos[i].file);
    advance();
    if (!image.ok()) {
      problems.push_back({ProblemKind::kUnreadablePhoto, i, -1, image.error().message});
    } else {
      photos[i].width = image.value().width;
      photos[i].height = image.value().height;
      const std::uint64_t print = Fingerprint(image.value());
      for (const auto& [other, other_print] : fingerprints) {
        if (std::popcount(print ^ other_print) > kAlikeBits) continue;
        near_duplicates.push_back(
            {ProblemKind::kNearDuplicatePhoto, i, -1, "looks like " + photos[other].path});
        break;
      }
      // Blank pictures are all alike.
      if (print != 0) fingerprints.emplace_back(i, print);
    }
    CheckFaces(photos[i], i, problems);
  }
  problems.insert(problems.end(), near_duplicates.begin(), near_duplicates.end());
  return problems;
}

}  // namespace facecascade

#include "evaluation/fddb_set.h"

#include <numbers>

namespace facecascade::evaluation {
namespace {

std::vector<ScoredRegion> RegionsOf(const ScoredPhoto& photo, FddbShape shape) {
  std::vector<ScoredRegion> regions;
  for (const Detection& detection : photo.detections) {
    if (detection.ellipse) {
      regions.push_back({*detection.ellipse, detection.score});
    } else if (shape == FddbShape::kEllipse) {
      regions.push_back({EllipseIn(detection.box), detection.score});
    } else {
      regions.push_back({detection.box, detection.score});
    }
  }
  return regions;
}

// Hands out the photos of an FDDB text in its order.
class OrderedPhotos {
 public:
  explicit OrderedPhotos(const DetectionSet& set) : set_(set) {}

  Result<const ScoredPhoto*> Take(const std::string& name) {
    if (next_ == set_.photos.size()) {
      return Error{set_.source + ": the file ends before the photo " + name + " of the list"};
    }
    const ScoredPhoto& photo = set_.photos[next_];
    if (photo.name != name) {
      return Error{set_.source + ":" + std::to_string(photo.line) + ": expected the photo " + name +
                   " as the list has it, found '" + photo.name + "'"};
    }
    ++next_;
    return &photo;
  }

  void Skip(const std::string& name) {
    if (next_ < set_.photos.size() && set_.photos[next_].name == name) ++next_;
  }

 private:
  const DetectionSet& set_;
  std::size_t next_ = 0;
};

Status CheckOrder(const std::vector<std::string>& list, const std::vector<FddbPhoto>& annotations) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i == annotations.size()) {
      return Error{"the annotations end before the photo " + list[i] + " of the list"};
    }
    if (annotations[i].name != list[i]) {
      return Error{"the annotations must have the photos of the list in its order: photo " +
                   std::to_string(i + 1) + " of the list is " + list[i] + ", of the annotations '" +
                   annotations[i].name + "'"};
    }
  }
  return Ok();
}

}  // namespace

Ellipse EllipseIn(const Rectangle& box) {
  constexpr double kHalfHeight = 0.62;
  constexpr double kHalfWidth = 0.5;
  constexpr double kRaise = 0.05;
  return {kHalfHeight * box.height, kHalfWidth * box.width, std::numbers::pi / 2,
          box.x + box.width / 2, box.y + box.height / 2 - kRaise * box.height};
}

Result<FddbSet> JoinFddb(const std::vector<std::string>& list,
                         const std::vector<FddbPhoto>& annotations, const DetectionSet& detections,
                         FddbShape shape, const FindPhotoSize& find_size) {
  const Status order = CheckOrder(list, annotations);
  if (!order.ok()) return order.error();
  const bool by_order = detections.format == DetectionFormat::kFddbText;
  const PhotoIndex index(detections.photos);
  OrderedPhotos ordered(detections);
  FddbSet set;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto size = find_size(list[i]);
    if (!size) {
      set.missing.push_back(list[i]);
      if (by_order) ordered.Skip(list[i]);
      continue;
    }
    const ScoredPhoto* photo = index.Find(list[i]);
    if (by_order) {
      const auto taken = ordered.Take(list[i]);
      if (!taken.ok()) return taken.error();
      photo = taken.value();
    } else if (photo == nullptr) {
      set.not_in_detections.push_back(list[i]);
    }
    set.photos.push_back(
        {list[i], *size, annotations[i].faces,
         photo == nullptr ? std::vector<ScoredRegion>() : RegionsOf(*photo, shape)});
  }
  return set;
}

}  // namespace facecascade::evaluation

// Lists of photos with one face each and its five landmarks, tab separated.
#pragma once

#include <string>
#include <vector>

#include "dataset/annotation.h"
#include "facecascade/result.h"

namespace facecascade {

/// Reads a list whose first line is
///   #path width height left_eye_x left_eye_y … right_mouth_y box_x box_y box_w box_h
/// (tabs between the fields; names of landmarks as in kLandmarkNames). Points and boxes are in
/// pixels; the four box fields are empty where there is no box. Photos lie below `photo_folder`.
/// An error names file, line and reason.
Result<std::vector<AnnotatedPhoto>> ReadLandmarkList(const std::string& list_file,
                                                     const std::string& photo_folder);

/// The same, of photos that lie beside the list.
Result<std::vector<AnnotatedPhoto>> ReadLandmarkList(const std::string& list_file);

}  // namespace facecascade

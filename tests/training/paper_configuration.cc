#include "paper_configuration.h"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "training/files.h"
#include "training/paper_config.h"

namespace facecascade::training {
namespace {

void Replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << from;
  text.replace(place, from.size(), to);
}

}  // namespace

void WriteSmallPaperConfig(const std::string& file) {
  std::string text = PaperConfigText();
  const std::size_t begin = text.find("[data]");
  const std::size_t end = text.find("[augmentation]");
  ASSERT_TRUE(begin < end && end != std::string::npos);
  text.replace(begin, end - begin,
               "[data]\n"
               "boxes = [{ images = \"photos\", annotations = \"boxes.txt\" }]\n"
               "landmarks = [\"landmarks.tsv\"]\n"
               "smallest_face = 12\n"
               "held_out_every = 5\n");
  for (const auto& [from, to] :
       {std::pair("\nsteps = 160000", "\nsteps = 300"),
        std::pair("\nsteps = 120000", "\nsteps = 200"),
        std::pair("\nsteps = 100000", "\nsteps = 80"), std::pair("\nsteps = 30000", "\nsteps = 8"),
        std::pair("\nround_steps = 1000", "\nround_steps = 4"),
        std::pair("\nphotos = 1000", "\nphotos = 15"),
        // Nets narrow enough to be trained in seconds.
        std::pair("[network.24net]\nbridge = 32\n",
                  "[network.12net]\n"
                  "convolutions = [[4, 2, 8], [3, 2, 12], [2, 1, 16]]\n"
                  "[network.24net]\n"
                  "convolutions = [[4, 2, 12], [3, 2, 16], [3, 1, 16]]\n"
                  "hidden = 24\n"
                  "bridge = 16\n"),
        std::pair("[network.48net]\nbridge = 96\n",
                  "[network.48net]\n"
                  "convolutions = [[4, 2, 12], [3, 2, 16], [3, 2, 24], "
                  "[3, 1, 24]]\n"
                  "hidden = 32\n"
                  "bridge = 24\n")}) {
    Replace(text, from, to);
  }
  ASSERT_TRUE(WriteText(file, text).ok());
}

}  // namespace facecascade::training

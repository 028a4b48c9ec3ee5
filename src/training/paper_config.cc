#include "training/paper_config.h"

// The assembler takes the file in as it stands. The build names it, FACECASCADE_PAPER_CONFIG, and
// compiles this anew when it changes.
asm(".pushsection .rodata\n"
    ".globl facecascade_paper_config_begin\n"
    ".hidden facecascade_paper_config_begin\n"
    "facecascade_paper_config_begin:\n"
    ".incbin \"" FACECASCADE_PAPER_CONFIG
    "\"\n"
    ".globl facecascade_paper_config_end\n"
    ".hidden facecascade_paper_config_end\n"
    "facecascade_paper_config_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char facecascade_paper_config_begin[];
extern const char facecascade_paper_config_end[];
}

namespace facecascade::training {

std::string PaperConfigText() {
  return {facecascade_paper_config_begin, facecascade_paper_config_end};
}

}  // namespace facecascade::training

#include "model/built_in_model.h"

// The assembler takes the file in as it stands: two million numbers as C++ source would cost the
// compiler seconds. The build names the file, FACECASCADE_MODEL_FILE, and compiles this anew when
// it changes.
asm(".pushsection .rodata\n"
    ".balign 64\n"
    ".globl facecascade_model_file_begin\n"
    ".hidden facecascade_model_file_begin\n"
    "facecascade_model_file_begin:\n"
    ".incbin \"" FACECASCADE_MODEL_FILE
    "\"\n"
    ".globl facecascade_model_file_end\n"
    ".hidden facecascade_model_file_end\n"
    "facecascade_model_file_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const std::byte facecascade_model_file_begin[];
extern const std::byte facecascade_model_file_end[];
}

namespace facecascade {

std::span<const std::byte> BuiltInModelFile() {
  return {facecascade_model_file_begin, facecascade_model_file_end};
}

}  // namespace facecascade

#include "base/instruction_set.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdlib>

#include "hwy/targets.h"

#if HWY_ARCH_X86_64
#include <cpuid.h>
#endif

namespace facecascade {
namespace {

// AVX-512 and AVX2 with their dot products of integers, where the processor has them, and without,
// so that all can be tested on one machine.
constexpr const char* kPlainAvx512 = "avx3_plain";
constexpr const char* kAvx2WithDotProducts = "avx2_vnni";

struct Choice {
  std::int64_t target = 0;  // Highway's
  bool dot_products = false;
  std::string name;
};

// AVX512_VNNI.
bool HasWideDotProducts() {
#if HWY_ARCH_X86_64
  return __builtin_cpu_supports("avx512vnni") != 0;
#else
  return false;
#endif
}

// AVX-VNNI, which not every compiler's __builtin_cpu_supports knows.
bool HasNarrowDotProducts() {
#if HWY_ARCH_X86_64
  constexpr unsigned kFeatures = 7;
  constexpr unsigned kMoreFeatures = 1;
  constexpr unsigned kAvxVnni = 1U << 4U;  // of the answer's eax
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(kFeatures, kMoreFeatures, &eax, &ebx, &ecx, &edx) != 0 &&
         (eax & kAvxVnni) != 0;
#else
  return false;
#endif
}

std::string NameOf(std::int64_t target) {
  std::string name = hwy::TargetName(target);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return name;
}

// What is supported when nothing is forced, the best first.
std::vector<Choice> FindChoices() {
  std::vector<Choice> choices;
  for (std::int64_t left = hwy::SupportedTargets() & HWY_TARGETS; left != 0; left &= left - 1) {
    const std::int64_t target = left & -left;  // the lowest bit is the best
    const std::string name = NameOf(target);
    if (target == HWY_AVX3 && HasWideDotProducts()) {
      choices.push_back({target, true, name});
      choices.push_back({target, false, kPlainAvx512});
    } else if (target == HWY_AVX2 && HasNarrowDotProducts()) {
      choices.push_back({target, true, kAvx2WithDotProducts});
      choices.push_back({target, false, name});
    } else {
      choices.push_back({target, false, name});
    }
  }
  return choices;
}

const std::vector<Choice>& Choices() {
  static const std::vector<Choice> choices = FindChoices();
  return choices;
}

std::atomic<const Choice*>& Chosen() {
  static std::atomic<const Choice*> chosen = &Choices().front();
  return chosen;
}

std::string JoinedNames() {
  std::string names;
  for (const Choice& choice : Choices()) names += (names.empty() ? "" : ", ") + choice.name;
  return names;
}

Status Force(const std::string& name) {
  for (const Choice& choice : Choices()) {
    if (choice.name != name) continue;
    Chosen() = &choice;
    hwy::SetSupportedTargetsForTest(choice.target);
    return Ok();
  }
  return Error{"instruction set '" + name + "' is not supported here, expected one of " +
               JoinedNames()};
}

Status ObeyEnvironment() {
  Choices();  // before anything is forced
  const char* name = std::getenv(kInstructionSetVariable);
  if (name == nullptr || *name == '\0') return Ok();
  Status status = Force(name);
  if (status.ok()) return status;
  return Error{std::string(kInstructionSetVariable) + ": " + status.error().message};
}

const Status& EnvironmentStatus() {
  static const Status status = ObeyEnvironment();
  return status;
}

}  // namespace

std::vector<std::string> SupportedInstructionSets() {
  std::vector<std::string> names;
  for (const Choice& choice : Choices()) names.push_back(choice.name);
  return names;
}

Result<std::string> InstructionSet() {
  if (const Status& status = EnvironmentStatus(); !status.ok()) return status.error();
  return Chosen().load()->name;
}

Status ForceInstructionSet(const std::string& name) {
  PrepareDispatch();
  return Force(name.empty() ? Choices().front().name : name);
}

bool HasDotProducts() { return Chosen().load(std::memory_order_relaxed)->dot_products; }

void PrepareDispatch() { EnvironmentStatus(); }

}  // namespace facecascade

#include "base/instruction_set.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>

#include "hwy/targets.h"

namespace facecascade {
namespace {

std::string NameOf(std::int64_t target) {
  std::string name = hwy::TargetName(target);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return name;
}

// The targets supported when nothing is forced, the best in the lowest bit.
std::int64_t AllTargets() {
  static const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  return targets;
}

std::int64_t Lowest(std::int64_t targets) { return targets & -targets; }

std::int64_t FindTarget(const std::string& name) {
  for (std::int64_t left = AllTargets(); left != 0; left &= left - 1) {
    if (NameOf(Lowest(left)) == name) return Lowest(left);
  }
  return 0;
}

std::string JoinedNames() {
  std::string names;
  for (const std::string& name : SupportedInstructionSets()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

Status Force(const std::string& name) {
  const std::int64_t target = FindTarget(name);
  if (target == 0) {
    return Error{"instruction set '" + name + "' is not supported here, expected one of " +
                 JoinedNames()};
  }
  hwy::SetSupportedTargetsForTest(target);
  return Ok();
}

Status ObeyEnvironment() {
  AllTargets();
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
  for (std::int64_t left = AllTargets(); left != 0; left &= left - 1) {
    names.push_back(NameOf(Lowest(left)));
  }
  return names;
}

Result<std::string> InstructionSet() {
  if (const Status& status = EnvironmentStatus(); !status.ok()) return status.error();
  return NameOf(Lowest(hwy::SupportedTargets() & HWY_TARGETS));
}

Status ForceInstructionSet(const std::string& name) {
  PrepareDispatch();
  if (!name.empty()) return Force(name);
  hwy::SetSupportedTargetsForTest(0);
  return Ok();
}

void PrepareDispatch() { EnvironmentStatus(); }

}  // namespace facecascade

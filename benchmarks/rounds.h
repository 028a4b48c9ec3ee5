// Things to be compared, run in turns, so that their ratio holds on a busy machine.
#pragma once

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace facecascade {

/// Something that is run in every round; false where it fails.
struct Contender {
  std::string name;
  std::function<bool()> run;
  std::vector<double> milliseconds = {};

  double Median() {
    std::sort(milliseconds.begin(), milliseconds.end());
    return milliseconds[milliseconds.size() / 2];
  }
};

/// Processor time of this thread.
inline double Milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

/// One round to warm up and `rounds` that count. False where a contender failed.
inline bool RunRounds(std::vector<Contender>& contenders, int rounds) {
  for (int round = -1; round < rounds; ++round) {
    for (Contender& contender : contenders) {
      const double start = Milliseconds();
      if (!contender.run()) return false;
      if (round >= 0) contender.milliseconds.push_back(Milliseconds() - start);
    }
  }
  return true;
}

}  // namespace facecascade

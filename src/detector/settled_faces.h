// Which faces one look of a net settles, so that fewer windows are looked at: a face has several,
// and one that must be enlarged for the last net shows no more at a second look.
#pragma once

#include <vector>

#include "detector/candidates.h"

namespace facecascade {

/// The log odds of a face in `window` with which the net below the last one, whose input is of
/// `input_size` pixels, settles it, those of its first look included; infinite where the window is
/// not small.
float EnoughBelow(int input_size, const Window& window);

/// What the last net's log odds would be, foretold from as many of the net below.
float ForetoldOdds(float odds_below);

/// Moves from `candidates` (sorted by falling score) to `followers` those that may show the same
/// face as a better one: they wait until that has been looked at. `small_side`, here and below, is
/// the side in pixels from which on candidates are not concerned.
void HoldFollowers(float small_side, SuppressionBuffers& buffers,
                   std::vector<Candidate>& candidates, std::vector<Candidate>& followers);

/// Leaves of `followers` those that show none of the settled ones among `faces`, which the net has
/// looked at.
void DropSettled(float small_side, const std::vector<Candidate>& faces,
                 std::vector<Candidate>& followers);

/// Moves the faces that need no second look, settled or tiny, to `settled`, with the scores that
/// they would have as the mean of two looks, where these reach `threshold`. Tiny ones whose scores
/// lie clearly below it are dropped.
void TakeSettled(float small_side, float threshold, std::vector<Candidate>& faces,
                 std::vector<Candidate>& settled);

}  // namespace facecascade

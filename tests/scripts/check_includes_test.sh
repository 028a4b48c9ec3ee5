#!/usr/bin/env bash
# scripts/check-includes accepts what is allowed and names each include that goes the wrong way.
# Usage: check_includes_test.sh SCRIPTS_FOLDER
set -euo pipefail

check=$1/check-includes
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

place() { # place FILE INCLUDE: a tree with this one file
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/include/facecascade" "$tree/src" "$(dirname "$tree/$1")"
  printf '// Line 1\n#include %s\n' "$2" >"$tree/$1"
}

expect_good() {
  place "$1" "$2"
  "$check" "$tree" >"$tree.out" || { echo "FAILED: refused $2 in $1"; failures=$((failures + 1)); }
}

expect_bad() {
  place "$1" "$2"
  local status=0
  "$check" "$tree" >"$tree.out" || status=$?
  if ((status != 1)) || ! grep -qF "$1:2: $2" "$tree.out"; then
    echo "FAILED: did not refuse $2 in $1 (status $status)"
    failures=$((failures + 1))
  fi
}

expect_good src/engine/a.cc '"network/network_spec.h"'
expect_good src/engine/a.cc '"engine/b.h"'
expect_good src/engine/a-inl.h '<hwy/highway.h>'
expect_good src/engine/a.cc '"hwy/foreach_target.h"'
expect_good src/detector/a.h '"facecascade/face.h"'
expect_good src/io/a.cc '<opencv2/core.hpp>'
expect_good src/training/a.cc '<torch/torch.h>'
expect_good src/cli/a.cc '"training/trainer.h"'
expect_good include/facecascade/a.h '<vector>'

expect_bad src/base/a.h '"image/image.h"'                # to the right
expect_bad src/geometry/a.cc '"engine/network_plan.h"'
expect_bad src/network/a.cc '<torch/torch.h>'            # LibTorch before training
expect_bad src/evaluation/a.cc '<torch/torch.h>'
expect_bad src/detector/a.cc '<opencv2/core.hpp>'        # OpenCV before io
expect_bad src/engine/a.cc '<opencv2/core.hpp>'
expect_bad src/io/a.cc '"detector/cascade.h"'
expect_bad src/detector/a.cc '"training/trainer.h"'
expect_bad src/model/a.cc '"model_file.h"'               # not named from src/ on
expect_bad src/kitchen/a.cc '<vector>'                   # no such room
expect_bad include/facecascade/a.h '"base/version.h"'    # public headers
expect_bad include/facecascade/a.h '<hwy/highway.h>'
expect_bad include/facecascade/a.h '<opencv2/core.hpp>'

# Nothing to check is no success.
rm -rf "${tree:?}"/*
mkdir -p "$tree/include" "$tree/src"
status=0
"$check" "$tree" >/dev/null 2>&1 || status=$?
((status != 0)) || { echo "FAILED: an empty tree passed"; failures=$((failures + 1)); }

rm -f "$tree.out"
((failures == 0)) && echo "check_includes_test: all as expected"
exit "$((failures > 0))"

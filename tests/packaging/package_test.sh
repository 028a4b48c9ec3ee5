#!/usr/bin/env bash
# Installs the library to a temporary prefix, moves it, and builds and runs a program against it:
# through find_package and through pkg-config, linked statically and shared. The shared library
# must export the public interface only and need no other libraries than its promise says.
#
# Usage: package_test.sh SOURCE_FOLDER BUILD_FOLDER
set -euo pipefail

source=$1 build=$2
consumer=$source/tests/packaging/consumer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*"
  exit 1
}

use_package() { # use_package PREFIX NAME: both ways of finding it, and the program's output
  local prefix=$1 name=$2 packages
  packages=$(dirname "$(find "$prefix" -name facecascade.pc)")
  cmake -S "$consumer" -B "$work/$name" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" ||
    { cat "$work/log"; fail "$name: find_package"; }
  cmake --build "$work/$name" >"$work/log" || { cat "$work/log"; fail "$name: build"; }
  "$work/$name/consumer" || fail "$name: the program found through find_package"

  local flags
  flags=$(PKG_CONFIG_PATH=$packages pkg-config --cflags --libs facecascade)
  # shellcheck disable=SC2086  # the flags are several words
  g++ -std=c++20 "$consumer/consumer.cc" $flags -o "$work/$name/by-pkg-config"
  LD_LIBRARY_PATH=$(dirname "$packages") "$work/$name/by-pkg-config" ||
    fail "$name: the program found through pkg-config"
  echo "$name: found through find_package and pkg-config, built and run"
}

install_to() { # install_to PREFIX BUILD: installs to another folder first, then moves it there
  cmake --install "$2" --component library --prefix "$1.staged" >"$work/log" ||
    { cat "$work/log"; fail "cmake --install $2"; }
  mv "$1.staged" "$1"
}

install_to "$work/static-prefix" "$build"
[[ -e $work/static-prefix/include/facecascade/face_detector.h ]] || fail "no headers installed"
use_package "$work/static-prefix" static

# A shared build of the library alone.
shared=$build/package-shared
cmake -S "$source" -B "$shared" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON \
  -DFACECASCADE_TRAINING=OFF -DFACECASCADE_TESTS=OFF -DFACECASCADE_BENCHMARKS=OFF \
  -DFACECASCADE_EXAMPLES=OFF >"$work/log" || { cat "$work/log"; fail "shared: configure"; }
cmake --build "$shared" --target facecascade_library >"$work/log" ||
  { cat "$work/log"; fail "shared: build"; }
install_to "$work/shared-prefix" "$shared"
use_package "$work/shared-prefix" shared

library=$(find "$work/shared-prefix" -name libfacecascade.so)
nm --dynamic --defined-only --demangle "$library" | awk '$2 ~ /[TDBR]/' >"$work/symbols"
[[ -s $work/symbols ]] || fail "the shared library exports nothing"
# Functions and data of the namespace that no public header names would be internals.
while read -r _ _ symbol; do
  name=${symbol#facecascade::}
  name=${name%%(*}
  name=${name%%[*}
  outermost=${name%%::*}
  grep -qw "$outermost" "$work"/shared-prefix/include/facecascade/*.h ||
    fail "the shared library exports an internal: $symbol"
done <"$work/symbols"
echo "shared: exports $(wc -l <"$work/symbols") symbols, all of the public interface"

needed=$(readelf --dynamic "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for name in $needed; do
  [[ $name =~ ^(libhwy|libstdc\+\+|libm|libgcc_s|libc|libpthread|ld-linux-x86-64)\.so ]] ||
    fail "the shared library needs $name"
done
echo "shared: needs ${needed//$'\n'/ }"

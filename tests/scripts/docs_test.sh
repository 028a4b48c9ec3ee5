#!/usr/bin/env bash
# What the documentation shows is there: files that it links to exist, and the C++ of the README
# stands, line by line, in an example that is compiled.
#
# Usage: docs_test.sh SOURCE_FOLDER
set -euo pipefail

cd "$1"
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

links=0
for page in README.md CONTRIBUTING.md docs/*.md samples/README.md models/*.md; do
  [[ -e $page ]] || continue
  while read -r target; do
    links=$((links + 1))
    [[ -e $(dirname "$page")/$target ]] || fail "$page links to $target, which does not exist"
  done < <(grep -oE '\]\([^)#: ]+[)#]' "$page" | sed -E 's/^\]\((.*)[)#]$/\1/')
done
((links > 0)) || fail "no links found"

# The lines of README.md between ```cpp and ```, without their indentation, in this order.
# shellcheck disable=SC2016  # the quoted marks are those of a code block
code=$(sed -n '/^```cpp$/,/^```$/{/^```/!p}' README.md | sed 's/^ *//' | grep -v '^$' || true)
example=$(sed 's/^ *//' examples/minimal.cc | grep -v '^$')
[[ -n $code ]] || fail "README.md shows no C++"
[[ $example == *"$code"* ]] || fail "the C++ of README.md is not that of examples/minimal.cc"

((failures == 0)) && echo "docs_test: $links links and $(wc -l <<<"$code") lines of C++ are good"
exit "$((failures > 0))"

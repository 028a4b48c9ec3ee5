#!/usr/bin/env bash
# scripts/ablations with a program that only pretends to train and to evaluate: which configurations
# it is given, what the table holds, and that nothing is measured twice.
# Usage: ablations_test.sh PROJECT
set -euo pipefail
project=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "ablations_test: $*" >&2
  exit 1
}

mkdir -p "$work/data/wider/WIDER_val/images" "$work/data/wider/wider_face_split"
touch "$work/data/wider/wider_face_split/wider_face_val_bbx_gt.txt"
cat >"$work/program" <<'PROGRAM'
#!/usr/bin/env bash
set -euo pipefail
echo "$*" >>"$PRETENDED"
command=$1
while (($# > 0)); do
  [[ $1 != --output ]] || output=$2
  shift
done
mkdir -p "$output"
if [[ $command == train ]]; then
  touch "$output"/{12net,24net,48net}.net "$output"/{48net.mined,model.safetensors}
else
  printf 'curve,x,y\n"a",0.1,0.25\n"a",0.15,0.5\n"a",0.2,0.75\n' >"$output/recall-false-positives.csv"
  echo "3 photos: average precision easy 0.1 medium 0.2 hard 0.3; recall of hard faces 0.4 / 0.5 at 0.1 / 1; eye distance 0.06, 7 false positives, 0.07 a photo"
fi
PROGRAM
chmod +x "$work/program"
export PRETENDED=$work/calls FACECASCADE_DATA=$work/data ABLATIONS_PROGRAM=$work/program

"$project/scripts/ablations" "$work/out" >"$work/table" || fail "did not run"
arms=$(tail -n +2 "$work/table" | wc -l)
((arms > 20)) || fail "only $arms arms"
[[ $(sed -n 2p "$work/table") == $'as-it-is\t0.1\t0.2\t0.3\t0.4\t0.5\t0.06\t0.06\t0.5000\t0.07' ]] ||
  fail "a wrong line: $(sed -n 2p "$work/table")"
for arm in $(tail -n +3 "$work/table" | cut -f 1); do
  cmp -s "$work/out/as-it-is.toml" "$work/out/$arm.toml" && fail "$arm changes nothing"
done
grep -q '^blur = 0$' "$work/out/no-blur.toml" || fail "no-blur blurs"
grep -q 'masks/' "$work/out/no-masks.toml" && fail "no-masks has masks"
grep -q '^steps = 1500$' "$work/out/as-it-is.toml" || fail "the 48net's steps"

calls=$(wc -l <"$PRETENDED")
"$project/scripts/ablations" "$work/out" no-blur >/dev/null
(($(wc -l <"$PRETENDED") == calls)) || fail "measured twice"
status=0
"$project/scripts/ablations" "$work/out" no-such-arm 2>"$work/errors" || status=$?
if [[ $status != 2 ]] || ! grep -q no-such-arm "$work/errors"; then fail "an unknown arm"; fi
status=0
FACECASCADE_DATA=$work/none "$project/scripts/ablations" "$work/out" 2>"$work/errors" || status=$?
if [[ $status != 1 ]] || ! grep -q "$work/none" "$work/errors"; then fail "missing data"; fi

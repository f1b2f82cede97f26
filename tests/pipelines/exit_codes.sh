#!/bin/sh
# What the program says to the shell: 0 done, 1 failed while running, 2 wrong input, 3 a gate.
#
#   exit_codes.sh <steppe> <source folder> <work folder>
set -u
steppe=$1
file=$2/pipelines/quickstart.toml
work=$3
tiny="--set values.jets=400 --set values.epochs=1 --set matrix.trial=1"

rm -rf "$work"
mkdir -p "$work"
cd "$work"
failed=0

# expect <code> <arguments...>
expect() {
  wanted=$1
  shift
  "$steppe" "$@" >"$work/out.txt" 2>&1
  got=$?
  if [ "$got" -ne "$wanted" ]; then
    echo "steppe $*: exit code $got instead of $wanted"
    cat "$work/out.txt"
    failed=1
  fi
}

gate="require=[{that=\"auc(attack='none',train='pythia',test='pythia')>0.3\"}]"
shut="require=[{that=\"auc(attack='none')>1.1\"}]"
expect 0 --version
expect 0 --help
expect 0 check "$file"
expect 0 run "$file" $tiny --out "$work/out" --set "$gate"
expect 3 run "$file" $tiny --out "$work/out" --set "$shut"
expect 1 run "$file" $tiny --out "$work/out" --set optimizer.adamw.learning_rate=1e38
expect 1 run "$file" $tiny --out /proc/nowhere

# A verdict for continuous integration: written with a gate that fails, and told before anything runs
# where it cannot be.
expect 3 run "$file" $tiny --out "$work/out" --set "$shut" --junit "$work/made/gates.xml"
grep -q '<failure message="it is' "$work/made/gates.xml" || { cat "$work/made/gates.xml"; failed=1; }
mkdir "$work/folder.xml"
for place in /proc/nowhere/gates.xml "$work/folder.xml" "$work/out.txt/gates.xml"; do
  expect 1 run "$file" $tiny --out "$work/unused" --junit "$place"
  grep -q "'$place' cannot be written: " "$work/out.txt" || { cat "$work/out.txt"; failed=1; }
done
[ ! -e "$work/unused/results.json" ] || failed=1
expect 2 run "$file" --set values.epoch=3
expect 2 run "$file" --set trainer.fit.epochs=-1
expect 2 run "$work/no_such_file.toml"
expect 2 run
expect 2 walk
expect 2 run "$file" --threads 0
expect 2 describe nothing_like_it
exit $failed

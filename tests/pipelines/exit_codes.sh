#!/bin/sh
# What the program says to the shell: 0 done, 1 failed while running, 2 wrong input, 3 a gate.
. "$2/tests/pipelines/begin.sh"
set +e
tiny="--set values.jets=400 --set values.epochs=1 --set matrix.trial=1"

failed=0

# expect <code> <arguments...>
expect() {
  wanted=$1
  shift
  "$steppe" "$@" >out.txt 2>&1
  got=$?
  if [ "$got" -ne "$wanted" ]; then
    echo "steppe $*: exit code $got instead of $wanted"
    cat out.txt
    failed=1
  fi
}

gate="require=[{that=\"auc(attack='none',train='pythia',test='pythia')>0.3\"}]"
shut="require=[{that=\"auc(attack='none')>1.1\"}]"
expect 0 --version
expect 0 --help
expect 0 check "$quickstart"
expect 0 run "$quickstart" $tiny --out out --set "$gate"
expect 3 run "$quickstart" $tiny --out out --set "$shut"
expect 1 run "$quickstart" $tiny --out out --set optimizer.adamw.learning_rate=1e38
expect 1 run "$quickstart" $tiny --out /proc/nowhere

# A verdict for continuous integration: written with a gate that fails, and told before anything runs
# where it cannot be.
expect 3 run "$quickstart" $tiny --out out --set "$shut" --junit made/gates.xml
grep -q '<failure message="it is' made/gates.xml || { cat made/gates.xml; failed=1; }
mkdir folder.xml
for place in /proc/nowhere/gates.xml folder.xml out.txt/gates.xml; do
  expect 1 run "$quickstart" $tiny --out unused --junit "$place"
  grep -q "'$place' cannot be written: " out.txt || { cat out.txt; failed=1; }
done
[ ! -e unused/results.json ] || failed=1
expect 2 run "$quickstart" --set values.epoch=3
expect 2 run "$quickstart" --set trainer.fit.epochs=-1
expect 2 run no_such_file.toml
expect 2 run
expect 2 walk
expect 2 run "$quickstart" --threads 0
expect 2 describe nothing_like_it
exit $failed

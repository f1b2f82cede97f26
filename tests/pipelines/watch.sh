#!/bin/sh
# A run told as events: on stdout and in its log, whoever reads along or leaves. It is watched from
# its beginning to its end, and a killed one is told to be gone.
. "$2/tests/pipelines/begin.sh"
tiny="--set values.jets=400 --set values.epochs=1 --set matrix.trial=2 --set require=[] --no-report"
long="--set values.jets=3000 --set values.epochs=20 --set matrix.trial=1 --set require=[] --no-report"

command -v python3 >/dev/null || exit 77
well_formed() { python3 "$source/tests/pipelines/events.py" "$@"; }
ends_with() { # ends_with <exit code> <arguments...>: what it says is in out.txt and words.txt
  wanted=$1
  shift
  got=0
  "$steppe" "$@" >out.txt 2>words.txt || got=$?
  [ "$got" -eq "$wanted" ] || { echo "steppe $*: exit code $got instead of $wanted"; exit 1; }
}

"$steppe" run "$quickstart" $tiny --store kept --json --out told >events.txt 2>words.txt
well_formed events.txt 0
cmp events.txt told/log.jsonl
grep -q "^results in told" words.txt
"$steppe" run "$quickstart" $tiny --no-store --out plain >plain.txt 2>&1
cmp told/results.json plain/results.json
grep -q "^results in plain" plain.txt
well_formed plain/log.jsonl 0
"$steppe" run "$quickstart" $tiny --store kept --json --out again 2>&1 >again.txt | grep -q "found"
[ "$(grep -c '"found":true' again.txt)" -eq 39 ]  # the metric of the study is computed every time
echo "the stream and the log are the same"

# Whoever reads along leaves after a line.
{ "$steppe" run "$quickstart" $tiny --no-store --json --out left 2>&1; echo $? >code.txt; } | head -1 >first.txt
grep -q '"format":"steppe-events/1"' first.txt
[ "$(cat code.txt)" -eq 0 ]
cmp left/results.json plain/results.json
well_formed left/log.jsonl 0
echo "a closed pipe does not end a run"

ends_with 2 run "$quickstart" $tiny --json --set trainer.fit.epochz=1
well_formed out.txt 2
grep -q "epochz" out.txt
grep -q "epochz" words.txt

# Of a run that is over.
"$steppe" watch told >watched.txt
grep -q "^\[40/40\]" watched.txt
tail -1 watched.txt | grep -q "everything ran, all gates hold"
"$steppe" watch --once told | grep -q "40 of 40 nodes done"
"$steppe" watch --json told | cmp - told/log.jsonl
ends_with 3 run "$quickstart" $tiny --set 'require=[{that="auc > 2"}]' --store kept --out gate
well_formed gate/log.jsonl 3
ends_with 3 watch gate
grep -q "^gate failed: auc > 2" out.txt
ends_with 1 watch .
grep -q "give the folder of a run" words.txt

wait_for_log() { # wait_for_log <folder> <text>
  for try in $(seq 600); do
    grep -q "$2" "$1/log.jsonl" 2>/dev/null && return 0
    sleep 0.1
  done
  echo "nothing like $2 in $1/log.jsonl"
  exit 1
}

# Of one that runs.
"$steppe" run "$quickstart" $long --no-store --threads 1 --out runs >/dev/null 2>&1 &
run=$!
wait_for_log runs '"progress".*"done":[0-9]\{4,\}.*"events"'
"$steppe" watch --once runs >once.txt
grep -q "1 running" once.txt
grep -q " %, .*events/s$" once.txt
grep -q "an estimate from" once.txt
"$steppe" watch runs >watched.txt
wait "$run"
tail -1 watched.txt | grep -q "everything ran, all gates hold"
[ "$(grep -c "^\[" watched.txt)" -eq 22 ]
well_formed runs/log.jsonl 0
echo "a run is watched to its end"

# Stopped by the user, and killed.
"$steppe" run "$quickstart" $long --no-store --threads 1 --out stopped >/dev/null 2>&1 &
run=$!
wait_for_log stopped '"progress".*"events"'
kill "$run"
wait "$run" || true
well_formed stopped/log.jsonl 1
ends_with 1 watch stopped
grep -q "it was stopped$" out.txt

"$steppe" run "$quickstart" $long --no-store --threads 1 --out killed >/dev/null 2>&1 &
run=$!
wait_for_log killed '"progress".*"events"'
"$steppe" watch killed >watched.txt &
watch=$!
kill -9 "$run"
wait "$run" || true
got=0
wait "$watch" || got=$?
[ "$got" -eq 1 ]
grep -q "^process $run on .* is gone without an end" watched.txt
printf '{"event":"node_fin' >>killed/log.jsonl
ends_with 1 watch --once killed
grep -q "is gone without an end" out.txt
"$steppe" run "$quickstart" $tiny --no-store --out killed >/dev/null 2>note.txt
if grep -q "holds other things" note.txt; then exit 1; fi
well_formed killed/log.jsonl 0
echo "a killed run is told to be gone"

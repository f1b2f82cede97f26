#!/bin/sh
# A training that is killed, or stopped, goes on from its last checkpoint when the same command is
# given again, trains the epochs that are left and no other, and ends with the bytes of one that was
# never stopped.
. "$2/tests/pipelines/begin.sh"

epochs=1000
cat >study.toml <<END
extends = "$source/tests/pipelines/toy.toml"
[values]
jets   = 500
epochs = $epochs
[attack.ssam_d]
rho = 0.1
[trainer.fit]
attack  = "ssam_d"
average = "ema"
END

fail() {
  echo "$1"
  [ $# -lt 2 ] || cat "$2"
  exit 1
}
run() { "$steppe" run study.toml --no-report "$@"; }
# Starts a run in the background, its lines in <name>.txt, and waits for its first checkpoint.
begin() { # begin <name> <options...>
  name=$1
  shift
  "$steppe" run study.toml --no-report --store "kept_$name" --out "$name" "$@" >"$name.txt" 2>&1 &
  process=$! # not that of a shell around it
  until [ -n "$(find "kept_$name/checkpoints" -type f 2>/dev/null)" ]; do
    kill -0 "$process" 2>/dev/null || fail "it ended without a checkpoint" "$name.txt"
    sleep 0.05
  done
}
# How many epochs the checkpoint of a run has.
done_of() { "$steppe" store list --store "kept_$1" | sed -n 's/.* checkpoint .* fit, \([0-9]*\) epochs$/\1/p'; }
# Runs it once more, which goes on from the checkpoint.
finish() { # finish <name>
  before=$(done_of "$1")
  [ "$before" -gt 0 ] && [ "$before" -lt "$epochs" ] || fail "the checkpoint is after epoch $before"
  "$steppe" plan study.toml --store "kept_$1" | grep -q "to do: it was begun, and goes on"
  run --store "kept_$1" --out "$1" >"$1.again.txt" 2>&1 || fail "the second run failed" "$1.again.txt"
  grep -q "^note: fit goes on after epoch $before of $epochs$" "$1.again.txt" ||
    fail "it does not say that it goes on" "$1.again.txt"
  grep -q "] fit: $before epochs before, $((epochs - before)) epochs of " "$1.again.txt" ||
    fail "it does not train the $((epochs - before)) epochs that are left" "$1.again.txt"
  grep -q '"resumed": 1' "$1/run.json"
  cmp alone/results.json "$1/results.json"
  diff -r alone/weights "$1/weights"
  [ -z "$(find "kept_$1/checkpoints" -type f)" ] || fail "a checkpoint stays behind"
}

run --no-store --out alone >/dev/null 2>&1

begin killed --checkpoint-every 0
sleep 0.3
kill -9 "$process"
wait "$process" 2>/dev/null || true
"$steppe" store verify --store kept_killed >/dev/null
cp -r kept_killed kept_cleared
finish killed
echo "killed with SIGKILL after epoch $before of $epochs: went on to the same bytes"

begin stopped --checkpoint-every 0.5
sleep 0.2
kill -TERM "$process"
status=0
wait "$process" || status=$?
[ "$status" = 1 ] || fail "a run that is stopped ends with $status" stopped.txt
grep -q "^stopped before the end$" stopped.txt
finish stopped
echo "stopped with SIGTERM after epoch $before of $epochs: went on to the same bytes"

begin first --checkpoint-every 0
run --store kept_first --out second >second.txt 2>&1 &
second=$!
sleep 0.5
kill -9 "$process"
wait "$process" 2>/dev/null || true
wait "$second" || fail "the second of two failed" second.txt
grep -q "^note: fit goes on after epoch [0-9]* of $epochs$" second.txt ||
  fail "it does not go on from what the other one has left" second.txt
cmp alone/results.json second/results.json
diff -r alone/weights second/weights
echo "of two that share a store one was killed: the other one went on from its checkpoint"

"$steppe" store gc --store kept_cleared --size 0 | grep -q "kept 0" || fail "gc leaves a checkpoint"

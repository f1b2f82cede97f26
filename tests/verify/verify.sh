#!/bin/sh
# Holds good plugins to their contracts, and finds what is broken in others without falling with
# them.
#
#   verify.sh <steppe> <folder of its plugins> <broken stages> <broken attacks> <work folder>
set -eu
steppe=$1
plugins=$2
broken=$3
attacks=$4
work=$5

rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "$1"
  exit 1
}

# One of ours of every sort of check.
for plugin in fgsm sam toy_jets augment balance jet_features dense compress_tails auc box sgd supervised; do
  "$steppe" verify "$plugins/$plugin.so" >"$work/$plugin.txt" || {
    cat "$work/$plugin.txt"
    fail "'$plugin' does not verify"
  }
done
grep -q "attack 'fgsm' on far stays inside its ball: ok" "$work/fgsm.txt"

status=0
"$steppe" verify "$broken" --seconds 3 >"$work/broken.txt" 2>"$work/errors.txt" || status=$?
cat "$work/broken.txt"
[ "$status" = 1 ] || fail "exit code $status for a broken plugin"

# expect <beginning of the line> <what is wrong>
expect() { found "$work/broken.txt" "$1: failed: $2"; }
found() { grep -qF -e "$2" "$1" || fail "missing: $2"; }
expect "the library exports its entry point and nothing else" "it also exports 'broken_helper'"
expect "attack 'too_far' on cpu is the identity at strength 0" "it moves the point all the same"
expect "attack 'too_far' on far stays inside its ball" "row 0 of the point moves by "
expect "attack 'too_far' on far gives the same twice" "the second time it moves the point elsewhere"
expect "layer 'crash' has the derivative of 'forward' as its 'backward'" "it crashed: SIGABRT"
expect "layer 'slope' has the derivative of 'forward' as its 'backward'" \
  "the gradient of input 0 is off by 1.0e+00"
expect "metric 'hang' gives finite numbers, or says why not, and the same twice" \
  "it did not end in time"
expect "metric 'no_number' gives finite numbers, or says why not, and the same twice" \
  "on two classes: 'no_number' is nan"
expect "optimizer 'leave' on far trains to the same finite weights twice" \
  "it ended the program with exit code 7"
expect "projector 'drift' says what it does and what each setting means" "it has no summary"
expect "projector 'drift' has defaults within their ranges" "setting 'by' has the default -1.0"
expect "projector 'drift' on cpu twice is as good as once" "the second time it moves events elsewhere"
expect "trainer 'forget' on cpu goes on to the same weights after a stop" \
  "after epoch 1 it goes on to other weights"
expect "transform 'by_chunk' gives the same rows, whichever way they are cut into chunks" \
  "in chunks of 1 events: values differ"
# What the host puts back is held, whoever moved it.
grep -qF "attack 'too_far' on cpu keeps what is held bit for bit: ok" "$work/broken.txt"
# After a crash, a hang and an end the others still had their turn.
grep -q "^[0-9]* checks: [0-9]* ok, [0-9]* failed, 0 left out$" "$work/broken.txt"

"$steppe" verify "$broken" --seconds 3 --json 2>/dev/null >"$work/broken.json" || true
grep -q '"reason": "it crashed: SIGABRT' "$work/broken.json"

# The mistakes that authors of attacks make. One that hangs costs its time limit once.
begin=$(date +%s)
"$steppe" verify "$attacks" --seconds 5 >"$work/attacks.txt" 2>&1 && fail "broken attacks verify"
[ $(($(date +%s) - begin)) -lt 25 ] || fail "an attack that hangs was waited for again and again"
cat "$work/attacks.txt"
attack() { found "$work/attacks.txt" "attack '$1"; }
attack "stuck' on cpu is the identity at strength 0: failed: it did not end in time"
attack "stuck' on far leaves all but its point alone: left out: an earlier check of this stage"
attack "wide' on cpu stays inside its ball: failed: row "
attack "timid' on far stays inside its ball: left out: the attack moved 0.013 of 0.125, so its ball \
stopped nothing; try --set share=1"
attack "together' on cpu stays inside its ball: left out"
attack "together' on far moves each event by itself: failed: value 0 of event 0 becomes "
attack "apart' on far moves each event by itself: ok"
attack "apart' on cpu stays finite where the gradient is zero: ok"
attack "steep' on cpu stays finite where the gradient is zero: failed: where the gradient is zero, "
attack "steep_weights' on far stays finite where the gradient is zero: failed: where the gradient "
grep "failed" "$work/attacks.txt" | grep -v "^the library\|stuck\|wide.*ball\|together.*itself" |
  grep -v "steep.*finite where\|checks:" && fail "more was found than is broken"
"$steppe" verify "$attacks" --seconds 5 --set share=1 >"$work/far.txt" 2>&1 || true
found "$work/far.txt" "attack 'timid' on far stays inside its ball: ok"

# A folder is no library: the message names one.
"$steppe" verify "$plugins" 2>"$work/folder.txt" && fail "a folder was verified"
found "$work/folder.txt" "is a folder; give one library of it, such as '"

# No library at all.
echo "no library" >"$work/text.so"
if "$steppe" verify "$work/text.so" >"$work/text.txt"; then fail "a text was verified"; fi
grep -q "is loaded in less than 100 ms: failed: it is no library that can be loaded" "$work/text.txt"
echo "good plugins verify, broken ones do not"

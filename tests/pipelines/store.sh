#!/bin/sh
# What was made is found again, and only that: an unchanged study trains nothing, a changed attack
# costs its own points, damage is mended, two at once share the work; and the
# bytes of results.json and of the weights are always those of a run without a store.
. "$2/tests/pipelines/begin.sh"

mkdir -p here there
# The events are in a file, which moves with the pipeline.
awk 'BEGIN { srand(3); print "x,y,label"
  for (i = 0; i < 1500; ++i) { l = i % 2; print rand() + l * 0.3 "," rand() "," l } }' >here/events.csv
cat >here/study.toml <<END
[pipeline]
name = "kept"
seed = 5
[matrix]
attack = ["none", "fgsm", "noise"]
trial  = 2
[reader.events]
use    = "csv"
path   = ["events.csv"]
[model.net]
use        = "dense"
hidden     = [16]
preprocess = ["standardise"]
[optimizer.adamw]
[attack.fgsm]
epsilon = 0.05
[attack.noise]
epsilon = 0.05
[trainer.fit]
use       = "supervised"
data      = "events"
model     = "net"
optimizer = "adamw"
attack    = "{attack}"
batch     = 32
epochs    = 4
[evaluate]
of      = "fit"
on      = ["events"]
metrics = ["auc", "accuracy"]
[sharpness.walk]
use = "gradient_ascent"
of  = "fit"
on  = "events"
END
if ! "$steppe" check here/study.toml >check.txt 2>&1; then
  cat check.txt
  "$steppe" list reader --names | grep -qx csv || exit 77   # built without zlib
  exit 1
fi

run() { "$steppe" run --no-report "$@"; }
# try <folder> <pipeline> <options...>: runs it with the store; its lines are in <folder>.txt
try() {
  folder=$1
  file=$2
  shift 2
  run "$file" --store kept --threads 2 --out "$folder" "$@" >"$folder.txt" 2>&1
}
trained() { grep -c "epochs of" "$1.txt" || true; }
wants() { # wants <folder> <trainings>
  [ "$(trained "$1")" -eq "$2" ] || {
    echo "$1 trained $(trained "$1") networks instead of $2"
    cat "$1.txt"
    exit 1
  }
}
same() { diff -r "$1/results.json" "$2/results.json" && diff -r "$1/weights" "$2/weights"; }

run here/study.toml --no-store --out alone >/dev/null 2>&1
[ ! -e .steppe ]
try first here/study.toml
wants first 6
same alone first
"$steppe" store verify --store kept | grep -q "^0 of 19 objects"

try second here/study.toml
wants second 0
same alone second
grep -q "19 of 19 nodes were found" second.txt
echo "an unchanged study trains nothing"

"$steppe" plan here/study.toml --store kept | grep -c "\[done\]" | grep -qx 18
"$steppe" plan here/study.toml --store kept --set attack.fgsm.epsilon=0.06 >plan.txt
grep -q "\[to do: attack.fgsm.epsilon is 0.06 and was 0.05\]" plan.txt
[ "$(grep -c "\[done\]" plan.txt)" -eq 12 ]
try changed here/study.toml --set attack.fgsm.epsilon=0.06
wants changed 2
run here/study.toml --no-store --set attack.fgsm.epsilon=0.06 --out alone_changed \
  >/dev/null 2>&1
same alone_changed changed
echo "a changed attack costs its own points"

mv here/study.toml here/events.csv there
try moved there/study.toml
wants moved 0
same alone moved
sed 's/^0\./0.1/' there/events.csv >events.csv
mv events.csv there
try other_events there/study.toml
wants other_events 6
echo "a moved study trains nothing, changed events all of it"

"$steppe" store export --store kept --out weights | wc -l | grep -qx 14
"$steppe" apply "weights/$(ls weights | head -1)" --data there/events.csv --out scores.csv
[ "$(wc -l <scores.csv)" -eq 1501 ]
echo "what is kept can be copied out and applied"

"$steppe" store list --store kept | awk '$2 == "training" { print $1 }' | while read -r key; do
  file=kept/objects/$(echo "$key" | cut -c1-2)/$key
  printf 'X' | dd of="$file" bs=1 seek=3000 conv=notrunc 2>/dev/null
done
"$steppe" store verify --store kept >verify.txt && exit 1
try mended there/study.toml
wants mended 6
same other_events mended
grep -q "its checksum is wrong" mended.txt
"$steppe" store gc --store kept --size 1TB >/dev/null
echo "damaged objects are made again"

"$steppe" store gc --store kept --size 0 | grep -q "kept 0"

rm -rf kept
run there/study.toml --store kept --threads 1 --out one --set trainer.fit.epochs=20 \
  >one.txt 2>&1 &
try two there/study.toml --set trainer.fit.epochs=20
wait $!
same one two
[ $(($(trained one) + $(trained two))) -eq 6 ]
echo "two at once train every network once ($(trained one) and $(trained two))"

mkdir blocked
touch blocked/thesis.tex
run there/study.toml --store blocked >blocked.txt 2>&1 && exit 1
grep -q "'blocked' is no store" blocked.txt

#!/bin/sh
# Data sets that are too large for memory: the same bytes from a file, which takes little memory, of
# which a killed process leaves nothing, and which may find its disk full.
. "$2/tests/pipelines/begin.sh"

mkdir -p tmp
cat >study.toml <<END
extends = "$source/tests/pipelines/toy.toml"
[values]
jets = 1000
[trainer.fit]
batch = 128
END
export TMPDIR="$work/tmp"

says() { # says <file> <sentence>
  grep -q "$2" "$1" || {
    echo "$1 does not say: $2"
    cat "$1"
    exit 1
  }
}
run() { "$steppe" run study.toml --no-report "$@"; }
run --no-store --out memory >memory.txt 2>&1
for place in "--no-store --threads 1" "--store one --threads 2" "--store two --threads 4"; do
  run $place --memory 4MB --out file >file.txt 2>&1
  says file.txt "602 features, in a file"
  diff -r memory/results.json file/results.json
  diff -r memory/weights file/weights
done
grep -q "in a file" memory.txt && exit 1
[ -z "$(ls -A tmp)$(ls -A one/temporary)$(ls -A two/temporary)" ]
echo "a data set in a file gives the bytes of one in memory"

# 100,000 jets: 230 MiB of features, which without a limit are in memory.
peak=$(python3 "$source/benchmarks/peak_memory.py" "$steppe" run study.toml --no-report --no-store \
  --memory 100MB --set values.jets=50000 --set values.epochs=1 --out many 2>many.txt)
says many.txt "602 features, in a file"
echo "100,000 jets with 602 features: peak RssAnon $peak MiB"
[ "$peak" -lt 120 ]

"$steppe" run study.toml --no-store --memory 1MB --set values.jets=20000 --out killed >killed.txt 2>&1 &
pid=$!
until { cat "/proc/$pid/maps"; ls -l "/proc/$pid/fd"; } 2>/dev/null | grep -q "$work/tmp.*(deleted)"; do
  kill -0 $pid
  sleep 0.01
done
kill -KILL $pid
wait $pid 2>/dev/null && exit 1
[ -z "$(ls -A tmp)" ]
echo "nothing is left of a killed process"

# The rest needs a file system of its own.
unshare --mount --map-root-user true 2>/dev/null || {
  echo "full disks: left out, for no file system can be mounted"
  exit 77
}
cat >mounted.sh <<'END'
set -eu
mkdir -p disk
mount -t tmpfs -o size=2m tmpfs disk
code=0
"$@" --memory 1MB --store disk/store --out full >full.txt 2>&1 || code=$?
[ $code = 1 ]
[ -z "$(ls -A disk/store/temporary)" ]
END
unshare --mount --map-root-user sh mounted.sh "$steppe" run study.toml --no-report
says full.txt "cannot be written into a file in 'disk/store/temporary'"
says full.txt "No space left on device"
echo "a full disk is told, and nothing is left there"

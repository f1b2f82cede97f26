#!/bin/sh
# Stores in trouble: cut objects, full disks, folders nobody may write, newer versions. A run says so
# and measures what it would have without one, or refuses in a sentence; nothing is half-written.
. "$2/tests/pipelines/begin.sh"

cat >study.toml <<END
extends = "$source/tests/pipelines/toy.toml"
[trainer.fit]
batch = 32
END

run() { "$steppe" run study.toml --no-report "$@"; }
same() { diff -r alone/results.json "$1/results.json" && diff -r alone/weights "$1/weights"; }
says() { # says <file> <sentence>
  grep -q "$2" "$1" || {
    echo "$1 does not say: $2"
    cat "$1"
    exit 1
  }
}
run --no-store --out alone >/dev/null 2>&1
run --store kept --out first >/dev/null 2>&1

for file in kept/objects/*/*; do
  size=$(stat -c %s "$file")
  truncate -s $((size / 2)) "$file"
done
run --store kept --out cut >cut.txt 2>&1
says cut.txt "set aside"
same cut
"$steppe" store verify --store kept >/dev/null
echo "objects that were cut are set aside and made again"

echo steppe-store/99 >kept/version
run --store kept --out newer >newer.txt 2>&1 && exit 1
says newer.txt "store 'kept' has version 99, and this program knows version 1"
[ ! -e newer/results.json ]
echo "a store of a newer version is refused"

# The rest needs file systems of its own.
unshare --mount --map-root-user true 2>/dev/null || {
  echo "full disks and folders without the right to write: left out, for no file system can be mounted"
  exit 77
}
cat >mounted.sh <<'END'
set -eu
mkdir -p disk
mount -t tmpfs -o size=100k tmpfs disk
"$@" --store disk/store --out full >full.txt 2>&1
find disk -name '.unfinished*' | grep . && exit 1
rm -rf disk/store
mkdir disk/store
mount -o remount,ro disk
"$@" --store disk/store --out refused >refused.txt 2>&1 && exit 1
mount -o remount,rw,size=10m disk
"$@" --store disk/store --out filled >/dev/null 2>&1
"$@" --store disk/store --set pipeline.seed=6 --out other >/dev/null 2>&1
mount -o remount,ro disk
"$@" --store disk/store --out read >read.txt 2>&1
"$@" --store disk/store --set pipeline.seed=7 --out unkept >unkept.txt 2>&1
exit 0
END
unshare --mount --map-root-user sh mounted.sh "$steppe" run study.toml --no-report
says full.txt "No space left on device; what is made is not kept in the store"
same full
says refused.txt "cannot be"
[ ! -e refused/results.json ]
says read.txt "nodes were found in the store"
same read
says unkept.txt "Read-only file system; what is made is not kept in the store"
echo "a full disk and a folder that is read only cost what is kept, and nothing else"

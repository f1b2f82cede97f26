#!/bin/sh
# Installs Steppe into a prefix, moves the prefix, builds a plugin against the SDK found there, and
# uses it by name in a pipeline.
#
#   outside_author.sh <build folder> <author's project> <work folder>
set -eu
build=$1
author=$2
work=$3

rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/prefix"        # a prefix that knows its own place would break here
steppe="$work/prefix/bin/steppe"

"$steppe" list >"$work/list.txt"
grep -q "^  fgsm " "$work/list.txt" || { echo "the installed program finds no plugins"; exit 1; }

cmake -G Ninja -S "$author" -B "$work/author" -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$work/author"

"$steppe" describe tilt --plugin-path "$work/author" | grep -q "pulls every event"
"$steppe" run "$author/tilt.toml" --plugin-path "$work/author" --out "$work/results"
grep -q '"attack": "tilt"' "$work/results/results.json"

# Without the folder it is unknown, and the message says so.
if "$steppe" check "$author/tilt.toml" 2>"$work/unknown.txt"; then
  echo "a plugin that is nowhere was accepted"
  exit 1
fi
grep -q "there is no attack 'tilt'" "$work/unknown.txt"
echo "an outside plugin was built, found and used"

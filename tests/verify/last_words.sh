#!/bin/sh
# A plugin that crashes in a run is named, with the node it was at, before the signal takes its course.
#
#   last_words.sh <steppe> <library whose attack falls> <work folder>
set -eu
steppe=$1
library=$2
work=$3

rm -rf "$work"
mkdir -p "$work"
cat >"$work/study.toml" <<'EOF'
[pipeline]
name = "falling"
[reader.toy_jets]
jets_per_class = 200
[model.net]
use    = "dense"
hidden = [4]
[attack.tilt]
use = "falls"
[transform.features]
use   = "jet_features"
input = ["toy_jets"]
[trainer.fit]
use       = "supervised"
data      = "features"
model     = "net"
optimizer = "sgd"
attack    = "tilt"
epochs    = 1
[evaluate]
of      = "fit"
on      = ["features"]
metrics = ["auc"]
EOF
status=0
"$steppe" run "$work/study.toml" --plugin-path "$(dirname "$library")" --out "$work/run" \
  >"$work/out.txt" 2>"$work/err.txt" || status=$?
cat "$work/err.txt"
[ "$status" -eq 139 ] # SIGSEGV is 11
grep -q "^SIGSEGV in attack 'tilt', at work on fit; try 'steppe verify .*/falls.so'$" "$work/err.txt"

#!/bin/sh
# The main job in small on real Monte-Carlo jets, where there are any (data.sh).
. "$2/tests/pipelines/begin.sh"
. "$source/tests/pipelines/data.sh"

"$steppe" run --no-store "$source/pipelines/jets.toml" --set "values.data=$data" \
  --set values.epochs=1 --set matrix.trial=1 --set "matrix.attack=['none']" --out "$work"
# One epoch is enough for an AUC that chance does not give.
"$steppe" run --no-store "$source/pipelines/jets.toml" --set "values.data=$work/nowhere" 2>"$work/missing.txt" &&
  exit 1
grep -q "nowhere" "$work/missing.txt"

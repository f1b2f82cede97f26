#!/bin/sh
# The main job in small on real Monte-Carlo jets. Data: STEPPE_DATA, or ../shared/data beside the
# sources. Without them the test is skipped, unless STEPPE_REQUIRE_DATA is set.
#
#   jets.sh <steppe> <source folder> <work folder>
set -eu
steppe=$1
source=$2
work=$3
data=${STEPPE_DATA:-$source/../shared/data}

if ! ls "$data"/*_train.h5 >/dev/null 2>&1; then
  echo "skipped: no *_train.h5 in $data; set STEPPE_DATA to a folder with jets in RS3L layout"
  [ -z "${STEPPE_REQUIRE_DATA:-}" ] && exit 77
  exit 1
fi
rm -rf "$work"
mkdir -p "$work"
"$steppe" run --no-store "$source/pipelines/jets.toml" --set "values.data=$(cd "$data" && pwd)" \
  --set values.epochs=1 --set matrix.trial=1 --set "matrix.attack=['none']" --out "$work"
# One epoch is enough for an AUC that chance does not give.
"$steppe" run --no-store "$source/pipelines/jets.toml" --set "values.data=$work/nowhere" 2>"$work/missing.txt" &&
  exit 1
grep -q "nowhere" "$work/missing.txt"

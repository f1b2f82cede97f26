#!/bin/sh
# docs/stages says what the plugins say, and docs/pipeline.md has the keys of files: what the program
# writes is what is in the tree.
#
#   stage_pages.sh <steppe> <source folder> <work folder>
set -eu
steppe=$1
source=$2
work=$3

rm -rf "$work"
mkdir -p "$work"
# Only the plugins that belong to this program.
unset STEPPE_PLUGIN_PATH
export XDG_DATA_HOME="$work"
cp "$source/docs/pipeline.md" "$work"
"$steppe" docs --out "$work/stages" --keys "$work/pipeline.md" >/dev/null
diff -r "$source/docs/stages" "$work/stages" || {
  echo "docs/stages is not what the plugins say; write it again with: steppe docs --out docs/stages"
  exit 1
}
diff "$source/docs/pipeline.md" "$work/pipeline.md" || {
  echo "docs/pipeline.md has not the keys of files; write them again with:"
  echo "steppe docs --out docs/stages --keys docs/pipeline.md"
  exit 1
}

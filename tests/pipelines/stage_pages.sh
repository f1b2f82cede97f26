#!/bin/sh
# docs/stages says what the plugins say: the pages that the program writes are those in the tree.
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
"$steppe" docs --out "$work/stages" >/dev/null
diff -r "$source/docs/stages" "$work/stages" || {
  echo "docs/stages is not what the plugins say; write it again with: steppe docs --out docs/stages"
  exit 1
}

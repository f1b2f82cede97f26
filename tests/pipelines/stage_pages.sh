#!/bin/sh
# docs/stages says what the plugins say, and docs/pipeline.md has the keys of files: what the program
# writes is what is in the tree.
. "$2/tests/pipelines/begin.sh"

# Only the plugins that belong to this program.
unset STEPPE_PLUGIN_PATH
export XDG_DATA_HOME="$work"
cp "$source/docs/pipeline.md" "$work"
"$steppe" docs --out stages --keys pipeline.md >/dev/null
diff -r "$source/docs/stages" stages || {
  echo "docs/stages is not what the plugins say; write it again with: steppe docs --out docs/stages"
  exit 1
}
diff "$source/docs/pipeline.md" pipeline.md || {
  echo "docs/pipeline.md has not the keys of files; write them again with:"
  echo "steppe docs --out docs/stages --keys docs/pipeline.md"
  exit 1
}

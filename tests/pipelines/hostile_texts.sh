#!/bin/sh
# Texts that have broken programs stay texts in all that a run leaves and prints.
. "$2/tests/pipelines/begin.sh"
python3 -c "import tomllib" 2>/dev/null || exit 77
exec python3 "$source/tests/pipelines/hostile_texts.py" "$steppe" "$work"

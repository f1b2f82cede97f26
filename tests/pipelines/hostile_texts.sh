#!/bin/sh
# Texts that have broken programs stay texts in all that a run leaves and prints.
#
#   hostile_texts.sh <steppe> <source folder> <work folder>
set -eu
python3 -c "import tomllib" 2>/dev/null || exit 77
rm -rf "$3"
mkdir -p "$3"
exec python3 "$2/tests/pipelines/hostile_texts.py" "$1" "$3"

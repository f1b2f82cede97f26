#!/bin/sh
# Ctrl-C stops a run within a second, whatever it is at, and keeps what was done.
#
#   cancellation.sh <steppe> <source folder> <work folder>
set -eu
python3 -c "import tomllib" 2>/dev/null || exit 77
rm -rf "$3"
mkdir -p "$3"
exec python3 "$2/tests/pipelines/cancellation.py" "$1" "$3"

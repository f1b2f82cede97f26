#!/bin/sh
# Ctrl-C stops a run within a second, whatever it is at, and keeps what was done.
. "$2/tests/pipelines/begin.sh"
python3 -c "import tomllib" 2>/dev/null || exit 77
exec python3 "$source/tests/pipelines/cancellation.py" "$steppe" "$work"

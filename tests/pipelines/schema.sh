#!/bin/sh
# Every shipped pipeline and preset is right by the schema that editors use; wrong ones are not.
# Needs Python with jsonschema; without them the test is skipped.
. "$2/tests/pipelines/begin.sh"

"$steppe" schema --out schema.json
[ -s schema.json ]
if ! python3 -c "import tomllib; from jsonschema import Draft202012Validator" 2>/dev/null; then
  echo "skipped: no python3 (3.11) with jsonschema; on Debian install python3-jsonschema"
  exit 77
fi
python3 "$source/tests/pipelines/schema.py" schema.json "$source/pipelines"

#!/bin/sh
# A report changes no results, comes again from what a run left, and without gnuplot says what to
# install.
. "$2/tests/pipelines/begin.sh"
tiny="--set values.jets=400 --set values.epochs=1 --set matrix.trial=2"

mkdir -p nothing
"$steppe" run --no-store "$quickstart" $tiny --out "$work/with" >"$work/out.txt" 2>&1
grep -q "^report in $work/with/report.html" "$work/out.txt"
"$steppe" run --no-store "$quickstart" $tiny --no-report --out "$work/without" >/dev/null 2>&1
cmp "$work/with/results.json" "$work/without/results.json"
for made in report.html tables figures; do
  [ ! -e "$work/without/$made" ] || { echo "--no-report made $made"; exit 1; }
done

# The same page, tables and figures as before.
cp -r "$work/with" "$work/again"
rm -rf "$work/again/report.html" "$work/again/tables" "$work/again/figures"
"$steppe" report "$work/again"
cmp "$work/with/report.html" "$work/again/report.html"
diff -r "$work/with/tables" "$work/again/tables"
cmp "$work/with/results.json" "$work/again/results.json"

# Without gnuplot.
PATH=$work/nothing "$steppe" report "$work/without" 2>"$work/notes.txt"
grep -q "^note: .*install the package 'gnuplot-nox'" "$work/notes.txt"
grep -q "gnuplot-nox" "$work/without/report.html"
[ ! -e "$work/without/figures" ]
PATH=$work/nothing "$steppe" doctor | grep -q "gnuplot .*not found: .*install gnuplot-nox"
if command -v gnuplot >/dev/null; then
  grep -q "<figure" "$work/with/report.html"
  ls "$work/with/figures/roc_1.svg" >/dev/null
  "$steppe" doctor | grep -q "gnuplot  *[0-9]"
fi

# No run, and half of one.
got=0
"$steppe" report "$work/nothing" 2>"$work/out.txt" || got=$?
[ "$got" -ne 0 ]
grep -q "give the folder of a run" "$work/out.txt"
echo '{"format": "steppe-results/1"}' >"$work/without/results.json"
got=0
"$steppe" report "$work/without" 2>"$work/out.txt" || got=$?
[ "$got" -ne 0 ]
grep -q "are not complete" "$work/out.txt"
echo "the report is the same again, and changes no results"

#!/bin/sh
# The quickstart gives the same bytes for 1, 2 and 4 threads and on the test device `far`, and its
# tagger learns. Smaller than as shipped; the shipped size is what `./dev demo` runs.
#
#   quickstart.sh <steppe> <source folder> <work folder>
set -eu
steppe=$1
file=$2/pipelines/quickstart.toml
work=$3
small="--set values.jets=3000 --set values.epochs=2 --set matrix.trial=2"

rm -rf "$work"
mkdir -p "$work"
for threads in 1 2 4; do
  "$steppe" run --no-store "$file" $small --threads $threads --out "$work/threads-$threads" >/dev/null
done
"$steppe" run --no-store "$file" $small --set pipeline.device=far --out "$work/far" >/dev/null

for other in threads-2 threads-4 far; do
  cmp "$work/threads-1/results.json" "$work/$other/results.json"
done

# Scores and jets have their figures, where gnuplot is there to draw them.
if command -v gnuplot >/dev/null; then
  for figure in scores_4 distribution_1 distribution_2; do
    grep -q "<figure id=\"$figure\"" "$work/threads-1/report.html"
  done
fi
grep -q "^jets,all,jet.mass,signal,features.herwig,features.pythia,0.0" \
  "$work/threads-1/tables/distributions.csv"
echo "results.json is the same for 1, 2 and 4 threads and on 'far'"

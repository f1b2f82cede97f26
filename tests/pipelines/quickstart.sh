#!/bin/sh
# The quickstart gives the same bytes for 1, 2 and 4 threads and on the test device `far`, and its
# tagger learns. Smaller than as shipped; the shipped size is what `./dev demo` runs.
. "$2/tests/pipelines/begin.sh"
small="--set values.jets=3000 --set values.epochs=2 --set matrix.trial=2"

for threads in 1 2 4; do
  "$steppe" run --no-store "$quickstart" $small --threads $threads --out "threads-$threads" >/dev/null
done
"$steppe" run --no-store "$quickstart" $small --set pipeline.device=far --out far >/dev/null

for other in threads-2 threads-4 far; do
  cmp threads-1/results.json "$other/results.json"
done

# Scores and jets have their figures, where gnuplot is there to draw them.
if command -v gnuplot >/dev/null; then
  for figure in scores_4 distribution_1 distribution_2; do
    grep -q "<figure id=\"$figure\"" threads-1/report.html
  done
fi
grep -q "^jets,all,jet.mass,signal,features.herwig,features.pythia,0.0" \
  threads-1/tables/distributions.csv
echo "results.json is the same for 1, 2 and 4 threads and on 'far'"

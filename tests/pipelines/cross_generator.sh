#!/bin/sh
# The study of the paper in small on real Monte-Carlo jets, where there are any (data.sh): trainings,
# scores on both generators, the sharpness of the minima, and a report of all of it.
. "$2/tests/pipelines/begin.sh"
. "$source/tests/pipelines/data.sh"

"$steppe" run --no-store "$source/pipelines/cross_generator.toml" --set "values.data=$data" \
  --set values.jets=1000 --set values.epochs=2 --set values.warm_up=2 --set values.ramp=0 \
  --set matrix.trial=2 --set "matrix.attack=['none','fgsm']" --out "$work"
for table in answer points differences_test gains_attack metric_delta_s measure_ascent_weights \
  measure_ascent_inputs measure_hessian_weights measure_hessian_inputs data trainings; do
  for ending in csv tex json; do
    [ -s "tables/$table.$ending" ] || { echo "no table $table.$ending"; exit 1; }
  done
done

#!/bin/sh
# Both presets of the paper train all five strategies when a study extends them, measure how sharp
# their minima are, and give the same bytes for 1 and 2 threads and on the test device `far`.
. "$2/tests/pipelines/begin.sh"
presets=$2/pipelines/presets

for preset in paper_text paper_code; do
  cat >"$preset.toml" <<EOF
extends = "$presets/${preset}_sharpness.toml"
[pipeline]
name = "$preset"
[matrix]
attack = ["none", "fgsm", "pgd", "sam", "ssam_d"]
[reader.toy]
use            = "toy_jets"
jets_per_class = 400
[transform.features]
use   = "jet_features"
input = ["toy"]
[trainer.fit]
data             = "features"
epochs           = 3
warm_up          = 2
adversarial_from = 0
[evaluate]
of      = "fit"
on      = ["features"]
metrics = ["auc"]
[sharpness.ascent_weights]
on    = "features"
[sharpness.ascent_inputs]
on    = "features"
batch = 16
[sharpness.hessian_weights]
on    = "features"
batch = 16
[sharpness.hessian_inputs]
on    = "features"
batch = 16
EOF
  for threads in 1 2; do
    "$steppe" run --no-store "$preset.toml" --threads $threads --out "$preset-$threads" >/dev/null
  done
  "$steppe" run --no-store "$preset.toml" --set pipeline.device=far --out "$preset-far" >/dev/null
  cmp "$preset-1/results.json" "$preset-2/results.json"
  cmp "$preset-1/results.json" "$preset-far/results.json"
  # The results name the presets.
  tr -d ' \n' <"$preset-1/results.json" |
    grep -q "\"extends\":\[\"${preset}_sharpness\",\"$preset\"\]"
done
"$steppe" check "$2/pipelines/toy_study.toml"

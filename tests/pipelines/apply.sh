#!/bin/sh
# A run leaves its trained networks; `apply` scores events with one of them, from the run or from the
# weight file alone, and says which there are when it is not clear; `export` writes ONNX.
#
#   apply.sh <steppe> <source folder> <work folder>
set -eu
steppe=$1
source=$2
work=$3

rm -rf "$work"
mkdir -p "$work"
cd "$work"
"$steppe" run --no-store "$source/pipelines/quickstart.toml" \
  --set values.jets=500 --set values.epochs=1 \
  --set matrix.trial=1 --out run >/dev/null

one="--training train=pythia,attack=fgsm"
"$steppe" apply run $one --data features.herwig --out scores.csv
[ "$(wc -l <scores.csv)" -eq 1001 ]
head -1 scores.csv | grep -qx "event_id,label,weight,logit,score"

# The weight file needs nothing of the run beside it.
cp "run/weights/fit.train=pythia.attack=fgsm.trial=0.safetensors" alone.safetensors
rm -r run/weights
"$steppe" apply alone.safetensors --data features.herwig --out alone.csv
cmp scores.csv alone.csv

fails() { # fails <text> <command>...: it fails and says so
  text=$1
  shift
  if "$@" 2>message.txt; then exit 1; fi
  grep -q "$text" message.txt || { cat message.txt; exit 1; }
}
fails "train=herwig,attack=none,trial=0" "$steppe" apply run --data features.herwig --out x.csv
fails "did you mean 'features.herwig'" \
  "$steppe" apply alone.safetensors --data features.herwg --out x.csv
fails "ends in none of" "$steppe" apply alone.safetensors --data features.herwig --out x.root
fails "no file of weights" "$steppe" apply scores.csv --data features.herwig --out x.csv

# Files for the reader of the training.
data=${STEPPE_DATA:-$source/../shared/data}
if ls "$data"/*_test.h5 >/dev/null 2>&1; then
  "$steppe" run --no-store "$source/pipelines/jets.toml" --set "values.data=$(cd "$data" && pwd)" \
    --set values.epochs=1 --set matrix.trial=1 --set "matrix.attack=['none']" \
    --set "matrix.train=['pythia']" --out jets >/dev/null
  "$steppe" apply jets --data "$data"/*Hbb_test.h5 --set reader.pythia.simulation=herwig \
    --out jets.h5
  [ -s jets.h5 ]
fi

if "$steppe" export alone.safetensors --out model.onnx 2>message.txt; then
  [ -s model.onnx ]
else
  grep -q "built without ONNX" message.txt
fi
[ ! -e x.csv ] && [ ! -e x.root ]

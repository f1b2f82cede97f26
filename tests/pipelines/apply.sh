#!/bin/sh
# A run leaves its trained networks; `apply` scores events with one of them, from the run or from the
# weight file alone, and says which there are when it is not clear; `export` writes ONNX.
. "$2/tests/pipelines/begin.sh"

"$steppe" run --no-store "$quickstart" \
  --set values.jets=500 --set values.epochs=1 \
  --set matrix.trial=1 --out run >/dev/null

one="--training train=pythia,attack=fgsm"
"$steppe" apply run $one --data features.herwig --out scores.csv
[ "$(wc -l <scores.csv)" -eq 1001 ]
head -1 scores.csv | grep -qx "event_id,label,split,weight,logit,score"
# A tenth of the events is for tests, and a network is judged by those alone.
[ "$(grep -c ",test," scores.csv)" -gt 50 ] && [ "$(grep -c ",test," scores.csv)" -lt 200 ]
[ "$(grep -c ",train,\|,validation,\|,test," scores.csv)" -eq 1000 ]

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
# An attack whose plugin is gone took part in the training, not in what is scored.
LC_ALL=C sed 's/fgsm/gone/g' alone.safetensors >gone.safetensors
"$steppe" apply gone.safetensors --data features.herwig --out gone.csv
cmp scores.csv gone.csv

fails "there is no axis 'atack'; did you mean 'attack'" \
  "$steppe" apply run --training atack=fgsm --data features.herwig --out x.csv
fails "is no axis with a value" "$steppe" apply run --training fgsm --data toy --out x.csv
fails "is a pipeline file; give the folder of its run, such as 'runs/quickstart'" \
  "$steppe" apply "$quickstart" --data features.herwig --out x.csv
fails "^pipeline in 'alone.safetensors': error: there is no" \
  "$steppe" apply alone.safetensors --data features.herwg --out x.csv
fails "one of the data sets: .*features.pythia" \
  "$steppe" apply alone.safetensors --data nothing --out x.csv
fails "reader 'toy_jets' reads no files; give --data one of: " \
  "$steppe" apply alone.safetensors --data scores.csv --out x.csv
fails "there is no folder '.*nowhere' to write 'x.csv' to" \
  "$steppe" apply alone.safetensors --data features.herwig --out nowhere/x.csv
fails "does not end in '.onnx'" "$steppe" export alone.safetensors --out tag.pt
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
[ ! -e x.csv ] && [ ! -e x.root ] && [ ! -e tag.pt ]

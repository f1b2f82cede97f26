#!/bin/sh
# A study run into the folder of another one: the weights that it does not write go, nothing else does.
. "$2/tests/pipelines/begin.sh"

run() { # run <trials>
  "$steppe" run "$quickstart" --set values.jets=400 --set values.epochs=1 \
    --set matrix.trial="$1" --set "matrix.attack=['none']" --out out \
    >/dev/null 2>message.txt
}
run 2
if grep -q "^note: " message.txt; then exit 1; fi
[ "$(ls out/weights | wc -l)" -eq 4 ]
touch out/mine.txt out/weights/mine.safetensors

run 1
grep -q "^note: replaces the results of 2.*Z in 'out'$" message.txt
[ "$(ls out/weights)" = "fit.train=herwig.attack=none.trial=0.safetensors
fit.train=pythia.attack=none.trial=0.safetensors
mine.safetensors" ]
[ -e out/mine.txt ]

# A record that somebody changed does not reach out of its folder.
sed -i 's|"fit.train=herwig.*safetensors"|"../mine.txt"|' out/run.json
run 1
[ -e out/mine.txt ]

rm out/run.json
run 1
grep -q "^note: 'out' holds other things than a run; they stay as they are$" message.txt

#!/bin/sh
# `steppe bench` times every training of a plan and keeps nothing. No figure is held to a bound that
# depends on the machine.
. "$2/tests/pipelines/begin.sh"
tiny="--set matrix.trial=1 --set values.jets=400 --set values.epochs=2"

"$steppe" bench "$quickstart" $tiny --steps 12 --json >speed.json
"$steppe" bench "$quickstart" $tiny --steps 5 --threads 2 >speed.txt
grep -q "^fit (train=pythia, attack=fgsm, trial=0) " speed.txt
[ "$(ls)" = "$(printf 'speed.json\nspeed.txt')" ] || { ls; echo "something was kept"; exit 1; }

got=0
"$steppe" bench "$quickstart" --set trainer.fit.epochz=1 2>/dev/null || got=$?
[ "$got" -eq 2 ]

command -v python3 >/dev/null || exit 0
python3 - <<'END'
import json

it = json.load(open("speed.json"))
trainings = it["trainings"]
assert [(t["place"]["train"], t["attack"]) for t in trainings] == [
    (["pythia"], "none"), (["pythia"], "fgsm"), (["pythia"], "noise"),
    (["herwig"], "none"), (["herwig"], "fgsm"), (["herwig"], "noise")], trainings
passes = {"none": 1, "fgsm": 2, "noise": 1}
for t in trainings:
    assert t["precision"] == "f32" and t["steps"] == 12 and t["isa"], t
    assert t["samples_per_second"] > 0 and t["samples_per_core_second"] > 0, t
    assert 0 < t["share_of_peak"] < 1.5, t
    assert t["peak_gflops"] > 0 and t["seconds"] > 0 and t["cores"] > 0, t
    assert t["forward_passes_per_step"] == t["backward_passes_per_step"] == passes[t["attack"]], t
    assert abs(t["flops_per_sample"] - {1: 369856, 2: 719168}[passes[t["attack"]]]) < 1, t
    spread = t["spread"]["samples_per_second"]
    assert spread["low"] <= spread["median"] <= spread["high"], t
END

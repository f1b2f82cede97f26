#!/bin/sh
# `--profile` changes no byte of the results, its products are those of the steps that were made, and
# its times lie inside of the run's. No figure is held to a bound that depends on the machine.
. "$2/tests/pipelines/begin.sh"
tiny="--set matrix.trial=1 --set values.jets=400 --set values.epochs=2"


"$steppe" run --no-store --no-report "$quickstart" $tiny --out plain >plain.txt
"$steppe" run --store store --no-report "$quickstart" $tiny --out first --profile >first.txt
"$steppe" run --store store --no-report "$quickstart" $tiny --out again --profile >again.txt
"$steppe" run --no-store --no-report "$quickstart" $tiny --out far --profile \
  --set pipeline.device=far >/dev/null
for other in first again far; do
  cmp plain/results.json $other/results.json
done

none() { # none <text> <file>: it has no line like that
  if grep -e "$1" "$2"; then exit 1; fi
}
none "not in kernels" plain.txt
grep -q "^kernel  *stage  *calls  *seconds  *share  *Gflop/s  *of peak$" first.txt
grep -q "^trainer 'fit' " first.txt
grep -q "^attack 'fgsm' " first.txt
none "found in the store, not run" first.txt
grep -q "^trainings: 6 of 6 found in the store, not run$" again.txt
none "^trainer 'fit' " again.txt

"$steppe" bench "$quickstart" $tiny --steps 11 --profile >bench.txt
grep -q "^optimizer 'adamw' " bench.txt

command -v python3 >/dev/null || exit 0
python3 - <<'END'
import json

assert "profile" not in json.load(open("plain/run.json"))
assert json.load(open("again/run.json"))["profile"]["found"][1] == {
    "nodes": "trainings", "found": 6, "of": 6}
results = json.load(open("first/results.json"))
rows = [training["train_events"] for training in results["trainings"]]
layers = [602 * 128, 128 * 64, 64 * 32, 32]
batch, epochs = 128, 2

for run in ("first", "far"):
    record = json.load(open(f"{run}/run.json"))
    profile = record["profile"]
    steps = sum(epochs * (n // batch + (n % batch > 1)) for n in rows)
    events = sum(epochs * (n // batch * batch + (n % batch if n % batch > 1 else 0)) for n in rows)

    def products(kind, transpose, what):
        return sum(kernel[what] for kernel in profile["kernels"]
                   if kernel["operation"] == "matmul" and kernel["kind"] == kind
                   and kernel["transpose"] == transpose)

    # Weight gradients are made in steps alone; nobody trains the input.
    assert products("trainer", "first", "calls") == 4 * steps, profile
    assert products("trainer", "first", "flops") == 2 * sum(layers) * events
    assert products("trainer", "second", "calls") == 3 * steps
    assert products("trainer", "second", "flops") == 2 * sum(layers[1:]) * events
    # A third of the trainings is attacked with gradients, once a step.
    for transpose in ("none", "second"):
        assert products("attack", transpose, "calls") == 4 * steps // 3
        assert products("attack", transpose, "flops") == 2 * sum(layers) * events // 3
    assert products("attack", "first", "calls") == 0

    for kernel in profile["kernels"]:
        assert kernel["calls"] > 0 and kernel["seconds"] >= 0, kernel
        if kernel["operation"] != "matmul":
            continue
        of_a_call = 2 * kernel["rows"] * kernel["inner"] * kernel["columns"]
        assert kernel["flops"] == of_a_call * kernel["calls"], kernel
    inside = {}
    for kernel in profile["kernels"]:
        stage = kernel["kind"], kernel["name"]
        inside[stage] = inside.get(stage, 0) + kernel["seconds"]
    for stage in profile["stages"]:
        within = inside.pop((stage["kind"], stage["name"]), 0)
        assert abs(within - stage["seconds_in_kernels"]) < 1e-6, stage
        assert within <= stage["seconds"] + 1e-6, stage
    assert not inside, inside
    assert {"loading", "training", "scoring", "distributions"} <= {
        stage["kind"] for stage in profile["stages"]}
    spent = sum(stage["seconds"] for stage in profile["stages"])
    assert 0 < spent <= profile["seconds"] * record["threads"], profile
END

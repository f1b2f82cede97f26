#!/bin/sh
# Precisions: what is asked for, what is had here, what is said and recorded of it, and found again.
. "$2/tests/pipelines/begin.sh"
unset STEPPE_BF16
cat >study.toml <<END
extends = "$source/tests/pipelines/toy.toml"
[values]
jets   = 150
epochs = 1
[matrix]
precision = ["f32", "bf16x3", "bf16"]
[attack.fgsm]
epsilon = 0.02
[trainer.fit]
attack    = "fgsm"
precision = "{precision}"
END
run() {
  "$steppe" run study.toml --no-report --store store "$@" 2>words.txt >/dev/null
}

# An older processor than any with AMX, where there is more than one kind of them: one line says so.
export ONEDNN_MAX_CPU_ISA=AVX2
"$steppe" check study.toml 2>words.txt >/dev/null
[ "$(grep -c AMX words.txt)" -eq 1 ]
grep -q "study.toml:11:.*note: precision 'bf16x3' or 'bf16' needs a processor with AMX; this one has .*: trained in f32" words.txt
"$steppe" check study.toml --set trainer.fit.precision=f32 2>&1 | grep -q AMX && exit 1
"$steppe" check study.toml --set trainer.fit.precision=f32 --set trainer.fit.attack_precision=bf16 2>&1 |
  grep -q "precision 'bf16' needs"
run --out one
run --out two --set 'matrix.precision=["bf16x6"]'
grep -q "fit (precision=bf16x6): found in the store" words.txt || { cat words.txt; exit 1; }
got=0
"$steppe" check study.toml --set trainer.fit.precision=f16 2>words.txt || got=$?
[ "$got" -eq 2 ]
grep -q "'f32', 'bf16x6', 'bf16x3', 'bf16'" words.txt

# Even where they are let through, a processor without them has none.
got=0
case $(uname -m) in x86_64)
  STEPPE_BF16=always run --no-store --out none --set 'matrix.precision=["bf16"]' || got=$?
  [ "$got" -ne 0 ]
  grep -q "bfloat16 operands need avx512_core or more and this processor has avx2" words.txt ;;
esac
unset ONEDNN_MAX_CPU_ISA
bf16=no
export STEPPE_BF16=always
if run --out all; then
  bf16=yes
  grep -q AMX words.txt && exit 1
  "$steppe" devices | grep -q "works in f32, bf16x6, bf16x3, bf16;"
  "$steppe" bench study.toml --steps 2 --json >speed.json
else
  grep -q "bfloat16 operands need" words.txt || { cat words.txt; exit 1; }
fi
command -v python3 >/dev/null || exit 0
cat >look.py <<'END'
import json, sys
def read(name):
    return json.load(open(name))
def losses(name):
    return {t["point"]["precision"]: t["history"] for t in read(f"{name}/results.json")["trainings"]}
one = read("one/run.json")
assert one["precision"] == {"update": ["f32"], "attack": ["f32"]}, one["precision"]
assert all(t["precision"] == t["attack_precision"] == "f32" for t in one["trainings"]), one["trainings"]
assert len({n["key"] for n in one["nodes"] if n["node"].startswith("fit")}) == 1
assert sum("AMX" in note for note in one["notes"]) == 1, one["notes"]
fallen = losses("one")
assert fallen["bf16"] == fallen["bf16x3"] == fallen["f32"] == losses("two")["bf16x6"]
if sys.argv[1] == "yes":
    every = read("all/run.json")
    assert set(every["precision"]["update"]) == {"f32", "bf16x3", "bf16"}, every["precision"]
    assert every["precision"]["attack"] == ["f32"]
    assert {t["point"]["precision"]: t["precision"] for t in every["trainings"]} == {
        p: p for p in ("f32", "bf16x3", "bf16")}
    assert len({n["key"] for n in every["nodes"] if n["node"].startswith("fit")}) == 3
    assert len(every["onednn"]["implementations"]) > 1, every["onednn"]
    assert losses("all")["bf16"] != losses("all")["f32"]
    assert [(t["precision"], t["attack_precision"]) for t in read("speed.json")["trainings"]] == [
        ("f32", "f32"), ("bf16x3", "f32"), ("bf16", "f32")]
END
python3 look.py $bf16

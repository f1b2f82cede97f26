#!/bin/sh
# What ran and why: 'why' names exactly the settings that were changed, with their places in the file;
# 'runs' lists what is there; 'diff' says what two runs do not have in common; and records of an
# older program are still read.
. "$2/tests/pipelines/begin.sh"

mkdir -p study
awk 'BEGIN { srand(3); print "x,y,label"
  for (i = 0; i < 800; ++i) { l = i % 2; print rand() + l * 0.3 "," rand() "," l } }' >study/events.csv
cat >study/study.toml <<END
[pipeline]
name = "why"
seed = 5
[values]
epochs = 2
[matrix]
attack = ["none", "fgsm"]
trial  = 2
[reader.events]
use    = "csv"
path   = ["events.csv"]
[model.net]
use    = "dense"
hidden = [8, 4]
[optimizer.adamw]
[attack.fgsm]
epsilon = 0.05
[trainer.fit]
use       = "supervised"
data      = "events"
model     = "net"
optimizer = "adamw"
attack    = "{attack}"
batch     = 32
epochs    = "{epochs}"
[evaluate]
of      = "fit"
on      = ["events"]
metrics = ["auc", "accuracy"]
[[require]]
that = "auc(attack='none') > 0.1"
END
if ! "$steppe" check study/study.toml >check.txt 2>&1; then
  cat check.txt
  "$steppe" list reader --names | grep -qx csv || exit 77   # built without zlib
  exit 1
fi

says() { # says <exit code> <line, as it stands> <arguments...>
  wanted=$1
  line=$2
  shift 2
  got=0
  "$steppe" "$@" >out.txt 2>&1 || got=$?
  if [ "$got" -ne "$wanted" ] || ! tr -s ' ' <out.txt | grep -qF -- "$line"; then
    echo "steppe $*: exit code $got instead of $wanted, or no line with '$line':"
    cat out.txt
    exit 1
  fi
}
json() { # json <exit code> <expression of Python about `it`> <arguments...>
  wanted=$1
  expression=$2
  shift 2
  got=0
  "$steppe" "$@" --json >out.json || got=$?
  [ "$got" -eq "$wanted" ] || { echo "steppe $*: exit code $got instead of $wanted"; exit 1; }
  command -v python3 >/dev/null || return 0
  python3 -c "import json; it = json.load(open('out.json')); assert ($expression), it"
}
run() { "$steppe" run study/study.toml --no-report "$@" >/dev/null 2>&1; }

# --- why
says 2 "there is no store '.steppe'; --store names another" why study/study.toml
run --out runs/one
says 0 "0 of 9 nodes to be done" why study/study.toml
says 0 "fit (attack=fgsm, trial=0) is in the store:" why study/study.toml 'fit (attack=fgsm, trial=0)'
json 0 "it['done'] and it['changes'] == [] and len(it['key']) == 32" \
  why study/study.toml 'fit (attack=fgsm, trial=0)'
says 2 "did you mean 'attack=fgsm'?" why study/study.toml attack=fgsn
says 2 "4 nodes have 'fgsm' in their names" why study/study.toml fgsm

sed -i 's/^epsilon = 0.05/epsilon = 0.06/' study/study.toml
says 0 "attack.fgsm.epsilon 0.06 0.05 study/study.toml:17:11" \
  why study/study.toml 'fit (attack=fgsm, trial=1)'
[ "$(grep -c . out.txt)" -eq 4 ]   # two sentences, the table's head, and one change
json 0 "it['kind'] == 'score' and [c['field'] for c in it['changes']] == ['attack.fgsm.epsilon'] and
  it['changes'][0]['now'] == '0.06' and it['changes'][0]['was'] == '0.05' and
  it['changes'][0]['setting'] == 'attack.fgsm.epsilon' and
  it['changes'][0]['places'] == [{'file': 'study/study.toml', 'line': 17, 'column': 11}]" \
  why study/study.toml 'score fit (attack=fgsm, trial=1)'
says 0 "4 of 9 nodes to be done" why study/study.toml
json 0 "it['nodes'] == 9 and it['done'] == 5 and len(it['reasons']) == 1 and
  len(it['reasons'][0]['nodes']) == 4" why study/study.toml
# A value that is used elsewhere, a list, a default, an option, a file's content, a new stage.
says 0 "trainer.fit.epochs 3 2 --set values.epochs=3, used at study/study.toml:25:13" \
  why study/study.toml 'fit (attack=none, trial=0)' --set values.epochs=3
says 0 "model.net.hidden.1 5 4 --set model.net.hidden=[8,5]" \
  why study/study.toml 'fit (attack=none, trial=0)' --set 'model.net.hidden=[8,5]'
echo "0.5,0.5,1" >>study/events.csv
says 0 "study/study.toml:11:11: what is in the file 'events.csv'" why study/study.toml "data 'events'"
sed -i '$d' study/events.csv
says 0 "attack.noise noise" why study/study.toml 'fit (attack=noise, trial=0)' \
  --set "matrix.attack=['none','noise']" --set attack.noise.epsilon=0.1
echo "why names what was changed, and where"

# --- runs and diff
run --out runs/same --set attack.fgsm.epsilon=0.05
run --out runs/deep/other
"$steppe" runs >out.txt
[ "$(grep -c "^runs/" out.txt)" -eq 3 ]
grep -q "^runs/one  *why  *2.*Z .* s  *4  *0  *1 of 1$" out.txt
says 2 "there is no folder 'nowhere'" runs nowhere
json 0 "{r['run'] for r in it} == {'runs/one', 'runs/same', 'runs/deep/other'} and
  it[0]['pipeline'] == 'why' and it[0]['points'] == 4 and it[0]['failed'] == 0 and
  it[0]['gates_held'] == it[0]['gates'] == 1 and it[0]['started'] >= it[2]['started']" runs runs

says 0 "results are the same bytes" diff runs/one runs/same
says 0 "set first second" diff runs/one/run.json runs/same
says 1 "attack.fgsm.epsilon 0.05 0.06" diff runs/one runs/deep/other
says 1 "attack = fgsm, test = events auc" diff runs/one runs/deep/other
says 1 "paired trial by trial" diff runs/one runs/deep/other
grep -q "attack = none" out.txt && exit 1
says 2 "give the folder of a run" diff runs/one nowhere
json 0 "it['same'] and it['same_bytes'] and it['values'] == []" diff runs/one runs/same
json 1 "not it['same'] and it['same_values'] > 0 and
  [c['what'] for c in it['record'][0]['changes']] == ['attack.fgsm.epsilon'] and
  all(v['paired'] and v['point'] == {'attack': 'fgsm', 'test': 'events'} and
      abs(v['second']['value'] - v['first']['value'] - v['difference']['value']) < 1e-12
      for v in it['values']) and it['values']" diff runs/one runs/deep/other
echo "runs are listed and compared"

# --- the record
command -v python3 >/dev/null || exit 0
if command -v git >/dev/null; then
  git -C study init -q -b trunk
  git -C study add study.toml
  git -C study -c user.name=a -c user.email=a@b.invalid commit -qm start
  run --out runs/kept
  sed -i 's/^batch .*/batch     = 16/' study/study.toml
  run --out runs/dirty
fi
(cd study && "$steppe" run study.toml --no-report --no-store --set 'reader.events.path=["events.csv"]' \
  --out ../runs/here >/dev/null 2>&1)
cat >look.py <<'END'
import json, os, sys
def record(name):
    return json.load(open(f"runs/{name}/run.json"))
one, here = record("one"), record("here")
assert one["name"] == "why" and one["points"] == 4 and one["trials"] == [0, 1] and one["seed"] == 5
assert one["folder"] == os.getcwd() and one["store"] == os.path.join(os.getcwd(), ".steppe")
assert one["onednn"]["implementations"] and one["precision"] == {"update": ["f32"], "attack": ["f32"]}
assert one["host"]["instruction_set"] and "cpu" in one["host"]
assert all(len(p["content"]) == 32 for p in one["plugins"] + one["data_files"] + one["files"])
assert [os.path.basename(f["path"]) for f in one["data_files"]] == ["events.csv"]
assert one["data_files"][0]["bytes"] == os.path.getsize("study/events.csv")
assert len(one["nodes"]) == 9 and all(len(n["key"]) == 32 for n in one["nodes"])
assert here["store"] is None and not any("key" in n for n in here["nodes"])
assert here["data_files"] == one["data_files"]
for it in one, here:
    assert json.dumps(os.path.join(os.getcwd(), "study/events.csv")) in it["pipeline"], it["pipeline"]
if os.path.exists("runs/kept"):
    assert record("kept")["git"]["branch"] == "trunk" and len(record("kept")["git"]["commit"]) == 40
    assert not record("kept")["git"]["dirty"] and record("dirty")["git"]["dirty"]
open("again.toml", "w").write(one["pipeline"])
# As a program before these keys wrote it.
new = ["name", "files", "folder", "plugin_path", "git", "precision", "onednn", "seed", "trials", "points",
       "store", "data_files"]
for key in new:
    one.pop(key, None)
for key in "cpu", "instruction_set":
    one["host"].pop(key)
for thing in one["plugins"] + one["nodes"]:
    thing.pop("content", None), thing.pop("key", None)
json.dump(one, open("runs/same/run.json", "w"))
END
python3 look.py
cd study   # from another folder
"$steppe" run ../again.toml --no-report --no-store --out ../runs/again >/dev/null 2>&1
cd ..
says 0 "results are the same bytes" diff runs/one runs/again
says 0 "data files: not told by both runs" diff runs/same runs/one
says 1 "attack.fgsm.epsilon" diff runs/same runs/deep/other
"$steppe" runs | grep -q "^runs/same  *why  *2.* -  *0  *1 of 1$"
"$steppe" report runs/same >/dev/null 2>&1
[ -s runs/same/report.html ]
echo "a record leads back to its files, and older ones are read"

#!/bin/sh
# The commands that look and tell: what they print for programs is JSON, their exit codes and
# sentences are as `steppe --help` says, and shells can read what is written for them.
. "$2/tests/pipelines/begin.sh"

PATH=$(dirname "$steppe"):$PATH

says() { # says <exit code> <text> <arguments...>
  wanted=$1
  text=$2
  shift 2
  got=0
  "$steppe" "$@" >out.txt 2>&1 || got=$?
  if [ "$got" -ne "$wanted" ] || ! grep -qe "$text" out.txt; then
    echo "steppe $*: exit code $got instead of $wanted, or nothing like '$text':"
    cat out.txt
    exit 1
  fi
}

says 2 "did you mean 'check'" chekc
says 2 "did you mean '--threads'" run "$quickstart" --thread 2
says 2 "did you mean '--version'" --versoin
says 2 "has no use for 'two'" devices two
says 2 "bash,zsh,fish" completion csh
says 0 "3  everything ran, and a" --help
for command in $("$steppe" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'); do
  says 0 "^  .*$command" "$command" --help
  says 0 "^Example:" "$command" --help
done

tiny="--set matrix.trial=1"
says 0 "^quickstart: 6 points, 2 data sets, 6 trainings, 12 scores" plan "$quickstart" $tiny
says 2 "epochz" plan "$quickstart" --set trainer.fit.epochz=1
says 0 "^digraph \"quickstart\" {" graph "$quickstart" $tiny
says 2 "nothing was run" graph "$quickstart" --set trainer.fit.epochz=1
says 0 "works in f32" devices
says 0 "gpu            [a-zA-Z]" devices
says 0 "oneDNN" version
says 0 "^  run  "
says 0 "^plugin interface" --version
says 2 "did you mean 'attack.pgd'" describe attack.pdg
says 2 "Directory is actually a file: out.txt" list --plugin-path out.txt

# Nothing wrong, and everything wrong.
unset STEPPE_PLUGIN_PATH
export XDG_DATA_HOME="$work"
says 0 "everything that is needed is there and works" doctor
mkdir plugins
echo "no library" >plugins/broken.so
says 1 "plugin $work/plugins/broken.so was set aside" doctor --plugin-path plugins

"$steppe" list --names >names.txt
grep -qx fgsm names.txt
"$steppe" list --kinds | grep -qx attack

# Every form of JSON, and a word that must be in it.
json() { # json <exit code> <expression of Python about `it`> <arguments...>
  wanted=$1
  expression=$2
  shift 2
  got=0
  "$steppe" "$@" >out.json || got=$?
  [ "$got" -eq "$wanted" ] || { echo "steppe $*: exit code $got instead of $wanted"; exit 1; }
  command -v python3 >/dev/null || return 0
  python3 -c "import json; it = json.load(open('out.json')); assert ($expression), it"
}
json 0 "any(s['name'] == 'pgd' and s['kind'] == 'attack' for s in it['stages'])" list --json
json 0 "all(s['kind'] == 'model' for s in it['stages'])" list model --json
json 0 "it[0]['settings'][0]['name'] == 'epsilon' and it[0]['wiring']" describe fgsm --json
json 0 "it['fine'] and it['errors'] == 0" check "$quickstart" --json
json 2 "not it['fine'] and it['problems'][0]['severity'] == 'error' and
  it['problems'][0]['file'] == '--set trainer.fit.epochz=1' and it['problems'][0]['line'] == 1 and
  \"did you mean 'epochs'\" in it['problems'][0]['sentence']" \
  check "$quickstart" --set trainer.fit.epochz=1 --json
json 2 "'there is no file' in it['problems'][0]['sentence']" check nowhere.toml --json
json 0 "it['counts']['trainings'] == 6 == len(it['trainings']) and
  it['trainings'][0]['parameters'] == 88001 and it['counts']['shared'] == 0" plan "$quickstart" $tiny --json
json 0 "it['abi']['minor'] >= 0 and it['libraries']['oneDNN']" version --json
json 0 "it['healthy'] and it['devices'][0]['works'] and it['cpu']['instruction_set']" doctor --json
json 1 "not it['healthy'] and len(it['plugins']['set_aside']) == 1" \
  doctor --plugin-path plugins --json
json 0 "[d['name'] for d in it] == ['cpu', 'far', 'gpu'] and not it[2]['works']" devices --json
json 0 "it['properties']['attack']" schema

# Points that differ in what is not trained share their training.
cat >shared.toml <<END
extends = "$quickstart"
[matrix]
efficiency = [0.5, 0.85]
[metric.rejection]
signal_efficiency = "{efficiency}"
[evaluate]
metrics = ["rejection"]
END
json 0 "it['counts']['points'] == 12 and it['counts']['trainings'] == 6 and
  it['counts']['shared'] == 6 and
  it['trainings'][0]['place']['efficiency'] == ['0.5', '0.85']" \
  plan shared.toml $tiny --set 'require=[]' --json

if command -v dot >/dev/null; then
  "$steppe" graph "$quickstart" $tiny | dot -Tsvg >graph.svg
fi
if command -v man >/dev/null && command -v groff >/dev/null; then
  "$steppe" man >steppe.1
  groff -man -Tutf8 -ww steppe.1 >manual.txt 2>warnings.txt
  [ ! -s warnings.txt ] || { cat warnings.txt; exit 1; }
  grep -q "pipelines of physics machine learning" manual.txt
fi

# What bash makes of a half-typed line.
if command -v bash >/dev/null; then
  cat >complete.sh <<'END'
source <(steppe completion bash)
offered() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _steppe; echo "${COMPREPLY[*]}"; }
[ "$(offered steppe des)" = describe ] || exit 1
[ "$(offered steppe run --thr)" = --threads ] || exit 2
[ "$(offered steppe describe fgs)" = fgsm ] || exit 3
[ "$(offered steppe describe attack.fg)" = attack.fgsm ] || exit 8
[ "$(offered steppe plan shar)" = shared.toml ] || exit 4
[ "$(offered steppe run x --out plug)" = plugins ] || exit 5
[ "$(offered steppe completion f)" = fish ] || exit 6
[ "$(offered steppe list proj)" = projector ] || exit 7
END
  bash complete.sh
fi
for shell in zsh fish; do
  "$steppe" completion $shell >complete.$shell
  if command -v $shell >/dev/null; then $shell -n complete.$shell; fi
done

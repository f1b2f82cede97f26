#!/bin/sh
# What the framework itself takes for ten thousand points: to check and plan them, without a store and with one
# that has a tenth of them; and for each node of a run, found in the store and made. User time is what counts
# on a machine with other work.
#
#   plan.sh <steppe> [<folder for the store, on tmpfs>]
set -eu
steppe=$1
work=${2:-/dev/shm}/steppe_plan.$$
study=$(cd "$(dirname "$0")" && pwd)/many_points.toml
mkdir "$work"
trap 'rm -rf "$work"' EXIT

# timed <what> <nodes or 1> <arguments...>: real and user time, of a node where there are several
timed() {
  what=$1
  nodes=$2
  shift 2
  /usr/bin/env bash -c 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1' - "$steppe" "$@" 2>&1 |
    awk -v what="$what" -v nodes="$nodes" '{
      printf "%-44s %6.2f s  (user %5.2f, system %5.2f)", what, $1, $2, $3
      if (nodes > 1) printf "  %.3f ms a node, user and system %.3f", 1e3 * $1 / nodes, 1e3 * ($2 + $3) / nodes
      printf "\n" }'
}

timed "check, 10,000 points" 1 check "$study"
timed "plan, no store" 1 plan "$study" --no-store
few="--set matrix.trial=10 --no-report --store $work/store --out $work/out"
timed "run, 2,001 nodes made" 2001 run "$study" $few
timed "run, 2,001 nodes found" 2001 run "$study" $few
timed "plan, a store that has a tenth" 1 plan "$study" --store "$work/store"
timed "plan, a store of another seed" 1 plan "$study" --store "$work/store" --set pipeline.seed=8

#!/bin/sh
# Runs the commands of a page: lines of its fenced blocks that begin with `steppe `, beside the file
# that a block opens with "# <name>.toml" and a checkout of Steppe.
#
#   commands.sh <steppe> <source folder> <page> <work folder> <number of commands>
set -eu
steppe=$1
source=$2
page=$3
work=$4
wanted=$5

rm -rf "$work"
mkdir -p "$work/bin"
ln -s "$steppe" "$work/bin/steppe"
ln -s "$source" "$work/steppe"
cd "$work"
PATH="$work/bin:$PATH"
export PATH

# Files first, then commands, each a line of its own.
awk '/^```/ { inside = !inside; file = ""; next }
     inside && /^# [a-z_]+\.toml$/ { file = $2 }
     inside && file { print > file }
     inside && sub(/^ *steppe /, "steppe ") { print > "commands.txt" }' "$page"

count=0
while read -r command; do
  echo "$command"
  sh -c "$command" </dev/null >out.txt 2>&1 || {
    echo "exit code $?"
    cat out.txt
    exit 1
  }
  count=$((count + 1))
done <commands.txt
[ "$count" -eq "$wanted" ] || { echo "$count commands in $page, not $wanted"; exit 1; }

#!/bin/sh
# Installs Steppe into a prefix, moves the prefix, builds a plugin against the SDK found there, and
# uses it by name in a pipeline.
#
#   outside_author.sh <build folder> <author's project> <work folder>
set -eu
build=$1
author=$2
work=$3

rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/prefix"        # a prefix that knows its own place would break here
steppe="$work/prefix/bin/steppe"

"$steppe" list >"$work/list.txt"
grep -q "^  fgsm " "$work/list.txt" || { echo "the installed program finds no plugins"; exit 1; }

cmake -G Ninja -S "$author" -B "$work/author" -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$work/author"

"$steppe" describe tilt --plugin-path "$work/author" | grep -q "pulls every event"
"$steppe" run --no-store "$author/tilt.toml" --plugin-path "$work/author" --out "$work/results"
grep -q '"attack": "tilt"' "$work/results/results.json"

# Without the folder it is unknown, and the message says so.
if "$steppe" check "$author/tilt.toml" 2>"$work/unknown.txt"; then
  echo "a plugin that is nowhere was accepted"
  exit 1
fi
grep -q "there is no attack 'tilt'" "$work/unknown.txt"

# Every template that `steppe new` begins with, in one project: they build without a warning, are
# found, and keep what their kinds promise.
mkdir "$work/new"
{
  echo "cmake_minimum_required(VERSION 3.22)"
  echo "project(templates LANGUAGES CXX)"
  echo "set(CMAKE_CXX_FLAGS \"-Wall -Wextra -Wpedantic -Wshadow -Werror\")"
  echo "set(STEPPE_PLUGIN_OUTPUT_DIRECTORY $work/templates)"
  echo "enable_testing()"
} >"$work/new/CMakeLists.txt"
# So do the attacks that the documentation shows: the README's with its build file, and the iterative one.
pages="$author/../../.."
mkdir "$work/new/shout"
sed -n '/^#include <steppe\/attack.hpp>/,/^```/p' "$pages/README.md" | grep -v '^```' \
  >"$work/new/shout/shout.cpp"
sed -n '/^```cmake/,/^```/p' "$pages/README.md" | grep -v '^```' >"$work/new/shout/CMakeLists.txt"
sed -n '/^#include <steppe\/ascent.hpp>/,/^```/p' "$pages/docs/writing-a-plugin.md" | grep -v '^```' \
  >"$work/new/momentum.cpp"
# An example as it is installed, under a name of its own.
sed 's/"pgd"/"my_pgd"/' "$work/prefix/share/steppe/examples/attacks/pgd.cpp" >"$work/new/my_pgd.cpp"
echo 'find_package(steppe-sdk REQUIRED)
add_subdirectory(shout)
steppe_add_plugin(momentum SOURCES momentum.cpp)
steppe_add_plugin(my_pgd SOURCES my_pgd.cpp)' >>"$work/new/CMakeLists.txt"
kinds="attack transform model layer metric sharpness projector optimizer trainer reader"
for kind in $kinds; do
  "$steppe" new "$kind" "new_$kind" --in "$work/new" >/dev/null
  echo "add_subdirectory(new_$kind)" >>"$work/new/CMakeLists.txt"
done
grep -q "^struct NewAttack {" "$work/new/new_attack/new_attack.cpp"
if grep -rn "@[A-Z]*@" "$work/new"; then
  echo "a template was not filled in"
  exit 1
fi
cmake -G Ninja -S "$work/new" -B "$work/new/build" -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
cmake --build "$work/new/build"
"$steppe" list --plugin-path "$work/templates" >"$work/list.txt"
for stage in shout momentum my_pgd $(printf 'new_%s ' $kinds); do
  grep -q "^  $stage " "$work/list.txt" || { echo "'$stage' is not listed"; exit 1; }
done
"$steppe" verify "$work/templates/momentum.so"
# Verifies each and runs its pipeline.
ctest --test-dir "$work/new/build" --output-on-failure --quiet

# What is there stays, and names are looked at before anything is written.
refused() {
  if "$steppe" new "$@" --in "$work/new" 2>"$work/refused.txt"; then
    echo "'steppe new $*' was not refused"
    exit 1
  fi
}
refused attack new_attack && grep -q "is there already" "$work/refused.txt"
refused attack Fast-one && grep -q "small letters" "$work/refused.txt"
refused attack fgsm && grep -q "there is one of this name already" "$work/refused.txt"
refused atack mine && grep -q "did you mean 'attack'" "$work/refused.txt"
[ ! -e "$work/new/mine" ] && [ ! -e "$work/new/fgsm" ]
echo "an outside plugin was built, found and used"

#!/bin/sh
# Runs a command where all tests of the device `gpu` are wanted; CTest takes 77 for "skipped".
#
#   if_all.sh <command>...
[ "${STEPPE_GPU_TESTS:-}" = all ] || {
  echo "takes minutes: set STEPPE_GPU_TESTS=all"
  exit 77
}
exec "$@"

#!/bin/sh
# The tests of kernels, networks, data and SDK, built for 64-bit Arm and run under qemu's user emulation.
# Libraries are those of a Debian for Arm, unpacked into the build folder.
#
#   run.sh <source folder> <build folder>
set -eu
source=$1
build=$2
root=$build/root

if [ ! -e "$root/usr" ]; then
  mkdir -p "$build"
  mmdebstrap --quiet --architectures=arm64 --variant=extract bookworm "$root" --include="
    libc6-dev libstdc++-12-dev libdnnl-dev libtbb-dev libboost-dev libtomlplusplus-dev libfmt-dev
    libcli11-dev nlohmann-json3-dev libxxhash-dev libgtest-dev libgmock-dev"
fi
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSTEPPE_ARM_ROOT="$root" \
  -DCMAKE_TOOLCHAIN_FILE="$source/tests/arm/toolchain.cmake"
tests="compute_test network_test data_test sdk_test"
cmake --build "$build" --target $tests
for test in $tests; do
  qemu-aarch64 -L "$root" "$build/bin/$test" --gtest_brief=1
done

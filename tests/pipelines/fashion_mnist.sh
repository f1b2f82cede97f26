#!/bin/sh
# Ten classes end to end on Fashion-MNIST, smaller than as shipped: a network learns, and FGSM fools the
# one that was trained clean more often than the one that was trained with it. The images are those of
# Debian's package dataset-fashion-mnist; without them the test is skipped.
#
#   fashion_mnist.sh <steppe> <source folder> <work folder>
set -eu
steppe=$1
source=$2
work=$3
images=/usr/share/datasets/fashion-mnist

if [ ! -e $images/train-images-idx3-ubyte.gz ]; then
  echo "skipped: no images in $images; install dataset-fashion-mnist"
  exit 77
fi
rm -rf "$work"
mkdir -p "$work"
cat >"$work/small.toml" <<EOF
extends = "$source/pipelines/fashion_mnist.toml"
[matrix]
attack = ["none", "fgsm"]
trial  = 1
[reader.train]
rows = 12000
[reader.test]
rows = 2000
[[require]]
that = "accuracy(attack='none') > 0.75"
[[require]]
that = "fooling_ratio(attack='none') > 0.2"
[[require]]
that = "fooling_ratio(attack='fgsm') < 0.2"
EOF
"$steppe" run --no-store "$work/small.toml" --set values.epochs=2 --threads 1 --out "$work/one"
"$steppe" run --no-store "$work/small.toml" --set values.epochs=2 --threads 2 --out "$work/two" >/dev/null
cmp "$work/one/results.json" "$work/two/results.json"

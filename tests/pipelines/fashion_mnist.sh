#!/bin/sh
# Ten classes end to end on Fashion-MNIST, smaller than as shipped: a network learns, and FGSM fools the
# one that was trained clean more often than the one that was trained with it. The images are those of
# Debian's package dataset-fashion-mnist; without them the test is skipped.
. "$2/tests/pipelines/begin.sh"
images=/usr/share/datasets/fashion-mnist

if [ ! -e $images/train-images-idx3-ubyte.gz ]; then
  echo "skipped: no images in $images; install dataset-fashion-mnist"
  exit 77
fi
cat >small.toml <<EOF
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
"$steppe" run --no-store small.toml --set values.epochs=2 --threads 1 --out one
"$steppe" run --no-store small.toml --set values.epochs=2 --threads 2 --out two >/dev/null
cmp one/results.json two/results.json

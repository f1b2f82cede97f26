#!/bin/sh
# What `steppe devices` and a run on `gpu` say where something is missing: which, and what to do. The
# environment is the rig's, whose layer tells lies on request (rig/pretend.c).
. "$2/tests/pipelines/begin.sh"

says() { # says <exit code> <text> <variable>=<value>... <arguments of steppe...>
  wanted=$1
  text=$2
  shift 2
  lies=""
  while [ "${1#*=}" != "$1" ]; do
    lies="$lies $1"
    shift
  done
  got=0
  env $lies "$steppe" "$@" >out.txt 2>&1 || got=$?
  if [ "$got" -ne "$wanted" ] || ! grep -qe "$text" out.txt; then
    echo "$lies steppe $*: exit code $got instead of $wanted, or nothing like '$text':"
    cat out.txt
    exit 1
  fi
}

study() { # study <device>: writes study.toml
  cat >study.toml <<END
[pipeline]
name   = "small"
device = "$1"
[reader.toy]
use            = "toy_jets"
jets_per_class = 100
[transform.features]
use   = "jet_features"
input = ["toy"]
[model.tagger]
use    = "dense"
hidden = [32]
[optimizer.sgd]
learning_rate = 0.1
[trainer.fit]
use       = "supervised"
data      = "features.toy"
model     = "tagger"
optimizer = "sgd"
batch     = 32
epochs    = 1
[evaluate]
of      = "fit"
on      = ["features.toy"]
metrics = ["auc"]
END
}

# No driver; drivers without a GPU; a GPU of others; one that the library refuses. Where there is no
# GPU, the machine is as it should be; where there is one that does not work, it is not.
says 0 "^  gpu  .*there is no OpenCL driver; .* install the package 'intel-opencl-icd'" \
  OCL_ICD_VENDORS="$work/nothing" devices
says 0 "^  gpu  .*OpenCL's drivers ('Portable Computing Language') know no graphics processor; .*'render'" \
  OPENCL_LAYERS= devices
says 0 "^  gpu  .*' by '.*' is no GPU by Intel, and oneDNN knows no other; use 'cpu'" \
  PRETEND_VENDOR=1 devices
says 1 "^  gpu  .*oneDNN [0-9.]* does not take the GPU '.*try another version of the driver, or use 'cpu'" \
  PRETEND_NO_SECTION=1 devices

# The same where a study asks for it, before anything is read; an index that is not there.
study gpu
says 2 "study.toml:3:10: error: .*there is no OpenCL driver" OCL_ICD_VENDORS="$work/nothing" run study.toml
says 2 "study.toml:3:10: error: .*is no GPU by Intel" PRETEND_VENDOR=1 run study.toml
study gpu:7
says 2 "study.toml:3:10: error: .*this machine has one GPU, 'gpu'" run study.toml
says 2 "study.toml:3:10: error: .*GPUs up to 'gpu:1'; 'steppe devices' lists them" PRETEND_TWO=1 run study.toml
study gpux
says 2 "study.toml:3:10: error: there is no device 'gpux'" run study.toml

# All that there are.
says 0 "^  gpu:1  *works in f32; gpu, oneDNN .*, OpenCL .*, sums in double" PRETEND_TWO=1 devices
says 0 "^  gpu  *works in f32; .*, sums in pairs of floats" PRETEND_NO_DOUBLE=1 devices

# A library whose own kernels the driver does not take.
says 0 "^  gpu  *works in f32; .*, products by a kernel of Steppe's own: oneDNN makes none here (could not" \
  PRETEND_NO_PRODUCT=1 devices

# No memory left, at the first tensor or later on.
study gpu
for memory in 5000 500000; do
  says 1 "'gpu' cannot make room for [0-9]* bytes, of [0-9]* MB in all; use a smaller batch, or 'cpu'" \
    PRETEND_MEMORY=$memory run study.toml
done

#!/usr/bin/env python3
"""Loading jets from an HDF5 file into 602 features: Steppe, bare libhdf5, numpy with h5py.

  reading.py STEPPE [--jets 100000] [--rounds 7] [--cores 2] [--file FILE.h5] [--python /usr/bin/python3]
  reading.py STEPPE --rounds 1 --copies 10 --train 0.8 --memory 1GB

One round is one of each, one after the other: `steppe run` of a study with `rs3l` and `jet_features`,
of which the seconds of its data node count; `rs3l_reading decode`, which unpacks the same numbers with
libhdf5 and does nothing with them; and peers/numpy_reading.py. All may use the same cores; libhdf5 and
numpy use one of them. The file is made anew (rs3l_reading, beside STEPPE) unless one is given, and is in
the system's cache. The second line is about memory: a training on a million jets. Ratios are of neighbours in a round, and medians are printed with the least and the
most. Seconds on the core are those of whole processes: of Steppe, its start and a short training too.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

from peak_memory import watch

HERE = pathlib.Path(__file__).resolve().parent
STUDY = """
[pipeline]
name   = "reading"
seed   = 1
splits = {{ train = {train}, validation = 0.01, test = {test} }}
[reader.jets]
use  = "rs3l"
path = ["{data}"]
[transform.features]
use   = "jet_features"
input = ["jets"]
[model.tagger]
use    = "dense"
hidden = [128, 64, 32]
[optimizer.adamw]
[trainer.fit]
use       = "supervised"
data      = "features.jets"
model     = "tagger"
optimizer = "adamw"
batch     = 512
epochs    = 1
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("steppe")
    parser.add_argument("--jets", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--file", help="with raw columns in RS3L's order")
    parser.add_argument("--python", default="/usr/bin/python3", help="one that has numpy and h5py")
    parser.add_argument("--memory", help="of steppe run")
    parser.add_argument("--copies", type=int, default=1,
                        help="Steppe reads the file so many times, under as many names")
    parser.add_argument("--train", type=float, default=0.01, help="share that is trained on")
    return parser.parse_args()


def core_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_steppe(options, folder):
    before = core_seconds()
    command = [options.steppe, "run", folder / "study.toml", "--no-store", "--no-report",
               "--threads", str(options.cores), "--out", folder / "out"]
    command += ["--memory", options.memory] if options.memory else []
    code, peak, _ = watch(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if code != 0:
        sys.exit(f"{options.steppe} run {folder / 'study.toml'} failed")
    record = json.loads((folder / "out" / "run.json").read_text())
    return {"seconds": record["nodes"][0]["seconds"], "core_seconds": core_seconds() - before,
            "peak": peak}


def run_json(*command):
    return json.loads(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout)


def spread(values, form):
    return f"{statistics.median(values):{form}} ({min(values):{form}} - {max(values):{form}})"


def main():
    options = arguments()
    cores = sorted(os.sched_getaffinity(0))[:options.cores]
    os.sched_setaffinity(0, cores)
    reading = pathlib.Path(options.steppe).resolve().parent / "rs3l_reading"
    if not reading.exists():
        sys.exit(f"{reading} is missing: ninja rs3l_reading")
    rounds = []
    with tempfile.TemporaryDirectory(prefix="steppe-reading-") as name:
        folder = pathlib.Path(name)
        data = pathlib.Path(options.file).resolve() if options.file else folder / "jets.h5"
        if not options.file:
            subprocess.run([reading, "make", data, str(options.jets)], check=True)
        for copy in range(options.copies):
            (folder / f"copy{copy}.h5").symlink_to(data)
        (folder / "study.toml").write_text(
            STUDY.format(data=folder / "copy*.h5", train=options.train,
                         test=round(0.99 - options.train, 6)))
        print(f"{data.stat().st_size / 1e6:.1f} MB; cores {cores}; load average before: "
              f"{os.getloadavg()[0]:.1f}")
        for _ in range(options.rounds):
            rounds.append({"steppe": run_steppe(options, folder),
                           "libhdf5": run_json(reading, "decode", data),
                           "numpy": run_json(options.python, HERE / "peers" / "numpy_reading.py",
                                             data)})
    print(f"load average after: {os.getloadavg()[0]:.1f}; {rounds[0]['numpy']['versions']}\n"
          f"peak RssAnon of steppe: {spread([one['steppe']['peak'] for one in rounds], '.0f')} MiB")
    jets = rounds[0]["numpy"]["jets"]
    for one in rounds:
        for key in ("seconds", "core_seconds"):
            one["steppe"][key] /= options.copies
    print(f"\n{'':9}{'jets/s':>34}  {'us of the core a jet':>28}  {'steppe is faster by':>22}")
    for who in ("steppe", "libhdf5", "numpy"):
        print(f"{who:9}{spread([jets / one[who]['seconds'] for one in rounds], '.0f'):>34}  "
              f"{spread([1e6 * one[who]['core_seconds'] / jets for one in rounds], '.2f'):>28}  "
              + (f"{spread([one[who]['seconds'] / one['steppe']['seconds'] for one in rounds], '.2f'):>22}"
                 if who != "steppe" else ""))


if __name__ == "__main__":
    main()

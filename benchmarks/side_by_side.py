"""Two independent trainings: in one process on two threads, and in two processes on one thread each.

    side_by_side.py <steppe> [<rounds>]

Rounds alternate, so that what else the machine does meets both alike; a round gives the trainings' events a
second of both ways and their ratio. Printed are the median of the ratios and how far they scatter.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

steppe, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
STUDY = """
[pipeline]
name = "side_by_side"
seed = 11
[matrix]
trial = [0, 1]
[reader.events]
use            = "toy_jets"
jets_per_class = 10000
[transform.features]
use   = "jet_features"
input = ["events"]
[model.tagger]
use        = "dense"
preprocess = ["standardise"]
[optimizer.adamw]
[trainer.fit]
use       = "supervised"
data      = "features"
model     = "tagger"
optimizer = "adamw"
batch     = 128
epochs    = 12
[evaluate]
of      = "fit"
on      = ["features"]
metrics = ["auc"]
"""


def begin(folder, arguments):
    command = [steppe, "run", folder / "study.toml", "--no-store", "--no-report", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def rate(out):
    """Trainings a second while they run, summed over those of a run."""
    record = json.loads((out / "run.json").read_text())
    return sum(1 / node["seconds"] for node in record["nodes"] if node["node"].startswith("fit"))


def together(folder):
    begin(folder, ["--threads", "2", "--out", folder / "both"]).wait()
    return rate(folder / "both")


def apart(folder):
    outs = [folder / f"one_{trial}" for trial in range(2)]
    runs = [
        begin(folder, ["--threads", "1", "--out", out, "--set", f"matrix.trial=[{trial}]"])
        for trial, out in enumerate(outs)
    ]
    for run in runs:
        run.wait()
    return sum(rate(out) for out in outs)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "study.toml").write_text(STUDY)
    ratios = []
    for turn in range(rounds):
        ways = [together, apart] if turn % 2 == 0 else [apart, together]
        rates = {way.__name__: way(folder) for way in ways}
        ratios.append(rates["together"] / rates["apart"])
        print(f"one process {rates['together']:.3f}, two processes {rates['apart']:.3f} trainings/s, "
              f"ratio {ratios[-1]:.3f}")
    ratios.sort()
    print(f"median {statistics.median(ratios):.3f}, from {ratios[0]:.3f} to {ratios[-1]:.3f}")

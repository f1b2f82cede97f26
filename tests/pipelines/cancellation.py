"""Sends SIGINT to runs while they are at something long, one after the other, and wants them to end
in good order within a second (two: other tests load the machine): exit code 1, a whole results.json
and a run.json that says that the run was stopped.

    cancellation.py <steppe> <work folder>
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

steppe, work = sys.argv[1], pathlib.Path(sys.argv[2])
patience = float(os.environ.get("STEPPE_STOPS_WITHIN", "2"))
begins = os.environ.get("STEPPE_LONG_BEGINS_WITHIN", "120")

STUDY = """
[pipeline]
name = "stopped"
seed = 3
[values]
jets   = 400
epochs = 1
[reader.events]
use            = "toy_jets"
jets_per_class = "{jets}"
[transform.features]
use   = "jet_features"
input = ["events"]
[model.net]
use        = "dense"
hidden     = [64, 64]
preprocess = ["standardise"]
[optimizer.adamw]
[trainer.fit]
use       = "supervised"
data      = "features"
model     = "net"
optimizer = "adamw"
batch     = 128
epochs    = "{epochs}"
"""
EVALUATE = """
[evaluate]
of      = "fit"
on      = ["features"]
metrics = ["auc"]
"""
ATTACK = """
[attack.pgd]
epsilon = 0.01
steps   = 100000000
"""


def sharpness(settings):
    return STUDY + EVALUATE + '[sharpness.long]\nof = "fit"\non = "features"\nsplit = "all"\n' + settings


# What a run is at, its pipeline, and the line behind which it is at it.
PHASES = {
    "reading": (STUDY.replace("= 400", "= 3000000") + EVALUATE, None),
    "transforms": (
        STUDY.replace("= 400", "= 3000000").replace('input = ["events"]', 'input = ["fair"]')
        + '[transform.fair]\nuse = "balance"\ninput = ["events"]\n'
        + EVALUATE,
        None,
    ),
    "training": (STUDY.replace("epochs = 1\n", "epochs = 1000000\n") + EVALUATE, "data '"),
    "attack in a training": (
        STUDY.replace("[trainer.fit]", '[trainer.fit]\nattack = "pgd"') + ATTACK + EVALUATE,
        "data '",
    ),
    "scores under attack": (STUDY + ATTACK + EVALUATE + 'attack = "pgd"\n', "] fit"),
    "gradient_ascent": (sharpness('use = "gradient_ascent"\nsteps = 100000\n'), "score"),
    "monte_carlo": (sharpness('use = "monte_carlo"\ndraws = 1000000\n'), "score"),
    "power iteration": (
        sharpness(
            'use = "hessian"\nmethod = "power"\nblock = 10\niterations = 1000000\ntolerance = 0\n'
        ),
        "score",
    ),
    "Lanczos process": (
        sharpness('use = "hessian"\nmethod = "lanczos"\nsteps = 1000\n'),
        "score",
    ),
    "distributions": (
        STUDY.replace("= 400", "= 200000")
        + '[distribution.all]\nof = ["events"]\ncolumns = ["constituent.*.pt"]\n',
        "data '",
    ),
}

def fail(name, sentence, errors):
    print(f"{name}: {sentence}\n{errors}")
    sys.exit(1)


def begin(folder, arguments):
    """Starts a run; its lines are in <folder>.txt."""
    errors = open(f"{folder}.txt", "w")
    command = [steppe, "run", *arguments, "--no-report", "--out", str(folder)]
    return subprocess.Popen(command, stderr=errors, stdout=subprocess.DEVNULL, cwd=work)


def wait_for(name, process, folder, line):
    """Until it has said the line, and half a second more."""
    end = time.monotonic() + float(begins)
    while line and line not in pathlib.Path(f"{folder}.txt").read_text():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            fail(name, f"never said '{line}'", pathlib.Path(f"{folder}.txt").read_text())
        time.sleep(0.02)
    time.sleep(0.5 if line else 1.5)


def stop(name, process, folder, by=signal.SIGINT):
    """@returns seconds until it had ended in good order."""
    errors = lambda: pathlib.Path(f"{folder}.txt").read_text()
    if process.poll() is not None:
        fail(name, "it was over too soon", errors())
    sent = time.monotonic()
    process.send_signal(by)
    try:
        code = process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        fail(name, "it did not stop", errors())
    seconds = time.monotonic() - sent
    if code != 1:
        fail(name, f"exit code {code} instead of 1", errors())
    json.loads((folder / "results.json").read_text())
    if json.loads((folder / "run.json").read_text())["stopped"] is not True:
        fail(name, "run.json does not say that it was stopped", errors())
    if "stopped before the end" not in errors():
        fail(name, "it does not say that it was stopped", errors())
    if seconds > patience:
        fail(name, f"it took {seconds:.2f} s to stop", errors())
    print(f"{name}: stopped in {seconds:.2f} s")
    return seconds


for name, (text, line) in PHASES.items():
    folder = work / name.replace(" ", "_")
    file = folder.with_suffix(".toml")
    file.write_text(text)
    process = begin(folder, [file, "--no-store"])
    wait_for(name, process, folder, line)
    stop(name, process, folder)

# What was measured by then is in results.json, and what was made in the store.
two = STUDY.replace("epochs = 1\n", "") + EVALUATE + "[matrix]\nepochs = [1, 1000000]\n"
(work / "two.toml").write_text(two)
folder = work / "two"
process = begin(folder, [work / "two.toml", "--store", "kept", "--threads", "2"])
wait_for("what was done", process, folder, "score")
stop("what was done", process, folder, signal.SIGTERM)
rows = json.loads((folder / "results.json").read_text())["rows"]
if len(rows) != 1:
    fail("what was done", f"{len(rows)} rows instead of 1", "")

# Another process has the lease of the long training: this one waits, and stops all the same.
first = begin(work / "first", [work / "two.toml", "--store", "kept"])
wait_for("at work", first, work / "first", "score")
second = begin(work / "second", [work / "two.toml", "--store", "kept"])
wait_for("waiting for a lease", second, work / "second", "score")
if "found in the store" not in (work / "second.txt").read_text():
    fail("what was done", "it was not found again", (work / "second.txt").read_text())
stop("waiting for a lease", second, work / "second")

# A second signal is the system's own.
first.send_signal(signal.SIGSTOP)  # so that the first one finds no time
first.send_signal(signal.SIGINT)
first.send_signal(signal.SIGTERM)
first.send_signal(signal.SIGCONT)
if (code := first.wait(timeout=60)) not in (-signal.SIGINT, -signal.SIGTERM):
    fail("twice", f"exit code {code} instead of a signal", "")
print("a second signal ends it at once")

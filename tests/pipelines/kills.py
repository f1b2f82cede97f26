#!/usr/bin/env python3
"""SIGKILL anywhere, run again: the results and weights have the bytes of a run nobody killed, and the
store is whole every time.

    kills.py <steppe> <die_after_write.so> <work folder>

Environment: STEPPE_KILLS: random moments of a matrix run (default 6); STEPPE_KILL_STEP: of the changes
of the file system in a small run every so-manieth is the last (default 5; 1: each).
"""

import filecmp
import os
import random
import shutil
import subprocess
import sys
import time

STUDY = """
extends = "{base}"
[values]
jets   = {jets}
epochs = {epochs}
[matrix]
attack = [{attacks}]
trial  = {trials}
[attack.fgsm]
epsilon = 0.02
[attack.ssam_d]
rho = 0.05
[trainer.fit]
attack = "{{attack}}"
[sharpness.walk]
use = "gradient_ascent"
of  = "fit"
on  = "features.jets"
[distribution.shapes]
of      = ["features.jets"]
columns = ["jet.mass"]
"""
BASE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "toy.toml")


class Study:
    """A pipeline, what it gives when nobody kills it, and how long that takes."""

    def __init__(self, steppe, folder, **sizes):
        self.steppe = steppe
        self.folder = folder
        os.makedirs(folder)
        self.file = os.path.join(folder, "study.toml")
        with open(self.file, "w", encoding="utf-8") as out:
            out.write(STUDY.format(base=BASE, **sizes))
        self.whole = os.path.join(folder, "whole")
        subprocess.run(self.command(self.whole, "--no-store"), check=True, capture_output=True)
        begin = time.monotonic()
        self.fresh("timed")
        self.finish("timed")
        self.seconds = time.monotonic() - begin

    def command(self, out, *options):
        return [self.steppe, "run", self.file, "--no-report", "--out", out, "--threads", "2", *options]

    def path(self, name):
        return os.path.join(self.folder, name)

    def with_store(self, name):
        return self.command(self.path(name), "--store", self.path(name + ".store"),
                            "--checkpoint-every", "0")

    def fresh(self, name):
        for path in (self.path(name), self.path(name + ".store")):
            shutil.rmtree(path, ignore_errors=True)

    def expect_whole_store(self, name, moment):
        store = self.path(name + ".store")
        if not os.path.exists(store):
            return
        done = subprocess.run([self.steppe, "store", "verify", "--store", store],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{moment}: the store is damaged:\n{done.stdout}{done.stderr}")

    def finish(self, name, moment="nobody killed it"):
        """Runs to the end and compares every byte. @returns how many trainings went on half-way."""
        done = subprocess.run(self.with_store(name), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{moment}: the next run failed:\n{done.stdout}{done.stderr}")
        self.expect_whole_store(name, moment)
        expect_same(self.whole, self.path(name), moment)
        return done.stderr.count("goes on after epoch")


def expect_same(one, other, moment):
    for folder in (".", "weights"):
        expected, found = (sorted(os.listdir(os.path.join(run, folder))) for run in (one, other))
        if found != expected:
            sys.exit(f"{moment}: '{folder}' has {found} instead of {expected}")
    weights = os.listdir(os.path.join(one, "weights"))
    for name in ["results.json", *(os.path.join("weights", file) for file in weights)]:
        if not filecmp.cmp(os.path.join(one, name), os.path.join(other, name), shallow=False):
            sys.exit(f"{moment}: {name} has other bytes than without a kill")


def kill_at_random(study, rounds):
    moments = random.Random(11)
    resumed = 0
    for kill in range(rounds):
        study.fresh("random")
        after = moments.uniform(0.02, study.seconds)
        run = subprocess.Popen(study.with_store("random"), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        time.sleep(after)
        run.kill()
        run.wait()
        moment = f"kill {kill} after {after:.3f} s"
        study.expect_whole_store("random", moment)
        resumed += study.finish("random", moment)
    print(f"{rounds} of {rounds} runs killed at random moments ended with the same bytes; "
          f"{resumed} trainings went on half-way")


def kill_again_and_again(study):
    """The same run, killed until it gets through; a little later each time."""
    study.fresh("again")
    kills = 0
    while True:
        run = subprocess.Popen(study.with_store("again"), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        try:
            if run.wait(timeout=study.seconds * (0.3 + 0.1 * kills)) == 0:
                break
            sys.exit("a run that was killed before failed")
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
            kills += 1
            if kills > 50:
                sys.exit("killed 50 times, and still not through: nothing is kept")
    expect_same(study.whole, study.path("again"), "killed again and again")
    print(f"one run killed {kills} times ended with the same bytes")


def kill_after_every_change(study, shim, step):
    killed = 0
    for torn in (False, True):
        at = 1
        while True:
            study.fresh("change")
            environment = dict(os.environ, LD_PRELOAD=shim, STEPPE_DIE_AT=str(at),
                               STEPPE_DIE_TORN="1" if torn else "0")
            run = subprocess.run(study.with_store("change"), env=environment, capture_output=True,
                                 check=False)
            if run.returncode == 0:
                break
            if run.returncode != -9:
                sys.exit(f"change {at}: exit code {run.returncode} instead of SIGKILL")
            moment = f"killed after change {at}{' that was torn' if torn else ''}"
            study.expect_whole_store("change", moment)
            study.finish("change", moment)
            killed += 1
            at += step
    if killed < 20:
        sys.exit(f"only {killed} changes of the file system were seen")
    print(f"{killed} of {killed} runs killed after a change of the file system ended with the same bytes")


def main():
    steppe, shim, work = sys.argv[1:]
    shutil.rmtree(work, ignore_errors=True)
    small = Study(steppe, os.path.join(work, "small"), attacks='"ssam_d"', trials=1, jets=200, epochs=3)
    kill_after_every_change(small, shim, int(os.environ.get("STEPPE_KILL_STEP", "5")))
    matrix = Study(steppe, os.path.join(work, "matrix"), attacks='"none", "fgsm", "ssam_d"', trials=3,
                   jets=3000, epochs=6)
    kill_at_random(matrix, int(os.environ.get("STEPPE_KILLS", "6")))
    kill_again_and_again(matrix)


main()

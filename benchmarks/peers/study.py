"""What all peers of compare.py share: the numbers of benchmarks/paper_network.toml, and how they talk.

A peer reads lines `<attack> <steps>` on its standard input and answers each with one line of JSON: what those
steps took. The first line it writes tells what it is.
"""
import json
import sys
import time

EVENTS, FEATURES, HIDDEN, BATCH = 58982, 602, (128, 64, 32), 128
ATTACKS = ("none", "fgsm", "pgd", "sam", "ssam_d")
EPSILON = {"fgsm": 0.015, "pgd": 0.007}
PGD_STEPS, PGD_ALPHA, RHO, SPARSITY = 10, 0.0025, 0.1, 0.5
LEARNING_RATE, WEIGHT_DECAY = 1e-4, 1e-5


def best_gflops(product):
    """Of a call that multiplies two matrices of 512 x 512, which lie in the cache: the best of five."""
    best = 0
    for _ in range(5):
        begin = time.perf_counter()
        product()
        best = max(best, 2e-9 * 512**3 / (time.perf_counter() - begin))
    return best


def timed(run, steps):
    """`run(steps)` makes them and returns when they are done."""
    core, wall = time.process_time(), time.perf_counter()
    run(steps)
    seconds = time.perf_counter() - wall
    core = time.process_time() - core
    return {"steps": steps, "seconds": seconds, "core_seconds": core,
            "samples_per_second": steps * BATCH / seconds,
            "samples_per_core_second": steps * BATCH / core}


def serve(about, trainings, peak_gflops):
    """`trainings`: by attack, each with `prepare(steps)`, which is not timed, and `run(steps)`."""
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        attack, steps = line.split()
        training = trainings[attack]
        training.prepare(int(steps))
        before = peak_gflops()
        answer = timed(training.run, int(steps))
        answer["peak_gflops"] = (before + peak_gflops()) / 2
        print(json.dumps(answer), flush=True)

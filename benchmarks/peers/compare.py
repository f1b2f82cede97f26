#!/usr/bin/env python3
"""Steppe against PyTorch: the trainings of benchmarks/paper_network.toml on one core.

  compare.py STEPPE [--rounds 12] [--steps 100] [--core 0] [--python /usr/bin/python3]

One round is one call of `steppe bench` and, right after it, the same trainings in PyTorch, in a
process that stays (torch_training.py); a ratio is one of two neighbours. Clocks of processors change
and neighbours come and go, so each measurement has a probe of the processor around it, and counts
only where that reaches nine tenths of the best of its kind in this run. Two ratios are printed: by a
clock on the wall, and by the time that either program had the core, which is what is left to
compare where other programs use the core too. Absolute figures of two runs do not compare.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ATTACKS = ("none", "fgsm", "pgd", "sam")
GATE = 0.9
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("steppe")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--steps", type=int, default=100, help="of each training and round; of "
                        "PyTorch's trainings under attack fewer, as they take longer")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--python", default="/usr/bin/python3", help="one that has PyTorch")
    return parser.parse_args()


class Torch:
    def __init__(self, python):
        if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode != 0:
            sys.exit(f"{python} has no PyTorch: apt-get install python3-torch, or --python another")
        self.process = subprocess.Popen([python, HERE / "torch_training.py"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=os.environ | ONE_THREAD)
        self.about = json.loads(self.process.stdout.readline())

    def time(self, attack, steps):
        print(attack, steps, file=self.process.stdin, flush=True)
        took = json.loads(self.process.stdout.readline())
        took["samples_per_core_second"] = (
            took["samples_per_second"] * took["seconds"] / took["core_seconds"])
        return took


def time_steppe(options):
    out = subprocess.run([options.steppe, "bench", HERE.parent / "paper_network.toml", "--json",
                          "--steps", str(options.steps)], check=True, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return {training["attack"]: training for training in json.loads(out.stdout)["trainings"]}


def middle(values):
    """Median, and the middle half."""
    low, median, high = statistics.quantiles(values, n=4) if len(values) > 1 else 3 * values
    return median, low, high


def text(values, form):
    median, low, high = middle(values)
    return f"{median:{form}} ({low:{form}} - {high:{form}})"


def table(rounds, clock):
    """`rounds`: pairs of measurements by attack. `clock`: the key of a rate."""
    print(f"\n{'attack':8}{'rounds':>7}  {'steppe':>28}  {'torch':>28}  {'ratio':>20}")
    for attack in ATTACKS:
        pairs = [(ours[attack], theirs[attack]) for ours, theirs in rounds]
        best = [max(pair[side]["peak_gflops"] for pair in pairs) for side in (0, 1)]
        good = [pair for pair in pairs
                if all(pair[side]["peak_gflops"] >= GATE * best[side] for side in (0, 1))]
        rates = [[pair[side][clock] for pair in good] for side in (0, 1)]
        ratios = [ours / theirs for ours, theirs in zip(*rates)]
        print(f"{attack:8}{len(good):4} of {len(pairs):<2}{text(rates[0], '.0f'):>28}  "
              f"{text(rates[1], '.0f'):>28}  {text(ratios, '.2f'):>20}")


def main():
    options = arguments()
    os.sched_setaffinity(0, {options.core})
    torch = Torch(options.python)
    print(subprocess.run([options.steppe, "version"], text=True, capture_output=True).stdout)
    print(f"PyTorch {torch.about['version']}, eager, {torch.about['optimizer']}, "
          f"{torch.about['threads']} thread; products by {torch.about['blas']}\n"
          f"{torch.about['config']}")
    print(f"core {options.core}; load average before: {os.getloadavg()[0]:.1f}")
    rounds = []
    for _ in range(options.rounds):
        ours = time_steppe(options)
        theirs = {attack: torch.time(attack, max(10, options.steps // (4 if attack == "pgd" else 1)))
                  for attack in ATTACKS}
        rounds.append((ours, theirs))
    print(f"load average after: {os.getloadavg()[0]:.1f}")
    print("\nsamples a second that the program had the core: median (middle half)", end="")
    table(rounds, "samples_per_core_second")
    print("\nsamples a second by the clock on the wall", end="")
    table(rounds, "samples_per_second")
    shares = {attack: middle([ours[attack]["share_of_peak"] for ours, _ in rounds])[0]
              for attack in rounds[0][0]}
    print("\nsteppe, share of the peak:",
          ", ".join(f"{attack} {100 * share:.0f} %" for attack, share in shares.items()))
    for side, probe in enumerate(("chains of multiplications and additions", "torch.mm")):
        peaks = [one["peak_gflops"] for pair in rounds for one in pair[side].values()]
        print(f"probe: {probe}, {text(peaks, '.1f')} Gflop/s")


if __name__ == "__main__":
    main()

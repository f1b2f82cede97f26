#!/usr/bin/env python3
"""Steppe against PyTorch and JAX: the trainings of benchmarks/paper_network.toml on one core.

  compare.py STEPPE [--rounds 12] [--steps 100] [--core 0] [--python PYTHON ...] [--markdown]

Peers are what each PYTHON (default: /usr/bin/python3; may be given more than once) has: PyTorch in two styles,
`tuned` and `usual` (torch_training.py says what they are), from version 2 on `tuned` compiled as well, and JAX
(jax_training.py). `--peers tuned usual` takes some of them.

One round is one call of `steppe bench` and, right after it, the same trainings of every peer, in processes
that stay; a ratio is one of a round. Clocks of processors change and neighbours come and go, so each
measurement has a probe of the processor around it, and counts only where that reaches nine tenths of the best
of its kind in this run. Two ratios are printed: by the time that either program had the core, which is what is
left to compare where other programs use the core too, and by a clock on the wall. Absolute figures of two runs do
not compare.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

from study import ATTACKS

HERE = pathlib.Path(__file__).resolve().parent
GATE = 0.9
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# Name, module it needs, least version, script and its arguments.
PEERS = (("tuned", "torch", 1, ["torch_training.py", "--style", "tuned"]),
         ("usual", "torch", 1, ["torch_training.py", "--style", "usual"]),
         ("compiled", "torch", 2, ["torch_training.py", "--style", "tuned", "--compile"]),
         ("jax", "jax", 0, ["jax_training.py"]))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("steppe")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--steps", type=int, default=100, help="of each training and round; of "
                        "a peer's PGD a quarter of them, as they take longer")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--python", action="append", help="one that has PyTorch or JAX")
    parser.add_argument("--peers", nargs="+", choices=[peer[0] for peer in PEERS],
                        default=[peer[0] for peer in PEERS])
    parser.add_argument("--markdown", action="store_true", help="tables as notes.md has them")
    return parser.parse_args()


class Peer:
    def __init__(self, python, name, script):
        self.name = name
        self.process = subprocess.Popen([python, HERE / script[0], *script[1:]], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=os.environ | ONE_THREAD)
        self.about = json.loads(self.process.stdout.readline() or "null")

    def time(self, attack, steps):
        print(attack, steps, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def major_version(python, module):
    """-1 where it is not there."""
    found = subprocess.run([python, "-c", f"import {module}; print({module}.__version__)"], text=True,
                           capture_output=True)
    return int(found.stdout.split(".")[0]) if found.returncode == 0 else -1


def start_peers(options):
    out = []
    pythons = options.python or ["/usr/bin/python3"]
    for number, python in enumerate(pythons):
        for name, module, least, script in PEERS:
            if name not in options.peers or major_version(python, module) < least:
                continue
            peer = Peer(python, name if len(pythons) == 1 else f"{name}_{number + 1}", script)
            if peer.about:
                out.append(peer)
            else:
                print(f"note: {' '.join(script)} of {python} does not start and is left out")
    if not out:
        sys.exit(f"no peer in {', '.join(pythons)}: apt-get install python3-torch, or --python another")
    return out


def time_steppe(options):
    out = subprocess.run([options.steppe, "bench", HERE.parent / "paper_network.toml", "--json",
                          "--steps", str(options.steps)], check=True, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return {training["attack"]: training for training in json.loads(out.stdout)["trainings"]}


def time_peer(peer, steps):
    return {attack: peer.time(attack, max(10, steps // 4 if attack == "pgd" else steps))
            for attack in ATTACKS}


def middle(values):
    """Median, and the middle half."""
    low, median, high = statistics.quantiles(values, n=4) if len(values) > 1 else 3 * values
    return median, low, high


def text(values, form):
    median, low, high = middle(values)
    return f"{median:{form}} ({low:{form}} - {high:{form}})"


def good_rounds(pairs):
    """Those whose probes, on both sides, reach nine tenths of the best."""
    best = [max(pair[side]["peak_gflops"] for pair in pairs) for side in (0, 1)]
    return [pair for pair in pairs
            if all(pair[side]["peak_gflops"] >= GATE * best[side] for side in (0, 1))]


def print_table(peer, rounds, clock, markdown):
    """`rounds`: pairs of measurements by attack. `clock`: the key of a rate."""
    lines = [["attack", "rounds", "steppe", peer, "ratio"]]
    for attack in ATTACKS:
        pairs = [(ours[attack], theirs[attack]) for ours, theirs in rounds]
        good = good_rounds(pairs)
        if not good:
            lines.append([attack, f"0 of {len(pairs)}", "-", "-", "-"])
            continue
        rates = [[pair[side][clock] for pair in good] for side in (0, 1)]
        ratios = [ours / theirs for ours, theirs in zip(*rates)]
        lines.append([attack, f"{len(good)} of {len(pairs)}", text(rates[0], ".0f"),
                      text(rates[1], ".0f"), text(ratios, ".2f")])
    if markdown:
        lines.insert(1, ["---"] * len(lines[0]))
        print("\n".join("| " + " | ".join(line) + " |" for line in lines))
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths)))


def main():
    options = arguments()
    os.sched_setaffinity(0, {options.core})
    peers = start_peers(options)
    print(subprocess.run([options.steppe, "version"], text=True, capture_output=True).stdout)
    for peer in peers:
        print(f"{peer.name}: {peer.about['about']}")
    for config in sorted({peer.about["config"] for peer in peers} - {""}):
        print(config)
    print(f"core {options.core}; load average before: {os.getloadavg()[0]:.1f}")
    rounds = [(time_steppe(options), [time_peer(peer, options.steps) for peer in peers])
              for _ in range(options.rounds)]
    print(f"load average after: {os.getloadavg()[0]:.1f}")
    for clock, what in (("samples_per_core_second", "that the program had the core"),
                        ("samples_per_second", "by the clock on the wall")):
        print(f"\nsamples a second {what}: median (middle half)")
        for number, peer in enumerate(peers):
            print()
            print_table(peer.name, [(ours, theirs[number]) for ours, theirs in rounds], clock,
                        options.markdown)
    shares = {attack: middle([ours[attack]["share_of_peak"] for ours, _ in rounds])[0]
              for attack in ATTACKS}
    print("\nsteppe, share of the peak:",
          ", ".join(f"{attack} {100 * share:.0f} %" for attack, share in shares.items()))
    print("probe: chains of multiplications and additions,",
          text([one["peak_gflops"] for ours, _ in rounds for one in ours.values()], ".1f"), "Gflop/s")
    for number, peer in enumerate(peers):
        peaks = [one["peak_gflops"] for _, theirs in rounds for one in theirs[number].values()]
        print(f"probe: product of {peer.name}, {text(peaks, '.1f')} Gflop/s")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How the rate of a training changes with its size: plain training of benchmarks/paper_network.toml, with one thing
changed at a time.

  scaling.py STEPPE [--rounds 3] [--attack none] [--tables batch width features threads epochs] [--events 131072]
             [--markdown]

A round measures every size once, by `steppe bench`, so that what else the machine does meets all of them alike;
printed are medians over rounds. `samples/core s` counts the time that the program had a core, and is what to
look at where others use the cores too; so is `of peak`, its products against what the cores could do then.
Epochs are whole runs on one thread, of which the user time of two lengths is compared. `MB a step` is what the
products of a step have to do with at least once: a batch of inputs, the activations with their gradients, and
weights with gradient and both moments.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile

STUDY = pathlib.Path(__file__).resolve().parent / "paper_network.toml"
PAPER = {"batch": 128, "hidden": [128, 64, 32], "constituents": 40, "threads": 1}


def sizes(key, values):
    return [PAPER | {key: value} for value in values]


TABLES = {
    "batch": ("batch", sizes("batch", [32 * 2**n for n in range(10)])),
    "width": ("first layer", sizes("hidden", [[width, 64, 32] for width in
                                              (32, 64, 128, 256, 512, 1024, 2048, 4096)])),
    "features": ("features", sizes("constituents", [5, 10, 20, 40, 80])),
    "threads": ("threads", [PAPER | {"batch": 4096, "threads": threads} for threads in (1, 2)]),
}


def features_of(size):
    return 15 * size["constituents"] + 2


def size_text(table, size):
    return str({"batch": size["batch"], "width": size["hidden"][0], "features": features_of(size),
                "threads": size["threads"]}[table])


def megabytes(size):
    widths = [features_of(size), *size["hidden"], 1]
    weights = sum(a * b for a, b in zip(widths, widths[1:]))
    # Of a hidden layer: the product, its activation, the normalised one, and a gradient of each.
    rows = 2 * widths[0] + 6 * sum(size["hidden"])
    return 4e-6 * (4 * weights + size["batch"] * rows)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("steppe")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--attack", default="none")
    parser.add_argument("--tables", nargs="+", choices=[*TABLES, "epochs"], default=[*TABLES, "epochs"])
    parser.add_argument("--events", type=int, default=131072, help="that a point takes, but ten steps at least")
    parser.add_argument("--markdown", action="store_true", help="tables as notes.md has them")
    return parser.parse_args()


def set_options(options, size):
    for key, value in {"matrix.attack": f'["{options.attack}"]', "trainer.fit.batch": size["batch"],
                       "model.tagger.hidden": size["hidden"],
                       "reader.toy.candidates": max(size["constituents"], 40),
                       "transform.features.constituents": size["constituents"]}.items():
        yield from ("--set", f"{key}={value}")


def bench(options, size):
    steps = max(options.events // size["batch"], 10)
    command = [options.steppe, "bench", STUDY, *set_options(options, size), "--json", "--steps", str(steps),
               "--threads", str(size["threads"])]
    out = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL)
    return json.loads(out.stdout)["trainings"][0]


def median(rounds, value):
    return statistics.median(value(one) for one in rounds)


def measure(options):
    """By table the rounds of each size; those of the paper's size are measured once a round."""
    found = {}
    for number in range(options.rounds):
        for table in options.tables:
            for size in TABLES[table][1] if table in TABLES else []:
                key = json.dumps(size)
                rounds = found.setdefault(key, [])
                if len(rounds) == number:
                    rounds.append(bench(options, size))
    return {table: [found[json.dumps(size)] for size in TABLES[table][1]]
            for table in options.tables if table in TABLES}


def show(lines, markdown):
    if markdown:
        lines.insert(1, ["---"] * len(lines[0]))
        print("\n".join("| " + " | ".join(line) + " |" for line in lines))
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths)))


def show_sizes(table, all_rounds, markdown):
    name, points = TABLES[table]
    lines = [[name, "samples/s", "samples/core s", "Gflop/s", "of peak", "cores", "MB a step"]]
    for size, rounds in zip(points, all_rounds):
        rate = median(rounds, lambda one: one["samples_per_core_second"])
        gflops = 1e-9 * rate * rounds[0]["flops_per_sample"]
        peak = median(rounds, lambda one: one["peak_gflops"])
        lines.append([size_text(table, size), f"{median(rounds, lambda one: one['samples_per_second']):.0f}",
                      f"{rate:.0f}", f"{gflops:.1f}", f"{100 * gflops / peak:.0f} %",
                      f"{median(rounds, lambda one: one['cores']):.2f}", f"{megabytes(size):.2f}"])
    print(f"\n{table}")
    show(lines, markdown)


def user_seconds(options, epochs, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([options.steppe, "run", STUDY, *set_options(options, PAPER), "--set", f"trainer.fit.epochs={epochs}",
                    "--no-store", "--no-report", "--threads", "1", "--out", folder],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def show_epochs(options):
    lengths = [1, 2, 4, 8, 16]
    with tempfile.TemporaryDirectory() as folder:
        seconds = {epochs: statistics.median(user_seconds(options, epochs, folder)
                                             for _ in range(options.rounds)) for epochs in lengths}
    lines = [["epochs", "user s of a run", "s an epoch more"]]
    for before, epochs in zip([None, *lengths], lengths):
        more = "" if before is None else f"{(seconds[epochs] - seconds[before]) / (epochs - before):.3f}"
        lines.append([str(epochs), f"{seconds[epochs]:.2f}", more])
    print("\nepochs")
    show(lines, options.markdown)


def main():
    options = arguments()
    print(subprocess.run([options.steppe, "version"], text=True, capture_output=True).stdout)
    print(f"attack {options.attack}; {options.rounds} rounds; load average before: {os.getloadavg()[0]:.1f}")
    for table, all_rounds in measure(options).items():
        show_sizes(table, all_rounds, options.markdown)
    if "epochs" in options.tables:
        show_epochs(options)
    print(f"\nload average after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()

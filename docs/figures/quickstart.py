#!/usr/bin/env python3
"""Draws docs/figures/quickstart.svg: AUC at home and abroad from a quickstart's results.json.

    ./dev demo && docs/figures/quickstart.py runs/quickstart/results.json

Needs gnuplot.
"""
import json
import pathlib
import subprocess
import sys

STRATEGIES = ["none", "noise", "fgsm"]


def points(results, train, test):
    """x, mean, error: one line a strategy."""
    for x, attack in enumerate(STRATEGIES):
        for entry in results["summary"]:
            if entry["point"] == {"train": train, "attack": attack, "test": test}:
                auc = entry["values"]["auc"]
                yield f"{x} {auc['mean']} {auc['error']}"


def main():
    results = json.loads(pathlib.Path(sys.argv[1]).read_text())
    target = pathlib.Path(__file__).with_suffix(".svg")
    ticks = ", ".join(f'"{name}" {x}' for x, name in enumerate(STRATEGIES))
    series = [("pythia", "pythia", 7, "#1f5f99"), ("pythia", "herwig", 6, "#1f5f99"),
              ("herwig", "herwig", 5, "#b3541e"), ("herwig", "pythia", 4, "#b3541e")]
    plots, blocks = [], []
    for i, (train, test, shape, colour) in enumerate(series):
        blocks.append("$d%d << EOD\n%s\nEOD\n" % (i, "\n".join(points(results, train, test))))
        shift = (i - 1.5) * 0.08
        plots.append(f'$d{i} using ($1+({shift})):2:3 with yerrorbars pt {shape} ps 0.9 lw 1.5 '
                     f'lc rgb "{colour}" title "{train}, tested on {test}"')
    script = f"""
set terminal svg size 640,360 font "sans-serif,13" background rgb "white"
set output "{target}"
set xrange [-0.5:{len(STRATEGIES) - 0.5}]
set xtics ({ticks})
set xlabel "attack on the training jets"
set ylabel "AUC"
set grid ytics lc rgb "#dddddd"
set key outside right top title "trained on"
{"".join(blocks)}
plot {", ".join(plots)}
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


if __name__ == "__main__":
    main()

"""What a precision does to a value: differences to f32, paired by trial, of a run's results.json.

    precision.py <results.json> [<value>]

The study has the axes `precision`, with "f32" in it, and `trial`. Printed for every other place of the matrix:
the mean in f32 with its error, and the mean difference of each precision with its 95 % interval by Student's t.
"""

import json
import math
import statistics
import sys

# Two-sided 95 % of Student's t by degrees of freedom, 1 to 30.
T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
       2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042]


def error(values):
    return statistics.stdev(values) / math.sqrt(len(values))


def half_width(values):
    """Of the 95 % interval of their mean."""
    return T95[min(len(values) - 1, len(T95)) - 1] * error(values)


def by_place(rows, value):
    """place -> precision -> trial -> value; a place is all axes but those two."""
    out = {}
    for row in rows:
        point = dict(row["point"])
        precision, trial = point.pop("precision"), point.pop("trial")
        place = ", ".join(f"{axis} = {name}" for axis, name in point.items())
        out.setdefault(place, {}).setdefault(precision, {})[trial] = row["values"][value]["value"]
    return out


results = json.load(open(sys.argv[1]))
value = sys.argv[2] if len(sys.argv) > 2 else "auc"
for place, precisions in by_place(results["rows"], value).items():
    exact = precisions.pop("f32")
    mean = statistics.mean(exact.values())
    print(f"{place}: {value} {mean:.5f} +- {error(list(exact.values())):.5f} in f32, {len(exact)} trials")
    for name, values in precisions.items():
        differences = [values[trial] - exact[trial] for trial in exact]
        print(f"  {name:8} {statistics.mean(differences):+.1e} +- {half_width(differences):.1e} (95 %)")

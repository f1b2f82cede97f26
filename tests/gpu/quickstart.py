#!/usr/bin/env python3
"""pipelines/quickstart.toml, made smaller, from the file to results.json: on the GPU and on the processor.

  quickstart.py <steppe> <source folder> <work folder>

Both start from the same weights and see the same batches; gradients differ in the last digits, and AdamW makes
a whole step of an entry that is nothing but such digits. So numbers are compared with tolerances:

- a loss may be 1e-4 of itself away; 26 steps were seen to make 1e-6 of it, and more would make more;
- an event may change places with a neighbour: AUC counts some 10^4 pairs, so 1e-3 are ten of them;
- an event may cross a bound: what counts events (accuracy, efficiencies) may be wrong by two of them.
Everything else is the same: what there is, of how many events, and what is undefined for which reason.
Summaries, gains and differences follow from the rows.
"""
import json
import pathlib
import shutil
import subprocess
import sys

LOSS, AUC, CROSSINGS = 1e-4, 1e-3, 2


def run(steppe, source, work, device):
    subprocess.run(
        [steppe, "run", source / "pipelines/quickstart.toml", "--no-store", "--no-report", "--out", work / device,
         "--set", f"pipeline.device={device}", "--set", "values.jets=1000", "--set", "values.epochs=2",
         "--set", "matrix.trial=1", "--set", "require=[]"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    record = json.loads((work / device / "run.json").read_text())
    assert record["device"].startswith(device), record["device"]
    return json.loads((work / device / "results.json").read_text())


class Comparison:
    def __init__(self, smallest_class):
        self.event = 1 / smallest_class
        self.largest = {}
        self.wrong = []

    def close(self, kind, where, got, wanted, tolerance):
        away = abs(got - wanted)
        self.largest[kind] = max(self.largest.get(kind, 0.0), away / tolerance)
        if not away <= tolerance:
            self.wrong.append(f"{where}: {got}, not {wanted}")

    def same(self, where, got, wanted):
        if got != wanted:
            self.wrong.append(f"{where}: {got}, not {wanted}")

    def value(self, name, where, got, wanted):
        if "undefined" in wanted or "undefined" in got:
            return self.same(where, got, wanted)
        if name == "auc":
            self.close("auc", where, got["value"], wanted["value"], AUC)
        elif name == "rejection":  # 1 / (part of the background that is let through)
            self.close("rejection", where, 1 / got["value"], 1 / wanted["value"], CROSSINGS * self.event)
        elif name == "accuracy":
            self.close("accuracy", where, got["value"], wanted["value"], CROSSINGS * self.event)

    def row(self, got, wanted):
        where = str(wanted["point"])
        for key in ("point", "events", "signal"):
            self.same(f"{where} {key}", got[key], wanted[key])
        self.same(f"{where} metrics", list(got["values"]), list(wanted["values"]))
        for name, value in wanted["values"].items():
            self.value(name, f"{where} {name}", got["values"][name], value)
        roc, other = wanted["curves"]["roc"], got["curves"]["roc"]
        self.same(f"{where} roc", other["signal_efficiency"], roc["signal_efficiency"])
        for mine, theirs in zip(other["background_efficiency"], roc["background_efficiency"], strict=True):
            self.close("roc", f"{where} roc", mine, theirs, CROSSINGS * self.event)

    def training(self, got, wanted):
        where = str(wanted["point"])
        for key in ("point", "parameters", "train_events", "validation_events"):
            self.same(f"{where} {key}", got[key], wanted[key])
        for curve, losses in wanted["history"].items():
            for mine, theirs in zip(got["history"][curve], losses, strict=True):
                self.close("loss", f"{where} {curve}", mine, theirs, LOSS * theirs)


def main():
    steppe, source, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    cpu, gpu = (run(steppe, source, work, device) for device in ("cpu", "gpu"))
    classes = [count for row in cpu["rows"] for count in (row["signal"], row["events"] - row["signal"])]
    comparison = Comparison(min(classes))
    for key in ("format", "name", "seed", "axes", "data", "distributions"):
        comparison.same(key, gpu[key], cpu[key])
    for key, compare in (("rows", comparison.row), ("trainings", comparison.training)):
        for got, wanted in zip(gpu[key], cpu[key], strict=True):
            compare(got, wanted)
    assert len(cpu["rows"]) == 12 and len(cpu["trainings"]) == 6
    for kind, part in comparison.largest.items():
        print(f"{kind}: at most {part:.2g} of its tolerance away")
    sys.exit("\n".join(comparison.wrong) or 0)


if __name__ == "__main__":
    main()

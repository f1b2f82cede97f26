# Texts that have broken programs, in every place of a study that takes a text: they come out of a run
# as texts, in every file it leaves and on the terminal.
#
#   hostile_texts.py <steppe> <work folder>
import csv
import html.parser
import json
import os
import random
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree

steppe, work = sys.argv[1:]

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror='alert(1)'>",
    "\"' onload=\"x\" \\",
    "$x_1^2$ % # & ~ \\input{{/etc/passwd}}",
    "two\nlines\r\nand\ttabs",
    "\x1b[31mred\x07\x7f\u009b1m",
    "safe\u202etxt.exe\u2066\u200b\ufeff",
    "=cmd|'/C calc'!A0",
    "@SUM(A1)",
    "-1+1",
    "]]>&amp;<!--",
    "é 漢字 👩\u200d🚀",
    "../../x/y",
    "x" * 10000,
]
AXIS = "<b onclick='a'>$_%\x1b[1m\n&\\"
COLUMN = "<i>pt</i> $_{{0}}^2$ \x1b[32m,\"=1+1\""
FILE = "da'ta <b>&\x1b[33m $%\u202e.csv"


def toml(text):
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def meant(text):
    """What a text of the file is once its doubled braces are one."""
    return text.replace("{{", "{").replace("}}", "}")


def harmless(text):
    """A text of as many bytes that nothing could take for anything else."""
    return "".join(chr(ord("a") + byte % 26) for byte in meant(text).encode())


def write_study(folder, texts, axis, column, file):
    os.makedirs(folder)
    rng = random.Random(1)
    with open(os.path.join(folder, file), "w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["label", meant(column), "other"])
        for i in range(200):
            rows.writerow([i % 2, rng.gauss(i % 2, 1), rng.gauss(0, 1)])
    study = os.path.join(folder, "study.toml")
    with open(study, "w") as out:
        out.write(f"""[pipeline]
name = "hostile"
[values]
text = {toml(texts[0])}
[matrix]
{toml(axis)} = [{", ".join(toml(t) for t in texts)}]
attack = ["none", "fgsm"]
trial = 2
[reader.data]
use = "csv"
path = [{toml(file)}]
domain = {toml("{text} {" + axis + "}")}
[model.net]
use = "dense"
hidden = [2]
[optimizer.sgd]
[attack.fgsm]
epsilon = 0.1
move = [{toml(column)}]
[trainer.fit]
use = "supervised"
data = "data"
model = "net"
optimizer = "sgd"
attack = "{{attack}}"
epochs = 1
[evaluate]
of = "fit"
on = ["data"]
metrics = ["auc", "roc"]
[sharpness.hessian]
use = "hessian"
of = "fit"
on = "data"
[[require]]
that = {toml(f"auc(attack='none') > 2")}
""")
    return study


def printed(where, text):
    """Nothing that a terminal would obey."""
    bad = [c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160
           or c in "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"]
    assert not bad, (where, bad, text[:2000])


def run(code, *arguments):
    it = subprocess.run([steppe, *arguments], capture_output=True, cwd=work)
    out, errors = it.stdout.decode(), it.stderr.decode()
    assert it.returncode == code, (arguments[0], it.returncode, out[-2000:], errors[-2000:])
    printed(arguments[0], out)
    printed(arguments[0], errors)
    return out + errors


class Page(html.parser.HTMLParser):
    """Its tags with their attributes, those of figures apart: gnuplot makes as many as it needs."""

    def __init__(self):
        super().__init__()
        self.tags, self.drawn, self.text, self.depth = [], set(), "", 0

    def handle_starttag(self, tag, attributes):
        if tag == "svg":
            self.depth += 1
        names = tuple(name for name, value in attributes)
        if self.depth:
            self.drawn.add((tag, names))
            assert not any(name.startswith("on") for name in names), (tag, attributes)
        elif attributes != [("class", "long")]:  # nodes are told in the order they end
            self.tags.append((tag, tuple(attributes)))

    def handle_endtag(self, tag):
        if tag == "svg":
            self.depth -= 1

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        assert False, "a comment: " + data


def page(folder):
    it = Page()
    with open(os.path.join(folder, "report.html"), encoding="utf-8", newline="") as file:
        it.feed(file.read())
    it.close()
    return it


def tables(folder, ending):
    names = sorted(n for n in os.listdir(os.path.join(folder, "tables")) if n.endswith(ending))
    assert names
    return [os.path.join(folder, "tables", name) for name in names]


# Commands of LaTeX that the tables are written with, one token each.
LATEX = re.compile(r"""\\(?:begin|end)\{tabular\} | (?<=\\begin\{tabular\})\{[lr]+\}
    | \\(?:toprule|midrule|bottomrule) | \\\\ | \\[&%$\#_{}]
    | \\text(?:backslash|asciitilde|asciicircum|less|greater|bar|quotedbl|asciigrave)\{\}
    | \{[-[\]]\} | \$-?[0-9.]+(?:e[-+]?[0-9]+)?(?:\ \\pm\ [0-9.]+)?(?:\ \\times\ 10\^\{-?[0-9]+\})?\$
    | \(\$p\ =\ [-+0-9.e]+\$\) | [&] | [^\\&%$\#_{}~^\[\]"|<>`\x00-\x09\x0b-\x1f\x7f]""", re.VERBOSE)


def latex(path):
    """Reads a table with the grammar above, and counts the columns of every line."""
    with open(path, encoding="utf-8") as file:
        first, text = file.read().split("\n", 1)
    assert first.startswith("%")
    at, cells, counts = 0, 1, set()
    while at < len(text):
        token = LATEX.match(text, at)
        assert token, (path, text[at:at + 60])
        cells += token.group() == "&"
        if token.group() == "\\\\":
            counts.add(cells)
            cells = 1
        at = token.end()
    assert len(counts) == 1, (path, counts)


def apostrophe(text):
    return "'" + text if text[:1] in tuple("=+-@\t\r\n") else text


def check_run(folder, texts, axis, column, file):
    study = write_study(folder, texts, axis, column, file)
    out, junit = os.path.join(folder, "out"), os.path.join(folder, "junit.xml")
    run(0, "check", study)
    run(0, "plan", study)
    run(0, "graph", study)
    json.loads(run(0, "plan", study, "--json"))
    # One thread: the page has nodes in the order they finished in.
    kept = os.path.join(folder, "kept")
    run(3, "run", study, "--store", kept, "--threads", "1", "--out", out, "--junit", junit)
    points = [meant(t) for t in texts]

    with open(os.path.join(out, "results.json"), encoding="utf-8") as data:
        results = json.load(data)
    assert results["axes"] == [axis, "attack", "trial", "test"]
    assert {row["point"][axis] for row in results["rows"]} == set(points)
    assert [d["domain"] for d in results["data"]] == [points[0] + " " + p for p in points]
    with open(os.path.join(out, "run.json"), encoding="utf-8") as data:
        record = json.load(data)
    pipeline = tomllib.loads(record["pipeline"])
    assert pipeline["matrix"][axis] == texts
    assert pipeline["reader"]["data"]["path"] == [os.path.join(folder, file)]
    assert pipeline["attack"]["fgsm"]["move"] == [column]
    weights = [t["weights"] for t in record["trainings"]]
    assert len(set(weights)) == len(weights) == 4 * len(texts)
    assert set(weights) == set(os.listdir(os.path.join(out, "weights")))

    run(3, "watch", out)
    run(3, "watch", "--once", out)
    events = [json.loads(line) for line in run(3, "watch", "--json", out).splitlines()]
    assert ({node["node"] for node in events[0]["nodes"]}
            == {event["node"] for event in events if event["event"] == "node_finished"})

    cases = xml.etree.ElementTree.parse(junit).getroot().findall(".//testcase")
    assert [len(list(case)) for case in cases] == [0, 1], cases

    for path in tables(out, ".csv"):
        with open(path, encoding="utf-8", newline="") as data:
            rows = list(csv.reader(data))
        assert len({len(row) for row in rows}) == 1, path
        if os.path.basename(path) == "points.csv":
            assert rows[0][0] == apostrophe(axis)
            assert {row[0] for row in rows[1:]} == {apostrophe(p) for p in points}
    for path in tables(out, ".tex"):
        latex(path)
    one = record["trainings"][0]
    run(0, "apply", os.path.join(out, "weights", one["weights"]), "--data", os.path.join(folder, file),
        "--out", os.path.join(folder, "scores.csv"))
    run(1, "apply", out, "--data", "data", "--out", "x.csv")  # which of them is not said
    run(0, "report", out)
    run(0, "why", study, "--store", kept, "--set", "attack.fgsm.epsilon=0.2")
    json.loads(run(0, "why", study, "--store", kept, "--json"))
    run(2, "why", study, texts[0], "--store", kept)
    run(0, "runs", out)
    run(0, "diff", out, out)
    return page(out)


def check_wrong_files():
    """Errors quote what is wrong."""
    for at, text in enumerate(HOSTILE):
        text = meant(text)
        for place, study in enumerate([
            f"[pipeline]\nname = {toml(text)}\n",
            f"[pipeline]\nname = 'x'\n[trainer.fit]\nuse = {toml(text)}\n",
            f"[pipeline]\nname = 'x'\n[reader.{toml(text)}]\n",
            f"[pipeline]\nname = 'x'\n{toml(text)} = 1\n",
            f"[pipeline]\nname = 'x'\n[reader.a]\nuse = 'csv'\npath = {toml(text)}\n[transform.b]\n"
            "use = 'select'\ninput = 'a'\nkeep = 'x'\n",
            f"[pipeline]\nname = 'x'\n[values]\n{toml(text)} = []\n[[require]]\nthat = {toml(text)}\n",
            f"{text}",
        ]):
            name = os.path.join(work, f"wrong_{at}_{place}.toml")
            with open(name, "w", newline="") as out:
                out.write(study)
            run(2, ("check", "plan", "graph", "run")[(at + place) % 4], name)
            it = json.loads(run(2, "check", name, "--json"))
            assert not it["fine"] and it["problems"], study
        run(2, "check", text)
        run(2, text)
        run(2, "describe", text)
        run(2, "list", text)
        run(2, "run", "x.toml", "--threads", text)
        run(2, "check", os.path.join(work, "wrong_0_0.toml"), "--set", "a.b=" + text)
        run(1, "report", text)
        run(2, "runs", text)
        run(2, "diff", text, text)
        run(1, "apply", text, "--data", text, "--out", text)


def check_broken_utf8():
    """Names that are no UTF-8 are refused before anything runs."""
    study = write_study(os.path.join(work, "broken"), ["a"], "axis", "pt", "data.csv")
    data = os.path.join(work, "broken", "data.csv")
    with open(data, "rb") as file:
        text = file.read()
    with open(data, "wb") as file:
        file.write(text.replace(b"other", b"o\xffther\xed\xa0\x80", 1))
    assert "'o\\xffther\\xed\\xa0\\x80', is not UTF-8" in run(2, "check", study)
    json.loads(run(2, "check", study, "--json"))


def main():
    hostile = check_run(os.path.join(work, "hostile"), HOSTILE, AXIS, COLUMN, FILE)
    plain = check_run(os.path.join(work, "regular"), [harmless(t) for t in HOSTILE],
                      harmless(AXIS), harmless(COLUMN), harmless(FILE))
    assert hostile.tags == plain.tags, [pair for pair in zip(hostile.tags, plain.tags)
                                        if pair[0] != pair[1]][:3]
    spaces = {("text", ("xml:space",))}  # of gnuplot, for two spaces in a row
    assert hostile.drawn <= plain.drawn | spaces, hostile.drawn - plain.drawn
    for text in HOSTILE[:5]:
        assert meant(text).replace("\r\n", "\n") in hostile.text.replace("\r\n", "\n"), text
    check_wrong_files()
    check_broken_utf8()


main()

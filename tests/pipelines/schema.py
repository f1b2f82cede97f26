"""Holds the schema of pipeline files against the shipped ones and against wrong ones.

    schema.py <schema.json> <folder of pipelines>
"""

import json
import pathlib
import sys
import tomllib

from jsonschema import Draft202012Validator

HEAD = """
[pipeline]
name = "study"
"""

# What may be said, though no shipped file says it.
RIGHT = {
    "a name for a number": HEAD + '[attack.fgsm]\nepsilon = "{strength}"',
    "a name inside a choice": HEAD + '[attack.pgd]\nnorm = "{norm}"',
    "a name for the stage": HEAD + '[attack.mine]\nuse = "{which}"\nanything = 1',
    "one item for a list": HEAD + '[attack.fgsm]\nmove = "constituent.*"',
    "an integer for a real": HEAD + "[attack.fgsm]\nepsilon = 1",
    "a part of a heading": 'extends = "base.toml"\n[trainer.fit]\nepochs = 3',
    "a distribution": HEAD + '[distribution.jets]\nof = "a"\ncolumns = ["jet.*"]\nrange = [0, 1.5]',
    "an axis by its length": HEAD + "[matrix]\ntrial = 5",
}

# What is marked while it is typed, and a word of where.
WRONG = {
    "a misspelt setting": (HEAD + "[attack.fgsm]\nepsilom = 1.0", "epsilom"),
    "a misspelt heading": (HEAD + "[atack.fgsm]\nepsilon = 1.0", "atack"),
    "a setting of another stage": (HEAD + '[attack.mine]\nuse = "fgsm"\nsteps = 3', "steps"),
    "a stage that is not there": (HEAD + '[attack.mine]\nuse = "fgsn"', "use"),
    "a heading that is no stage": (HEAD + "[attack.mine]\nepsilon = 1.0", "use"),
    "a number out of its range": (HEAD + "[attack.fgsm]\nepsilon = -1.0", "epsilon"),
    "a text for a number": (HEAD + '[attack.fgsm]\nepsilon = "much"', "epsilon"),
    "an unknown choice": (HEAD + '[attack.pgd]\nnorm = "l3"', "norm"),
    "a real for an integer": (HEAD + "[attack.pgd]\nsteps = 2.5", "steps"),
    "an attack called none": (HEAD + "[attack.none]\nuse = 'fgsm'", "none"),
    "the axis test": (HEAD + '[matrix]\ntest = ["a"]', "test"),
    "a trainer without data": (HEAD + '[trainer.fit]\nuse = "supervised"', "data"),
    "a misspelt key of a distribution": (HEAD + '[distribution.a]\nof = "a"\ncolums = "x"', "colums"),
    "a distribution of no columns": (HEAD + '[distribution.a]\nof = "a"', "columns"),
    "a gate without words": (HEAD + "[[require]]\nthis = 'a > 1'", "that"),
}


def main(schema_file, folder):
    schema = json.loads(pathlib.Path(schema_file).read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    failures = []

    files = sorted(pathlib.Path(folder).rglob("*.toml"))
    assert len(files) > 5, f"no pipelines in {folder}"
    texts = {str(file): file.read_text() for file in files} | RIGHT
    for name, text in texts.items():
        for error in validator.iter_errors(tomllib.loads(text)):
            failures.append(f"{name}: {error.json_path}: {error.message}")
    for name, (text, word) in WRONG.items():
        errors = list(validator.iter_errors(tomllib.loads(text)))
        if not any(word in error.json_path + error.message for error in errors):
            failures.append(f"{name}: not refused: {[e.message for e in errors]}")

    print("\n".join(failures) or f"{len(files)} files are right, {len(WRONG)} wrong ones are not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

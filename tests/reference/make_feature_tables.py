#!/usr/bin/python3
"""Writes jet_features.h5: the features of real jets as numpy has them, in double precision, for the
transform jet_features to agree with.

    python3 tests/reference/make_feature_tables.py FOLDER tests/reference/jet_features.h5

FOLDER holds RS3Llike_{Hbb,QCD}_test.h5. Needs Debian's python3-numpy and python3-h5py. The jets are
the first 500 of each file, simulation 0. For each recipe: `jets`, every 50th of them with all 602
features; `sums`, of each feature over all jets; `rows`, of each jet over all features. The flags
follow Table II of arXiv:2411.09296 in the order of the code released with it.
"""
import sys

import h5py
import numpy as np

JETS = 500
SLOTS = 40


def read(folder, name):
    with h5py.File(f"{folder}/RS3Llike_{name}_test.h5") as file:
        candidates = file["jet_pflow_cands"][:JETS, 0].astype(np.float64)
        singletons = file["singletons"][:JETS, 0].astype(np.float64)
        names = [column.decode() if isinstance(column, bytes) else column
                 for column in file["singletons"].attrs["columns"]]
        columns = [column.decode() if isinstance(column, bytes) else column
                   for column in file["jet_pflow_cands"].attrs["columns"]]
    assert (singletons[:, names.index("jettype")] > 0).all(), "a row without a jet"
    jet = {n: singletons[:, names.index("jet_" + n), None] for n in ("pt", "eta", "phi", "mass")}
    return jet, {n: candidates[:, i, :SLOTS] for i, n in enumerate(columns)}


def log(x):
    return np.log(np.maximum(x, 1e-6))


def wrap(phi):
    return np.mod(phi + np.pi, 2 * np.pi) - np.pi


def table2(jet, c):
    """The fifteen features of each slot: (jets, slots, 15)."""
    code = np.abs(c["pdgid"]).astype(int)
    return np.stack([
        log(c["pt"]), log(c["relpt"]), c["eta"] - jet["eta"], wrap(c["phi"] - jet["phi"]), c["dr"],
        log(c["e"]), log(c["rele"]), c["charge"], code == 22, code == 11, code == 13,
        np.isin(code, [211, 321, 2212, 3112, 3222, 3312, 3334]), np.isin(code, [0, 2112]),
        np.tanh(c["d0"]), np.tanh(c["dz"])], axis=-1) * (c["pt"] > 0)[..., None]


def released_code(jet, c):
    """Upstream's columns first, then what the released code makes of such columns."""
    pt, charge, pdgid = c["pt"], c["charge"], np.abs(c["pdgid"]).astype(int)
    safe = np.where(pt > 0, pt, 1)
    c0, c1 = np.log(safe), log(c["relpt"])
    c2, c3 = c["eta"] - jet["eta"], wrap(c["phi"] - jet["phi"])
    c4, c5, c6 = c["dr"], np.log(np.where(pt > 0, c["e"], 1)), log(c["rele"])
    c9, c10 = np.tanh(c["d0"]), np.tanh(c["dz"])
    return np.stack([
        c0, c1, c2 - jet["eta"], wrap(c3 - jet["phi"]), c4, log(c5), c6, charge, pdgid == 22,
        pdgid == 11, pdgid == 13, np.isin(pdgid, [211, 321, 2212, 3112, 3222, 3312, 3334]),
        np.isin(pdgid, [0, 2112]), np.tanh(c9), np.tanh(c10)], axis=-1) * (c0 > 0)[..., None]


def features(recipe, jet, c):
    slots = recipe(jet, c)
    return np.concatenate([slots.reshape(len(slots), -1), log(jet["pt"]), log(jet["mass"])], axis=1)


def main(folder, output):
    classes = [read(folder, name) for name in ("Hbb", "QCD")]
    with h5py.File(output, "w", libver="earliest", track_order=False) as file:
        for recipe in (table2, released_code):
            table = np.concatenate([features(recipe, jet, c) for jet, c in classes])
            group = file.create_group(recipe.__name__)
            for name, values in (("jets", table[::50]), ("sums", table.sum(axis=0)),
                                 ("rows", table.sum(axis=1))):
                group.create_dataset(name, data=values, compression=9, shuffle=True,
                                     track_times=False)


if __name__ == "__main__":
    main(*sys.argv[1:])

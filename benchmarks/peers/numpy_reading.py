#!/usr/bin/env python3
"""Reads jets in RS3L's layout into the 602 features of `jet_features`, with h5py and numpy.

  numpy_reading.py FILE.h5 [ROWS]

Whole columns at a time, 4096 rows a piece, float32 throughout, into arrays made beforehand: features,
masks, labels and what is carried along, as a data set of Steppe has them. Prints JSON: the jets, the
seconds, the seconds on the core, and the mean of all features, by which others can see that they did the
same. The file has raw columns in RS3L's order (benchmarks/rs3l_reading.cpp makes such).
"""
import json
import sys
import time

import h5py
import numpy as np

SLOTS, FEATURES = 40, 15
CHARGED = (211, 321, 2212, 3112, 3222, 3312, 3334)
NEUTRAL = (0, 130, 2112)
BACKGROUND = (1, 2, 3, 5, 6, 7, 8)


def log(x):
    return np.log(np.maximum(x, np.float32(1e-6)))


def wrapped(phi):
    """Into [-pi, pi). Most are there: only the others are worked on."""
    far = np.abs(phi) > np.float32(np.pi)
    phi[far] -= np.float32(2 * np.pi) * np.floor((phi[far] + np.float32(np.pi)) /
                                                 np.float32(2 * np.pi))
    return phi


def write_features(single, c, to, masks):
    """`c`: (jets, columns, slots) of raw candidates. `to`: (jets, 602)."""
    pt, eta, phi, energy = (single[:, place, None] for place in (9, 10, 11, 12))
    filled = c[:, 0] > 0
    code = np.abs(c[:, 8]).astype(np.int32)
    slots = to[:, :SLOTS * FEATURES].reshape(len(to), SLOTS, FEATURES)
    slots[..., 0] = log(c[:, 0])
    slots[..., 1] = log(c[:, 1])
    slots[..., 2] = c[:, 2] - eta
    slots[..., 3] = wrapped(c[:, 3] - phi)
    slots[..., 4] = c[:, 4]
    slots[..., 5] = log(c[:, 5])
    slots[..., 6] = log(c[:, 6])
    slots[..., 7] = c[:, 7]
    slots[..., 8] = code == 22
    slots[..., 9] = code == 11
    slots[..., 10] = code == 13
    for place, codes in ((11, CHARGED), (12, NEUTRAL)):
        flag = code == codes[0]
        for other in codes[1:]:
            flag |= code == other
        slots[..., place] = flag
    slots[..., 13] = np.tanh(c[:, 9])
    slots[..., 14] = np.tanh(c[:, 10])
    slots[~filled] = 0
    momentum = pt.astype(np.float64) * np.cosh(eta.astype(np.float64))
    mass = np.sqrt(np.maximum(energy.astype(np.float64)**2 - momentum**2, 0)).astype(np.float32)
    to[:, -2:] = log(np.concatenate([pt, mass], axis=1))
    masks[:] = filled
    return mass[:, 0]


def read(path, piece):
    with h5py.File(path) as file:
        singletons, candidates = file["singletons"], file["jet_pflow_cands"]
        jets = len(singletons)
        features = np.empty((jets, SLOTS * FEATURES + 2), np.float32)
        masks = np.empty((jets, SLOTS), np.float32)
        labels, sides = np.empty(jets, np.float32), np.empty((jets, 3), np.float32)
        taken = 0
        for first in range(0, jets, piece):
            single = singletons[first:first + piece, 0]
            c = candidates[first:first + piece, 0]
            kind = single[:, 0]
            good = (single[:, 9] > 0) & ((kind == 4) | np.isin(kind, BACKGROUND))
            if not good.all():
                single, c = single[good], c[good]
            assert np.isfinite(single).all() and np.isfinite(c).all()
            rows = slice(taken, taken + len(single))
            labels[rows] = single[:, 0] == 4
            sides[rows, :2] = single[:, 9:11]
            sides[rows, 2] = write_features(single, c, features[rows], masks[rows])
            taken += len(single)
    return features[:taken], masks[:taken], labels[:taken], sides[:taken]


def main(path, piece=4096):
    begin, before = time.perf_counter(), time.process_time()
    features, *_ = read(path, int(piece))
    seconds, core = time.perf_counter() - begin, time.process_time() - before
    print(json.dumps({"jets": len(features), "seconds": seconds, "core_seconds": core,
                      "mean": float(features.mean(dtype=np.float64)),
                      "versions": f"numpy {np.__version__}, h5py {h5py.__version__}, "
                                  f"HDF5 {h5py.version.hdf5_version}"}))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])

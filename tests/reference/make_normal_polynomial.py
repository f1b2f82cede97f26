#!/usr/bin/python3
"""Prints the coefficients of `portable_log` and `normal_from` in sdk/include/steppe/random.hpp, and
of `normal_at` in framework/compute/vector_math.hpp.

Least squares at Chebyshev nodes, which comes within a small factor of the best polynomial; highest
power first. Needs Debian's python3-numpy.
"""
import math
from statistics import NormalDist

import numpy as np


def chebyshev_nodes(low, high, count):
    angles = np.pi * (np.arange(count) + 0.5) / count
    return 0.5 * (low + high) - 0.5 * (high - low) * np.cos(angles)


def fit(x, y, degree, weight, domain):
    series = np.polynomial.chebyshev.Chebyshev.fit(x, y, degree, w=weight, domain=domain)
    return series.convert(kind=np.polynomial.Polynomial).coef.astype(np.float32)[::-1]


def show(name, coefficients):
    print(name, *(f"{c:.9g}F" for c in coefficients), sep="\n  ")


# log(1 + r) = r + r^2 q(r), for 1 + r between sqrt(1/2) and sqrt(2).
r = chebyshev_nodes(math.sqrt(0.5) - 1, math.sqrt(2) - 1, 2000)
show("log", fit(r, (np.log1p(r) - r) / r**2, 7, r**2, [r[0], r[-1]]))

# z / x as a polynomial in u, where w = -log(4 p (1 - p)), x = 1 - 2p = sqrt(1 - exp(-w)), and u is
# sqrt(w + 6) mapped to [-1, 1].
smallest = 2.0**-33
w_max = -math.log(4 * smallest * (1 - smallest))
w = chebyshev_nodes(0, w_max, 6000)
x = np.sqrt(-np.expm1(-w))
p = 0.5 * np.exp(-w) / (1 + x)
ratio = np.array([-NormalDist().inv_cdf(tail) for tail in p]) / x
low, high = math.sqrt(6), math.sqrt(w_max + 6)
half, middle = (high - low) / 2, (high + low) / 2
show("u = scale * sqrt(w + 6) + shift", np.float32([1 / half, -middle / half]))
show("normal", fit((np.sqrt(w + 6) - middle) / half, ratio, 15, 1 / ratio, [-1, 1]))

# (1 + t) exp(t^2 / 2) times the normal tail above t, as a polynomial in v = (t - 3) / (t + 3).
v = chebyshev_nodes(-1, 0.63, 3000)
t = 3 * (1 + v) / (1 - v)
tail = np.array([0.5 * math.erfc(a / math.sqrt(2)) * math.exp(a * a / 2) * (1 + a) for a in t])
show("tail", fit(v, tail, 9, 1 / tail, [-1, 0.63]))

#!/usr/bin/env python3
"""The trainings of benchmarks/paper_network.toml in JAX, for compare.py.

A step is one jitted function, attack and AdamW in it, that takes over the memory of weights and moments; rows
are gathered in it too. Written as JAX is meant to be: pure functions of trees, `value_and_grad`, `fori_loop`.
"""
import functools
import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

from study import (ATTACKS, BATCH, EPSILON, EVENTS, FEATURES, HIDDEN, LEARNING_RATE, PGD_ALPHA, PGD_STEPS, RHO,
                   SPARSITY, WEIGHT_DECAY, best_gflops, serve)

MOMENTUM, BETA1, BETA2, TINY = 0.1, 0.9, 0.999, 1e-8


def initial(random):
    layers, width = [], FEATURES
    for units in (*HIDDEN, 1):
        bound = width**-0.5
        layer = {"w": random.uniform(-bound, bound, (width, units)), "b": random.uniform(-bound, bound, units)}
        if units > 1:
            layer |= {"gamma": np.ones(units), "beta": np.zeros(units)}
        layers.append(layer)
        width = units
    return jax.tree_util.tree_map(lambda value: jnp.asarray(value, jnp.float32), layers)


def losses(weights, x, y, fit):
    """One loss an event, and the statistics of the batch."""
    statistics = []
    x = (x - fit[0]) * fit[1]
    for layer in weights[:-1]:
        x = jax.nn.silu(x @ layer["w"] + layer["b"])
        mean, variance = x.mean(0), x.var(0)
        statistics.append((mean, variance * BATCH / (BATCH - 1)))
        x = (x - mean) * jax.lax.rsqrt(variance + 1e-5) * layer["gamma"] + layer["beta"]
    logits = x @ weights[-1]["w"] + weights[-1]["b"]
    return jax.nn.softplus(logits) - y * logits, statistics


def mean_loss(weights, x, y, fit):
    values, statistics = losses(weights, x, y, fit)
    return values.mean(), statistics


def input_gradient(x, weights, y, fit):
    return jax.grad(lambda at: losses(weights, at, y, fit)[0].sum())(x)


def pgd(x, weights, y, fit):
    def walk(_, moved):
        moved = moved + PGD_ALPHA * jnp.sign(input_gradient(moved, weights, y, fit))
        return jnp.clip(moved, x - EPSILON["pgd"], x + EPSILON["pgd"])
    return jax.lax.fori_loop(0, PGD_STEPS, walk, x)


def climbed(weights, x, y, fit, masks):
    gradient = jax.grad(mean_loss, has_aux=True)(weights, x, y, fit)[0]
    norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in jax.tree_util.tree_leaves(gradient)))
    scale = RHO / (norm + 1e-7)
    if masks is None:
        return jax.tree_util.tree_map(lambda w, g: w + scale * g, weights, gradient)
    return jax.tree_util.tree_map(lambda w, g, m: w + scale * g * m, weights, gradient, masks)


@functools.partial(jax.jit, static_argnames="attack", donate_argnames="state")
def step(state, events, labels, fit, rows, masks, attack):
    weights, first, second, running, count = state
    x, y = events[rows], labels[rows]
    if attack == "fgsm":
        x = x + EPSILON["fgsm"] * jnp.sign(input_gradient(x, weights, y, fit))
    elif attack == "pgd":
        x = pgd(x, weights, y, fit)
    at = weights
    if attack in ("sam", "ssam_d"):
        at = climbed(weights, x, y, fit, masks if attack == "ssam_d" else None)
    gradient, statistics = jax.grad(mean_loss, has_aux=True)(at, x, y, fit)
    over = jax.tree_util.tree_map
    running = over(lambda old, new: (1 - MOMENTUM) * old + MOMENTUM * new, running, statistics)
    count = count + 1
    first = over(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
    second = over(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
    rate, root = LEARNING_RATE / (1 - BETA1**count), 1 / jnp.sqrt(1 - BETA2**count)
    weights = over(lambda w, m, v: w * (1 - LEARNING_RATE * WEIGHT_DECAY)
                   - rate * m / (jnp.sqrt(v) * root + TINY), weights, first, second)
    return weights, first, second, running, count


class Training:
    def __init__(self, attack, events, labels, fit):
        self.attack, self.fixed = attack, (events, labels, fit)
        self.random = np.random.default_rng(1)
        weights = initial(self.random)
        zeros = functools.partial(jax.tree_util.tree_map, jnp.zeros_like)
        running = [(jnp.zeros(units), jnp.ones(units)) for units in HIDDEN]
        self.masks = jax.tree_util.tree_map(
            lambda w: jnp.asarray(self.random.random(w.shape) >= SPARSITY, jnp.float32), weights)
        self.state = (weights, zeros(weights), zeros(weights), running, jnp.zeros((), jnp.float32))
        self.order, self.at = None, 0

    def prepare(self, steps):
        if self.order is None or (self.at + steps) * BATCH > EVENTS:
            self.order, self.at = self.random.permutation(EVENTS).astype(np.int32), 0

    def run(self, steps):
        for _ in range(steps):
            rows = self.order[self.at * BATCH:(self.at + 1) * BATCH]
            self.at += 1
            self.state = step(self.state, *self.fixed, rows, self.masks, self.attack)
        jax.block_until_ready(self.state)


def main():
    random = np.random.default_rng(0)
    x = random.standard_normal((EVENTS, FEATURES), np.float32)
    events = jnp.asarray(x)
    labels = jnp.asarray(random.random((EVENTS, 1)) < 0.5, jnp.float32)
    fit = jnp.asarray(x.mean(0)), jnp.asarray(1 / x.std(0))
    trainings = {attack: Training(attack, events, labels, fit) for attack in ATTACKS}
    for training in trainings.values():
        training.prepare(5)
        training.run(5)
    a = jnp.asarray(random.standard_normal((512, 512), np.float32))
    product = jax.jit(jnp.matmul)
    product(a, a).block_until_ready()
    serve({"about": f"JAX {jax.__version__}, a jitted step, {jax.devices()[0].platform}", "config": ""}, trainings,
          lambda: best_gflops(lambda: product(a, a).block_until_ready()))


if __name__ == "__main__":
    main()

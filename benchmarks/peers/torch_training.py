#!/usr/bin/env python3
"""The trainings of benchmarks/paper_network.toml in PyTorch's eager mode, for compare.py.

Reads lines `<attack> <steps>` on its standard input and answers each with one line of JSON: what
those steps took. The first line it writes tells what it is.

Written as somebody would who wants it fast and stays in eager mode: attacks ask `autograd.grad` for
the gradient of their point alone, the optimizer is the most fused one that there is for CPUs, lists
of tensors are moved by one call, rows are gathered from memory by `index_select`, and shuffles are
not timed. The events are random numbers in the shape of the pipeline's; no time depends on values.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F

EVENTS, FEATURES, BATCH = 58982, 602, 128
EPSILON = {"fgsm": 0.015, "pgd": 0.007}
PGD_STEPS, PGD_ALPHA, RHO = 10, 0.0025, 0.1


class Standardise(torch.nn.Module):
    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(0))
        self.register_buffer("factor", 1 / x.std(0))

    def forward(self, x):
        return (x - self.mean) * self.factor


def make_network(x):
    layers, width = [Standardise(x)], FEATURES
    for units in (128, 64, 32):
        layers += [torch.nn.Linear(width, units), torch.nn.SiLU(), torch.nn.BatchNorm1d(units)]
        width = units
    return torch.nn.Sequential(*layers, torch.nn.Linear(width, 1))


def make_optimizer(parameters):
    for options in ({"fused": True}, {"foreach": True}, {}):
        try:
            made = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=1e-5, **options)
            return made, next(iter(options), "plain")
        except (TypeError, RuntimeError):
            continue
    raise RuntimeError("this PyTorch has no AdamW")


class Training:
    def __init__(self, attack, x, y):
        torch.manual_seed(1)
        self.attack, self.x, self.y = attack, x, y
        self.network = make_network(x)
        self.network.train()
        self.norms = [m for m in self.network if isinstance(m, torch.nn.BatchNorm1d)]
        self.parameters = list(self.network.parameters())
        self.optimizer, self.kind = make_optimizer(self.parameters)
        self.order, self.at = None, 0

    def loss(self, x, y, reduction="mean"):
        return F.binary_cross_entropy_with_logits(self.network(x), y, reduction=reduction)

    def keep_statistics(self, keep):
        for norm in self.norms:
            norm.track_running_stats = not keep

    def input_gradient(self, x, y):
        x.requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.loss(x, y, "sum"), (x,))
        x.requires_grad_(False)
        return gradient

    def moved_events(self, x, y):
        if self.attack == "fgsm":
            return x.add_(self.input_gradient(x, y).sign_(), alpha=EPSILON["fgsm"])
        low, high, moved = x - EPSILON["pgd"], x + EPSILON["pgd"], x
        for _ in range(PGD_STEPS):
            moved.add_(self.input_gradient(moved, y).sign_(), alpha=PGD_ALPHA)
            torch.clamp(moved, low, high, out=moved)
        return moved

    def move_weights(self, x, y):
        """@returns how to get back."""
        gradients = torch.autograd.grad(self.loss(x, y), self.parameters)
        norm = torch.stack(torch._foreach_norm(gradients)).norm().item()
        with torch.no_grad():
            before = [p.clone() for p in self.parameters]
            torch._foreach_add_(self.parameters, gradients, alpha=RHO / (norm + 1e-7))
        return before

    def step(self):
        if self.order is None or (self.at + 1) * BATCH > EVENTS:
            self.order, self.at = torch.randperm(EVENTS), 0
        rows = self.order[self.at * BATCH:(self.at + 1) * BATCH]
        self.at += 1
        x, y = self.x.index_select(0, rows), self.y.index_select(0, rows)
        before = None
        self.keep_statistics(True)
        if self.attack in EPSILON:
            x = self.moved_events(x, y)
        elif self.attack == "sam":
            before = self.move_weights(x, y)
        self.keep_statistics(False)
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(x, y).backward()
        if before:
            with torch.no_grad():
                for parameter, value in zip(self.parameters, before):
                    parameter.copy_(value)
        self.optimizer.step()

    def timed(self, steps):
        if self.order is None or (self.at + steps) * BATCH > EVENTS:
            self.order, self.at = torch.randperm(EVENTS), 0
        core, wall = time.process_time(), time.perf_counter()
        for _ in range(steps):
            self.step()
        seconds = time.perf_counter() - wall
        return {"attack": self.attack, "steps": steps, "seconds": seconds,
                "core_seconds": time.process_time() - core,
                "samples_per_second": steps * BATCH / seconds}


def peak_gflops():
    """Of the product of two matrices that lie in the cache: the best of five."""
    n = 512
    a, b, out, best = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n), 0
    for _ in range(5):
        begin = time.perf_counter()
        torch.mm(a, b, out=out)
        best = max(best, 2e-9 * n**3 / (time.perf_counter() - begin))
    return best


def blas():
    """Which library does the products: Debian's PyTorch takes what `libblas.so.3` leads to."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = {line.split()[-1] for line in maps}
    except OSError:
        return "not known"
    return ", ".join(sorted(p for p in paths if "blas" in p or "mkl" in p)) or "its own"


def main():
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    x = torch.randn(EVENTS, FEATURES)
    y = (torch.rand(EVENTS, 1) < 0.5).float()
    trainings = {attack: Training(attack, x, y) for attack in ("none", "fgsm", "pgd", "sam")}
    for training in trainings.values():
        training.timed(5)
    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads(),
                      "optimizer": "AdamW, " + trainings["none"].kind,
                      "blas": blas(), "config": torch.__config__.show()}), flush=True)
    for line in sys.stdin:
        attack, steps = line.split()
        before = peak_gflops()
        answer = trainings[attack].timed(int(steps))
        answer["peak_gflops"] = (before + peak_gflops()) / 2
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The trainings of benchmarks/paper_network.toml in PyTorch, for compare.py.

  torch_training.py [--style tuned|usual] [--compile]

`usual` is what tutorials and repositories of attacks do, with PyTorch's defaults: AdamW as it comes, an attack
on a clone of the batch that makes a new tensor in every line, SAM with a loop over the parameters, and batch
normalisation that also counts the attack's passes. No data loader: its workers would cost more than all of that.

`tuned` is written by somebody who wants it fast and stays in eager mode: attacks ask for the gradient of their
point alone and move it in place, the optimizer is the most fused one that there is for CPUs, lists of tensors
are moved by one call, rows are gathered by `index_select`.

`--compile` compiles the network (PyTorch 2). Shuffles are not timed. The events are random numbers in the shape
of the pipeline's; no time depends on values.
"""
import argparse
import re

import torch
import torch.nn.functional as F

from study import (ATTACKS, BATCH, EPSILON, EVENTS, FEATURES, HIDDEN, LEARNING_RATE, PGD_ALPHA, PGD_STEPS, RHO,
                   SPARSITY, WEIGHT_DECAY, best_gflops, serve)


class Standardise(torch.nn.Module):
    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(0))
        self.register_buffer("factor", 1 / x.std(0))

    def forward(self, x):
        return (x - self.mean) * self.factor


def make_network(x):
    layers, width = [Standardise(x)], FEATURES
    for units in HIDDEN:
        layers += [torch.nn.Linear(width, units), torch.nn.SiLU(), torch.nn.BatchNorm1d(units)]
        width = units
    return torch.nn.Sequential(*layers, torch.nn.Linear(width, 1))


class Training:
    def __init__(self, attack, x, y, compiles):
        torch.manual_seed(1)
        self.attack, self.x, self.y = attack, x, y
        network = make_network(x)
        network.train()
        self.norms = [m for m in network if isinstance(m, torch.nn.BatchNorm1d)]
        self.parameters = list(network.parameters())
        self.masks = [(torch.rand_like(p) >= SPARSITY).float() for p in self.parameters]
        self.network = torch.compile(network) if compiles else network
        self.optimizer, self.kind = self.make_optimizer()
        self.order, self.at = None, 0

    def loss(self, x, y):
        return F.binary_cross_entropy_with_logits(self.network(x), y)

    def next_rows(self):
        rows = self.order[self.at * BATCH:(self.at + 1) * BATCH]
        self.at += 1
        return rows

    def prepare(self, steps):
        if self.order is None or (self.at + steps) * BATCH > EVENTS:
            self.order, self.at = torch.randperm(EVENTS), 0

    def run(self, steps):
        for _ in range(steps):
            self.step()


class Usual(Training):
    def make_optimizer(self):
        return torch.optim.AdamW(self.parameters, lr=LEARNING_RATE,
                                 weight_decay=WEIGHT_DECAY), "as it comes"

    def input_gradient(self, x, y):
        x = x.clone().detach().requires_grad_(True)
        return torch.autograd.grad(self.loss(x, y), x)[0]

    def fgsm(self, x, y):
        return x + EPSILON["fgsm"] * self.input_gradient(x, y).sign()

    def pgd(self, x, y):
        moved = x.clone().detach()
        for _ in range(PGD_STEPS):
            moved = moved + PGD_ALPHA * self.input_gradient(moved, y).sign()
            moved = torch.max(torch.min(moved, x + EPSILON["pgd"]), x - EPSILON["pgd"])
        return moved

    def climb(self, x, y):
        """SAM's first half; @returns the weights before."""
        self.loss(x, y).backward()
        norm = torch.norm(torch.stack([p.grad.norm(p=2) for p in self.parameters]), p=2)
        scale = RHO / (norm + 1e-7)
        before = []
        with torch.no_grad():
            for parameter, mask in zip(self.parameters, self.masks):
                before.append(parameter.data.clone())
                shift = parameter.grad * scale
                parameter.add_(shift * mask if self.attack == "ssam_d" else shift)
        self.optimizer.zero_grad()
        return before

    def step(self):
        rows = self.next_rows()
        x, y = self.x[rows], self.y[rows]
        if self.attack in EPSILON:
            x = getattr(self, self.attack)(x, y)
        self.optimizer.zero_grad()
        before = self.climb(x, y) if self.attack in ("sam", "ssam_d") else []
        self.loss(x, y).backward()
        for parameter, value in zip(self.parameters, before):
            parameter.data.copy_(value)
        self.optimizer.step()


class Tuned(Training):
    def make_optimizer(self):
        for options in ({"fused": True}, {"foreach": True}, {}):
            try:
                made = torch.optim.AdamW(self.parameters, lr=LEARNING_RATE,
                                         weight_decay=WEIGHT_DECAY, **options)
                return made, next(iter(options), "plain")
            except (TypeError, RuntimeError):
                continue
        raise RuntimeError("this PyTorch has no AdamW")

    def keep_statistics(self, keep):
        for norm in self.norms:
            norm.track_running_stats = not keep

    def input_gradient(self, x, y):
        x.requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.loss(x, y), (x,))
        x.requires_grad_(False)
        return gradient

    def fgsm(self, x, y):
        return x.add_(self.input_gradient(x, y).sign_(), alpha=EPSILON["fgsm"])

    def pgd(self, x, y):
        low, high = x - EPSILON["pgd"], x + EPSILON["pgd"]
        for _ in range(PGD_STEPS):
            x.add_(self.input_gradient(x, y).sign_(), alpha=PGD_ALPHA)
            torch.clamp(x, low, high, out=x)
        return x

    def climb(self, x, y):
        gradients = list(torch.autograd.grad(self.loss(x, y), self.parameters))
        norm = torch.stack(torch._foreach_norm(gradients)).norm().item()
        with torch.no_grad():
            before = [p.clone() for p in self.parameters]
            if self.attack == "ssam_d":
                torch._foreach_mul_(gradients, self.masks)
            torch._foreach_add_(self.parameters, gradients, alpha=RHO / (norm + 1e-7))
        return before

    def step(self):
        rows = self.next_rows()
        x, y = self.x.index_select(0, rows), self.y.index_select(0, rows)
        before = None
        self.keep_statistics(True)
        if self.attack in EPSILON:
            x = getattr(self, self.attack)(x, y)
        elif self.attack != "none":
            before = self.climb(x, y)
        self.keep_statistics(False)
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(x, y).backward()
        if before:
            with torch.no_grad():
                for parameter, value in zip(self.parameters, before):
                    parameter.copy_(value)
        self.optimizer.step()


def blas():
    """Which library does the products: Debian's PyTorch takes what `libblas.so.3` leads to."""
    built = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    if not built or built[1] != "generic":
        return built[1] if built else "not known"
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return ", ".join(sorted({line.split()[-1] for line in maps if "blas" in line}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--style", choices=("tuned", "usual"), default="tuned")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    x = torch.randn(EVENTS, FEATURES)
    y = (torch.rand(EVENTS, 1) < 0.5).float()
    style = {"tuned": Tuned, "usual": Usual}[options.style]
    trainings = {attack: style(attack, x, y, options.compile) for attack in ATTACKS}
    for training in trainings.values():
        training.prepare(5)
        training.run(5)
    about = (f"PyTorch {torch.__version__}, {'compiled' if options.compile else 'eager'}, {options.style}; AdamW "
             f"{trainings['none'].kind}; {torch.get_num_threads()} thread; products by {blas()}")
    a, b, out = torch.randn(512, 512), torch.randn(512, 512), torch.empty(512, 512)
    serve({"about": about, "config": torch.__config__.show()}, trainings,
          lambda: best_gflops(lambda: torch.mm(a, b, out=out)))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Writes torch_tables.hpp: what PyTorch says about small cases, for the tests to agree with.

    python3 tests/reference/make_torch_tables.py > tests/reference/torch_tables.hpp

Needs Debian's python3-torch. Inputs come from one integer formula, so that the tests can make them
again without a file.
"""
import torch


def value(index):
    return ((index * 37 + 11) % 101 - 50) / 32


def values(first, *shape):
    count = torch.Size(shape).numel()
    return torch.tensor([value(first + i) for i in range(count)], dtype=torch.float64).reshape(shape)


def table(name, tensor):
    numbers = [f"{number:.17g}" for number in tensor.detach().double().flatten().tolist()]
    numbers = [number if "." in number or "e" in number else number + ".0" for number in numbers]
    lines, line = [], "   "
    for number in numbers:
        if len(line) + len(number) + 2 > 100:
            lines.append(line)
            line = "   "
        line += f" {number},"
    lines.append(line)
    body = "\n".join(lines).rstrip(",")
    print(f"inline constexpr std::array<double, {len(numbers)}> {name}{{\n{body}}};\n")


def batch_norm():
    """Running statistics and the last output after three batches in training."""
    rows, columns = 5, 3
    layer = torch.nn.BatchNorm1d(columns).float()
    for batch in range(3):
        output = layer(values(batch * rows * columns, rows, columns).float())
    print(f"inline constexpr std::size_t norm_rows = {rows}, norm_columns = {columns};\n")
    table("norm_running_mean", layer.running_mean)
    table("norm_running_variance", layer.running_var)
    table("norm_output", output)


def adamw():
    """The weights after each of three steps of AdamW, in float."""
    weights = torch.nn.Parameter(values(0, 6).float())
    optimizer = torch.optim.AdamW([weights], lr=0.01, weight_decay=0.1)
    steps = []
    for step in range(3):
        weights.grad = (values(100 * (step + 1), 6) / 8).float()
        optimizer.step()
        steps.append(weights.detach().clone())
    print("/// Three steps of learning rate 0.01, weight decay 0.1 on weights value(i), with gradients")
    print("/// value(100 step + i) / 8.")
    table("adamw_weights", torch.stack(steps))


def network():
    """Loss and gradients of dense 4-5, batch norm, SiLU, dense 3, leaky ReLU, dense 1, in double.

    Parameters run in the order of the graph, dense weights as inputs x units.
    """
    rows, inputs = 6, 4
    parameters, start = [], 1000

    def take(*shape, shift=0.0):
        nonlocal start
        taken = (values(start, *shape) / 4 + shift).requires_grad_()
        start += taken.numel()
        parameters.append(taken)
        return taken

    x = values(500, rows, inputs).requires_grad_()
    h = x @ take(inputs, 5) + take(5)
    h = torch.nn.functional.batch_norm(
        h, torch.zeros(5).double(), torch.ones(5).double(), take(5, shift=1.0), take(5), True)
    h = torch.nn.functional.silu(h)
    h = torch.nn.functional.leaky_relu(h @ take(5, 3) + take(3), 0.01)
    logits = h @ take(3, 1) + take(1)
    labels = torch.tensor([[float(i % 2)] for i in range(rows)]).double()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
    loss.backward()
    print("/// Parameter k is value(1000 + k) / 4, and 1 more where it is a gamma; input i is")
    print("/// value(500 + i); label r is r % 2; the loss is the mean.")
    print(f"inline constexpr std::size_t network_rows = {rows}, network_inputs = {inputs};\n")
    table("network_loss", loss)
    table("network_logits", logits)
    table("network_weight_gradient", torch.cat([p.grad.flatten() for p in parameters]))
    table("network_input_gradient", x.grad)


def curvature():
    """Second derivatives of a loss of dense 3-4, batch norm, SiLU, dense 1, in double."""
    rows, inputs, units = 3, 3, 4
    sizes = [(inputs, units), (units,), (units,), (units,), (units, 1), (1,)]
    shifts = [0, 0, 1, 0, 0, 0]
    labels = torch.tensor([[float(i % 2)] for i in range(rows)]).double()

    def loss(x, *parameters):
        w, b, gamma, beta, w_last, b_last = parameters
        h = torch.nn.functional.batch_norm(
            x @ w + b, torch.zeros(units).double(), torch.ones(units).double(), gamma, beta, True)
        logits = torch.nn.functional.silu(h) @ w_last + b_last
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)

    def parameters_from(first, divisor):
        made = []
        for size, shift in zip(sizes, shifts):
            made.append(values(first, *size) / divisor + (shift if divisor == 2 else 0))
            first += made[-1].numel()
        return tuple(made)

    # Squares, because rows of the plain formula lie on one line.
    points = [value(300 + i * i) for i in range(rows * inputs)]
    x = torch.tensor(points, dtype=torch.float64).reshape(rows, inputs)
    parameters = parameters_from(700, 2)
    direction = parameters_from(800, 1)
    functional = torch.autograd.functional
    _, products = functional.hvp(lambda *p: loss(x, *p), parameters, direction)
    hessian = functional.hessian(lambda point: loss(point, *parameters), x)
    print("/// Parameter k is value(700 + k) / 2, and 1 more where it is a gamma; input i is")
    print("/// value(300 + i i); label r is r % 2; the loss is the mean. The product is of the Hessian in")
    print("/// the parameters with value(800 + k); the other Hessian is that in all inputs.")
    print(f"inline constexpr std::size_t curved_rows = {rows}, curved_inputs = {inputs},")
    print(f"                             curved_units = {units};\n")
    table("curved_weight_product", torch.cat([p.flatten() for p in products]))
    table("curved_input_hessian", hessian)


def scattered(first, *shape):
    """As `values`, without its period of 101: rows of a long matrix must not repeat."""
    count = torch.Size(shape).numel()
    numbers = [value(k + k * k // 101) for k in range(first, first + count)]
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


def chosen(tensors):
    """Entries spread over all tensors: number j is entry 7919 j, wrapped, of tensor j, wrapped."""
    flat = [tensor.flatten() for tensor in tensors]
    picked = [flat[j % len(flat)] for j in range(32)]
    return torch.stack([entries[7919 * j % entries.numel()] for j, entries in enumerate(picked)])


def norm(tensors):
    return torch.cat([tensor.flatten() for tensor in tensors]).norm()


def paper_network():
    """Loss, gradient, Hessian-vector product and one event's input Hessian of 602-128-64-32-1."""
    rows, inputs, moved, widths = 16, 602, 75, (128, 64, 32)
    parameters, direction, statistics, start = [], [], [], 0

    def take(*shape, divisor, shift=0.0):
        nonlocal start
        parameters.append(scattered(start, *shape) / divisor + shift)
        direction.append(scattered(200000 + start, *shape) / 16)
        start += parameters[-1].numel()

    below = inputs
    for layer, units in enumerate(widths):
        take(below, units, divisor=16 if layer == 0 else 8)
        take(units, divisor=8)
        take(units, divisor=8, shift=1.0)
        take(units, divisor=8)
        of_layer = scattered(400000 + 1000 * layer, 2, units)
        statistics.append((of_layer[0] / 8, of_layer[1] ** 2 / 2 + 0.5))
        below = units
    take(below, 1, divisor=4)
    take(1, divisor=4)
    x = scattered(500000, rows, inputs)
    labels = torch.tensor([[float(i % 2)] for i in range(rows)]).double()

    def loss(x, labels, *parameters):
        functional = torch.nn.functional
        for layer, (mean, variance) in enumerate(statistics):
            w, b, gamma, beta = parameters[4 * layer:4 * layer + 4]
            h = functional.batch_norm(x @ w + b, mean, variance, gamma, beta, False)
            x = functional.silu(h)
        logits = x @ parameters[-2] + parameters[-1]
        return functional.binary_cross_entropy_with_logits(logits, labels)

    def loss_of_first(head):
        event = torch.cat([head, x[0, moved:]]).reshape(1, inputs)
        return loss(event, labels[:1], *parameters)

    functional = torch.autograd.functional
    in_weights = lambda *p: loss(x, labels, *p)
    gradient = functional.jacobian(in_weights, tuple(parameters))
    _, product = functional.hvp(in_weights, tuple(parameters), tuple(direction))
    hessian = functional.hessian(loss_of_first, x[0, :moved].clone())
    eigenvalues = torch.linalg.eigvalsh(hessian)
    assert eigenvalues[-1] > 1.2 * eigenvalues[:-1].abs().max()  # power iteration finds it

    print("""\
/// With scattered(k) = value(k + k k / 101), rounded down: parameter k, counted through the graph,
/// is scattered(k) / 16 in the first dense weight, / 4 in the last dense layer, / 8 elsewhere, and 1
/// more where it is a gamma; its direction is scattered(200000 + k) / 16. With s = 400000 +
/// 1000 layer, unit u of a batch norm of n units has the running mean scattered(s + u) / 8 and the
/// running variance scattered(s + n + u)^2 / 2 + 1 / 2. Input i is scattered(500000 + i); label r
/// is r % 2; the loss is the mean, in inference. Chosen entry j is 7919 j, wrapped, of segment j,
/// wrapped; that of the Hessian, of event 0 alone in its first inputs, is 7919 j, wrapped.
constexpr double scattered(std::size_t index) { return value(index + index * index / 101); }
""")
    print(f"inline constexpr std::size_t paper_rows = {rows}, paper_inputs = {inputs},")
    print(f"                             paper_moved = {moved};\n")
    table("paper_loss", in_weights(*parameters))
    table("paper_gradient_norm", norm(gradient))
    table("paper_gradient", chosen(gradient))
    table("paper_product_norm", norm(product))
    table("paper_product", chosen(product))
    print("/// trace, largest eigenvalue, Frobenius norm")
    table("paper_hessian_measures",
          torch.stack([hessian.trace(), eigenvalues[-1], hessian.norm()]))
    table("paper_hessian", torch.stack(
        [hessian.flatten()[7919 * j % hessian.numel()] for j in range(64)]))


def losses():
    """Cross-entropy of several classes with its curvature, squared error and Huber, one a row."""
    rows, classes = 6, 4
    functional = torch.nn.functional
    z = (2 * scattered(2000, rows, classes)).requires_grad_()
    labels = torch.tensor([i % classes for i in range(rows)])
    cross_entropy = functional.cross_entropy(z, labels, reduction="none")
    slope, = torch.autograd.grad(cross_entropy.sum(), z)
    _, product = torch.autograd.functional.hvp(
        lambda at: functional.cross_entropy(at, labels, reduction="sum"), z,
        scattered(2100, rows, classes))
    print("/// Logit i is 2 scattered(2000 + i), its direction scattered(2100 + i), label r is")
    print("/// r % classes; output r is scattered(2200 + r), target r scattered(2350 + r), the delta of")
    print("/// Huber 3/4.")
    print(f"inline constexpr std::size_t loss_rows = {rows}, loss_classes = {classes};\n")
    table("cross_entropy_values", cross_entropy)
    table("cross_entropy_gradient", slope)
    table("cross_entropy_product", product)
    for name, loss in (("squared_error", torch.nn.MSELoss(reduction="none")),
                       ("huber", torch.nn.HuberLoss(reduction="none", delta=0.75))):
        output = scattered(2200, rows).requires_grad_()
        errors = loss(output, scattered(2350, rows))
        table(f"{name}_values", errors)
        table(f"{name}_gradient", torch.autograd.grad(errors.sum(), output)[0])


print("// Numbers of PyTorch for small cases; made by make_torch_tables.py with torch "
      f"{torch.__version__}.")
print("// clang-format off\n#pragma once\n\n#include <array>\n#include <cstddef>\n")
print("namespace steppe::torch_tables {\n")
print("/// The inputs of every case; exact in float.")
print("constexpr double value(std::size_t index) {")
print("  return (static_cast<double>((index * 37 + 11) % 101) - 50.0) / 32.0;")
print("}\n")
batch_norm()
adamw()
network()
curvature()
paper_network()
losses()
print("}  // namespace steppe::torch_tables")

#!/usr/bin/env python3
"""Times training steps (or forward passes) of the engine's networks in PyTorch, on random images.

Needs PyTorch for the processor (`pip install torch`). Prints one line a mode.
"""
import argparse
import statistics
import time

import torch
from torch import nn


def pool():
    return nn.MaxPool2d(3, 2, ceil_mode=True)


def norm():
    return nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)


def relu():
    return nn.ReLU(inplace=True)


def family(channels, first, widths, flat, hidden, classes):
    """Krizhevsky et al. 2012 as Caffe has it: groups, response normalisation, pools that round up."""
    a, b, c, d, e = widths
    return nn.Sequential(
        nn.Conv2d(channels, a, **first), relu(), norm(), pool(),
        nn.Conv2d(a, b, 5, padding=2, groups=2), relu(), norm(), pool(),
        nn.Conv2d(b, c, 3, padding=1), relu(),
        nn.Conv2d(c, d, 3, padding=1, groups=2), relu(),
        nn.Conv2d(d, e, 3, padding=1, groups=2), relu(), pool(),
        nn.Flatten(),
        nn.Linear(flat, hidden), relu(), nn.Dropout(0.5),
        nn.Linear(hidden, hidden), relu(), nn.Dropout(0.5),
        nn.Linear(hidden, classes))


NETS = {
    "alexnet": ((3, 227, 227), dict(kernel_size=11, stride=4), (96, 256, 384, 384, 256), 9216, 4096),
    "alexnet-28": ((1, 28, 28), dict(kernel_size=5, padding=2), (32, 64, 96, 96, 64), 576, 512),
}


def measure(mode, options):
    shape, first, widths, flat, hidden = NETS[options.net]
    torch.manual_seed(1)
    net = family(shape[0], first, widths, flat, hidden, options.classes)
    images = torch.randn(options.batch, *shape)
    labels = torch.arange(options.batch) % options.classes
    if mode != "eager":
        net = net.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9, weight_decay=5e-4)
    run = torch.compile(net) if mode == "compiled" else net
    loss = nn.CrossEntropyLoss()

    def step():
        if options.forward:
            with torch.no_grad():
                run(images)
            return
        optimiser.zero_grad(set_to_none=True)
        loss(run(images), labels).backward()
        optimiser.step()

    for _ in range(2):
        step()
    wall, busy = [], []
    for _ in range(options.steps):
        start, start_busy = time.perf_counter(), time.process_time()
        step()
        wall.append(time.perf_counter() - start)
        busy.append(time.process_time() - start_busy)
    print(
        f"PyTorch {torch.__version__} {mode}, {options.net} {'forward' if options.forward else 'training step'}, "
        f"batch {options.batch}, {options.threads} threads: {options.batch / statistics.median(wall):.1f} images/s "
        f"(best {options.batch / min(wall):.1f}), {options.batch / min(busy):.1f} per second of processor time",
        flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--net", choices=NETS, default="alexnet")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--modes", default="eager,channels_last,compiled")
    parser.add_argument("--forward", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for mode in options.modes.split(","):
        try:
            measure(mode, options)
        except Exception as error:  # torch.compile needs a C++ compiler
            print(f"PyTorch {mode}, {options.net}: {str(error).splitlines()[0]}", flush=True)


main()

#!/usr/bin/env python3
"""Times training steps (or forward passes) of the engine's networks in PyTorch, on random images.

Needs PyTorch for the processor (`pip install torch`). Prints one line a mode; for the memory of one mode, ask for that alone.
"""
import argparse
import json
import resource
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


def family(channels, first, widths, flat, hidden, drop, classes):
    """Krizhevsky et al. 2012 as Caffe has it: groups, response normalisation, pools that round up."""
    a, b, c, d, e = widths
    return nn.Sequential(
        nn.Conv2d(channels, a, **first), relu(), norm(), pool(),
        nn.Conv2d(a, b, 5, padding=2, groups=2), relu(), norm(), pool(),
        nn.Conv2d(b, c, 3, padding=1), relu(),
        nn.Conv2d(c, d, 3, padding=1, groups=2), relu(),
        nn.Conv2d(d, e, 3, padding=1, groups=2), relu(), pool(),
        nn.Flatten(),
        nn.Linear(flat, hidden), relu(), nn.Dropout(drop),
        nn.Linear(hidden, hidden), relu(), nn.Dropout(drop),
        nn.Linear(hidden, classes))


class Block(nn.Module):
    """He et al. 2015: two convolutions and a shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), relu(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def residual(blocks, classes):
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), relu(), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, count in enumerate(blocks):
        for index in range(count):
            outputs = 64 << stage
            layers.append(Block(inputs, outputs, 2 if stage > 0 and index == 0 else 1))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


def vgg16(classes):
    """Simonyan and Zisserman 2014, configuration D."""
    layers, inputs = [], 3
    for outputs, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), relu()]
            inputs = outputs
        layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(25088, 4096), relu(), nn.Dropout(0.5), nn.Linear(4096, 4096), relu(), nn.Dropout(0.5),
        nn.Linear(4096, classes))


NETS = {
    "alexnet": ((3, 227, 227), lambda classes: family(
        3, dict(kernel_size=11, stride=4), (96, 256, 384, 384, 256), 9216, 4096, 0.5, classes)),
    "alexnet-28": ((1, 28, 28), lambda classes: family(
        1, dict(kernel_size=5, padding=2), (32, 64, 96, 96, 64), 576, 512, 0.25, classes)),
    "vgg16": ((3, 224, 224), vgg16),
    "resnet18": ((3, 224, 224), lambda classes: residual([2, 2, 2, 2], classes)),
}


def measure(mode, options):
    shape, make = NETS[options.net]
    torch.manual_seed(1)
    net = make(options.classes)
    if options.forward:
        net.eval()
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
    if options.json:
        print(json.dumps({
            "mode": mode, "version": torch.__version__, "imagesPerSecond": options.batch / statistics.median(wall),
            "imagesPerProcessorSecond": options.batch / min(busy),
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)
        return
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
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for mode in options.modes.split(","):
        try:
            measure(mode, options)
        except Exception as error:  # torch.compile needs a C++ compiler
            print(f"PyTorch {mode}, {options.net}: {str(error).splitlines()[0]}", flush=True)


main()

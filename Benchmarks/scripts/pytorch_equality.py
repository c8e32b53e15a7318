#!/usr/bin/env python3
"""Holds the engine against PyTorch, network by network: weights imported from PyTorch, every layer's output, every gradient, the
parameters after ten steps, and the way back with strict=True.

PyTorch computes in double precision. A difference is the largest one of a tensor as a share of the tensor's largest value.
Gradients are compared twice: as they are, and ("gated") where every ReLU of PyTorch's lets through what the engine's let through, and
max pooling takes the place that is largest in the engine's numbers. A ReLU whose input is nearly 0, or two values that are nearly equal,
decide differently in single and in double precision, and one such decision in a million moves a gradient by more than all rounding
does; PyTorch's own two precisions differ as much.
Needs torch, torchvision and safetensors (`pip install torch torchvision safetensors`), and both programs built:
`make` and `Benchmarks/run`.
"""
import argparse
import collections
import copy
import json
import os
import subprocess
import tempfile

import torch
import torchvision
from safetensors.torch import load_file, save_file
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "../../.build/release/imagenet-tui")
BENCH = os.path.join(HERE, "../.build/release/imagenet-bench")


def caffe(pool_first):
    """AlexNet and CaffeNet with groups and response normalisation, layers named as the engine's."""
    def norm():
        return nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)

    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    def pair(n):
        both = [(f"norm{n}", norm()), (f"pool{n}", pool())]
        return reversed(both) if pool_first else both

    return nn.Sequential(collections.OrderedDict([
        ("conv1", nn.Conv2d(3, 96, 11, 4)), ("relu1", nn.ReLU()), *pair(1),
        ("conv2", nn.Conv2d(96, 256, 5, padding=2, groups=2)), ("relu2", nn.ReLU()), *pair(2),
        ("conv3", nn.Conv2d(256, 384, 3, padding=1)), ("relu3", nn.ReLU()),
        ("conv4", nn.Conv2d(384, 384, 3, padding=1, groups=2)), ("relu4", nn.ReLU()),
        ("conv5", nn.Conv2d(384, 256, 3, padding=1, groups=2)), ("relu5", nn.ReLU()),
        ("pool5", pool()), ("flatten", nn.Flatten()),
        ("fc6", nn.Linear(9216, 4096)), ("relu6", nn.ReLU()),
        ("fc7", nn.Linear(4096, 4096)), ("relu7", nn.ReLU()), ("fc8", nn.Linear(4096, 1000))]))


# PyTorch's name of each layer that the engine names otherwise.
ALEXNET = {"conv1": "features.0", "pool1": "features.2", "conv2": "features.3", "pool2": "features.5",
           "conv3": "features.6", "conv4": "features.8", "conv5": "features.10", "pool5": "features.12",
           "fc6": "classifier.1", "fc7": "classifier.4", "fc8": "classifier.6"}
VGG = {name: f"features.{place}" for name, place in zip(
    "conv1_1 conv1_2 pool1 conv2_1 conv2_2 pool2 conv3_1 conv3_2 conv3_3 pool3 conv4_1 conv4_2 conv4_3 pool4 "
    "conv5_1 conv5_2 conv5_3 pool5".split(), [0, 2, 4, 5, 7, 9, 10, 12, 14, 16, 17, 19, 21, 23, 24, 26, 28, 30])}
VGG |= {"fc6": "classifier.0", "fc7": "classifier.3", "fc8": "classifier.6"}
RESNET = {"pool1": "maxpool", "pool5": "avgpool"}
NETS = {
    "alexnet": (lambda: caffe(False), 227, {}), "caffenet": (lambda: caffe(True), 227, {}),
    "alexnet-torchvision": (torchvision.models.alexnet, 224, ALEXNET), "vgg16": (torchvision.models.vgg16, 224, VGG),
    "resnet18": (torchvision.models.resnet18, 224, RESNET), "resnet34": (torchvision.models.resnet34, 224, RESNET),
}


def here(tensor, image=None):
    """From PyTorch's layout to the engine's."""
    if tensor.dim() == 4:
        return tensor.permute(0, 2, 3, 1)
    if image and tensor.dim() == 2:
        return tensor.reshape(-1, *image).permute(0, 2, 3, 1).reshape(tensor.shape)
    return tensor


def difference(ours, theirs):
    ours, theirs = ours.double().flatten(), theirs.detach().double().flatten()
    return ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1e-12)).item()


def imported(name, options, folder):
    """A model of PyTorch's with random weights, imported as a run, and what the engine makes of one input:
    the model, images, labels, the run, the home of the run as options, the engine's tensors."""
    make, side, _ = NETS[name]
    torch.manual_seed(3)
    model = make()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.2, 0.2)
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        if isinstance(module, (nn.Conv2d, nn.Linear)) and name in ("alexnet", "caffenet"):
            nn.init.kaiming_normal_(module.weight)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, f"{folder}/theirs.safetensors")
    images = torch.randn(options.batch, 3, side, side)
    labels = torch.randint(0, 1000, (options.batch,))
    save_file({"images": here(images).contiguous(), "labels": labels.float()}, f"{folder}/input.safetensors")
    home = ["--home", f"{folder}/home"]
    subprocess.run(
        [PROGRAM, "weights", "import", f"{folder}/theirs.safetensors", "--net", name, "--format", "torchvision", *home],
        check=True, stdout=subprocess.DEVNULL)
    run = subprocess.run([PROGRAM, "runs", "list", "--json", *home], check=True, capture_output=True, text=True)
    run = next(r for r in json.loads(run.stdout) if r["network"] == name)
    subprocess.run(
        [BENCH, "trace", "--net", name, "--run", run["path"], "--input", f"{folder}/input.safetensors", "--output",
         f"{folder}/ours.safetensors", "--learning-rate", str(options.rate), "--convolution", options.convolution], check=True)
    return model, images, labels, run["id"], home, load_file(f"{folder}/ours.safetensors")


def compare(name, options, folder):
    model, images, labels, run, home, ours = imported(name, options, folder)
    make, _, names = NETS[name]

    # The way back.
    subprocess.run(
        [PROGRAM, "weights", "export", run, "--format", "torchvision", "-o", f"{folder}/back.safetensors", *home],
        check=True, stdout=subprocess.DEVNULL)
    again = make()
    again.load_state_dict(load_file(f"{folder}/back.safetensors"), strict=True)
    same = all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values()))

    model = model.double().train()
    outputs = {}
    modules = dict(model.named_modules())
    for module_name, module in modules.items():
        module.register_forward_hook(
            lambda m, i, o, n=module_name: outputs.__setitem__(n, o.detach().clone()))
    biases = [p for n, p in model.named_parameters() if n.endswith("bias") and not is_norm(modules, n)]
    rest = [p for n, p in model.named_parameters() if not (n.endswith("bias") and not is_norm(modules, n))]
    optimiser = torch.optim.SGD(
        [{"params": rest, "weight_decay": 5e-4}, {"params": biases, "lr": 2 * options.rate, "weight_decay": 0.0}],
        lr=options.rate, momentum=0.9)
    gated = gated_gradients(model, ours, POOLED.get(name, []), images.double(), labels)
    losses, gradients, activations = [], {}, {}
    for step in range(11):
        loss = nn.functional.cross_entropy(model(images.double()), labels)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        if step == 0:
            gradients = {n: p.grad.clone() for n, p in model.named_parameters()}
            activations = dict(outputs)
        if step < 10:
            optimiser.step()
    report(name, ours, names, modules, activations, gradients, gated, dict(model.state_dict()), losses, same, options.verbose)


class Gate(nn.Module):
    """A ReLU that lets through what somebody else's let through, call by call."""
    def __init__(self, openings):
        super().__init__()
        self.openings = openings

    def forward(self, x):
        return x * next(self.openings)


class PoolGate(nn.Module):
    """Max pooling that takes the places that are largest in somebody else's numbers, call by call."""
    def __init__(self, pool, inputs):
        super().__init__()
        self.pool, self.inputs = pool, inputs

    def forward(self, x):
        pool = self.pool
        _, places = nn.functional.max_pool2d(
            next(self.inputs), pool.kernel_size, pool.stride, pool.padding, ceil_mode=pool.ceil_mode, return_indices=True)
        return x.flatten(2).gather(2, places.flatten(2)).view_as(places)


# The layers in front of the pools, in the order of the calls, where that is worth knowing.
POOLED = {
    "alexnet": ["norm1", "norm2", "conv5"], "caffenet": ["conv1", "conv2", "conv5"],
    "vgg16": ["conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"], "resnet18": ["bn1"], "resnet34": ["bn1"],
}


def gated_gradients(model, ours, pooled, images, labels):
    layers = [key for key in ours if key.startswith("activation.")]
    if any("bn" in layer for layer in layers):
        layers = [layer for layer in layers if "bn" in layer and "downsample" not in layer]
    else:
        layers = [layer for layer in layers if layer[11:].startswith(("conv", "fc6", "fc7"))]
    openings = iter([
        (ours[layer].permute(0, 3, 1, 2) if ours[layer].dim() == 4 else ours[layer]) > 0 for layer in sorted(layers)])
    inputs = iter([ours[f"activation.{layer}"].permute(0, 3, 1, 2) for layer in pooled])
    model = copy.deepcopy(model)
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.ReLU):
                setattr(module, name, Gate(openings))
            if isinstance(child, nn.MaxPool2d) and pooled:
                setattr(module, name, PoolGate(child, inputs))
    nn.functional.cross_entropy(model(images), labels).backward()
    assert next(openings, None) is None, "a ReLU was not called"
    return {n: p.grad for n, p in model.named_parameters()}


def is_norm(modules, parameter):
    return isinstance(modules[parameter.rsplit(".", 1)[0]], nn.BatchNorm2d)


def report(name, ours, names, modules, activations, gradients, gated, after, losses, same, verbose):
    def parameter(ours_name):
        layer, kind = ours_name.rsplit(".", 1)
        return f"{names.get(layer, layer)}.{kind}"

    image = {"alexnet": (256, 6, 6), "caffenet": (256, 6, 6), "alexnet-torchvision": (256, 6, 6), "vgg16": (512, 7, 7)}.get(name)
    worst = collections.defaultdict(lambda: (0.0, ""))
    for key, tensor in ours.items():
        kind, _, layer = key.partition(".")
        if kind == "activation":
            theirs = None
            module = modules.get(names.get(layer, layer))
            if layer.endswith("bn2"):
                theirs = activations[layer.rsplit(".", 1)[0]]  # the block: with the shortcut and the ReLU
            elif module is not None:
                theirs = activations[names.get(layer, layer)]
                # What stands in the window is what the ReLU behind left of it.
                if layer not in ("fc", "fc8") and not layer.startswith(("pool", "norm")) and "downsample" not in layer:
                    is_before_norm = name.startswith("resnet") and "conv" in layer
                    theirs = theirs if is_before_norm else theirs.relu()
            if theirs is None:
                print(f"  {layer}: not compared")
                continue
            value = difference(tensor, here(theirs))
        elif kind == "gradient":
            form = image if layer == "fc6.weight" else None
            value = difference(tensor, here(gradients[parameter(layer)], form))
            with_gates = difference(tensor, here(gated[parameter(layer)], form))
            worst["gated gradient"] = max(worst["gated gradient"], (with_gates, layer))
        elif kind == "after":
            value = difference(tensor, here(after[parameter(layer)], image if layer == "fc6.weight" else None))
        else:
            value = max(abs(a - b) / b for a, b in zip(tensor.tolist(), losses))
        worst[kind] = max(worst[kind], (value, layer))
        if verbose:
            print(f"  {key} {value:.1e}")
    count = collections.Counter(key.partition(".")[0] for key in ours)
    print(
        f"{name}: " + "; ".join(
            f"{kind} {worst[kind][0]:.1e} ({worst[kind][1] or 'worst step'}, of {count[kind.removeprefix('gated ')]})" for kind in worst)
        + f"; exported weights load strictly and are {'the same' if same else 'NOT the same'}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", default=",".join(NETS))
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--convolution", default="winograd")
    parser.add_argument("--verbose", action="store_true", help="a line for every tensor")
    options = parser.parse_args()
    for name in options.nets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            compare(name, options, folder)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Opens exported `.caffemodel` files with OpenCV's reader of Caffe's networks, and holds its outputs against the engine's layer by layer.

The way of the weights: PyTorch → `weights import` → `weights export --format caffe` → OpenCV, which computes in single precision.
A difference is the largest one of a layer as a share of the layer's largest value. ResNet-18 is held against PyTorch in place of the
engine, by its blocks: a trace of the engine normalises by the batch, OpenCV by the averages of the file.
Needs torch, torchvision, safetensors and OpenCV before 5 (`pip install torch torchvision safetensors "opencv-python-headless<5"`),
and both programs built: `make` and `Benchmarks/run`.
"""
import argparse
import pathlib
import subprocess
import tempfile

import cv2
import torch

from pytorch_equality import PROGRAM, difference, here, imported


def convolution(name, bottom, outputs, kernel, stride=1, pad=0, group=1):
    return layer(name, "Convolution", bottom, name, f"convolution_param {{ num_output: {outputs} kernel_size: {kernel} "
                 f"stride: {stride} pad: {pad} group: {group} }}") + layer(f"relu{name[4:]}", "ReLU", name, name)


def layer(name, kind, bottom, top, parameters=""):
    return f'layer {{ name: "{name}" type: "{kind}" bottom: "{bottom}" top: "{top}" {parameters} }}\n'


def pooling(n, bottom):
    return layer(f"pool{n}", "Pooling", bottom, f"pool{n}", "pooling_param { pool: MAX kernel_size: 3 stride: 2 }")


def normalization(n, bottom):
    return layer(f"norm{n}", "LRN", bottom, f"norm{n}", "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }")


def inner_product(name, bottom, outputs):
    return layer(name, "InnerProduct", bottom, name, f"inner_product_param {{ num_output: {outputs} }}")


def deployed(pool_first, batch):
    """Caffe's text of AlexNet, or of CaffeNet, which pools before it normalises."""
    text = f'input: "data" input_shape {{ dim: {batch} dim: 3 dim: 227 dim: 227 }}\n'
    last = "data"
    for n, arguments in ((1, (96, 11, 4)), (2, (256, 5, 1, 2, 2))):
        text += convolution(f"conv{n}", last, *arguments)
        if pool_first:
            text += pooling(n, f"conv{n}") + normalization(n, f"pool{n}")
        else:
            text += normalization(n, f"conv{n}") + pooling(n, f"norm{n}")
        last = f"norm{n}" if pool_first else f"pool{n}"
    text += convolution("conv3", last, 384, 3, pad=1) + convolution("conv4", "conv3", 384, 3, pad=1, group=2)
    text += convolution("conv5", "conv4", 256, 3, pad=1, group=2) + pooling(5, "conv5")
    for name, bottom in (("fc6", "pool5"), ("fc7", "fc6")):
        text += inner_product(name, bottom, 4096) + layer(f"relu{name[2:]}", "ReLU", name, name)
    return text + inner_product("fc8", "fc7", 1000)


def deployed_resnet(batch):
    """Caffe's text of ResNet-18; blocks end in `layer1.0`."""
    def normalized(name, bottom, outputs, *arguments):
        norm = name.replace("conv", "bn") if "conv" in name else name[:-1] + "1"
        parameters = dict(zip(("kernel_size", "stride", "pad"), arguments))
        text = layer(name, "Convolution", bottom, name, f"convolution_param {{ num_output: {outputs} bias_term: false "
                     + " ".join(f"{key}: {value}" for key, value in parameters.items()) + " }")
        text += layer(norm, "BatchNorm", name, norm, "batch_norm_param { eps: 1e-5 }")
        return norm, text + layer(f"{norm}_scale", "Scale", norm, norm, "scale_param { bias_term: true }")

    text = f'input: "data" input_shape {{ dim: {batch} dim: 3 dim: 224 dim: 224 }}\n'
    last, more = normalized("conv1", "data", 64, 7, 2, 3)
    text += more + layer("relu1", "ReLU", last, last)
    # Caffe rounds up, PyTorch down.
    text += layer("pool1", "Pooling", last, "pool1", "pooling_param { pool: MAX kernel_size: 3 stride: 2 pad: 1 ceil_mode: false }")
    last = "pool1"
    for stage, outputs in enumerate((64, 128, 256, 512)):
        for block in range(2):
            name, stride, shortcut = f"layer{stage + 1}.{block}", 2 if stage and not block else 1, last
            if stride == 2:
                shortcut, more = normalized(f"{name}.downsample.0", last, outputs, 1, 2, 0)
                text += more
            first, more = normalized(f"{name}.conv1", last, outputs, 3, stride, 1)
            text += more + layer(f"{name}.relu1", "ReLU", first, first)
            second, more = normalized(f"{name}.conv2", first, outputs, 3, 1, 1)
            text += more + f'layer {{ name: "{name}.sum" type: "Eltwise" bottom: "{second}" bottom: "{shortcut}" top: "{name}.sum" }}\n'
            text += layer(name, "ReLU", f"{name}.sum", name)
            last = name
    text += layer("avgpool", "Pooling", last, "avgpool", "pooling_param { pool: AVE global_pooling: true }")
    return text + inner_product("fc", "avgpool", 1000)


def expected_of_resnet(model, images):
    """PyTorch's output of every block and of the classifier, by averages."""
    expected = {}
    for name, module in model.eval().named_modules():
        if name == "fc" or (name.startswith("layer") and name.count(".") == 1):
            module.register_forward_hook(lambda m, i, o, name=name: expected.__setitem__(name, o.detach()))
    with torch.no_grad():
        model(images)
    return expected


def compare(name, options, folder):
    model, images, _, run, home, ours = imported(name, options, folder)
    subprocess.run(
        [PROGRAM, "weights", "export", run, "--format", "caffe", "-o", f"{folder}/net.caffemodel", *home],
        check=True, stdout=subprocess.DEVNULL)
    text = deployed_resnet(options.batch) if name == "resnet18" else deployed(name == "caffenet", options.batch)
    pathlib.Path(f"{folder}/net.prototxt").write_text(text)
    net = cv2.dnn.readNetFromCaffe(f"{folder}/net.prototxt", f"{folder}/net.caffemodel")
    net.enableFusion(False)
    net.setInput(images.flip(1).numpy())  # blue, green, red
    worst = {}
    if name == "resnet18":
        for layer_name, tensor in expected_of_resnet(model, images).items():
            worst[layer_name] = difference(torch.from_numpy(net.forward(layer_name).copy()), tensor)
        ours = {}
    for key, tensor in ours.items():
        kind, _, layer_name = key.partition(".")
        if kind == "activation" and layer_name in net.getLayerNames():
            # A layer's ReLU works in its place there; here it is a layer of its own.
            behind = f"relu{layer_name.removeprefix('conv').removeprefix('fc')}"
            asked = behind if behind in net.getLayerNames() else layer_name
            theirs = torch.from_numpy(net.forward(asked).copy())
            worst[layer_name] = difference(tensor, here(theirs))
    print(f"{name}: " + ", ".join(f"{layer_name} {value:.1e}" for layer_name, value in worst.items()), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", default="alexnet,caffenet,resnet18")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--convolution", default="winograd")
    options = parser.parse_args()
    for name in options.nets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            compare(name, options, folder)


main()

#!/usr/bin/env python3
"""Prints the numbers that NetworkTests compare a small residual network with: PyTorch in double precision.

Parameters and images are sines that any program can make; the update is Caffe's, with twice the rate and no decay for biases of
fully connected layers. Needs PyTorch (`pip install torch`).
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + shortcut)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 8, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.a = Block(8, 6, 2)
        self.b = Block(6, 6, 1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.fc(self.b(self.a(x)).mean((2, 3)))


def sines(shape, amplitude, phase):
    """In the engine's layout: channels last."""
    count = math.prod(shape)
    values = torch.tensor([amplitude * math.sin(0.7 * i + phase) for i in range(count)])
    if len(shape) == 4:
        n, c, h, w = shape
        return values.reshape(n, h, w, c).permute(0, 3, 1, 2).contiguous()
    return values.reshape(shape)


def show(name, values):
    print(name, [float(v.detach()) for v in values])


net = Net()
parameters = list(net.named_parameters())
with torch.no_grad():
    for index, (name, p) in enumerate(parameters):
        p.copy_(sines(p.shape, 0.4, index))
images, labels = sines((3, 2, 9, 9), 1, 0.3), torch.tensor([4, 0, 2])
velocity = [torch.zeros_like(p) for _, p in parameters]
losses = []
for step in range(11):
    net.train()
    logits = net(images)
    loss = F.cross_entropy(logits, labels)
    losses.append(loss)
    net.zero_grad()
    loss.backward()
    if step == 0:
        print("names", [name for name, _ in parameters])
        show("logits", logits.flatten())
        show("gradient norms", [p.grad.norm() for _, p in parameters])
    if step == 10:
        break
    with torch.no_grad():
        for v, (name, p) in zip(velocity, parameters):
            rate, decay = (0.1, 0) if name == "fc.bias" else (0.05, 0.01)
            v.mul_(0.9).add_(rate * (p.grad + decay * p))
            p.sub_(v)
show("losses", losses)
show("norms", [p.norm() for _, p in parameters])
show("averages", [b.norm() for name, b in net.named_buffers() if "num" not in name])
net.eval()
show("inference loss", [F.cross_entropy(net(images), labels)])

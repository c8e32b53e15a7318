#!/usr/bin/env python3
"""Times training steps of Faster R-CNN on AlexNet with PyTorch's and torchvision's own operations, beside `imagenet-bench detection`.

Convolutions, normalisation, proposals (12,000 boxes through `nms`), `roi_pool` of 128 regions, hidden layers, losses, gradients and SGD with momentum. Which
anchors and regions count is drawn at random and costs next to nothing, so that PyTorch does a little less. Needs `pip install torch torchvision`.
"""
import argparse
import statistics
import time

import torch
import torchvision
from torch import nn


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        relu, norm, pool = nn.ReLU, lambda: nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0), lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        self.first = nn.Sequential(nn.Conv2d(3, 96, 11, 4, 5), relu(), norm(), pool())
        self.rest = nn.Sequential(
            nn.Conv2d(96, 256, 5, padding=2, groups=2), relu(), norm(), pool(), nn.Conv2d(256, 384, 3, padding=1), relu(),
            nn.Conv2d(384, 384, 3, padding=1, groups=2), relu(), nn.Conv2d(384, 256, 3, padding=1, groups=2), relu())
        self.proposing = nn.Sequential(nn.Conv2d(256, 256, 3, padding=1), relu())
        self.anchor_scores, self.anchor_codes = nn.Conv2d(256, 18, 1), nn.Conv2d(256, 36, 1)
        self.hidden = nn.Sequential(nn.Linear(9216, 4096), relu(), nn.Dropout(), nn.Linear(4096, 4096), relu(), nn.Dropout())
        self.scores, self.codes = nn.Linear(4096, 21), nn.Linear(4096, 84)
        for parameter in self.first.parameters():
            parameter.requires_grad = False

    def forward(self, image):
        features = self.rest(self.first(image))
        small = self.proposing(features)
        scores, codes = self.anchor_scores(small), self.anchor_codes(small)
        with torch.no_grad():
            object_scores = scores[0].reshape(2, 9, -1).softmax(0)[1].reshape(-1)
            best = object_scores.topk(min(12_000, object_scores.numel()))
            height, width = image.shape[2:]
            corner = torch.rand(len(best.indices), 2) * torch.tensor([width - 200.0, height - 200.0])
            boxes = torch.cat([corner, corner + 20 + torch.rand(len(best.indices), 2) * 180], 1)
            kept = torchvision.ops.nms(boxes, best.values, 0.7)[:2000]
            regions = torch.cat([torch.zeros(128, 1), boxes[kept[torch.randperm(len(kept))[:128]]]], 1)
        pooled = torchvision.ops.roi_pool(features, regions, 6, 1 / 16)
        hidden = self.hidden(pooled.flatten(1))
        return scores, codes, self.scores(hidden), self.codes(hidden)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=800)
    parser.add_argument("--height", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--channels-last", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.workers)
    model = Detector()
    image = torch.randn(1, 3, arguments.height, arguments.width)
    if arguments.channels_last:
        model, image = model.to(memory_format=torch.channels_last), image.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 1e-5, 0.9, weight_decay=5e-4)
    labels = torch.randint(0, 21, (128,))
    seconds = []
    for step in range(arguments.steps + 1):
        start = time.perf_counter()
        optimizer.zero_grad()
        scores, codes, region_scores, region_codes = model(image)
        pairs = scores[0].reshape(2, -1).T
        chosen = torch.randint(0, len(pairs), (256,))
        loss = nn.functional.cross_entropy(pairs[chosen], torch.randint(0, 2, (256,)))
        loss = loss + nn.functional.smooth_l1_loss(codes.flatten()[:512], torch.zeros(512), beta=1 / 9, reduction="sum") / 256
        loss = loss + nn.functional.cross_entropy(region_scores, labels)
        loss = loss + nn.functional.smooth_l1_loss(region_codes[:32], torch.zeros(32, 84), reduction="sum") / 128
        loss.backward()
        optimizer.step()
        if step:
            seconds.append(time.perf_counter() - start)
    print(f"PyTorch {torch.__version__}: {1000 * statistics.median(seconds):.1f} ms a step (best {1000 * min(seconds):.1f})")


if __name__ == "__main__":
    main()

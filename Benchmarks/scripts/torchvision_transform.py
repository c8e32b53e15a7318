#!/usr/bin/env python3
"""Prints what torchvision's transform makes of pictures by a formula: the tables of TorchvisionTransformTests.

With a folder, the pixels of the JPEG files that lie there, too. Needs torch, torchvision, Pillow and NumPy.
"""
import glob
import sys

import numpy as np
from PIL import Image
from torchvision import transforms

SIZES = [
    (640, 427), (427, 640), (300, 299), (299, 300), (256, 256), (100, 100), (500, 375), (375, 500), (224, 224), (1, 1),
    (3000, 20), (20, 3000), (333, 257), (257, 256), (256, 301), (255, 255), (1023, 767), (2, 1), (512, 512), (768, 256), (7, 5)]
CROP = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
NORMALIZE = transforms.Compose(
    [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


def picture(width, height):
    y, x = np.mgrid[:height, :width].astype(np.int64)
    return np.stack([
        (x * x * (7 + c) + y * y * (3 + 2 * c) + x * y * 5 + ((x * 2654435761 + y * 40503 + c * 97) >> 7) * 13) % 256
        for c in range(3)], -1).astype(np.uint8)


def digest(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"0x{value:016X}"


for width, height in SIZES:
    pixels = CROP(Image.fromarray(picture(width, height)))
    row = np.asarray(pixels)
    values = NORMALIZE(pixels)[:, 100, 100].tolist()
    print(f"({width}, {height}, {digest(row.tobytes())}, {row[0, 0].tolist()}, {row[-1, -1].tolist()}, {values})")
for path in sorted(glob.glob(f"{sys.argv[1]}/*.jpg") if len(sys.argv) > 1 else []):
    data = open(path, "rb").read()
    print(path, digest(data), digest(np.asarray(Image.open(path).convert("RGB")).tobytes()))

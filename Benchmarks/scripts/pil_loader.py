#!/usr/bin/env python3
"""Makes photographs of ImageNet's usual size, and times PIL on them as `imagenet-bench loader` times ours.

Each image is opened, decoded, warped to 256×256 (bilinear, antialiased), cropped to 227, mirrored by chance, and made
into floats minus the mean: what a training needs. Time is that of one core (process_time).
"""

import argparse
import pathlib
import random
import time

import numpy as np
from PIL import Image


def make(folder: pathlib.Path, count: int) -> None:
    """JPEG files of 500×375 pixels and about 100 kB, in two class folders: smooth shapes with fine grain."""
    random_numbers = np.random.default_rng(1)

    def noise(height: int, width: int) -> Image.Image:
        values = random_numbers.integers(0, 256, (height, width, 3), dtype=np.uint8)
        return Image.fromarray(values).resize((500, 375), Image.Resampling.BICUBIC)

    for number in range(count):
        wnid = ["n01440764", "n01484850"][number % 2]
        path = folder / "train" / wnid / f"{wnid}_{number}.JPEG"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.blend(noise(24, 32), noise(188, 250), 0.33).save(path, quality=90)


def load(path: pathlib.Path, mean: np.ndarray) -> np.ndarray:
    with Image.open(path) as file:
        image = file.convert("RGB").resize((256, 256), Image.Resampling.BILINEAR)
    left, top = random.randrange(30), random.randrange(30)
    image = image.crop((left, top, left + 227, top + 227))
    if random.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return np.asarray(image, dtype=np.float32) - mean


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--make", type=int, metavar="COUNT", help="make so many photographs first")
    options = parser.parse_args()
    if options.make:
        make(options.folder, options.make)
    paths = sorted(options.folder.glob("train/*/*"))
    mean = np.array([123, 117, 104], dtype=np.float32)
    best = float("inf")
    for _ in range(4):
        start = time.process_time()
        for path in paths:
            load(path, mean)
        best = min(best, time.process_time() - start)
    print(
        f"PIL {Image.__version__}, resize 256, crop 227: {len(paths) / best:.1f} images/s per core "
        f"({1e6 * best / len(paths):.1f} µs an image)"
    )


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makes vectors like features, and times FAISS's flat index on them as `imagenet-bench search` times ours.

Prints one JSON line: the fastest search in seconds. Writes the neighbours' rows, a line a query.
"""
import argparse
import json
import pathlib
import time

import numpy as np


def make(folder: pathlib.Path, rows: int, width: int, queries: int) -> None:
    """Features are not negative and mostly 0, as behind a ReLU."""
    numbers = np.random.default_rng(1)
    for name, count in (("gallery", rows), ("queries", queries)):
        values = numbers.standard_normal((count, width), dtype=np.float32)
        np.save(folder / f"{name}.npy", np.maximum(values, 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--make", metavar="ROWSxWIDTHxQUERIES")
    parser.add_argument("-k", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--singly", action="store_true", help="ask with one query after the other")
    options = parser.parse_args()
    if options.make:
        return make(options.folder, *map(int, options.make.split("x")))
    import faiss

    faiss.omp_set_num_threads(options.threads)
    gallery, queries = (np.load(options.folder / f"{name}.npy") for name in ("gallery", "queries"))
    index = faiss.IndexFlatL2(gallery.shape[1])
    index.add(gallery)
    best = float("inf")
    for _ in range(options.rounds):
        start = time.perf_counter()
        if options.singly:
            found = [index.search(query[None], options.k)[1][0] for query in queries]
        else:
            _, found = index.search(queries, options.k)
        best = min(best, time.perf_counter() - start)
    (options.folder / "faiss.txt").write_text("\n".join(" ".join(map(str, row)) for row in found))
    print(json.dumps({"seconds": best, "version": faiss.__version__}))


main()

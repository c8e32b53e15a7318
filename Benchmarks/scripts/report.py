#!/usr/bin/env python3
"""Measures what this project claims beside PyTorch, FAISS and PIL, in turn, and writes BENCHMARKS.md.

    Benchmarks/scripts/report.py BENCH [--python PYTHON] [--rounds N] [--only NAME …] [--narrow] [--rest FILE] [-o FILE]

PYTHON has torch, faiss-cpu, pillow and numpy; what it lacks is left out, in words. A ratio is of the medians of rounds in which the
two took turns, so that a machine whose speed wanders slows both. FILE has a part for each kind of processor and width of its vectors:
that of this one is replaced, the others stay. --narrow leaves AVX-512 out, ours and theirs.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

SCRIPTS = pathlib.Path(__file__).parent
MODES = ["eager", "channels_last", "compiled"]
# What keeps PyTorch, oneDNN, MKL, OpenBLAS, and FAISS from AVX-512.
NARROW = {
    "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "OPENBLAS_CORETYPE": "Haswell",
    "FAISS_OPT_LEVEL": "AVX2"}


def log(text):
    print(text, file=sys.stderr, flush=True)


def figures(command):
    """The JSON object that a command prints last; nothing where it fails."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, env={**os.environ, **environment})
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    if result.returncode != 0 or not lines:
        log(f"  left out: {' '.join(map(str, command[-6:]))}: {(result.stderr or result.stdout).strip().splitlines()[-1:]}")
        return None
    return json.loads(lines[-1])


environment = {}


def processor():
    """Its name, and the numbers that tell it from others of that name."""
    facts = {}
    for line in open("/proc/cpuinfo"):
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    if "model name" not in facts:
        return platform.machine(), set()
    return (f"{facts['model name']}, family {facts.get('cpu family')}, model {facts.get('model')}", set(facts.get("flags", "").split()))


def merge(path, title, part):
    """Puts a part below its title in place of the one that was there."""
    head = (
        "# Benchmarks\n\n`make bench` measures all of this again, here and now, and writes the part of this processor; `NARROW=1` leaves "
        "AVX-512 out, `PYTHON=…` names a Python with PyTorch, FAISS and Pillow. Ours and theirs took turns in one run; a ratio above 1 means "
        "that ours is faster, below 1 that it takes less memory. Parts of different processors are not to be compared.\n")
    parts = {}
    if path.exists():
        for text in path.read_text().split("\n## ")[1:]:
            name, _, body = text.partition("\n")
            parts[name.strip()] = body.rstrip() + "\n"
    parts[title] = "\n" + part.rstrip() + "\n"
    path.write_text(head + "".join(f"\n## {name}\n{body}" for name, body in sorted(parts.items())))


def middle(values):
    return statistics.median(values)


class Report:
    def __init__(self, options):
        self.options = options
        self.lines = []
        self.peak = None
        self.compared = []
        self.layers = {}
        self.versions = set()
        self.notes = []
        self.rest = []

    # Trainings

    def step(self, net, classes, forward, wanted, batch=64):
        title = f"{net} {'forward' if forward else 'training step'}"
        extra = ["--forward"] if forward else []
        ours, theirs = [], {mode: [] for mode in MODES}
        for number in range(self.options.rounds):
            log(f"{title}, round {number + 1} of {self.options.rounds}")
            arguments = ["--net", net, "--classes", classes, "--batch", batch, "--steps", self.options.steps, "--json", *extra]
            ours.append(figures([self.options.bench, "step", *arguments, *self.options.vectors]))
            for mode in MODES:
                if theirs[mode] is None or not self.options.has("torch"):
                    continue
                found = figures([self.options.python, SCRIPTS / "pytorch_step.py", *arguments, "--modes", mode])
                theirs[mode] = None if found is None else theirs[mode] + [found]
        speed = middle([run["imagesPerSecond"] for run in ours])
        memory = max(run["peakBytes"] for run in ours) / 1e6
        self.peak = max([self.peak or 0] + [run["peakFlops"] for run in ours])
        self.layers[title] = min(ours, key=lambda run: sum(op["milliseconds"] for op in run["operations"]))
        best = None
        for mode, runs in theirs.items():
            if not runs:
                continue
            self.versions.add(f"PyTorch {runs[0]['version']}")
            rate = middle([run["imagesPerSecond"] for run in runs])
            self.compared.append((f"{title}, {mode}", rate, max(run["peakBytes"] for run in runs) / 1e6))
            if best is None or rate > best[1]:
                best = (mode, rate, max(run["peakBytes"] for run in runs) / 1e6)
        other = f"{best[1]:.1f} ({best[0]})" if best else "not measured"
        ratio = f"**{speed / best[1]:.2f}**" if best else ""
        self.lines.append(f"| {title}, batch {batch}, images/s | {speed:.1f} | {other} | {ratio} | {wanted} |")
        if net == "alexnet" and not forward:
            # Beside the mode that is fastest, as the speed is.
            other = f"{best[2]:.0f} ({best[0]})" if best else "not measured"
            ratio = f"**{memory / best[2]:.2f}**" if best else ""
            self.lines.append(f"| its peak memory, MB | {memory:.0f} | {other} | {ratio} | ≤ 0.38 |")

    # Search and loader

    def products(self):
        log("products on one core")
        rounds = [figures([self.options.bench, "product", "--json", *self.options.vectors]) for _ in range(self.options.rounds)]
        peak = max(run["peakFlops"] for run in rounds)
        wanted = 75 if self.options.isWide else 85
        self.notes += [
            f"Products on one core, GFLOP/s; the FMA peak is {peak / 1e9:.0f}, OpenBLAS runs its kernels for {rounds[0]['openBLAS']}; "
            f"wanted ≥ {wanted} % of the peak, and ≥ 1.0 of OpenBLAS.", "",
            "| rows × columns × inner | ours | of the peak | OpenBLAS | ratio |", "|---|---|---|---|---|"]
        for number, row in enumerate(rounds[0]["products"]):
            own, other = (middle([run["products"][number][key] for run in rounds]) for key in ("own", "openBLAS"))
            ratio = f"**{own / other:.2f}**" if other else ""
            self.notes.append(f"| {row['name']} | {own / 1e9:.0f} | {100 * own / peak:.0f} % | {other / 1e9:.0f} | {ratio} |")
        self.notes.append("")

    def pieces(self):
        log("pieces")
        table = subprocess.run([str(self.options.bench), "pieces"], capture_output=True, text=True, check=True).stdout
        self.rest += [
            "### What the cut of each operation allows at many cores", "",
            "A simulation: each piece of an AlexNet training step of 64 images, timed on one core, goes to the core that is free first. "
            "Wanted: 85 % of ideal at 64 cores, 54.4.", "", table]

    def search(self, folder, rows, width, queries, singly=False):
        log(f"search{' singly' if singly else ''}, {rows}×{width} by {queries} queries")
        python = self.options.python
        if not self.options.has("faiss"):
            log("  left out: no faiss")
            return
        make = [python, SCRIPTS / "faiss_search.py", folder, "--make", f"{rows}x{width}x{queries}"]
        subprocess.run([str(part) for part in make], check=True)
        ours, theirs = [], []
        extra = ["--singly"] if singly else []
        for _ in range(self.options.rounds):
            ours.append(figures([
                self.options.bench, "search", *self.options.vectors, *extra, "--gallery", f"{folder}/gallery.npy", "--queries", f"{folder}/queries.npy",
                "--rounds", 1, "--output", f"{folder}/ours.txt"]))
            theirs.append(figures([python, SCRIPTS / "faiss_search.py", folder, "--rounds", 1, *extra]))
        ours_time, their_time = (middle([run["seconds"] for run in runs]) for runs in (ours, theirs))
        self.versions.add(f"FAISS {theirs[0]['version']}")
        found, expected = (pathlib.Path(folder, name).read_text().splitlines() for name in ("ours.txt", "faiss.txt"))
        equal = sum(a.split() == b.split() for a, b in zip(found, expected))
        self.lines.append(
            f"| 5 nearest of {queries} queries{', one at a time,' if singly else ''} in {rows}×{width}, seconds (FAISS IndexFlatL2) | {ours_time:.2f} | "
            f"{their_time:.2f} | **{their_time / ours_time:.2f}** | ≥ 1.3 |")
        self.notes.append(
            f"Neighbours equal to FAISS's for {equal} of {queries} queries; the search took "
            f"{max(run['searchBytes'] for run in ours) / 1e6:.0f} MB beside the vectors.")
        self.notes.append("")

    def loader(self, folder):
        log("loader, 500×375 JPEG to a crop of 227")
        python = self.options.python
        if not self.options.has("PIL"):
            log("  left out: no PIL")
            return
        script = [python, SCRIPTS / "pil_loader.py", folder]
        subprocess.run([str(part) for part in [*script, "--make", 200]], check=True, capture_output=True)
        ours, theirs = [], []
        for _ in range(self.options.rounds):
            for command, rates in (
                ([self.options.bench, "loader", "--folder", folder, "--images", 400], ours), (script, theirs)):
                text = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
                rates.append(float(text.split(" images/s per core")[0].split()[-1]))
        self.versions.add(subprocess.run(
            [python, "-c", "import PIL; print('Pillow', PIL.__version__)"], capture_output=True, text=True).stdout.strip())
        rate, other = middle(ours), middle(theirs)
        self.lines.append(
            f"| JPEG 500×375 to a 227 crop, images/s per core (PIL) | {rate:.0f} | {other:.0f} | **{rate / other:.2f}** | ≥ 3 |")

    # The file

    def markdown(self):
        text = [
            f"{os.cpu_count()} cores, measured FMA peak {self.peak / 1e9 if self.peak else 0:.0f} GFLOP/s, {datetime.date.today()}, "
            f"{self.options.rounds} rounds. Beside: {', '.join(sorted(self.versions)) or 'nothing'}.", "",
            "| | ours | theirs, at best | ratio | wanted |", "|---|---|---|---|---|", *self.lines, "", *self.notes, ""]
        if self.compared:
            text += ["| PyTorch, by mode | images/s | peak memory, MB |", "|---|---|---|"]
            text += [f"| {title} | {rate:.1f} | {memory:.0f} |" for title, rate, memory in self.compared] + [""]
        for title, run in self.layers.items():
            if "training" not in title:
                continue
            total = sum(op["milliseconds"] for op in run["operations"])
            text += [f"### Where the time of one {title} goes", "",
                     "GFLOP/s count the operations of a plain sum: Winograd's tiles need fewer.", "",
                     "| operation | ms | share | GFLOP/s | of the FMA peak |", "|---|---|---|---|---|"]
            for op in run["operations"]:
                share = 100 * op["milliseconds"] / total
                rate = op.get("gigaflopsPerSecond")
                if share < 0.5 and rate is None:
                    continue
                speed = f"{rate:.0f} | {100e9 * rate / run['peakFlops']:.0f} %" if rate else " | "
                text.append(f"| {op['name']} | {op['milliseconds']:.1f} | {share:.1f} % | {speed} |")
            text.append("")
        return "\n".join([*text, *self.rest])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=pathlib.Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--only", nargs="*", help="step names, products, pieces, search, search-singly, loader")
    parser.add_argument("--narrow", action="store_true", help="leave AVX-512 out")
    parser.add_argument("--rest", type=pathlib.Path, help="a file whose text goes to the end of the part instead of anything being measured")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    options = parser.parse_args()

    def has(module):
        return subprocess.run([options.python, "-c", f"import {module}"], capture_output=True).returncode == 0

    options.has = has
    name, flags = processor()
    options.isWide = "avx512f" in flags and not options.narrow
    title = f"{name}, {'AVX-512' if options.isWide else 'AVX2'}"
    options.vectors = ["--vectors", "avx2"] if options.narrow else []
    if options.rest:
        parts = options.output.read_text().split("\n## ")
        body = next((part.partition("\n")[2] for part in parts[1:] if part.startswith(title + "\n")), "")
        return merge(options.output, title, body.split("\n### Start, labels")[0].strip() + "\n\n" + options.rest.read_text())
    if options.narrow:
        environment.update(NARROW)
    report = Report(options)
    wanted = lambda name: not options.only or name in options.only
    for net, classes, forward, ratio in [
        ("alexnet", 1000, False, "≥ 2.5"), ("alexnet", 1000, True, "≥ 1.8"), ("resnet18", 1000, False, "≥ 2.2"),
        ("alexnet-28", 10, False, "≥ 2.5"), ("vgg16", 1000, False, "≥ 1.5")]:
        if wanted(f"{net}{'-forward' if forward else ''}"):
            report.step(net, classes, forward, ratio, 16 if net == "vgg16" else 64)
    if wanted("products"):
        report.products()
    if wanted("pieces") and not options.narrow:
        report.pieces()
    with tempfile.TemporaryDirectory() as folder:
        if wanted("loader"):
            report.loader(folder)
    with tempfile.TemporaryDirectory() as folder:
        if wanted("search"):
            report.search(folder, 50_000, 4096, 1000)
    with tempfile.TemporaryDirectory() as folder:
        if wanted("search-singly"):
            report.search(folder, 50_000, 4096, 50, singly=True)
    merge(options.output, title, report.markdown())
    print(report.markdown())


main()

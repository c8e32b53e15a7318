#!/usr/bin/env python3
"""Times the screens as a terminal of 140×40 sees them, and counts their bytes.

    Benchmarks/scripts/terminal.py [--while-training] [--row FILE TITLE] PROGRAM [ARGUMENT …]

With --while-training, two workers train a network on Fashion-MNIST meanwhile, in a home of their own. Prints: process start to the first
byte and to the tree; each key to its first byte (median, 99th percentile) and how many bytes it costs, for moves of the cursor one after
another, for searching and for edits of the cut; bytes a second while nothing happens.
What is over its budget (1 ms at the median, 5 ms at the 99th percentile, 50 ms for the first byte, 400 bytes a move) is marked so. --row appends all of
it to a file as a row of a table.
Needs nothing but Python. Times hold for a quiet machine only.
"""
import fcntl
import os
import pty
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROWS, COLUMNS = 40, 140


def start(arguments):
    process, master = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        os.environ.pop("NO_COLOR", None)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execv(arguments[0], arguments)
    return process, master


def read(master, seconds):
    """What arrives next; nothing when nothing does in time, or the program has ended."""
    ready, _, _ = select.select([master], [], [], seconds)
    try:
        return os.read(master, 1 << 16) if ready else b""
    except OSError:
        return b""


def drain(master, silence, most=10):
    """Everything until nothing came for a while; some programs never fall silent, and are left after `most` seconds."""
    taken = b""
    end = time.monotonic() + most
    while time.monotonic() < end and (chunk := read(master, silence)):
        taken += chunk
    return taken


def press(master, key, silence):
    """Milliseconds to the first byte, and the bytes of the frame that answers the key: a busy machine hands it on in pieces."""
    began = time.perf_counter_ns()
    os.write(master, key)
    first = read(master, 5)
    took = (time.perf_counter_ns() - began) / 1e6
    frame = len(first) + len(drain(master, 0.01))
    drain(master, silence)
    return took, frame


def against(value, most, unit):
    """A figure beside what it is wanted to be."""
    return f"{value:.2f} {unit}" + ("" if value <= most else f" (over {most:g})")


def report(what, master, keys, silence=0.05, most_bytes=None):
    took, sent = zip(*(press(master, key, silence) for key in keys))
    times = sorted(took)
    p99 = times[min(len(times) - 1, int(0.99 * len(times)))]
    over = f", {sum(count > most_bytes for count in sent)} over {most_bytes}" if most_bytes else ""
    print(
        f"{what}: to the first byte {against(statistics.median(times), 1, 'ms')} median, {against(p99, 5, 'ms')} p99; "
        f"{statistics.median(sent):.0f} bytes median, {max(sent)} most, {sum(sent) / len(sent):.0f} mean{over} ({len(keys)} keys)")
    return f"{statistics.median(times):.2f} / {p99:.2f}", max(sent)


def start_training(program):
    """A training of its own that keeps two cores busy; what ends it and clears up."""
    home = tempfile.mkdtemp()

    def command(*words):
        return subprocess.run([program, *words, "--home", home], capture_output=True, text=True)

    started = command("train", "--dataset", "fashion-mnist", "--net", "alexnet-28", "--epochs", "1000", "--workers", "2",
                      "--name", "load", "--detach")
    if started.returncode != 0:
        sys.exit(f"no training started: {started.stderr.strip()}")
    until = time.monotonic() + 120
    while "running" not in command("runs", "list").stdout or "images/s" not in command("runs", "show", "load").stdout:
        if time.monotonic() > until:
            sys.exit("the training does not get going")
        time.sleep(1)

    def stop():
        command("runs", "stop", "load")
        until = time.monotonic() + 60
        while "running" in command("runs", "list").stdout and time.monotonic() < until:
            time.sleep(0.5)
        shutil.rmtree(home, ignore_errors=True)

    return stop


def main():
    arguments = sys.argv[1:]
    trains = arguments[:1] == ["--while-training"]
    arguments = arguments[trains:]
    file, title = None, None
    if arguments[:1] == ["--row"]:
        file, title, arguments = arguments[1], arguments[2], arguments[3:]
    stop = start_training(arguments[0]) if trains else lambda: None
    try:
        row = measure(arguments)
    finally:
        stop()
    if file:
        with open(file, "a") as table:
            table.write(f"| {title} | {' | '.join(row)} |\n")


def measure(arguments):
    began = time.perf_counter()
    process, master = start(arguments)
    screen = read(master, 10)
    first = time.perf_counter() - began
    while b"physical entity" not in screen and b"artifact" not in screen:
        chunk = read(master, 20)
        if not chunk:
            sys.exit("the tree did not appear")
        screen += chunk
    tree = time.perf_counter() - began
    print(f"start: first byte after {against(first * 1e3, 50, 'ms')}, the tree after {tree * 1e3:.0f} ms")
    drain(master, 1)
    # Until what is known of the class is there too, so that it is not taken for a part of the next answer.
    moves, most = report("moves", master, ([b"j"] * 14 + [b"k"] * 14) * 4, 0.15, most_bytes=400)
    drain(master, 1)
    press(master, b"/", 0.3)
    search, _ = report("search", master, [bytes([letter]) for letter in b"terrier"])
    press(master, b"\x1b", 0.3)
    drain(master, 1)
    edits, _ = report("edits", master, [b"-", b"[", b"u", b"u", b"c", b"u", b"x", b"u", b"A", b"u"] * 5, 0.2)
    drain(master, 2)
    idle = drain(master, 5)
    print(f"idle: {len(idle)} bytes in 5 s")
    os.write(master, b"q")
    drain(master, 0.5)
    os.waitpid(process, 0)
    return [f"{first * 1e3:.0f}", f"{tree * 1e3:.0f}", moves, search, edits, f"{most}", f"{len(idle) / 5:.0f}"]


if __name__ == "__main__":
    main()

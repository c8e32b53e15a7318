#!/usr/bin/env python3
"""Times the screens as a terminal of 140×40 sees them, and counts their bytes.

    Benchmarks/scripts/terminal.py [--while-training] [--row FILE TITLE] PROGRAM [ARGUMENT …]

With --while-training, two workers train a network on Fashion-MNIST meanwhile, in a home of their own. Prints: process start to the first
byte and to the tree; each key to its first byte (median, 99th percentile) and how many bytes it costs, with what is told of a class once the cursor
has rested on it, for the first eight moves of the cursor, for moves one after another, for searching and for edits of the cut; bytes a second while nothing
happens. Then, in exact colours on a line that takes 20 kB a second, by itself and behind tmux: ten moves, four a second, and how long the answer to
the next key takes to be there.
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
# Bytes a second, and how many are read at a time.
LINE, PIECE = 20_000, 200


def start(arguments, **environment):
    process, master = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        os.environ.update(environment)
        for name in ["NO_COLOR", "TMUX", "STY"] + ["COLORTERM"] * ("COLORTERM" not in environment):
            os.environ.pop(name, None)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execv(arguments[0], arguments)
    return process, master


def read(master, seconds, most=1 << 16):
    """What arrives next; nothing when nothing does in time, or the program has ended. Answers as a terminal does."""
    ready, _, _ = select.select([master], [], [], seconds)
    try:
        chunk = os.read(master, most) if ready else b""
    except OSError:
        return b""
    for _ in range(chunk.count(b"\033[5n")):
        os.write(master, b"\033[0n")
    return chunk


def drain(master, silence, most=10):
    """Everything until nothing came for a while; some programs never fall silent, and are left after `most` seconds."""
    taken = b""
    end = time.monotonic() + most
    while time.monotonic() < end and (chunk := read(master, silence)):
        taken += chunk
    return taken


def press(master, key, silence):
    """Milliseconds to the first byte, and all bytes until nothing comes for a while."""
    began = time.perf_counter_ns()
    os.write(master, key)
    first = read(master, 5)
    took = (time.perf_counter_ns() - began) / 1e6
    return took, len(first) + len(drain(master, silence))


def against(value, most, unit):
    """A figure beside what it is wanted to be."""
    return f"{value:.2f} {unit}" + ("" if value <= most else f" (over {most:g})")


def report(what, master, keys, silence=0.05, most_bytes=None):
    took, sent = zip(*(press(master, key, silence) for key in keys))
    times = sorted(took)
    p99 = times[min(len(times) - 1, int(0.99 * len(times)))]
    middle = statistics.median(sent)
    over = f", {sum(count > most_bytes for count in sent)} over {most_bytes}" if most_bytes else ""
    print(
        f"{what}: to the first byte {against(statistics.median(times), 1, 'ms')} median, {against(p99, 5, 'ms')} p99; "
        f"{against(middle, most_bytes or middle, 'bytes')} median, {max(sent)} most, {sum(sent) / len(sent):.0f} mean{over} ({len(keys)} keys)")
    return f"{statistics.median(times):.2f} / {p99:.2f}", middle


def slow_moves(arguments, in_tmux):
    """Moves on a slow line, and how long the answer to a key behind them takes."""
    folder = tempfile.mkdtemp()
    if in_tmux:
        inner = " ".join(f"'{word}'" for word in arguments)
        arguments = [shutil.which("tmux"), "-S", folder + "/tmux", "-f", "/dev/null", "new-session", inner, ";", "set", "status", "off"]
    process, master = start(arguments, COLORTERM="truecolor")
    drain(master, 2)
    free = time.monotonic()

    def take(until):
        nonlocal free
        taken = b""
        while (now := time.monotonic()) < until:
            chunk = read(master, min(until - now, 0.05), PIECE)
            taken += chunk
            free = max(free, time.monotonic()) + len(chunk) / LINE
            time.sleep(max(0, free - time.monotonic()))
            if b"Commands" in taken:
                break
        return taken

    sent = []
    for _ in range(10):
        os.write(master, b"j")
        sent.append(len(take(time.monotonic() + 0.25)))
    began = time.monotonic()
    os.write(master, b":")
    shown = b"Commands" in take(began + 60)
    took = time.monotonic() - began
    print(
        f"at 20 kB/s{' in tmux' if in_tmux else ''}, four moves a second: {against(statistics.median(sent), 4000, 'bytes')} median, {max(sent)} most; "
        + (f"then a key is answered after {against(took, 0.3, 's')}" if shown else "then no key is answered in a minute"))
    os.write(master, b"\033")
    time.sleep(0.3)
    pictures = len(take(time.monotonic() + 4))
    print(f"  then at rest: {pictures} bytes in four seconds")
    os.write(master, b"q")
    drain(master, 0.5)
    os.close(master)
    os.waitpid(process, 0)
    shutil.rmtree(folder, ignore_errors=True)


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
    # What is told of the class comes after a rest of .12 s, pictures later.
    _, first_moves = report("first moves", master, [b"j"] * 8, 0.15, most_bytes=400)
    moves, median = report("moves", master, ([b"j"] * 14 + [b"k"] * 14) * 4, 0.15, most_bytes=400)
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
    slow_moves(arguments, False)
    if shutil.which("tmux"):
        slow_moves(arguments, True)
    return [f"{first * 1e3:.0f}", f"{tree * 1e3:.0f}", moves, search, edits, f"{max(first_moves, median):.0f}", f"{len(idle) / 5:.0f}"]


if __name__ == "__main__":
    main()

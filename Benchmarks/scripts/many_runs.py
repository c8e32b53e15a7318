#!/usr/bin/env python3
"""What a home of many runs costs the runs screen, on a terminal of 140×40.

    Benchmarks/scripts/many_runs.py PROGRAM HOME

HOME is what `imagenet-bench runs --home HOME` made. Prints: key 2 to the list, process start to the list where the runs screen was left,
each key to its first byte and its bytes, and the memory that the process holds after the first paint and after all of the list was seen.
What is over its budget (100 ms to the list, 1 ms at the median, 400 bytes a move) is marked so.
Needs nothing but Python. Times hold for a quiet machine only.
"""
import os
import re
import shutil
import statistics
import sys
import time

import terminal


def until(master, pattern, began):
    """Milliseconds from `began` until what arrived holds `pattern`."""
    taken = b""
    while not re.search(pattern, taken):
        chunk = terminal.read(master, 20)
        if not chunk:
            sys.exit(f"{pattern} did not appear")
        taken += chunk
    return (time.perf_counter() - began) * 1e3


def memory(process):
    """Megabytes in memory, and of them those that are no file's."""
    with open(f"/proc/{process}/status") as file:
        lines = dict(line.split(":", 1) for line in file if ":" in line)
    return [int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")]


def leave(process, master):
    os.write(master, b"q")
    terminal.drain(master, 1)
    os.waitpid(process, 0)


def main():
    program, home = sys.argv[1:3]
    command = [program, "--home", home, "--dataset", "fashion-mnist"]
    # As nobody left it: the list begins with the newest run.
    shutil.rmtree(home + "/screens", ignore_errors=True)
    runs = len(os.listdir(home + "/runs"))
    newest = f"run-{runs - 1}".encode()
    shown, opened = [], []
    for _ in range(5):
        process, master = terminal.start(command)
        terminal.drain(master, 1)
        os.write(master, b"1")
        terminal.drain(master, 1)
        began = time.perf_counter()
        os.write(master, b"2")
        shown.append(until(master, newest, began))
        terminal.drain(master, 1)
        leave(process, master)
        began = time.perf_counter()
        process, master = terminal.start(command)
        opened.append(until(master, newest, began))
        terminal.drain(master, 1)
        leave(process, master)
    print(f"{runs} runs: key 2 to the list {terminal.against(statistics.median(shown), 100, 'ms')}; "
          f"process start to the list {terminal.against(statistics.median(opened), 100, 'ms')} (medians of 5)")
    process, master = terminal.start(command)
    until(master, newest, time.perf_counter())
    terminal.drain(master, 3)
    first = memory(process)
    terminal.report("moves", master, ([b"j"] * 14 + [b"k"] * 14) * 4, silence=0.02, most_bytes=400)
    terminal.report("pages", master, [b"\x1b[6~"] * (runs // 10 + 1), silence=0.01)
    terminal.drain(master, 3)
    last = memory(process)
    print(f"memory: {first[0]:.0f} MB ({first[1]:.0f} MB of its own) after the first paint, {last[0]:.0f} MB ({last[1]:.0f}) after all was seen")
    terminal.drain(master, 3)
    print(f"at rest: {len(terminal.drain(master, 5))} bytes in 5 s")
    leave(process, master)


main()

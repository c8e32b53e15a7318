#!/usr/bin/env python3
"""What eight live runs cost a line, on a terminal of 140×40.

    Benchmarks/scripts/live_runs.py PROGRAM [--home FOLDER] [--seconds N] [--row FILE]

Makes a home with eight runs that this script keeps alive: real event files and heartbeats, four steps a second each, no network. Prints the
bytes a second that the runs screen sends, those at rest, and for keys how long they take to their first byte and what they cost.
--row appends that of moves to a file as a row of a table. Needs nothing but Python and the program. Times hold for a quiet machine only. leet_runs.py does the same with W&B's viewer.
"""
import argparse
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import terminal

RUNS, RATE, START, STEPS = 8, 4, 4000, 40_000


def crc32c_table():
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


TABLE = crc32c_table()


def masked(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def record(event):
    length = struct.pack("<Q", len(event))
    return length + struct.pack("<I", masked(length)) + event + struct.pack("<I", masked(event))


def scalars(step, values, now):
    summary = b""
    for tag, number in values.items():
        value = b"\x0a" + varint(len(tag)) + tag.encode() + b"\x15" + struct.pack("<f", number)
        summary += b"\x0a" + varint(len(value)) + value
    return b"\x09" + struct.pack("<d", now) + b"\x10" + varint(step) + b"\x2a" + varint(len(summary)) + summary


def identity():
    """This process, as a run's heartbeat names its worker."""
    with open("/proc/self/stat") as file:
        started = int(file.read().rsplit(")", 1)[1].split()[19])
    with open("/proc/sys/kernel/random/boot_id") as file:
        boot = file.read().strip()
    return {"pid": os.getpid(), "started": started, "host": os.uname().nodename,
            "machine": f"{boot} {os.readlink('/proc/self/ns/pid')}"}


class Run:
    def __init__(self, template, folder, number):
        self.number, self.step, self.speed = number, START, 800.0
        self.folder = f"{folder}/20260101-00000{number}-live-{number}"
        os.makedirs(self.folder + "/checkpoints")
        os.makedirs(self.folder + "/control")
        configuration = json.loads(json.dumps(template))
        configuration.update(name=f"live-{number}", created=time.time() - START / RATE)
        with open(self.folder + "/run.json", "w") as file:
            json.dump(configuration, file)
        self.events = open(f"{self.folder}/events.out.tfevents.1767225600.here", "ab", buffering=0)
        now = time.time()
        history = record(b"\x09" + struct.pack("<d", now) + b"\x1a\x0dbrain.Event:2")
        for step in range(1, START + 1):
            history += record(scalars(step, self.values(step), now - (START - step) / RATE))
        for step in range(938, START + 1, 938):
            history += record(scalars(step, {"val/top1": 0.6 + step / 20_000, "val/loss": 3 / (1 + step / 900)}, now))
        self.events.write(history)
        self.beat()

    def values(self, step):
        noise = (step * 7919 + self.number * 104_729) % 97 / 970
        return {"train/loss": 2.3 / (1 + step / 1500) + noise + self.number / 20, "train/rate": 0.01,
                "train/images_per_second": self.speed, "train/stall": noise / 10}

    def train(self):
        self.step += 1
        self.speed = 0.9 * self.speed + 0.1 * (760 + (self.step * 37 + self.number * 11) % 80)
        self.events.write(record(scalars(self.step, self.values(self.step), time.time())))
        if self.step % RATE == self.number % RATE:
            self.beat()

    def beat(self):
        beat = {
            "worker": identity(), "session": 1, "time": time.time(), "isPaused": False,
            "progress": {"step": self.step, "steps": STEPS, "stepsPerEpoch": 938, "epoch": self.step / 938,
                         "loss": self.values(self.step)["train/loss"], "imagesPerSecond": self.speed,
                         "skippedImages": 0, "stall": 0.01}}
        with open(self.folder + "/.heartbeat", "w") as file:
            json.dump(beat, file)
        os.rename(self.folder + "/.heartbeat", self.folder + "/heartbeat")


def template(program, home):
    """The run.json of a training that is stopped as soon as it has begun."""
    def say(*arguments):
        return subprocess.run([program, *arguments, "--home", home], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    say("train", "--dataset", "fashion-mnist", "--net", "alexnet-28", "--workers", "1", "--name", "template", "--detach")
    run = f"{home}/runs/" + next(name for name in os.listdir(f"{home}/runs") if name.endswith("-template"))
    with open(run + "/run.json") as file:
        configuration = json.load(file)
    say("runs", "stop", "template")
    while json.loads(say("runs", "list", "--json"))[0]["state"] == "running":
        time.sleep(0.2)
    shutil.rmtree(run)
    return configuration


def go_on(train, master, seconds):
    """Bytes that arrive while the runs go on."""
    taken = b""
    for _ in range(seconds * RATE):
        until = time.perf_counter() + 1 / RATE
        train()
        while (left := until - time.perf_counter()) > 0:
            taken += terminal.read(master, left)
    return len(taken)


def measure(master, train, finish, keys, seconds, row=None, title=""):
    """Prints what a viewer costs. `train` lets every run make a step, `finish` ends them; `keys` are pressed in turn, by what they do.
    Those of the first are written to the table `row` under `title`."""
    cells = []
    go_on(train, master, 5)
    sent = go_on(train, master, seconds)
    print(f"{RUNS} live runs: {terminal.against(sent / seconds, 2000, 'bytes/s')} on the wire")
    for what, pair in keys:
        took, frames = [], []
        for index in range(40):
            go_on(train, master, 1) if index % 10 == 9 else None
            terminal.drain(master, 0.3, most=1)
            milliseconds, frame = terminal.press(master, pair[index % 2], 0.05)
            took.append(milliseconds)
            frames.append(frame)
        took.sort()
        cells += [f"{statistics.median(took):.2f} / {took[-2]:.2f}", f"{statistics.median(frames):.0f} / {max(frames)}"]
        print(f"{what}: to the first byte {terminal.against(statistics.median(took), 1, 'ms')} median, {took[-2]:.2f} ms p95; "
              f"{terminal.against(statistics.median(frames), 400, 'bytes')} median, {max(frames)} most")
    finish()
    terminal.drain(master, 3)
    rest = len(terminal.drain(master, 5))
    print(f"at rest: {rest} bytes in 5 s")
    if row:
        with open(row, "a") as table:
            table.write(f"| {title} | {sent / seconds:.0f} | {cells[0]} | {cells[1]} | {rest / 5:.0f} |\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--home")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--row")
    options = parser.parse_args()
    home = options.home or tempfile.mkdtemp()
    configuration = template(options.program, home)
    runs = [Run(configuration, home + "/runs", number) for number in range(RUNS)]
    process, master = terminal.start([options.program, "--home", home, "--dataset", "fashion-mnist"])
    terminal.drain(master, 1)
    terminal.press(master, b"2", 0.5)

    def train():
        for run in runs:
            run.train()

    def finish():
        for run in runs:
            with open(run.folder + "/heartbeat") as beat:
                progress = json.load(beat)["progress"]
            with open(run.folder + "/result.json", "w") as file:
                json.dump({"outcome": "finished", "session": 1, "time": time.time(), "progress": progress}, file)

    measure(master, train, finish, [("moves", [b"j", b"k"]), ("crosshair", [b"h", b"l"])], options.seconds, options.row, "imagenet-tui")
    os.write(master, b"\x03")
    terminal.drain(master, 0.5)
    os.waitpid(process, 0)
    if not options.home:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()

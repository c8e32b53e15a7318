#!/usr/bin/env python3
"""What eight live runs cost a line under W&B's terminal viewer LEET, on a terminal of 140×40: live_runs.py, for comparison.

    PYTHON Benchmarks/scripts/leet_runs.py [--seconds N] [--row FILE]

PYTHON has the package wandb, whose program lies beside it. Makes eight offline runs with the numbers of live_runs.py, four steps a second
each, in a folder of its own, and lets LEET look at them. Sends nothing anywhere.
"""
import argparse
import os
import shutil
import sys
import tempfile
import time

import live_runs
import terminal


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--row")
    options = parser.parse_args()
    folder = tempfile.mkdtemp()
    os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DIR=folder, WANDB_ERROR_REPORTING="false", WANDB_CONFIG_DIR=folder,
                      WANDB_CACHE_DIR=folder, WANDB_DATA_DIR=folder)
    import wandb

    settings = wandb.Settings(console="off", x_disable_stats=True)
    runs = [wandb.init(project="live", name=f"live-{number}", reinit="create_new", settings=settings) for number in range(live_runs.RUNS)]
    step = 0

    def train():
        nonlocal step
        step += 1
        for number, run in enumerate(runs):
            noise = (step * 7919 + number * 104_729) % 97 / 970
            run.log({"train/loss": 2.3 / (1 + step / 1500) + noise + number / 20, "train/rate": 0.01,
                     "train/images_per_second": 760 + (step * 37 + number * 11) % 80, "train/stall": noise / 10})

    for _ in range(live_runs.START):
        train()
    time.sleep(5)
    process, master = terminal.start([os.path.dirname(sys.executable) + "/wandb", "beta", "leet", folder + "/wandb"])
    terminal.drain(master, 2)
    print(f"wandb {wandb.__version__}, LEET")

    def finish():
        for run in runs:
            run.finish()

    live_runs.measure(master, train, finish, [("moves", [b"j", b"k"])], options.seconds, options.row, f"LEET of wandb {wandb.__version__}")
    os.write(master, b"q")
    terminal.drain(master, 1)
    os.kill(process, 9)
    os.waitpid(process, 0)
    shutil.rmtree(folder, ignore_errors=True)


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks of the inventory have in common: the expressions, and how commands are timed."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
ROUNDS = 3
LONG = 60  # seconds; what takes longer is run once, for its noise is small beside it

CONSTRUCTED = {
    "compose": {
        "ansible_user": "'admin' if itcare.type == 'WINDOWS' else 'ansible'",
        "fqdn": "itcare.name | lower ~ '.acme.example'",
    },
    "groups": {
        "web": "itcare.tags.tier | default('') == 'web'",
        "large": "itcare.cpu >= 4 and itcare.status == 'ACTIVE'",
    },
    "keyed_groups": [
        {"key": "itcare.service_name", "prefix": "of"},
        {"key": "itcare.network.short_description", "prefix": "net", "parent_group": "networks"},
        {"key": "itcare.tags", "prefix": "t"},
        {"key": "itcare.product_code | default('none')", "prefix": "image"},
        {"key": "itcare.label_data_center", "prefix": "dc", "default_value": "nowhere"},
    ],
}


class Cost:
    """What a command costs: ``seconds`` of wall clock, ``megabytes`` at the peak; ``of`` its runs, the median."""

    def __init__(self, runs, of=statistics.median):
        self.seconds = of(seconds for seconds, _megabytes in runs)
        self.megabytes = of(megabytes for _seconds, megabytes in runs)


def program(name):
    return str(Path(sys.executable).with_name(name))


def version():
    done = subprocess.run([program("ansible"), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]


def timed(source, environment, host="BULK000001"):
    """Run ``ansible-inventory --host``; its seconds and the megabytes of its peak. It ends everything if it fails."""
    command = [program("ansible-inventory"), "-i", str(source), "--host", host]
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(said)
    return seconds, usage.ru_maxrss / 1024


def in_turns(names, run, rounds=ROUNDS, long=LONG, of=statistics.median):
    """The Cost of each (dict): all are run in turns; what takes longer than ``long`` seconds is run once."""
    runs = {name: [] for name in names}
    for _round in range(rounds):
        for name in names:
            if not runs[name] or runs[name][0][0] < long:
                runs[name].append(run(name))
    return {name: Cost(taken, of) for name, taken in runs.items()}


def print_targets(rows):
    """``rows`` are ``(name, measured, at most or None)``."""
    print("\n%-58s %8s %8s" % ("target of one run", "measured", "at most"))
    for name, measured, at_most in rows:
        limit = "-" if at_most is None else "%.2f" % at_most
        missed = at_most is not None and measured > at_most
        print("%-58s %8.3f %8s%s" % (name, measured, limit, "  MISSED" if missed else ""))

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a described estate costs, as ratios from one run: ``python tests/benchmarks/estate``.

Whole ``ansible-playbook`` commands are timed against the simulator, without the start of Ansible. An estate without a
difference is compared with as many tasks, of which one costs the slope between many and few, and the creation of many
machines with the longest action.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from commands import ROUNDS, Bench, Simulator  # noqa: E402

SIZES = 100, 1000  # resources
CREATED, ACTION_SECONDS = 100, 10
SIZING = {"sizing": "2cpu4gb", "tags": {"tier": "web"}, "tags_mode": "replace", "state": "present"}


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        rows = []
        for latency in (0, 50):
            with Simulator(bench, latency) as simulator:
                rows += unchanged(bench, simulator, latency)
        with Simulator(bench, 0, action_seconds=ACTION_SECONDS) as simulator:
            rows += created(bench)
        print("\n%-70s %8s %8s" % ("target of one run", "measured", "at most"))
        for name, measured, at_most in rows:
            print("%-70s %8.2f %8.2f%s" % (name, measured, at_most, "" if measured <= at_most else "  MISSED"))


def unchanged(bench, simulator, latency):
    """An estate in which nothing differs: one task, beside a task for each resource."""
    names = simulator.more(max(SIZES), tags=[{"tagKey": "tier", "tagValue": "web"}])
    machine = {"cegedim.cloud.itcare_instance": {"name": names[0], **SIZING}}
    bench.play(machine, 1)  # after this the token is stored
    one = bench.cost(machine)
    start = start_of(bench)
    seconds, megabytes = {}, {}
    for size in SIZES:
        tasks = [estate([{"name": name, **SIZING} for name in names[:size]])]
        runs = [bench.measured(tasks) for _round in range(ROUNDS)]
        seconds[size] = statistics.median(run[0] for run in runs) - start
        megabytes[size] = statistics.median(run[1] for run in runs)
        asked = simulator.count(lambda tasks=tasks: bench.play_tasks(tasks))
        print(
            "%d resources at %d ms: %.1f s, %.0f MB, %s; as tasks %.1f s"
            % (size, latency, seconds[size], megabytes[size], asked, size * one / 1000),
            flush=True,
        )
    few, many = SIZES
    return [
        (
            "%d resources in one task, to as many tasks, %d ms" % (many, latency),
            1000 * seconds[many] / (many * one),
            0.10,
        ),
        ("peak of memory, %d resources to %d, %d ms" % (many, few, latency), megabytes[many] / megabytes[few], 1.25),
    ]


def created(bench):
    """Many machines from nothing, whose creations all take the same time."""
    machines = [
        {"name": "BENCHESTATE%03d" % number, "service": "billing-qa", "region": "EB", "platform": "deb12", **SIZING}
        for number in range(CREATED)
    ]
    seconds = bench.play_tasks([estate(machines)]) - start_of(bench)
    print("%d machines from nothing: %.1f s, of which an action takes %d s" % (CREATED, seconds, ACTION_SECONDS))
    return [("%d creations, to the longest action" % CREATED, seconds / ACTION_SECONDS, 1.25)]


def start_of(bench):
    """Seconds of a playbook with a task that does nothing."""
    return statistics.median(bench.play({"bench.empty.action": {}}, 1) for _round in range(ROUNDS))


def estate(machines):
    """A task that converges these machines (options of itcare_instance)."""
    items = [{"module": "itcare_instance", "options": options} for options in machines]
    return {"cegedim.cloud.itcare_estate": {"resources": items}}


if __name__ == "__main__":
    main()

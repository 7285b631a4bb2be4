# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task costs, as ratios from one run: ``make bench``.

Whole ``ansible-playbook`` commands are timed against the simulator, with the same task many times and a few times; the
slope between the two is what one task costs, without the start of Ansible. The measure is an empty module and an empty
action plugin in the same run, since machines differ. Requests are counted by the simulator.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from commands import FEW, MANY, ROUNDS, Bench, Simulator  # noqa: E402

RESOURCES = 20
MACHINES, ACTION_SECONDS, LATENCY, IN_FLIGHT = 100, 10, 50, 20  # of the fleet; milliseconds of latency


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        print("%d tasks against %d, median of %d rounds" % (MANY, FEW, ROUNDS), flush=True)
        report(bench)


def report(bench):
    rows = []
    action, module = bench.cost({"bench.empty.action": {}}), bench.cost({"bench.empty.module": {}})
    print("empty action plugin %5.0f ms a task, empty module %5.0f ms" % (action, module), flush=True)
    for latency in (0, 50):
        with Simulator(bench, latency) as simulator:
            found = {"cegedim.cloud.itcare_instance": {"name": simulator.names[0]}}
            bench.play(found, 1)  # after this the token is stored
            fast = bench.cost(found)
            rows.append(("8 warm task, fast lane, %d ms" % latency, fast / module, 0.30 if latency else 0.12))
            calls = simulator.count(lambda found=found: bench.play(found, 10))
            print("10 warm tasks at %d ms: %s, %.0f ms each" % (latency, calls, fast), flush=True)
            if not latency:
                slow = bench.cost(found, ITCARE_FAST_LANE="0")
                bare = bench.cost({"bench.empty.get": {"url": simulator.api_url + "/"}})
                print("module with one request of requests %.0f ms, itcare_instance as a module %.0f ms" % (bare, slow))
                rows.append(("9 the same as a module, 0 ms", slow / module, 1.40))
                continue
            together = bench.cost(lambda: tagging(simulator.more(RESOURCES)))
            alone = bench.cost(lambda: tagging(simulator.more(1)), ITCARE_FAST_LANE="0")
            print("%d resources in one task: %.0f ms; a task each, as modules: %.0f ms" % (RESOURCES, together, alone))
            rows.append(
                ("10 %d resources in one task, to as many tasks" % RESOURCES, together / (RESOURCES * alone), 0.05)
            )
            rows.append(("10 the same, to the ideal of 2 round trips", together / (action + 2 * latency), 1.25))
    rows.extend(fleet(bench))
    rows.extend(waiting(bench))
    rows.extend(in_process(bench))
    print("\n%-55s %8s %8s" % ("target of one run", "measured", "at most"))
    for name, measured, at_most in rows:
        print("%-55s %8.2f %8.2f%s" % (name, measured, at_most, "" if measured <= at_most else "  MISSED"))


def tagging(names):
    """A task that adds a tag to each: one request each, where another value of one would be three."""
    return {"cegedim.cloud.itcare_tag": {"resources": names, "tags": {"bench-{{ item }}": "x"}}}


def fleet(bench):
    """Target 13: many machines from nothing by one play, beside what the platform itself needs for them.

    That is a token, the requests but for the looks at actions with as many in flight as are allowed, and one action.
    """
    task = {
        "ansible.builtin.include_role": {"name": "cegedim.cloud.instance_fleet"},
        "vars": {
            "instance_fleet_service": "billing-qa",
            "instance_fleet_name": "BENCHFLEET{number:03d}",
            "instance_fleet_count": MACHINES,
            "instance_fleet_region": "EB",
            "instance_fleet_platform": "deb12",
            "instance_fleet_sizing": "2cpu4gb",
            "instance_fleet_availability_zones": ["EB-A", "EB-B", "EB-C"],
        },
    }
    start = statistics.median(bench.play({"bench.empty.action": {}}, 1) for _round in range(ROUNDS))
    with Simulator(bench, LATENCY, action_seconds=ACTION_SECONDS) as simulator:
        seconds = bench.play_tasks([task]) - start
        journal = simulator.journal()
        again = bench.play_tasks([task]) - start
    looks = [entry for entry in journal if entry["operation"] == "get_action"]
    tokens = [entry for entry in journal if "/token" in entry["path"]]
    orders = [entry for entry in journal if entry["write"] and entry["applied"]]
    others = len(journal) - len(looks) - len(tokens)
    senders = {entry["headers"]["User-Agent"] for entry in journal}
    ideal = LATENCY / 1000 * (len(tokens) + others / IN_FLIGHT) + ACTION_SECONDS
    print(
        "%d machines from nothing: %.1f s (ideal %.1f s); %d orders, %d other requests, %d looks at actions, %d tokens"
        "; once more, with nothing to do: %.1f s"
        % (MACHINES, seconds, ideal, len(orders), others - len(orders), len(looks), len(tokens), again)
    )
    return [
        ("13 %d machines by one play, to the ideal" % MACHINES, seconds / ideal, 1.25),
        ("13 tasks of it that talk to the platform", len(senders), 3),
    ]


def waiting(bench):
    """Target 11: what an action's end is noticed too late, on a clock that is turned by hand."""
    sys.path.insert(0, str(bench.folder))
    from ansible_collections.cegedim.cloud.plugins.module_utils import actions
    from ansible_collections.cegedim.cloud.plugins.module_utils import clock as deadlines

    rows = []
    for seconds in (5, 30, 120, 1800):
        wastes, polls = [], 0
        for tenth in range(10):
            end = seconds * (1 + tenth / 50)
            clock = Clock()
            client = EndingAction(clock, end)
            before = time.monotonic, time.sleep
            deadlines.time.monotonic, deadlines.time.sleep = clock.now, clock.sleep
            try:
                actions.follow(client, [{"id": 1, "status": "IN_PROGRESS"}], deadlines.Clock(7200), 15)
            finally:
                deadlines.time.monotonic, deadlines.time.sleep = before
            wastes.append(clock.seconds - end)
            polls = client.polls
        allowed = max(0.5, 0.05 * seconds)
        rows.append(("11 waste after %d s, seconds (%d polls)" % (seconds, polls), statistics.mean(wastes), allowed))
    return rows


def in_process(bench):
    """Target 12: TLS contexts, sessions and processor time of warm requests in one process."""
    import ssl

    from ansible_collections.cegedim.cloud.plugins.module_utils import transport

    made = []
    create = ssl.create_default_context
    ssl.create_default_context = lambda *args, **kwargs: made.append(1) or create(*args, **kwargs)
    try:
        with Simulator(bench, 0, tls=True) as simulator:
            for _session in range(2):
                sender = transport.Transport(transport.Settings(ca_path=simulator.ca_path))
                assert sender.send("GET", simulator.api_url + "/compute/environments", {}, simulator.token()).ok
    finally:
        ssl.create_default_context = create
    with Simulator(bench, 0) as simulator:
        sender = transport.Transport(transport.Settings())
        token = simulator.token()
        url = simulator.api_url + "/compute/environments"
        for _warm in range(20):
            sender.send("GET", url, {}, token)
        start = time.process_time()
        for _request in range(200):
            sender.send("GET", url, {}, token)
        cost = (time.process_time() - start) / 200 * 1000
        session = requests.Session()
        session.headers["Authorization"] = token
        start = time.process_time()
        for _request in range(200):
            session.get(url, timeout=10).json()
        bare = (time.process_time() - start) / 200 * 1000
        print("a warm request %.2f ms of processor, with a bare session of requests %.2f ms" % (cost, bare))
    return [
        ("12 TLS contexts of a process with two https sessions", len(made), 1),
        ("12 ms of processor a warm request", cost, 1),
    ]


class Clock:
    """A clock that sleeping turns."""

    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return self.seconds

    def sleep(self, seconds):
        self.seconds += seconds


class EndingAction:
    """A client that knows one action, which ends at a given time."""

    def __init__(self, clock, end):
        self.clock, self.end, self.polls = clock, end, 0

    def read(self, _path, until=None):
        self.polls += 1
        self.ok, self.status, self.retry_after = True, 200, 0
        self.data = {"id": 1, "status": "SUCCESS" if self.clock.seconds >= self.end else "IN_PROGRESS"}
        return self


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task costs, as ratios from one run: ``make bench``.

Whole ``ansible-playbook`` commands are timed against the simulator, with the same task many times and a few times; the
slope between the two is what one task costs, without the start of Ansible. The measure is an empty module and an empty
action plugin in the same run, since machines differ. Requests are counted by the simulator.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[3]
FEW, MANY, ROUNDS = 2, 22, 3
RESOURCES = 20
MACHINES, ACTION_SECONDS, LATENCY, IN_FLIGHT = 100, 10, 50, 20  # of the fleet; milliseconds of latency

EMPTY_MODULE = """\
from ansible.module_utils.basic import AnsibleModule

AnsibleModule(argument_spec={}, supports_check_mode=True).exit_json(changed=False)
"""
GET_MODULE = """\
import requests
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={"url": {}}, supports_check_mode=True)
module.exit_json(changed=False, status=requests.Session().get(module.params["url"], timeout=10).status_code)
"""
EMPTY_ACTION = """\
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        return {**super().run(tmp, task_vars), "changed": False}
"""


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


class Bench:
    """A folder with the collection, an empty module and an empty action plugin, and a stored token."""

    def __init__(self, folder):
        self.folder = folder
        collections = folder / "ansible_collections"
        (collections / "cegedim").mkdir(parents=True)
        (collections / "cegedim" / "cloud").symlink_to(ROOT)
        plugins = collections / "bench" / "empty" / "plugins"
        for place, text in (
            ("modules/module.py", EMPTY_MODULE),
            ("modules/get.py", GET_MODULE),
            ("modules/action.py", EMPTY_MODULE),
            ("action/action.py", EMPTY_ACTION),
        ):
            (plugins / place).parent.mkdir(parents=True, exist_ok=True)
            (plugins / place).write_text(text)
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "XDG_RUNTIME_DIR": str(folder),
        }

    def play(self, task, times, **environment):
        """Run a playbook that does ``task`` that many times; the seconds of the whole command."""
        name, arguments = next(iter(task.items()))
        tasks = [
            json.loads(json.dumps({name: arguments}).replace("{{ item }}", "%s-%s" % (time.time(), number)))
            for number in range(times)
        ]
        return self.play_tasks(tasks, **environment)

    def play_tasks(self, tasks, **environment):
        """Run a playbook with these tasks; the seconds of the whole command."""
        playbook = self.folder / "play.json"
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
        command = [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook)]
        start = time.perf_counter()
        done = subprocess.run(
            command, env={**self.environment, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        return time.perf_counter() - start

    def cost(self, task, **environment):
        """Milliseconds that one such task costs: the slope between many and few.

        ``task`` may be a function that gives it anew for each playbook.
        """
        slopes = []
        for _round in range(ROUNDS):
            few, many = (self.play(task() if callable(task) else task, times, **environment) for times in (FEW, MANY))
            slopes.append((many - few) / (MANY - FEW))
        return 1000 * statistics.median(slopes)


class Simulator:
    """A simulator in a process of its own."""

    def __init__(self, bench, latency, tls=False, action_seconds=None):
        self.bench, self.latency, self.tls, self.action_seconds = bench, latency, tls, action_seconds

    def __enter__(self):
        command = [sys.executable, "-m", "simulator", "--exit-with-parent", "--latency-ms", str(self.latency)]
        command += ["--tls", str(self.bench.folder)] if self.tls else []
        command += ["--action-seconds", str(self.action_seconds)] if self.action_seconds else []
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.settings = json.loads(self.process.stdout.readline())
        self.api_url, self.control_url = self.settings["api_url"], self.settings["control_url"]
        self.ca_path = self.settings.get("ca_path")
        for name in ("api_url", "token_url", "client_id", "client_secret"):
            self.bench.environment["ITCARE_" + name.upper()] = self.settings[name]
        self.numbers = itertools.count()
        self.names = self.more(1)
        return self

    def __exit__(self, *_problem):
        self.process.terminate()
        self.process.wait()

    def more(self, count):
        """The names of that many new instances."""
        names = ["BENCH%06d" % next(self.numbers) for _instance in range(count)]
        rows = [{"name": name} for name in names]
        made = requests.post(self.control_url + "/instances", json=rows, timeout=10, verify=self.ca_path or True)
        made.raise_for_status()
        return names

    def count(self, play):
        """What ``play()`` asked of the platform, in words."""
        requests.delete(self.control_url + "/journal", timeout=10)
        play()
        entries = self.journal()
        tokens = sum("/token" in entry["path"] for entry in entries)
        return "%d API calls, %d token calls" % (len(entries) - tokens, tokens)

    def journal(self):
        """What was asked of the platform since the journal was emptied (list of dict)."""
        return requests.get(self.control_url + "/journal", timeout=10).json()

    def token(self):
        """The value of an Authorization header."""
        given = self.settings
        answer = requests.post(
            given["token_url"],
            data={"grant_type": "client_credentials"},
            auth=(given["client_id"], given["client_secret"]),
            timeout=10,
            verify=self.ca_path or True,
        )
        return "Bearer " + answer.json()["access_token"]


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Many rows, many resources, many actions: what they cost, as ratios within one run, and that it stays within bounds.

Whole commands are measured: requests are counted by the platform, and megabytes are those of the largest process. The
limits are generous, since machines differ: they are for what grows faster than it should.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass

import pytest
from many import number, plays, task
from player import ROOT, Player
from simulator import Simulator

FEW, SOME, MANY = 1000, 10_000, number("ITCARE_ROWS", 100_000)
RESOURCES = number("ITCARE_RESOURCES", 1000)
ACTIONS = number("ITCARE_ACTIONS", 200)
ACTION_SECONDS = 20
MORE_FOR_A_ROW = 1.5  # times the memory of a row among SOME, that a row among MANY may take
MORE_FOR_AN_ITEM = 1.5
MORE_THAN_ITS_ROWS = 1.2
LATE = 0.25  # of an action's time, in which its end has to be noticed, besides the start of Ansible
LOGIN = ("api_url", "token_url", "client_id", "client_secret")
INVENTORY = "plugin: cegedim.cloud.itcare\n"


@dataclass
class Cost:
    """What a command cost: wall clock, and the memory of its largest process."""

    seconds: float
    megabytes: float


def cost_of(process, log):
    """The Cost of a process that has just been started; it has to succeed."""
    start = time.perf_counter()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    assert process.returncode == 0, log.read_text()[-5000:]
    return Cost(seconds, usage.ru_maxrss / 1024)


def played(player, playbook, tmp_path, *words):
    log = tmp_path / "play.log"
    with log.open("w") as file:
        return cost_of(player.start(playbook, *words, stdout=file), log)


# Listings


class Platform:
    """The pages of the simulator for that many instances, written once (tests/benchmarks/inventory/server.py)."""

    client_id, client_secret = "load", "a-secret-of-the-load"

    def __init__(self, count):
        self.count = count

    def __enter__(self):
        command = [sys.executable, ROOT / "tests/benchmarks/inventory/server.py", "--instances", str(self.count)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        told = json.loads(self.process.stdout.readline())
        self.api_url, self.token_url, self.counts_url = told["api_url"], told["token_url"], told["counts_url"]
        return self

    def __exit__(self, *_problem):
        self.process.terminate()
        self.process.communicate()

    def requests(self):
        """The requests to the API since the last call."""
        with urllib.request.urlopen(self.counts_url, timeout=10) as answer:
            return json.load(answer)["api"]


READ = """
import importlib, json, marshal, sys
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane

module = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules.itcare_instance_info")
result = fast_lane.run_here(module, json.loads(sys.argv[1]), False)
assert not result.get("failed"), result["msg"]
assert len(result["instances"]) == int(sys.argv[2])
if len(sys.argv) > 3:
    marshal.dump(json.loads(json.dumps(result)), open(sys.argv[3], "wb"))
"""
HOLD = """
import marshal, sys
result = marshal.load(open(sys.argv[1], "rb"))
assert result["instances"]
"""


def ended(player, log, *words):
    """The Cost of a Python with these words."""
    with log.open("w") as file:
        command = [sys.executable, *map(str, words)]
        process = subprocess.Popen(command, env=player.environment, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT)
        return cost_of(process, log)


def by_module(player, count, tmp_path, *words):
    """All instances by the function of the info module, in a process of its own: Ansible's copies are Ansible's."""
    login = {name: player.environment["ITCARE_" + name.upper()] for name in LOGIN}
    player.environment["PYTHONPATH"] = os.environ["ANSIBLE_COLLECTIONS_PATH"]
    return ended(player, tmp_path / "module.log", "-c", READ, json.dumps(login), count, *words)


def by_inventory(player, _count, tmp_path):
    """All hosts by the inventory plugin, as a playbook reads them before its first task."""
    source = tmp_path / "load.itcare.yml"
    source.write_text(INVENTORY)
    return ended(
        player, tmp_path / "inventory.log", "-m", "ansible.cli.inventory", "-i", source, "--host", "BULK000001"
    )


def floor(player, tmp_path):
    """What a process costs that only holds the rows that the module returns."""
    place = tmp_path / "rows"
    with Platform(MANY) as platform:
        by_module(Player(platform, tmp_path), MANY, tmp_path, place)
    return ended(player, tmp_path / "hold.log", "-c", HOLD, place)


@pytest.mark.parametrize("read", [by_module, by_inventory])
def test_a_row_of_many_takes_as_much_memory_as_one_of_few(read, tmp_path, record_property):
    found, requests = {}, {}
    for count in (FEW, SOME, MANY):
        with Platform(count) as platform:
            found[count] = read(Player(platform, tmp_path), count, tmp_path)
            requests[count] = platform.requests()
    slopes = {count: 10_000 * (found[count].megabytes - found[FEW].megabytes) / (count - FEW) for count in (SOME, MANY)}
    name = "itcare_instance_info" if read is by_module else "inventory"
    slower = (found[MANY].seconds - found[FEW].seconds) / (found[SOME].seconds - found[FEW].seconds)
    record_property(
        "%s, %d rows" % (name, MANY),
        "%.1f s, %d requests, %.0f MB; %.1f MB for 10000 rows; a row costs %.2f times the memory and %.2f times the "
        "time of one of %d"
        % (
            found[MANY].seconds,
            requests[MANY],
            found[MANY].megabytes,
            slopes[MANY],
            slopes[MANY] / slopes[SOME],
            slower * (SOME - FEW) / (MANY - FEW),
            SOME,
        ),
    )
    assert slopes[MANY] <= MORE_FOR_A_ROW * slopes[SOME], found
    assert requests[MANY] / MANY <= 1.1 * requests[SOME] / SOME, requests
    if read is by_module:
        held = floor(Player(platform, tmp_path), tmp_path).megabytes
        record_property(
            name, "%.2f times the memory of a process that only holds its rows" % (found[MANY].megabytes / held)
        )
        assert found[MANY].megabytes <= MORE_THAN_ITS_ROWS * held


# Resources


def checked(count, tmp_path):
    """So many instances in one task that has nothing to do; its Cost and its requests."""
    with Simulator(instances=count) as simulator:
        directory = tmp_path / str(count)
        directory.mkdir()
        player = Player(simulator, directory)
        names = ["BULK%06d" % number for number in range(1, count + 1)]
        items = [{"module": "itcare_instance", "name": name, "options": {"state": "started"}} for name in names]
        cost = played(player, plays(task("batch", resources=items)), directory)
        results = [json.loads(line) for line in player.results.read_text().splitlines()]
        assert [one["changed"] for one in results] == [False]
        assert simulator.writes() == [] and simulator.violations() == []
        return cost, len(simulator.requests())


def test_many_resources_are_checked_in_one_play(tmp_path, record_property):
    few = max(1, RESOURCES // 10)
    (small, requests_small), (large, requests_large) = checked(few, tmp_path), checked(RESOURCES, tmp_path)
    record_property(
        "itcare_batch, %d resources with nothing to do" % RESOURCES,
        "%.1f s, %d requests, %.0f MB; beyond %d resources, each costs %.0f ms; %.2f times their memory"
        % (
            large.seconds,
            requests_large,
            large.megabytes,
            few,
            1000 * (large.seconds - small.seconds) / (RESOURCES - few),
            large.megabytes / small.megabytes,
        ),
    )
    per_item = requests_small / few, requests_large / RESOURCES
    assert per_item[1] <= MORE_FOR_AN_ITEM * per_item[0], per_item
    assert per_item[1] <= 4
    assert large.megabytes <= 2 * small.megabytes


# Actions


def awaited(count, tmp_path):
    """So many actions in one task that waits for them; its Cost, its requests, and how late its end is seen."""
    with Simulator(instances=count, action_seconds=ACTION_SECONDS) as simulator:
        directory = tmp_path / str(count)
        directory.mkdir()
        player = Player(simulator, directory)
        player.play(plays(task("instance_info", names=["BULK000001"])))  # the token is stored
        names = ["BULK%06d" % number for number in range(1, count + 1)]
        begun = [simulator.colleague("PATCH", simulator.address(name), {"operation": "stop"}) for name in names]
        simulator.clear_journal()
        cost = played(player, plays(task("action", ids=[one["id"] for one in begun], wait_timeout=300)), directory)
        late = time.time() - max(one.ends for one in simulator.state.actions.all())
        assert {one.status for one in simulator.state.actions.all()} == {"SUCCESS"}
        assert simulator.writes() == [] and simulator.violations() == []
        return cost, len(simulator.requests()), late


def test_many_actions_are_waited_for_at_once(tmp_path, record_property):
    few = max(1, ACTIONS // 10)
    small, requests_small, late_small = awaited(few, tmp_path)
    large, requests_large, late = awaited(ACTIONS, tmp_path)
    record_property(
        "itcare_action, %d actions of %d s" % (ACTIONS, ACTION_SECONDS),
        "%.1f s, which is %.1f s after the last one ended; %d requests, for each %.2f times those of %d actions; "
        "%.0f MB, %.2f times theirs"
        % (
            large.seconds,
            late,
            requests_large,
            requests_large / ACTIONS / (requests_small / few),
            few,
            large.megabytes,
            large.megabytes / small.megabytes,
        ),
    )
    assert late <= late_small + LATE * ACTION_SECONDS
    assert requests_large / ACTIONS <= 1.1 * requests_small / few
    assert large.megabytes <= 2 * small.megabytes

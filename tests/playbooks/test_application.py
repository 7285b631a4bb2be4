# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/application.yml from nothing to nothing, with real ansible-playbook, on two estates.

On the one that shares no name, number or product with the examples it is changed in more than twenty ways, interrupted
in the middle of its waits, and removed. With ITCARE_FAST_LANE=0 all changes are made at once and some tests are left
out, since each task starts a Python then. With EVERY_WAIT=1 it is interrupted after each single write, which takes
minutes.
"""

from __future__ import annotations

import collections
import itertools
import json
import os
import pathlib
import re
import sys
import time

import pytest
from player import PASSWORD, Player, changes, interrupt
from simulator import Simulator

ROOT = pathlib.Path(__file__).parents[2]
# What the guide on it shows, with what a reader puts in place of the examples.
sys.path.insert(0, str(ROOT / "tests/tools"))
import pages  # noqa: E402

sys.path.pop(0)
(SHOWN,) = map(pages.script, pages.run_by(__file__, "application"))
PLAYBOOK = ROOT / "playbooks" / (re.search(r"ansible-playbook cegedim\.cloud\.(\w+)", SHOWN)[1] + ".yml")
PASSWORD_VARIABLE = re.search(r"export (\w+)=", SHOWN)[1]
READER = {"my-service": "billing-qa", "my-network": "EB_1127_DMZ9", "example.com": "acme.example"}
FAST = os.environ.get("ITCARE_FAST_LANE") != "0"
WRITES_BETWEEN_INTERRUPTIONS = 1 if os.environ.get("EVERY_WAIT") == "1" else 6

# What has no default, on each estate.
ESTATES = {
    "acme": {name: READER[value] for name, value in re.findall(r" -e (\w+)=(\S+)", SHOWN)},
    "elsewhere": {"service": "GLOBEX - LEDGER - TEST", "network": "CARE-BACK-B", "domain": "globex.example"},
}


def rows(*nodes):
    return [{"availability_zone": zone, "sizing": sizing, "count": count} for zone, sizing, count in nodes]


X, Y = "N-CARE-X", "N-CARE-Y"
SECRET = {"password": PASSWORD}
# What changes in each round, way by way.
ROUNDS = {
    "larger": {
        "the database is resized": {"database_sizing": "6cpu12gb"},
        "the cluster gets a node of another size": {
            "cluster_nodes": rows((X, "3cpu6gb", 2), (Y, "3cpu6gb", 1), (Y, "6cpu24gb", 1))
        },
        "the cache is resized": {"cache_sizing": "3cpu6gb"},
        "the brokers get parameters": {"events_parameters": {"log.retention.hours": 72}},
        "the search is resized": {"search_sizing": "6cpu12gb"},
        "a volume is added": {"volumes": [{"name": "letters", "disk_size": 20, **SECRET}]},
        "the machines are resized": {"machines_sizing": "6cpu12gb"},
        "the front is defended against bots": {"bot_defense": {"template": "strict", "white_list": ["10.0.3.40"]}},
        "an alias is added": {"aliases": {"shop-db": "shoppg", "shop-cache": "shopcache", "shop-find": "shop-search"}},
        "the machines are patched in one group": {"patch_groups": [3, 3]},
    },
    "other": {
        "the database is upgraded": {"database_version": "18"},
        "the cluster loses a node": {
            "scale_down": True,
            "cluster_nodes": rows((X, "3cpu6gb", 1), (Y, "3cpu6gb", 1), (Y, "6cpu24gb", 1)),
        },
        "the brokers are resized": {"events_sizing": "3cpu6gb"},
        "the search gets nodes": {"search_nodes": 5},
        "a volume grows": {"volumes": [{"name": "letters", "disk_size": 40}]},
        "the front and a new URL are monitored": {
            "monitored": True,
            "urls": ["www.shop.globex.example", "api.shop.globex.example"],
        },
        "a machine is patched earlier": {"patch_groups": [1, 3]},
    },
    "last": {
        "an extension is added": {"extensions": ["pg_trgm", "citext"]},
        "the cluster is upgraded": {"cluster_version": "1.34"},
        "a volume goes": {"volumes": [{"name": "letters", "state": "absent"}]},
        "the files get larger machines": {"files_sizing": "3cpu6gb"},
        "a machine is drained and taken out": {"member_states": ["enabled", "offline"], "drain": 1},
        "everything is tagged": {"tags_of_all": {"application": "shop", "owner": "team-a"}},
    },
}
if not FAST:
    together = {way: changed for ways in ROUNDS.values() for way, changed in ways.items()}
    for later in ("a volume grows", "a volume goes"):  # which have to follow one another
        del together[later]
    ROUNDS = {"all at once": together}


CREATED = {
    "A PostgreSQL on two nodes",
    "A Kubernetes cluster with nodes in two zones",
    "A Redis",
    "A Kafka on three brokers",
    "An OpenSearch",
    "A GlusterFS with its volumes",
    "Two machines in two zones",
    "Extensions in the databases",
    "A load balancer in front of the machines",
    "Its further URLs",
    "DNS aliases",
    "A patch plan, in which the machines are patched one after the other",
}


class Application(Player):
    """The playbook on a simulator of its own, with the variables that have been changed so far."""

    def __init__(self, simulator, directory, estate):
        super().__init__(simulator, directory, **ESTATES[estate])
        # What the catalogue has later ones of; without this, nothing could be upgraded.
        if estate == "elsewhere":
            self.variables.update(database_version="17", cluster_platform="kub-b")
        self.environment[PASSWORD_VARIABLE] = PASSWORD

    def play(self, *words):
        return super().play(PLAYBOOK, *words)

    def refused(self, *words):
        return super().refused(PLAYBOOK, *words)

    def left(self):
        """The names of what is left of the application."""
        return [row["name"] for row in self.simulator.state.live() if row["name"].lower().startswith("shop")]


def in_fast_lane(test):
    """The test, or nothing in the other lane, where it would start dozens of Pythons for the same code."""
    return test if FAST else None


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    with Simulator(estate="elsewhere", action_seconds=0.1) as simulator:
        yield Application(simulator, tmp_path_factory.mktemp("application"), "elsewhere")


@in_fast_lane
def test_what_has_no_default_is_asked_for(application):
    given, application.variables = application.variables, {}
    messages = application.refused("--tags", "database")
    application.variables = given
    for name in ("service", "network", "domain"):
        assert f"{name} is needed: the " in messages
    assert application.writes() == []


@in_fast_lane
def test_size_that_no_product_has(application):
    sizes = {"parts": {"cache": {"type": "REDIS", "listed": "redis", "names": ["shopcache"], "vcpus": 99, "ram": 4}}}
    messages = application.refused("--tags", "cache", "-e", json.dumps(sizes))
    assert "Choose with cache_platform, cache_version and cache_sizing" in messages
    assert application.writes() == []


def test_built_from_nothing(application):
    if FAST:
        predicted = {task for task, *_rest in changes(application.play("--check"))}
        # There are no databases yet to look into, and no pool in which the states of the members show.
        assert predicted ^ CREATED == {"Extensions in the databases", "Set which machines accept connections"}
        assert application.writes() == []
    results = application.play("--diff")
    assert {result["task"] for result in results if result["changed"]} == CREATED
    assert application.simulator.violations() == []


def test_parts_are_where_the_network_is(application):
    state = application.simulator.state
    machines = [row for row in state.live("instance", nodes=True) if row["name"].upper().find("SHOP") >= 0]
    assert {row["labelArea"] for row in machines} == {"NORD-CARE"}
    assert {row["labelAvailabilityZone"] for row in state.live("instance") if row["name"].startswith("SHOP")} == {X, Y}


def test_second_run_changes_nothing(application):
    before = application.writes()
    results = application.play()
    assert changes(results) == []
    assert [result["task"] for result in results].count("A Redis") == 1  # what is there is not begun again
    assert not FAST or changes(application.play("--check")) == []
    assert application.writes() == before


@pytest.mark.parametrize("ways", ROUNDS.values(), ids=list(ROUNDS))
def test_changes_are_what_check_mode_predicted(application, ways):
    for changed in ways.values():
        application.variables.update(changed)
    before = application.writes()
    predicted = changes(application.play("--check", "--diff"))
    assert sum(len(steps or [task]) for task, steps, _diff in predicted) >= len(ways)
    assert application.writes() == before
    for actual, expected in itertools.zip_longest(changes(application.play("--diff")), predicted):
        assert actual == expected
    assert application.simulator.violations() == []


@in_fast_lane
def test_changed_application_stays_as_it_is(application):
    before = application.writes()
    assert changes(application.play()) == []
    assert application.writes() == before


def test_removed(application):
    assert application.left()
    application.play("--tags", "remove")
    assert application.left() == []
    assert not FAST or changes(application.play("--tags", "remove")) == []


@in_fast_lane
def test_the_estate_of_the_examples_is_as_good_in_other_readings(tmp_path):
    """Rows with few fields, names that match in part, numbers as text, memory in MB."""
    readings = dict(rows="sparse", names_filter="substring", numbers_as_text=True, ram_unit="mb", removed_visible=True)
    with Simulator(action_seconds=0.1, numbers="different", **readings) as simulator:
        application = Application(simulator, tmp_path, "acme")
        application.play()
        assert changes(application.play()) == []
        assert simulator.violations() == []


@in_fast_lane
def test_interrupted_in_the_waits(tmp_path):
    """Ctrl-C after some writes, mostly in the middle of a wait: the next run goes on.

    Nothing is written that an undisturbed run does not write.
    """
    with Simulator(estate="elsewhere", action_seconds=0.1) as simulator:
        undisturbed = Application(simulator, tmp_path, "elsewhere")
        undisturbed.play()
        wanted = collections.Counter(undisturbed.writes())
    (tmp_path / "again").mkdir()
    with Simulator(estate="elsewhere", action_seconds=1) as simulator:
        application = Application(simulator, tmp_path / "again", "elsewhere")
        interruptions = 0
        while interrupted(application):
            interruptions += 1
        assert collections.Counter(application.writes()) == wanted
        assert interruptions >= 2  # a slow machine may write more than that before it is interrupted
        assert changes(application.play()) == []
        assert simulator.violations() == []


def interrupted(application):
    """Start a run and interrupt it after some writes; False where it came to its end before."""
    end = len(application.writes()) + WRITES_BETWEEN_INTERRUPTIONS
    process = application.start(PLAYBOOK)
    while process.poll() is None and len(application.writes()) < end:
        time.sleep(0.02)
    is_interrupted = process.poll() is None
    if is_interrupted:
        time.sleep(0.1)
        interrupt(process)
    else:
        output = process.communicate()[0]
        assert process.returncode == 0, output
    return is_interrupted

# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/application.yml from nothing to nothing, with real ansible-playbook.

It is built, changed in more than ten ways, interrupted in the middle of each wait, and removed. With ITCARE_FAST_LANE=0
all changes are made at once, since each task starts a Python then.
"""

from __future__ import annotations

import collections
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from simulator import Simulator

ROOT = pathlib.Path(__file__).parents[2]
PLAYBOOK = ROOT / "playbooks" / "application.yml"
PASSWORD = "Correct-Horse-42"
FAST = os.environ.get("ITCARE_FAST_LANE") != "0"

# A name, the tag of the tasks that it concerns, and the variables that change.
CHANGES = [
    ("the database is resized", "database", {"database_sizing": "4cpu8gb"}),
    ("the database is upgraded", "database", {"database_version": "16"}),
    (
        "an extension is added",
        "database",
        {"extensions": [{"database": "app", "name": "pg_trgm"}, {"database": "app", "name": "citext"}]},
    ),
    (
        "the cluster gets a node of another size",
        "cluster",
        {
            "cluster_nodes": [
                {"availability_zone": "EB-A", "sizing": "4cpu8gb", "count": 2},
                {"availability_zone": "EB-B", "sizing": "4cpu8gb", "count": 1},
                {"availability_zone": "EB-B", "sizing": "8cpu32gb", "count": 1},
            ]
        },
    ),
    (
        "the cluster loses a node",
        "cluster",
        {
            "scale_down": True,
            "cluster_nodes": [
                {"availability_zone": "EB-A", "sizing": "4cpu8gb", "count": 1},
                {"availability_zone": "EB-B", "sizing": "4cpu8gb", "count": 1},
                {"availability_zone": "EB-B", "sizing": "8cpu32gb", "count": 1},
            ],
        },
    ),
    ("the cluster is upgraded", "cluster", {"cluster_version": "1.31"}),
    (
        "the machines are resized and patched in one group",
        "machines",
        {"machine_sizing": "4cpu8gb", "patch_groups": [3, 3]},
    ),
    (
        "the front is defended against bots",
        "front",
        {"bot_defense": {"template": "strict", "white_list": ["10.0.3.40"]}},
    ),
    (
        "the front and a new URL are monitored",
        "front",
        {"monitored": True, "urls": ["www.shop.acme.example", "api.shop.acme.example"]},
    ),
    ("a machine is drained and taken out", "front", {"member_states": ["enabled", "offline"], "drain": 1}),
    (
        "everything is tagged",
        "database,cluster,machines,front",
        {"tags_of_all": {"application": "shop", "owner": "team-a"}},
    ),
]


class Application:
    """The playbook on a simulator of its own, with the variables that have been changed so far."""

    def __init__(self, simulator, directory):
        self.simulator = simulator
        self.directory = directory
        self.variables = {}
        self.results = directory / "results.json"
        self.environment = {
            **os.environ,
            "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "results",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_LOCAL_TEMP": str(directory / "tmp"),
            "XDG_RUNTIME_DIR": str(directory),
            "RESULTS_FILE": str(self.results),
            "APPLICATION_DATABASE_PASSWORD": PASSWORD,
            "ITCARE_API_URL": simulator.api_url,
            "ITCARE_TOKEN_URL": simulator.token_url,
            "ITCARE_CLIENT_ID": simulator.client_id,
            "ITCARE_CLIENT_SECRET": simulator.client_secret,
        }

    def start(self, *words):
        """ansible-playbook as a process of its own group."""
        self.results.unlink(missing_ok=True)
        program = pathlib.Path(sys.executable).with_name("ansible-playbook")
        command = [sys.executable, program, PLAYBOOK, "-e", json.dumps(self.variables), *words]
        return subprocess.Popen(
            command,
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def play(self, *words):
        """The results (list of dict) of a run that succeeds."""
        process = self.start(*words)
        output = process.communicate()[0]
        assert process.returncode == 0, output
        assert PASSWORD not in output + self.results.read_text()
        return [json.loads(line) for line in self.results.read_text().splitlines()]

    def writes(self):
        """What took effect so far: ``[(operation, body), ...]``."""
        return [(entry["operation"], json.dumps(entry["body"], sort_keys=True)) for entry in self._applied()]

    def _applied(self):
        return self.simulator.writes(applied=True)


def diffs(results):
    return [(result["task"], result.get("steps"), result.get("diff")) for result in results if result["changed"]]


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    with Simulator(action_seconds=0.1) as simulator:
        yield Application(simulator, tmp_path_factory.mktemp("application"))


def test_built_from_nothing(application):
    results = application.play("--diff")
    assert [result["task"] for result in results if not result["changed"]] == ["What each machine takes"]
    assert application.simulator.violations() == []


def test_second_run_changes_nothing(application):
    before = application.writes()
    assert diffs(application.play()) == []
    assert diffs(application.play("--check")) == []
    assert application.writes() == before


def change_all():
    variables = {}
    for _name, _tags, changed in CHANGES:
        variables.update(changed)
    return [("all of it changes at once", "all", variables)]


@pytest.mark.parametrize(
    ("tags", "changed"),
    [pytest.param(tags, changed, id=name) for name, tags, changed in (CHANGES if FAST else change_all())],
)
def test_change_is_what_check_mode_predicted(application, tags, changed):
    application.variables.update(changed)
    before = application.writes()
    predicted = diffs(application.play("--check", "--diff", "--tags", tags))
    assert predicted and application.writes() == before
    assert diffs(application.play("--diff", "--tags", tags)) == predicted
    assert application.simulator.violations() == []


def test_changed_application_stays_as_it_is(application):
    before = application.writes()
    assert diffs(application.play()) == []
    assert application.writes() == before


def test_removed(application):
    results = application.play("--tags", "remove")
    assert all(result["changed"] for result in results) and len(results) == 5
    assert diffs(application.play("--tags", "remove")) == []
    assert not [record for record in application.simulator.state.live() if record["name"].lower().startswith("shop")]


def interrupt_after_each_write(tmp_path):
    """Ctrl-C right after each write, mostly in the middle of its wait: the next run goes on.

    Nothing is written that an undisturbed run does not write.
    """
    with Simulator(action_seconds=0.1) as simulator:
        undisturbed = Application(simulator, tmp_path)
        undisturbed.play()
        wanted = collections.Counter(undisturbed.writes())
    (tmp_path / "again").mkdir()
    with Simulator(action_seconds=1) as simulator:
        application = Application(simulator, tmp_path / "again")
        interruptions = 0
        while interrupted(application):
            interruptions += 1
        assert collections.Counter(application.writes()) == wanted
        assert interruptions >= 3  # a slow machine may write more than once before it is interrupted
        assert diffs(application.play()) == []
        assert simulator.violations() == []


if FAST:  # otherwise each of the many runs would start a dozen Pythons, for the same code
    test_interrupted_after_each_write = interrupt_after_each_write


def interrupted(application):
    """Start a run and interrupt it after its first write; False where it came to its end without one."""
    before = len(application.writes())
    process = application.start()
    while process.poll() is None and len(application.writes()) == before:
        time.sleep(0.02)
    if process.poll() is None:
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
    output = process.communicate()[0]
    assert process.returncode == 0 or len(application.writes()) > before, output
    return len(application.writes()) > before

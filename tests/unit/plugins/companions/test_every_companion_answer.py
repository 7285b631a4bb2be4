# SPDX-License-Identifier: GPL-3.0-or-later
"""No answer of a companion system ends a task with a traceback: each field is left out, null, or of another type.

As in test_every_answer.py a sample of all changes is tried, always the same; ITCARE_FUZZ=1000000 tries them all.
"""

from __future__ import annotations

import copy
import dataclasses
import os

import pytest

from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.reliability.matrix.wire import Platform
from ansible_collections.cegedim.cloud.tests.simulator import companions
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz, test_every_answer, test_every_module
from ansible_collections.cegedim.cloud.tests.unit.plugins.companions import scenarios
from ansible_collections.cegedim.cloud.tests.unit.plugins.companions.changing import Answers

SAMPLE = int(os.environ.get("ITCARE_FUZZ", 6))  # cells of each task, of which each is a run and a check
# What a companion system holds, apart from tokens and settings.
DATA = (
    *("accounts", "locations", "images", "sizes", "external_networks", "cloudspaces", "machines", "disks"),
    *("forwards", "tasks", "users", "tables", "views", "files", "changes"),
)


@dataclasses.dataclass
class Task:
    """A module with its options, after the ``before`` (tasks) have been done."""

    system: type
    module: str
    options: dict
    before: tuple = ()
    login: str = "login"
    prepare: object = None
    usual: dict = None

    def __str__(self):
        return " ".join([self.module, self.login, *("%s=%s" % pair for pair in self.options.items())])[:90]


def of_scenario(scenario):
    """Each step as a task: the ones before it are what comes before."""
    for number, step in enumerate(scenario.steps):
        if not callable(step.options):
            before = scenario.steps[:number]
            how = (scenario.login, scenario.prepare, scenario.usual)
            yield Task(scenario.system, scenario.module, {**scenario.usual, **step.options}, before, *how)


EVERYTHING = test_every_answer.everything("ovc_info")
TASKS = [
    Task(companions.Cockpit, "cockpit_dashboard_info", {}),
    Task(companions.Cockpit, "cockpit_api", {"path": "/api/invented/changes"}),
    Task(companions.Cockpit, "cockpit_api", {"path": "/api/invented/changes", "method": "POST", "body": {"a": 1}}),
    Task(companions.OpenvCloud, "ovc_info", {"gather": EVERYTHING, "details": True}),
    Task(companions.OpenvCloud, "ovc_info", {"gather": ["port_forwards"], "cloudspace": "web"}, (), "session_login"),
    Task(companions.GoPaaS, "gopaas_list_info", {"view": "12", "columns": True, "page_size": 20}),
    Task(companions.GoPaaS, "gopaas_list_info", {"view": "12", "columns": True, "page_size": 20}, (), "user_login"),
    Task(companions.GoPaaS, "gopaas_item_info", {"table": "compte", "id": "7"}),
    Task(companions.GoPaaS, "gopaas_file", {"table": "compte", "item_key": "C-0001", "field": "logo", "src": __file__}),
    *(task for scenario in scenarios.SCENARIOS for task in of_scenario(scenario)),
]


def test_every_module_is_tried():
    assert {task.module for task in TASKS} == {name for name in test_every_module.MODULES if "itcare_" not in name}


def run(platform, task, options, check=False):
    system = platform.companion
    account = {"url": system.url, **getattr(system, task.login), "token_store": False, "retry_timeout": 2}
    wait = {"wait_timeout": 20} if task.module.startswith("ovc_") and task.module != "ovc_info" else {}
    return fast_lane.run_here(test_every_module.module(task.module), {**account, **wait, **options}, check)


def begin(platform, task):
    """The system as the task finds it; what it holds then (dict)."""
    platform.companion.reset()
    platform.answers = Answers(platform.companion)
    platform.companion.operations = platform.answers.operations
    if task.prepare:
        task.prepare(platform.companion)
    for step in task.before:
        if callable(step.options):
            continue
        done = run(platform, task, {**task.usual, **step.options})
        assert not done.get("failed"), done
    platform.answers.seen.clear()
    platform.companion.journal.clear()
    kept = {name: getattr(platform.companion, name) for name in DATA if hasattr(platform.companion, name)}
    return copy.deepcopy(kept)


def again(platform, kept):
    """The system as it was when the task found it."""
    vars(platform.companion).update(copy.deepcopy(kept))
    platform.companion.journal.clear()


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS, ids=str)
def test_no_answer_ends_in_a_traceback(monkeypatch, task):
    platform = Platform(monkeypatch, task.system())
    kept = begin(platform, task)
    result = run(platform, task, task.options)
    assert not result.get("failed"), result
    cells = fuzz.sample(fuzz.cells(platform.answers.seen), SAMPLE, str(task))
    assert cells
    for cell in cells:
        again(platform, kept)
        platform.answers.cell = cell
        for check in (True, False):
            try:
                result = run(platform, task, task.options, check)
            except Exception as bug:
                raise AssertionError("%s: %s" % (cell, fuzz._in_short(bug))) from bug
            assert isinstance(result.get("changed", False), bool)
            assert not result.get("failed") or len(result["msg"].split()) > 2, (cell, result)
            if check:
                assert platform.companion.writes() == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the kinds of fault share: an estate that is easy to name, and somebody else who works on it."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, clock, deciding
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.modules.conftest import Task


@pytest.fixture(autouse=True)
def short_times(monkeypatch):
    """The simulator is fast, so what may take a minute at the platform takes a second here."""
    monkeypatch.setattr(actions, "SHORTEST_PAUSE", 0.03)
    monkeypatch.setattr(actions, "VISIBLE_WITHIN", 0.5)
    monkeypatch.setattr(clock, "FIRST_PAUSE", 0.03)
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.6)
    monkeypatch.setattr(clock, "SETTLE_SECONDS", 1)
    monkeypatch.setattr(deciding, "UNFINISHED_SECONDS", 0.25)


@pytest.fixture(autouse=True)
def estate(sim):
    """The machines that things.py names."""
    things.build(sim)


@pytest.fixture
def task(sim, run):
    """``task("itcare_postgresql", wait_timeout=5)``: a Task whose calls all get these options."""
    return lambda module, **usual: Task(sim, run, module).given(**{"wait_timeout": 20, **usual})


@pytest.fixture(params=things.WRITES)
def write(request):
    return request.param


@pytest.fixture
def run_write(sim, task, write):
    """The task of this write; its result and its writes."""
    module, options, _operation, _writes = things.WRITES[write]
    for name in (things.PG, "billingpg"):
        if write == "restore":
            sim.state.named(name)[0].update(version="15", backupStatus=True)
    if "timestamp" in options:
        options = dict(options, timestamp=things.ago(hours=1))
    return lambda **more: task(module)(**{**options, **more})


def pytest_collection_modifyitems(items):
    """A minute in all: `make quick` leaves it out."""
    for item in items:
        if "/kinds/" in str(item.path):
            item.add_marker(pytest.mark.slow)

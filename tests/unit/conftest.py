# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests share: a simulator of their own, and a way to run a module as a task would."""

from __future__ import annotations

import importlib
import os

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import limiter
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm import KIND_KEYS
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.simulator import Simulator, state


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes seconds; `make quick` leaves it out")


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """No setting and no token of the user, or of another test, gets into a test."""
    for name in list(os.environ):
        if name.startswith(("ITCARE_", "COCKPIT_", "GOPAAS_", "OVC_")) and name != "ITCARE_SIMULATOR_COVERAGE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    limiter.forget()


@pytest.fixture(scope="session")
def running_simulator():
    with Simulator(action_seconds=0.05) as simulator:
        yield simulator


@pytest.fixture
def sim(running_simulator):
    """The simulator with fresh data; a request that breaks the documentation fails the test."""
    running_simulator.reset()
    running_simulator.configure(action_seconds=0.05)
    yield running_simulator
    assert running_simulator.violations() == []


@pytest.fixture
def silent_rows(sim, monkeypatch):
    """Rows of listings have few fields, and none that says which kind of resource it is."""
    monkeypatch.setattr(state, "SPARSE", state.SPARSE - set(KIND_KEYS))
    sim.configure(rows="sparse")


@pytest.fixture
def auth(sim):
    """The options that lead to the simulator."""
    return dict(
        api_url=sim.api_url,
        token_url=sim.token_url,
        client_id=sim.client_id,
        client_secret=sim.client_secret,
        retry_timeout=5,
    )


@pytest.fixture
def run(auth):
    """``run("itcare_instance", check=False, name="A")``: the result that the task would register."""

    def run_module(module, check=False, **options):
        imported = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + module)
        return fast_lane.run_here(imported, {**auth, **options}, check)

    return run_module

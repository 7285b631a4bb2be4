# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/restart_failed_service.yml, which the rulebook of the same name runs."""

from __future__ import annotations

import pathlib

import pytest
from player import ROOT, Player, four_runs
from simulator import Simulator

PLAYBOOK = ROOT / "playbooks" / "restart_failed_service.yml"


@pytest.mark.parametrize("estate", ["acme", "elsewhere"])
def test_a_stopped_machine_is_started_once(tmp_path: pathlib.Path, estate: str):
    with Simulator(estate=estate, action_seconds=0.1) as simulator:
        machine = next(row for row in simulator.state.live("instance") if row["status"] == "ACTIVE")
        simulator.colleague(
            "PATCH", simulator.address(machine["name"]), {"operation": "stop", "options": {}}, seconds=0
        )
        four_runs(Player(simulator, tmp_path, machine=machine["name"], service=machine["serviceId"]), PLAYBOOK)
        assert simulator.state.get(machine["id"])["status"] == "ACTIVE"


def test_an_event_without_a_service_is_enough(tmp_path: pathlib.Path):
    with Simulator(action_seconds=0.1) as simulator:
        machine = next(row for row in simulator.state.live("instance") if row["status"] == "ACTIVE")
        simulator.colleague(
            "PATCH", simulator.address(machine["name"]), {"operation": "stop", "options": {}}, seconds=0
        )
        Player(simulator, tmp_path, machine=machine["name"], service=None).play(PLAYBOOK)
        assert simulator.state.get(machine["id"])["status"] == "ACTIVE"


def test_without_a_machine_it_says_what_is_needed(tmp_path: pathlib.Path):
    with Simulator() as simulator:
        assert "machine is needed" in Player(simulator, tmp_path, machine="").refused(PLAYBOOK)
        assert simulator.requests() == []

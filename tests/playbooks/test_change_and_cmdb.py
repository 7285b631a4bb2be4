# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/change_and_cmdb.yml: three systems in one playbook."""

from __future__ import annotations

import pytest
from player import ROOT, Player
from simulator import Simulator
from simulator.companions import Cockpit, GoPaaS
from simulator.companions.gopaas import View

PLAYBOOK = ROOT / "playbooks" / "change_and_cmdb.yml"
CHANGES = "/api/invented/changes"  # of the simulator only: every portal documents its own


@pytest.fixture
def itcare(request):
    with Simulator(estate=getattr(request, "param", "acme"), action_seconds=0.1) as simulator:
        yield simulator


@pytest.fixture
def systems(itcare, tmp_path):
    """ITCare, Cockpit ITSM, GoPaaS, a player for all of them, and the machine to stop."""
    with Cockpit() as cockpit, GoPaaS() as gopaas:
        gopaas.views["20"] = View("serveur", ("cle", "nom", "ip", "statut"))
        machine = [row for row in itcare.state.live("instance") if row["status"] == "ACTIVE"][0]
        player = Player(
            itcare,
            tmp_path,
            machine=machine["name"],
            service=machine["serviceName"],
            change_path=CHANGES,
            cmdb_table="serveur",
            cmdb_view="20",
        )
        for system in (cockpit, gopaas):
            prefix = system.name.upper()
            player.environment[f"{prefix}_URL"] = system.url
            player.environment.update({f"{prefix}_{name.upper()}": value for name, value in system.login.items()})
        yield itcare, cockpit, gopaas, player, machine
        assert cockpit.violations() == gopaas.violations() == []


def wrote(*systems):
    return [len(system.writes(applied=True)) for system in systems]


def test_check_mode(systems):
    *all_three, player, _machine = systems
    player.play(PLAYBOOK, "--check")
    assert wrote(*all_three) == [0, 0, 0]


@pytest.mark.parametrize("itcare", ["acme", "elsewhere"], indirect=True)
def test_machine_is_stopped_under_a_change_and_recorded(systems):
    itcare, cockpit, gopaas, player, machine = systems
    player.play(PLAYBOOK)
    (change,) = cockpit.changes
    (stop,) = itcare.writes(applied=True)
    assert stop["body"]["operation"] == "stop"
    assert stop["body"]["options"]["changeReference"] == change["reference"]
    recorded = {item["cle"]: item for item in gopaas.tables["serveur"].values()}
    expected = {row["name"] for row in itcare.state.live("instance") if row["serviceName"] == machine["serviceName"]}
    assert set(recorded) == expected
    assert recorded[machine["name"]]["statut"] == "INACTIVE"


def test_machine_is_stopped_under_a_change_idempotent(systems):
    itcare, cockpit, gopaas, player, _machine = systems
    player.play(PLAYBOOK)
    before = wrote(itcare, cockpit, gopaas)
    assert not any(result.get("changed") for result in player.play(PLAYBOOK))
    assert wrote(itcare, cockpit, gopaas) == before


def test_change_that_exists_is_used(systems):
    itcare, cockpit, _gopaas, player, machine = systems
    cockpit.changes.append({"reference": "CHG7", "title": f"Stop {machine['name']}"})
    player.play(PLAYBOOK)
    assert itcare.writes(applied=True)[0]["body"]["options"]["changeReference"] == "CHG7"
    assert len(cockpit.changes) == 1


def test_only_what_differs_is_recorded(systems):
    _itcare, _cockpit, gopaas, player, machine = systems
    player.play(PLAYBOOK)
    row = next(item for item in gopaas.tables["serveur"].values() if item["cle"] == machine["name"])
    row["statut"] = "ACTIVE"
    player.play(PLAYBOOK)
    assert [item["cle"] for item in gopaas.writes(applied=True)[-1]["body"]] == [machine["name"]]
    assert row["statut"] == "INACTIVE"


def test_missing_variable(itcare, tmp_path):
    assert "machine is needed" in Player(itcare, tmp_path, service="x").refused(PLAYBOOK)
    assert itcare.requests() == []

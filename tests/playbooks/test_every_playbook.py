# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook of the collection runs on the estate that shares no name, number, place or product with the examples.

Most are played here, with nothing but the variables that they require. The others have tests of their own, which use
that estate as well.
"""

from __future__ import annotations

import json

import pytest
from player import PASSWORD, ROOT, Player, changes
from simulator import Simulator, seed
from test_application import in_fast_lane

PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
LEDGER, TEST = "GLOBEX - LEDGER - PROD", "GLOBEX - LEDGER - TEST"
FRONT = "front.globex.example"
MACHINE = {"region": "NORD", "platform": "img-0041", "sizing": "2cpu6gb"}
# The variables of each, without the name of the role; DIRECTORY is an empty one.
VARIABLES = {
    "application_stack": {
        "service": TEST,
        "network": "CARE-BACK-B",
        "password": PASSWORD,
        "parts": {
            "shopcache": {"kind": "redis", "node_count": 1, "disk_size": 40, "persistence_mode": "PERSISTENT"},
            "web": {"kind": "instance", "names": ["SHOPWEB01"]},
        },
    },
    "decommission": {"names": ["GLXLEDG01", "GLXLEDG02"], "empty_pools": True},
    "estate_drift": {
        "resources": [{"module": "itcare_instance", "options": {"name": "GLXLEDG01", "comment": "Described"}}],
        "directory": "DIRECTORY",
    },
    "estate_export": {"directory": "DIRECTORY"},
    "estate_report": {"directory": "DIRECTORY"},
    "instance_fleet": {"service": TEST, "name": "GLXFLEET{number}", "count": 2, **MACHINE},
    "patch_plan": {"services": [LEDGER]},
    "rolling_maintenance": {"loadbalancers": [FRONT], "tasks": "DIRECTORY/tasks.yml", "name": "x", "drain": 0},
}
# Where the others are played on that estate.
ELSEWHERE = {
    "application": "test_application.py",
    "change_and_cmdb": "test_change_and_cmdb.py",
    "demo": "test_demo.py",
    "restart_failed_service": "test_restart_failed_service.py",
}
WITHOUT_ITCARE = {"awx"}  # it talks to AWX only


def test_no_playbook_is_left_out():
    assert sorted([*VARIABLES, *ELSEWHERE, *WITHOUT_ITCARE]) == PLAYBOOKS
    for name, file in ELSEWHERE.items():
        text = (ROOT / "tests/playbooks" / file).read_text()
        assert name in text and "elsewhere" in text


@in_fast_lane
@pytest.mark.parametrize("name", VARIABLES)
def test_playbook_on_another_estate(tmp_path, name):
    """The roles have tests of their own for check mode and further runs."""
    with Simulator(estate="elsewhere", action_seconds=0.1) as simulator:
        add_pool(simulator)
        (tmp_path / "tasks.yml").write_text(json.dumps([{"ansible.builtin.debug": {"msg": "done"}}]))
        given = json.loads(json.dumps(VARIABLES[name]).replace("DIRECTORY", str(tmp_path)))
        player = Player(simulator, tmp_path, **{f"{name}_{word}": value for word, value in given.items()})
        playbook = ROOT / "playbooks" / f"{name}.yml"
        assert changes(player.play(playbook))
        assert bool(player.writes()) != name.startswith("estate_")
        assert simulator.violations() == []


def add_pool(simulator):
    """The other estate has no load balancer, so it gets one."""
    state = simulator.state
    service = state.named("GLXLEDG01")[0]["serviceId"]
    simulator.add_instance("GLXLEDG03", service, platform=MACHINE["platform"], sizing="2cpu6gb", zone="NORD-OPEN-1")
    front = seed.load_balancer(state, FRONT, service, state.networks[75], 443, "glx-open", "")
    front["_members"] = [seed.member(state.named(name)[0], 443) for name in ("GLXLEDG01", "GLXLEDG03")]
    state.add(front)

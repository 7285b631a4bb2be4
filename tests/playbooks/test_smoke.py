# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory, the lookup and the documentation as real commands, on every ansible-core."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest
import yaml
from player import ROOT, Player
from simulator import Simulator

PROGRAMS = pathlib.Path(sys.executable).parent
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("itcare_*.py"))

pytestmark = pytest.mark.smoke


@pytest.fixture
def player(tmp_path):
    with Simulator(action_seconds=0.05) as simulator:
        yield Player(simulator, tmp_path)
        assert simulator.violations() == []


def run(player, program, *words):
    command = [sys.executable, PROGRAMS / program, *words]
    done = subprocess.run(command, env=player.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "does not support Ansible version" not in done.stderr
    return done.stdout


def test_inventory_has_groups_and_variables(player, tmp_path):
    source = tmp_path / "smoke.itcare.yml"
    options = {
        "plugin": "cegedim.cloud.itcare",
        "resource_types": ["instances", "databases"],
        "services": ["billing"],
        "exclude": "itcare.status != 'ACTIVE'",
        "compose": {"user": "'Administrator' if itcare.type == 'WINDOWS' else 'ansible'"},
        "groups": {"debian": "itcare.family == 'DEBIAN'"},
        "keyed_groups": [{"key": "itcare.environment | lower", "prefix": "stage"}],
    }
    source.write_text(yaml.safe_dump(options))
    inventory = json.loads(run(player, "ansible-inventory", "-i", source, "--list", "--export"))
    machines = inventory["_meta"]["hostvars"]
    assert machines and {variables["itcare"]["status"] for variables in machines.values()} == {"ACTIVE"}
    windows = {name for name, variables in machines.items() if variables["user"] == "Administrator"}
    assert windows == {name for name, variables in machines.items() if variables["itcare"]["type"] == "WINDOWS"}
    assert set(inventory["debian"]["hosts"]) == {
        name for name, variables in machines.items() if variables["itcare"]["family"] == "DEBIAN"
    }
    assert set(inventory["stage_production"]["hosts"]) == set(machines)


def test_text_of_the_platform_is_not_a_template(player, tmp_path):
    evil = "{{ lookup('pipe', 'echo evaluated') }}"
    player.simulator.add_instance("PEVIL01", service="sandbox", comment=evil)
    source = tmp_path / "evil.itcare.yml"
    source.write_text(yaml.safe_dump({"plugin": "cegedim.cloud.itcare", "names": ["PEVIL01"]}))
    show = {"ansible.builtin.debug": {"msg": "{{ itcare.comment }}"}}
    plays = [{"hosts": "PEVIL01", "gather_facts": False, "tasks": [show]}]
    assert [result["msg"] for result in player.play(plays, "-i", source)] == [evil]


def test_lookup_finds_things_and_does_not_evaluate_them(player):
    evil = "{{ lookup('pipe', 'echo evaluated') }}"
    player.simulator.add_instance("PEVIL01", service="sandbox", comment=evil)
    tasks = [
        {"ansible.builtin.debug": {"msg": "{{ %s }}" % template}}
        for template in (
            "query('cegedim.cloud.itcare', 'instances', services='billing') | map(attribute='name') | sort",
            "lookup('cegedim.cloud.itcare', 'instance', 'PEVIL01').comment",
            "query('cegedim.cloud.itcare', 'services', names='nothing') | length",
        )
    ]
    names, comment, count = (
        result["msg"] for result in player.play([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    )
    assert "PEBBILL01" in names and "PEVIL01" not in names
    assert (comment, int(count)) == (evil, 0)


def test_lookup_of_what_is_not_there_says_what_is_near(player):
    task = {"ansible.builtin.debug": {"msg": "{{ lookup('cegedim.cloud.itcare', 'service', 'bilingg') }}"}}
    assert "billing" in player.refused([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])


def test_documentation_of_every_module_is_shown(player):
    documented = json.loads(run(player, "ansible-doc", "--json", *[f"cegedim.cloud.{name}" for name in MODULES]))
    assert len(documented) == len(MODULES) and all(entry["doc"]["options"] for entry in documented.values())

# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed package at work in an empty directory, against the simulator."""

from __future__ import annotations

import json

import yaml
from conftest import ROOT

NAMES = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def listed(place, kind):
    """The names (set) of what ansible-doc finds of that kind, each with its documentation."""
    found = json.loads(place.run("ansible-doc", "--type", kind, "--list", "--json", "cegedim.cloud"))
    assert "UNDOCUMENTED" not in found.values()
    return {name.removeprefix("cegedim.cloud.") for name in found}


def test_modules_and_plugins_are_found(used):
    kinds = {"module": "modules", "filter": "filter", "inventory": "inventory", "lookup": "lookup"}
    for kind, folder in kinds.items():
        expected = {path.stem for path in (ROOT / "plugins" / folder).glob("*.py") if not path.stem.startswith("_")}
        assert listed(used, kind) == expected


def test_playbooks_are_found_by_their_names(used):
    said = used.run("ansible-playbook", "--list-tasks", *(f"cegedim.cloud.{name}" for name in NAMES))
    assert said.count("playbook: ") == len(NAMES)


def test_demo_runs(used):
    said = used.run("ansible-playbook", "cegedim.cloud.demo", "-e", "service=sandbox", "-e", "name_prefix=EMPTY")
    assert "failed=0" in said and "EMPTY" in said


def test_role_inventory_lookup_and_filter_run(used):
    fleet = ["PEMPTY01", "PEMPTY02"]
    (used.directory / "fleet.itcare.yml").write_text(yaml.safe_dump({"plugin": "cegedim.cloud.itcare", "names": fleet}))
    variables = {
        "instance_fleet_service": "sandbox",
        "instance_fleet_name": "PEMPTY{number:02d}",
        "instance_fleet_count": 2,
        "instance_fleet_region": "EB",
        "instance_fleet_platform": "deb12",
        "instance_fleet_sizing": "2cpu4gb",
    }
    names = "query('cegedim.cloud.itcare', 'instances', names=%s) | map(attribute='name') | sort" % fleet
    tasks = [
        {"ansible.builtin.include_role": {"name": "cegedim.cloud.instance_fleet"}, "vars": variables},
        {"ansible.builtin.debug": {"msg": "listed: {{ %s | join(' ') }}" % names}},
    ]
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    (used.directory / "fleet.yml").write_text(json.dumps(plays))
    said = used.run("ansible-playbook", "fleet.yml")  # the role plans with filters of the collection
    assert "listed: PEMPTY01 PEMPTY02" in said
    hosts = json.loads(used.run("ansible-inventory", "-i", "fleet.itcare.yml", "--list", "--export"))
    assert set(hosts["_meta"]["hostvars"]) == set(fleet)


def test_extensions_find_the_collection(installed):
    """ansible-rulebook loads an event source by the path of its file."""
    source = installed.collection / "extensions/eda/plugins/event_source/itcare_actions.py"
    load = (
        "import runpy, sys; loaded = runpy.run_path(sys.argv[1]); print(loaded['_source']().__file__, loaded['main'])"
    )
    said = installed.run("python", "-c", load, source)
    assert str(installed.collection / "plugins/plugin_utils") in said
    rulebooks = list(installed.collection.glob("extensions/eda/rulebooks/*.yml"))
    assert {one.stem for one in rulebooks} == {"estate_drift", "restart_failed_service"}
    assert all(yaml.safe_load(one.read_text())[0]["sources"] for one in rulebooks)

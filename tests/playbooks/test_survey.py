# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of a survey, as AWX gives them to a job, become variables of a role."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from player import PASSWORD, ROOT, Player

ANSWERS = {
    "survey_fleet_name": "0123",
    "survey_fleet_zones": ["EB-A"],
    "survey_yaml_fleet_scale_down": "false",
    "survey_yaml_fleet_groups": ["1", "3"],
    "survey_yaml_fleet_tags": "tier: web\nports: [80, 443]",
    "survey_lines_fleet_names": "PEB01\n\n PEB02 \r\n",
    "survey_secret_fleet_password": PASSWORD,
    "survey_fleet_sizing": "",
    "survey_lines_fleet_networks": "",
    "survey_yaml_fleet_options": "",
    "survey_fleet_patch_groups": [],
}
EXPECTED = {
    "fleet_name": "0123",
    "fleet_zones": ["EB-A"],
    "fleet_scale_down": False,
    "fleet_groups": [1, 3],
    "fleet_tags": {"tier": "web", "ports": [80, 443]},
    "fleet_names": ["PEB01", "PEB02"],
}
EMPTY = ["fleet_sizing", "fleet_networks", "fleet_options", "fleet_patch_groups"]

# An answer of the wrong kind for each role, beside answers to what is required
WRONG = {
    "application_stack": (
        "survey_yaml_application_stack_parts",
        "- a list",
        {"survey_application_stack_service": "billing"},
    ),
    "decommission": ("survey_yaml_decommission_tags", "- a list", {}),
    "estate_drift": ("survey_yaml_estate_drift_scope", "- a list", {"survey_estate_drift_export": "/nowhere"}),
    "estate_export": ("survey_yaml_estate_export_tags", "- a list", {"survey_estate_export_directory": "/nowhere"}),
    "estate_report": ("estate_report_days", "two", {"survey_estate_report_directory": "/nowhere"}),
    "instance_fleet": ("survey_yaml_instance_fleet_tags", "- a list", {"survey_instance_fleet_service": "billing"}),
    "patch_plan": ("survey_yaml_patch_plan_pinned", "- a list", {"survey_lines_patch_plan_services": "billing"}),
    "rolling_maintenance": (
        "rolling_maintenance_serial",
        "two",
        {"survey_rolling_maintenance_tasks": "/nowhere.yml"},
    ),
}
PLAYED = [name for name in WRONG if (ROOT / "playbooks" / f"{name}.yml").exists()]


@pytest.fixture
def player(tmp_path):
    nowhere = dict(api_url="http://127.0.0.1:1", token_url="http://127.0.0.1:1", client_id="a", client_secret="b")
    return Player(SimpleNamespace(**nowhere), tmp_path)


def play(*tasks):
    """A play that reads the answers first."""
    read = {"name": "Read", "ansible.builtin.import_tasks": str(ROOT / "playbooks/tasks/survey.yml")}
    return [{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": [read, *tasks]}]


def test_answers_have_the_types_of_the_role(player):
    shown = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.vars', *names) }}"}}
    shown["vars"] = {"names": list(EXPECTED)}
    facts = {"name": "Tell what is not set", "ansible.builtin.debug": {"msg": "{{ names | select('in', vars_set) }}"}}
    facts["vars"] = {"names": EMPTY, "vars_set": "{{ query('ansible.builtin.varnames', '^fleet_') }}"}
    password = {"name": "Tell", "ansible.builtin.debug": {"msg": "{{ fleet_password | length }}"}}
    results = player.play(play(shown, facts, password), "-e", json.dumps(ANSWERS), "-vvv")
    found = {result["task"]: result["msg"] for result in results if "msg" in result}
    assert dict(zip(EXPECTED, found["Show"])) == EXPECTED
    assert found["Tell what is not set"] == []
    assert int(found["Tell"]) == len(PASSWORD)


def test_variables_of_the_role_have_precedence_on_the_command_line(player):
    shown = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ fleet_name }}"}}
    results = player.play(play(shown), "-e", json.dumps({"survey_fleet_name": "a", "fleet_name": "b"}))
    assert results[-1]["msg"] == "b"


def test_without_a_survey_nothing_is_read(player):
    assert [result["task"] for result in player.play(play())] == []


@pytest.mark.parametrize("name", PLAYED)
def test_wrong_answer_fails_before_anything_is_done(player, name):
    variable, wrong, others = WRONG[name]
    told = player.refused(ROOT / "playbooks" / f"{name}.yml", "-e", json.dumps({**others, variable: wrong}))
    last = json.loads(told.splitlines()[-1])
    assert "Validating arguments" in last["task"]
    assert name + variable.partition(name)[2] in last["msg"]


def test_every_playbook_with_a_survey_is_tested_here():
    played = [path.stem for path in (ROOT / "playbooks").glob("*.yml") if "tasks/survey.yml" in path.read_text()]
    assert sorted(played) == sorted(PLAYED)

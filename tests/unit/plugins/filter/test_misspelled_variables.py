# SPDX-License-Identifier: GPL-3.0-or-later
"""A misspelled variable of a role is found, and a variable that only begins like one is not."""

from __future__ import annotations

import pathlib
import re

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.filter.misspelled_variables import FilterModule

misspelled_variables = FilterModule().filters()["misspelled_variables"]
ROLES = sorted(path for path in (pathlib.Path(__file__).parents[4] / "roles").glob("*") if path.is_dir())
# What AWX and Automation Controller give to every job.
OF_AWX = (
    "awx_job_id awx_job_launch_type awx_job_template_id awx_job_template_name awx_project_revision "
    "awx_project_scm_branch awx_user_id awx_user_name awx_user_email awx_user_first_name awx_user_last_name "
    "awx_inventory_id awx_inventory_name awx_schedule_id awx_schedule_name awx_workflow_job_id "
    "awx_workflow_job_name awx_parent_job_schedule_id awx_parent_job_schedule_name awx_webhook_event_type "
    "awx_webhook_event_guid awx_webhook_event_ref awx_webhook_status_api awx_webhook_payload awx_isolated_data_dir"
).split()


@pytest.mark.parametrize(
    "name, meant",
    [
        ("instance_fleet_servce", "instance_fleet_service"),
        ("instance_fleet_cuont", "instance_fleet_count"),
        ("instance_fleet_scale_dwn", "instance_fleet_scale_down"),
        ("instance_fleet_scaledown", "instance_fleet_scale_down"),
        ("instance_fleet_availability_zone", "instance_fleet_availability_zones"),
        ("instance_fleet_protectiontag", "instance_fleet_protection_tag"),
    ],
)
def test_a_slip_is_found(name, meant):
    (sentence,) = misspelled_variables([name, "instance_fleet_count"], "instance_fleet")
    assert sentence.startswith("%s is not a variable of the role: do you mean %s" % (name, meant))


@pytest.mark.parametrize(
    "name",
    ["instance_fleet_service", "instance_fleet_names_web", "instance_fleet_budget", "instance_fleets", "servce"],
)
def test_other_variables_are_the_users_own(name):
    assert misspelled_variables([name], "instance_fleet") == []


def test_what_awx_sets_is_not_misspelled():
    assert misspelled_variables(OF_AWX, "awx") == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_what_the_role_sets_itself_is_not_misspelled(role):
    tasks = "".join(path.read_text() for path in sorted((role / "tasks").glob("*.yml")))
    own = re.findall(rf"(?:^\s*|register: |loop_var: )({role.name}_\w+)", tasks, flags=re.M)
    assert misspelled_variables(own, role.name) == []


def test_a_role_that_does_not_exist():
    with pytest.raises(AnsibleFilterError, match="there is no role instance_flet"):
        misspelled_variables([], "instance_flet")


def test_variable_of_another_role_leads_to_a_warning(monkeypatch):
    told = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda self, text, *more, **how: told.append(text))
    names = ["decommission_protection_tag", "decommission_ticket", "awx_wait_timeout"]
    assert misspelled_variables(names, "decommission") == misspelled_variables(names, "awx") == []
    (text,) = told
    assert text.startswith("decommission_protection_tag has no effect: the role decommission has no such variable")
    assert text.endswith("instance_fleet_protection_tag")

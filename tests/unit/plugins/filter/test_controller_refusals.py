# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role awx refuses before it sends anything."""

from __future__ import annotations

from ansible_collections.cegedim.cloud.plugins.filter.controller_refusals import controller_refusals

ROLES = ["instance_fleet", "patch_plan"]
HERE = {"collection": "cegedim.cloud"}


def test_nothing_to_refuse():
    assert controller_refusals([{"role": "patch_plan"}, {"name": "Mine", "playbook": "mine.yml"}], ROLES, **HERE) == []


def test_unknown_role():
    (refusal,) = controller_refusals([{"role": "patch_plna"}], ROLES, **HERE)
    assert refusal == (
        "awx_job_templates: there is no role patch_plna: do you mean patch_plan? "
        "The roles are instance_fleet, patch_plan"
    )


def test_missing_collection():
    for collection in ("cegedim.nothing", "nobody.nothing"):
        assert controller_refusals([], ROLES, collection=collection) == [
            "the collection %s is not installed: run ansible-galaxy collection install %s" % (collection, collection)
        ]


def test_job_template_without_a_playbook_or_a_name():
    assert controller_refusals([{"name": "Mine"}, {"playbook": "mine.yml"}, {"description": "d"}], ROLES, **HERE)[
        :3
    ] == [
        "awx_job_templates: Mine has neither a role nor a playbook",
        "awx_job_templates: an entry with the playbook mine.yml has neither a role nor a name",
        "awx_job_templates: an entry has neither a role nor a name",
    ]
    assert controller_refusals([{"name": "Mine", "state": "absent"}], ROLES, **HERE) == []


def test_two_job_templates_of_one_name():
    twins = [{"role": "patch_plan"}, {"name": "ITCare patch plan", "playbook": "mine.yml"}]
    assert controller_refusals(twins, ROLES, **HERE) == ["awx_job_templates: 2 entries have the name ITCare patch plan"]


def test_schedule_of_an_unknown_job_template():
    schedule = {"name": "Nightly", "job_template": "ITCare patch plans"}
    (refusal,) = controller_refusals([{"role": "patch_plan"}], ROLES, unknown=[schedule], **HERE)
    assert "Nightly names the job template ITCare patch plans, which is neither" in refusal
    assert "do you mean ITCare patch plan?" in refusal

# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /actions refuses what it does not know: a name that nothing has yet, the number of a service, one of two numbers.

For what exists, a refusal says nothing of what is under way: then nothing is done.
"""

from __future__ import annotations

import pytest

NEW = dict(name="QEBNEW01", service="billing-qa", region="EB", platform="deb12", sizing="2cpu4gb")


@pytest.mark.parametrize("status", [400, 404])
def test_what_does_not_exist_yet_is_created(sim, task, status):
    sim.configure(unknown_actions=status)
    task("itcare_instance").converges(**NEW)


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("numbers", ["same", "different"])
@pytest.mark.parametrize("counts", ["id", "internal"])
def test_one_of_two_numbers(sim, task, status, numbers, counts):
    sim.configure(unknown_actions=status, numbers=numbers, action_numbers=counts)
    task("itcare_instance").converges(name="QEBBILL01", state="stopped")


@pytest.mark.parametrize("status", [400, 404])
def test_a_service(sim, task, status):
    sim.configure(unknown_actions=status)
    task("itcare_comment").converges(service="billing-qa", comment="ours")


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("options", [dict(name="QEBBILL01"), dict(id=500000003)], ids=["name", "id"])
def test_what_exists_is_left_alone_if_nothing_says_what_is_under_way(sim, task, status, check, options):
    sim.fault("status", status=status, path="/actions$", times=-1)
    result, writes = task("itcare_instance")(check=check, state="stopped", **options)
    assert result["failed"] and "/actions: %d" % status in result["msg"]
    assert writes == []


@pytest.mark.parametrize("status", [400, 404])
def test_what_was_unknown_by_its_name_is_asked_for_by_its_number(sim, task, status):
    """So an action that is under way is found, although its resource was asked for before it was seen."""
    task("itcare_instance")(name="QEBBILL01", state="stopped", wait=False)
    sim.fault("status", status=status, path="/actions$", times=1)
    result, writes = task("itcare_instance")(name="QEBBILL01", state="stopped")
    assert not result.get("failed") and result["instance"]["status"] == "INACTIVE"
    assert writes == []


@pytest.mark.parametrize("status", [400, 404])
def test_a_number_that_is_unknown_is_not_asked_for_twice(sim, task, status):
    sim.configure(unknown_actions=status, numbers="different", action_numbers="internal")
    task("itcare_instance")(name="QEBBILL01", state="started", backup_enabled=True)
    asked = [str(sorted(entry["query"].items())) for entry in sim.requests() if entry["path"] == "/actions"]
    assert len(asked) == len(set(asked))

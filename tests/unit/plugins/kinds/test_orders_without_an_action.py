# SPDX-License-Identifier: GPL-3.0-or-later
"""An order that is answered without an action is not done: its action is looked for, or else its effect decides."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import PG, SNAPPED, WEB, WRITES, spread

ANSWERS = ["empty_200", "empty_204", "object"]
AT_ONCE = ("member", "tag", "instance-comment")  # the platform starts no action for these
WITH_ACTION = [write for write in WRITES if not write.startswith(AT_ONCE)]
NAMES = ["prefixed", "opaque"]
UNSEEN = ("instance-reset", "restore")  # whose effect no answer shows


@pytest.mark.parametrize("write, answer, late", spread(WRITES, ANSWERS, [0.2, 0]), indirect=["write"])
def test_every_order_is_followed_all_the_same(sim, run_write, write, answer, late):
    sim.configure(order_answers=answer, late_visibility=late)
    result, writes = run_write()
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and things.in_short(writes) == WRITES[write][3]
    assert all(entry["applied"] for entry in sim.writes())
    if write in UNSEEN:
        assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    elif write != "instance-comment":
        after, writes = run_write()
        assert (after["changed"], writes) == (False, [])


@pytest.mark.parametrize("write, process_names, answer", spread(WITH_ACTION[::2], NAMES, ANSWERS), indirect=["write"])
def test_whatever_the_action_is_called(sim, run_write, write, answer, process_names):
    sim.configure(order_answers=answer, process_names=process_names, actions_sparse=True, action_seconds=0.2)
    result, writes = run_write()
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and things.in_short(writes) == WRITES[write][3]


@pytest.mark.parametrize("write, answer", spread(WITH_ACTION, ANSWERS), indirect=["write"])
def test_an_action_that_fails_is_no_success(sim, run_write, write, answer):
    sim.configure(order_answers=answer, action_seconds=0.2)
    sim.fault("fail_action", operation=WRITES[write][2], message="No room for it")
    result, writes = run_write()
    assert result.get("failed"), result
    assert "No room for it" in result["msg"]
    assert result["changed"] is True and len(writes) == 1


@pytest.mark.parametrize("write, answer", spread(WITH_ACTION[::4], ANSWERS), indirect=["write"])
def test_an_action_that_failed_before_the_first_look_is_no_success(sim, run_write, write, answer):
    sim.configure(order_answers=answer, action_seconds=0)
    sim.fault("fail_action", operation=WRITES[write][2], message="No room for it")
    result, writes = run_write(wait_timeout=0.4)
    assert result.get("failed"), result
    assert result["changed"] is True and len(writes) == 1


@pytest.mark.parametrize("write, said", spread(WRITES, [(200, ""), (204, ""), (200, "{}")]), indirect=["write"])
def test_an_effect_that_never_comes_is_no_success(sim, run_write, write, said):
    status, body = said
    sim.fault("status", operation=WRITES[write][2], status=status, body=body, content_type="application/json")
    result, writes = run_write(wait_timeout=0.4)
    assert result.get("failed"), result
    assert result["changed"] is True
    assert len(writes) == 1
    assert "does not show it" in result["msg"] or "its outcome is not known" in result["msg"]


@pytest.mark.parametrize("write", ["instance-resize", "postgresql-create", "url-create", "k8s-nodes"], indirect=True)
def test_an_effect_is_waited_for_as_long_as_the_task_may_take(sim, run_write, monkeypatch, write):
    """No action is shown, and the effect comes later than the usual time for one that is late."""
    monkeypatch.setattr(clock, "SETTLE_SECONDS", 0.3)
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.3)
    sim.configure(order_answers="empty_200", action_seconds=0, late_visibility=0.7)
    result, writes = run_write()
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1


@pytest.mark.parametrize("write", UNSEEN, indirect=True)
def test_the_action_of_an_unseen_effect_is_looked_for_until_it_shows(sim, run_write, write):
    sim.configure(order_answers="empty_204", action_seconds=0)
    sim.fault("status", path="/actions$", after=3, times=2, status=200, body="[]", content_type="application/json")
    result, writes = run_write()
    assert not result.get("failed"), result["msg"]
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    assert len(writes) == 1


@pytest.mark.parametrize("write", UNSEEN, indirect=True)
def test_an_old_action_is_not_taken_for_the_new_one(sim, run_write, write):
    """The same was done a while ago: that success is none of this order."""
    first, _writes = run_write()
    assert not first.get("failed"), first["msg"]
    sim.fault("status", operation=WRITES[write][2], status=200, body="")
    result, writes = run_write()
    assert result.get("failed") and len(writes) == 1
    assert "its outcome is not known" in result["msg"]


# Rollbacks of a snapshot: which shows when it was recovered, or does not


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_recovery_that_cannot_be_seen_in_the_snapshot(sim, task, answer, force):
    sim.configure(order_answers=answer)
    sim.fault("mutate", operation="get_instance_snapshot", drop="recoveredAt", times=-1)
    recover = task("itcare_instance_snapshot").given(instance=SNAPPED, state="recovered", wait_timeout=0.6)
    result, writes = recover(force=force)
    assert things.in_short(writes) == ["PATCH"]
    if not result.get("failed"):
        assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    if not force:
        _again, writes = recover()
        assert writes == []


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(
    "module, options",
    [
        ("itcare_instance", dict(name=WEB, sizing="4cpu8gb", state="stopped")),
        ("itcare_postgresql", dict(name=PG, sizing="4cpu8gb", version="15")),
        ("itcare_instance", dict(name=WEB, state="absent")),
    ],
)
def test_plans_of_several_steps(sim, task, answer, module, options):
    sim.configure(order_answers=answer, late_visibility=0.2)
    result, writes = task(module)(**options)
    assert not result.get("failed"), result["msg"]
    assert len(writes) == 2 and all(entry["applied"] for entry in sim.writes())


@pytest.mark.parametrize("answer", ANSWERS)
def test_without_waiting_what_follows_is_still_to_do(sim, task, answer):
    sim.configure(order_answers=answer, action_seconds=5)
    result, writes = task("itcare_instance")(name=WEB, state="absent", wait=False)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], things.in_short(writes)) == (True, ["PATCH stop"])
    assert result["still_to_do"] == ["delete"]


def test_an_action_that_failed_before_it_was_looked_for_ends_with_its_words(sim, task):
    sim.configure(order_answers="empty_200", action_seconds=0.0)
    sim.fault("fail_action", operation="update_instance", message="The storage is full")
    result, writes = task("itcare_instance")(name=things.WEB, sizing="4cpu8gb", wait_timeout=600)
    assert result["failed"] and "The storage is full" in result["msg"]
    assert len(writes) == 1

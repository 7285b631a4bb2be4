# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for actions against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import time

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import actions
from ansible_collections.cegedim.cloud.plugins.modules import itcare_action


@pytest.fixture
def begin(sim, run):
    """``begin("QEBBILL01", ...)``: the ids of actions that stop these machines, just begun."""

    def begin_to_stop(*names):
        ids = []
        for name in names:
            result = run("itcare_instance", name=name, state="stopped", wait=False)
            assert not result.get("failed"), result
            ids.append(result["actions"][0]["id"])
        sim.clear_journal()
        return ids

    return begin_to_stop


def looks(sim):
    assert sim.writes() == []
    return [entry["path"] for entry in sim.requests()]


@pytest.mark.slow
def test_wait_for_one(sim, run, begin):
    sim.configure(action_seconds=0.4)
    (number,) = begin("QEBBILL01")
    result = run("itcare_action", id=number)
    assert not result.get("failed"), result
    assert result["changed"] is False
    assert [(one["id"], one["status"], one["resource_name"]) for one in result["actions"]] == [
        (number, "SUCCESS", "QEBBILL01")
    ]
    assert result["actions"][0]["completed_at"]
    asked = looks(sim)
    assert set(asked) == {"/actions/%d" % number} and len(asked) > 1


def test_already_ended_costs_one_look(sim, run, begin):
    (number,) = begin("QEBBILL01")
    time.sleep(0.1)
    result = run("itcare_action", ids=[number])
    assert result["actions"][0]["status"] == "SUCCESS"
    assert looks(sim) == ["/actions/%d" % number]


@pytest.mark.slow
def test_wait_for_many_in_the_order_asked(sim, run, begin):
    sim.configure(action_seconds=0.4)
    ids = begin("QEBBILL01", "DEBINTRA01", "UETPORT01")
    asked = [ids[2], ids[0], ids[1], ids[0]]
    result = run("itcare_action", ids=asked)
    assert [one["id"] for one in result["actions"]] == [ids[2], ids[0], ids[1]]
    assert {one["status"] for one in result["actions"]} == {"SUCCESS"}


def test_id_given_twice_is_looked_at_once(sim, run, begin):
    (number,) = begin("QEBBILL01")
    time.sleep(0.1)
    result = run("itcare_action", ids=[number, number])
    assert [one["id"] for one in result["actions"]] == [number]
    assert looks(sim) == ["/actions/%d" % number]


def test_nothing_to_wait_for(sim, run):
    result = run("itcare_action", ids=[])
    assert (result["actions"], result["changed"]) == ([], False)
    assert looks(sim) == [] and sim.token_requests() == []


def test_failed_actions_are_named(sim, run, begin):
    sim.fault("fail_action", method="PATCH", message="Disk full", after=1)
    good, bad = begin("QEBBILL01", "DEBINTRA01")
    result = run("itcare_action", ids=[good, bad])
    assert result["failed"]
    assert "action %d" % bad in result["msg"] and "DEBINTRA01" in result["msg"] and "Disk full" in result["msg"]
    assert "action %d" % good not in result["msg"]
    assert [(one["id"], one["status"]) for one in result["actions"]] == [(good, "SUCCESS"), (bad, "ERROR")]
    assert result["actions"][1]["resource_name"] == "DEBINTRA01"


@pytest.mark.slow
def test_timeout_names_those_still_running(sim, run, begin):
    (ended,) = begin("QEBBILL01")
    sim.configure(action_seconds=60)
    (running,) = begin("DEBINTRA01")
    start = time.monotonic()
    result = run("itcare_action", ids=[ended, running], wait_timeout=0.6)
    assert time.monotonic() - start < 30  # not the minute that the action takes
    assert result["failed"]
    assert "DEBINTRA01" in result["msg"] and "still in progress" in result["msg"] and "[%d]" % running in result["msg"]
    assert "QEBBILL01" not in result["msg"]
    assert [(one["id"], one["status"]) for one in result["actions"]] == [(ended, "SUCCESS"), (running, "IN_PROGRESS")]
    assert result["actions"][1]["submitted_at"]


def test_timeout_of_zero_looks_once(sim, run, begin):
    sim.configure(action_seconds=60)
    (running,) = begin("DEBINTRA01")
    result = run("itcare_action", ids=[running], wait_timeout=0)
    assert "still in progress" in result["msg"]
    assert looks(sim) == ["/actions/%d" % running]


def test_check_mode_looks_once_and_does_not_wait(sim, run, begin):
    sim.configure(action_seconds=60)
    running, other = begin("DEBINTRA01", "QEBBILL01")
    result = run("itcare_action", check=True, ids=[running, other])
    assert not result.get("failed"), result
    assert result["changed"] is False
    assert [(one["id"], one["status"]) for one in result["actions"]] == [
        (running, "IN_PROGRESS"),
        (other, "IN_PROGRESS"),
    ]
    assert sorted(looks(sim)) == sorted("/actions/%d" % number for number in (running, other))


def test_check_mode_tells_of_failed_actions(sim, run, begin):
    sim.fault("fail_action", method="PATCH", message="Disk full")
    (bad,) = begin("QEBBILL01")
    sim.configure(action_seconds=60)
    (running,) = begin("DEBINTRA01")
    time.sleep(0.1)
    result = run("itcare_action", check=True, ids=[running, bad])
    assert result["failed"] and "Disk full" in result["msg"] and "DEBINTRA01" not in result["msg"]
    assert [one["status"] for one in result["actions"]] == ["IN_PROGRESS", "ERROR"]


def test_unknown_ids_are_named(sim, run, begin, monkeypatch):
    monkeypatch.setattr(itcare_action, "UNKNOWN_SECONDS", 0.2)
    sim.configure(action_seconds=60)
    (running,) = begin("QEBBILL01")
    result = run("itcare_action", ids=[987654, running, 987655])
    assert result["failed"]
    assert "no action with the id 987654 or 987655" in result["msg"]
    assert [one["id"] for one in result["actions"]] == [running]
    # What is known is not asked for again.
    assert looks(sim).count("/actions/%d" % running) == 1


@pytest.mark.slow
def test_unknown_id_is_told_within_seconds(run):
    start = time.monotonic()
    assert run("itcare_action", id=987654)["failed"]
    assert time.monotonic() - start < actions.VISIBLE_WITHIN


def test_unknown_id_in_check_mode(sim, run):
    assert "no action with the id 987654" in run("itcare_action", check=True, id=987654)["msg"]
    assert looks(sim) == ["/actions/987654"]


@pytest.mark.slow
def test_action_that_began_a_moment_ago(sim, run, begin):
    sim.configure(late_action=0.5)
    (number,) = begin("QEBBILL01")
    result = run("itcare_action", id=number)
    assert not result.get("failed"), result
    assert result["actions"][0]["status"] == "SUCCESS"


@pytest.mark.parametrize("ids", [[-1], [5, 0]])
def test_no_id_of_an_action(sim, run, ids):
    result = run("itcare_action", ids=ids)
    assert result["failed"] and "ids: %d is not the id of an action" % ids[-1] in result["msg"]
    assert looks(sim) == [] and sim.token_requests() == []


def test_ids_are_needed(run):
    assert "ids" in run("itcare_action")["msg"]

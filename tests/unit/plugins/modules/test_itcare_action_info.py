# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of actions against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.simulator.actions import Action


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the actions, or the message of a failure; and what was asked: ``[(path, query)]``."""

    def run_info(check=False, **options):
        sim.clear_journal()
        result = run("itcare_action_info", check=check, **options)
        assert sim.writes() == []
        asked = [(entry["path"], entry["query"]) for entry in sim.requests()]
        if result.get("failed"):
            return result["msg"], asked
        assert result["changed"] is False
        return result["actions"], asked

    return run_info


@pytest.fixture
def three(sim, run):
    """One action that succeeded, one that failed, one under way: ``{status: id}``."""
    ids = {}
    ids["SUCCESS"] = run("itcare_instance", name="QEBBILL01", state="stopped")["actions"][0]["id"]
    sim.fault("fail_action", method="PATCH", message="Disk full")
    ids["ERROR"] = run("itcare_instance", name="DEBINTRA01", state="stopped")["actions"][0]["id"]
    sim.configure(action_seconds=60)
    ids["IN_PROGRESS"] = run("itcare_instance", name="PEBBILL01", state="stopped", wait=False)["actions"][0]["id"]
    return ids


def test_all(info, three):
    actions, asked = info()
    assert [one["id"] for one in actions] == sorted(three.values(), reverse=True)
    assert asked == [("/actions", {})]


def test_none(info):
    assert info() == ([], [("/actions", {})])


def test_check_mode_reads_the_same(info, three):
    assert info(check=True) == info(check=False)


def test_fields_are_in_snake_case(info, three):
    (action,), _asked = info(resource_name="DEBINTRA01")
    assert action["id"] == three["ERROR"]
    assert (action["status"], action["message"], action["resource_name"]) == ("ERROR", "Disk full", "DEBINTRA01")
    assert action["submitted_at"] and action["completed_at"]


@pytest.mark.parametrize("status", ["SUCCESS", "ERROR", "IN_PROGRESS"])
def test_by_status(info, three, status):
    actions, asked = info(statuses=[status])
    assert [one["id"] for one in actions] == [three[status]]
    assert asked == [("/actions", {"statuses": "ERROR,FAILED" if status == "ERROR" else status})]


@pytest.mark.parametrize("asked_for", ["ERROR", "FAILED"])
def test_what_ended_badly_is_found_under_either_status(monkeypatch, info, three, asked_for):
    status = Action.status.fget
    failed = property(lambda action: "FAILED" if action.id == three["ERROR"] else status(action))
    monkeypatch.setattr(Action, "status", failed)
    actions, _asked = info(statuses=[asked_for])
    assert [(one["id"], one["status"]) for one in actions] == [(three["ERROR"], "FAILED")]


@pytest.mark.parametrize("refusal", [400, 422])
def test_platform_that_does_not_know_failed_as_a_filter(sim, info, three, refusal):
    sim.fault("status", status=refusal, operation="list_actions")
    actions, asked = info(statuses=["FAILED", "SUCCESS"])
    assert [query["statuses"] for _path, query in asked] == ["SUCCESS,ERROR,FAILED", "SUCCESS,ERROR"]
    assert sorted(one["id"] for one in actions) == sorted([three["ERROR"], three["SUCCESS"]])


def test_other_refusals_are_told(sim, info):
    sim.fault("status", status=403, operation="list_actions")
    message, asked = info(statuses=["ERROR"])
    assert "403" in message and len(asked) == 1


@pytest.mark.parametrize(
    "options, query",
    [
        (dict(resource_name="QEBBILL01"), {"resourceName": "QEBBILL01"}),
        (dict(resource_id=500000001), {"resourceId": "500000001"}),
        (dict(service="44411"), {"serviceId": "44411"}),
        (dict(request_id=7), {"requestId": "7"}),
        (
            dict(statuses=["ERROR", "SUCCESS"], resource_name="QEBBILL01"),
            {"statuses": "SUCCESS,ERROR,FAILED", "resourceName": "QEBBILL01"},
        ),
    ],
)
def test_filter_is_sent(info, options, query):
    _actions, asked = info(**options)
    assert asked == [("/actions", query)]


def test_by_name_of_a_service(info, three):
    actions, asked = info(service="billing")
    assert [one["id"] for one in actions] == [three["IN_PROGRESS"]]
    assert asked == [
        ("/compute/services", {"names": "billing", "page": "0", "size": "200"}),
        ("/actions", {"serviceId": "44411"}),
    ]


def test_unknown_service(info):
    message, asked = info(service="nowhere")
    assert "no service" in message and "nowhere" in message
    assert {path for path, _query in asked} == {"/compute/services"}


def test_by_id(info, three):
    actions, asked = info(id=three["SUCCESS"])
    assert [(one["id"], one["status"]) for one in actions] == [(three["SUCCESS"], "SUCCESS")]
    assert asked == [("/actions/%d" % three["SUCCESS"], {})]


def test_by_unknown_id(info):
    assert info(id=987654) == ([], [("/actions/987654", {})])


@pytest.mark.parametrize(
    "options, words",
    [
        (dict(id=1, statuses=["ERROR"]), ["mutually exclusive", "id", "statuses"]),
        (dict(id=1, service="billing"), ["mutually exclusive", "id", "service"]),
        (dict(statuses=["DONE"]), ["statuses", "DONE"]),
        (dict(statuses=[]), ["statuses", "empty list"]),
        (dict(resource_name=""), ["resource_name", "empty"]),
        (dict(service=""), ["service", "empty"]),
        (dict(resource_id="abc"), ["resource_id"]),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, words):
    message, asked = info(**options)
    assert [word for word in words if word not in message] == []
    assert asked == [] and sim.token_requests() == []


def test_answer_that_is_no_list(sim, info):
    sim.fault("status", status=200, body="{}", content_type="application/json", operation="list_actions")
    message, _asked = info()
    assert "GET /actions answered something other than documented: it is an object, not a list" in message

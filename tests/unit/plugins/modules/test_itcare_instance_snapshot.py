# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot of an instance: taken, recovered and removed once, and never by mistake."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

WITHOUT, WITH = "PEBBILL01", "PETPORT01"  # PETPORT01 has a snapshot from the start
METHODS = {"present": "POST", "recovered": "PATCH", "absent": "DELETE"}


@pytest.fixture
def snapshot(task):
    return task("itcare_instance_snapshot")


def path_of(sim, name):
    return "/compute/instances/%s/snapshots" % sim.state.named(name)[0]["id"]


def snapshot_of(sim, name):
    return sim.state.named(name)[0].get("snapshot")


# present


def test_present(sim, snapshot):
    result, writes = snapshot.converges(instance=WITHOUT, description="Before release 4.2", change_reference="RFC_123")
    body = {"description": "Before release 4.2", "changeReference": "RFC_123"}
    assert writes == [("POST", path_of(sim, WITHOUT), body)]
    assert result["snapshot"]["description"] == "Before release 4.2"
    assert result["snapshot"]["change_reference"] == "RFC_123"
    assert result["snapshot"]["id"] == snapshot_of(sim, WITHOUT)["id"]
    assert result["steps"] == ["create_snapshot"]
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]


def test_present_without_words_sends_an_empty_body(sim, snapshot):
    _result, writes = snapshot.converges(instance=WITHOUT)
    assert writes == [("POST", path_of(sim, WITHOUT), {})]


@pytest.mark.parametrize("description", [None, "Before the release"])
def test_present_idempotent(sim, snapshot, description):
    result = snapshot.changes_nothing(instance=WITH, description=description)
    assert (result["snapshot"]["description"], result["steps"]) == ("Before the release", [])
    snapshot(instance=WITH, description=description)
    assert sorted((one["method"], one["operation"]) for one in sim.requests()) == [
        ("GET", "get_instance_snapshot"),
        ("GET", "list_actions"),
        ("GET", "list_instances"),
    ]


def test_present_check_mode(snapshot):
    result, _writes = snapshot(check=True, instance=WITHOUT, description="Before")
    assert (result["snapshot"], result["steps"]) == (None, ["create_snapshot"])
    assert result["diff"] == [
        {
            "before_header": "PEBBILL01 (create_snapshot)",
            "after_header": "PEBBILL01 (create_snapshot)",
            "before": {"snapshot": None},
            "after": {"snapshot": {"description": "Before"}},
        }
    ]


def test_present_with_another_description(sim, snapshot):
    message = snapshot.refuses(instance=WITH, description="Before the hotfix")
    there = snapshot_of(sim, WITH)
    for word in (WITH, there["id"], "Before the release", there["expiresAt"], "state=absent"):
        assert word in message


@pytest.mark.parametrize("answer", [204, 404, 200])
def test_none_is_answered_in_several_ways(sim, snapshot, answer):
    sim.configure(empty_snapshot=answer)
    snapshot.changes_nothing(instance=WITHOUT, state="absent")
    snapshot.converges(instance=WITHOUT)


# recovered


def test_recovered(sim, snapshot):
    result, writes = snapshot.converges(instance=WITH, state="recovered")
    assert writes == [("PATCH", path_of(sim, WITH), None)]
    assert result["snapshot"]["recovered_at"]
    assert result["steps"] == ["recover_snapshot"]


def test_recovered_idempotent(snapshot):
    snapshot(instance=WITH, state="recovered")
    assert snapshot.changes_nothing(instance=WITH, state="recovered")["snapshot"]["recovered_at"]


def test_recovered_check_mode(snapshot):
    result, _writes = snapshot(check=True, instance=WITH, state="recovered")
    assert result["snapshot"]["description"] == "Before the release"
    assert "recovered_at" not in result["snapshot"]


def test_recovered_by_force(sim, snapshot):
    first, _writes = snapshot(instance=WITH, state="recovered")
    result, writes = snapshot(instance=WITH, state="recovered", force=True)
    assert result["changed"] and writes == [("PATCH", path_of(sim, WITH), None)]
    assert result["snapshot"]["recovered_at"] > first["snapshot"]["recovered_at"]


def test_recovered_without_a_snapshot(snapshot):
    assert "PEBBILL01 has no snapshot to recover" in snapshot.refuses(instance=WITHOUT, state="recovered")


@pytest.mark.parametrize("state", ["recovered", "absent"])
def test_a_description_keeps_other_snapshots_safe(snapshot, state):
    assert "Before the release" in snapshot.refuses(instance=WITH, state=state, description="Mine")


# absent


def test_absent(sim, snapshot):
    number = snapshot_of(sim, WITH)["id"]
    result, writes = snapshot.converges(instance=WITH, state="absent")
    assert writes == [("DELETE", path_of(sim, WITH) + "/" + number, None)]
    assert (result["snapshot"], result["steps"]) == (None, ["delete_snapshot"])
    assert sim.state.named(WITH)[0]["status"] == "ACTIVE"


def test_absent_idempotent(snapshot):
    assert snapshot.changes_nothing(instance=WITHOUT, state="absent")["snapshot"] is None


def test_absent_check_mode(snapshot):
    result, _writes = snapshot(check=True, instance=WITH, state="absent")
    assert result["snapshot"]["description"] == "Before the release"
    assert result["diff"][0]["before"]["snapshot"]["description"] == "Before the release"


# which instance


def test_by_id(sim, snapshot):
    number = str(sim.state.named(WITH)[0]["id"])
    assert snapshot.changes_nothing(instance=number)["snapshot"]["description"] == "Before the release"
    snapshot(instance=number)
    assert sim.requests(operation="list_instances") == []


def test_same_name_twice(sim, snapshot):
    message = snapshot.refuses(instance="TWIN01")
    for one in sim.state.named("TWIN01"):
        assert str(one["id"]) in message


@pytest.mark.parametrize("number, key", [(0, "serviceName"), (1, "serviceId")])
def test_service_narrows(sim, snapshot, number, key):
    one = sim.state.named("TWIN01")[number]
    _result, writes = snapshot.converges(instance="TWIN01", service=str(one[key]))
    assert [path for _method, path, _body in writes] == ["/compute/instances/%s/snapshots" % one["id"]]


@pytest.mark.parametrize("instance", ["NOBODY", "499999999"])
@pytest.mark.parametrize("state", ["present", "recovered"])
def test_no_such_instance(snapshot, instance, state):
    assert instance in snapshot.refuses(instance=instance, state=state, on_missing_in_check_mode="fail")


@pytest.mark.parametrize("state, step", [("present", "create_snapshot"), ("recovered", "recover_snapshot")])
def test_instance_that_an_earlier_task_may_create(snapshot, state, step):
    result, writes = snapshot(check=True, instance="NOBODY", state=state)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["steps"], writes) == (True, [step], [])
    (warning,) = result["warnings"]
    assert "there is no instance with the name NOBODY" in warning and "earlier task" in warning


@pytest.mark.parametrize(
    "instance, asked",
    [
        ("NOBODY", ["list_actions", "list_instances"]),
        ("499999999", ["get_instance", "get_resource", "list_actions", "list_resources"]),
    ],
)
def test_absent_without_an_instance(sim, snapshot, instance, asked):
    assert snapshot.changes_nothing(instance=instance, state="absent")["snapshot"] is None
    snapshot(instance=instance, state="absent")
    assert sorted(one["operation"] for one in sim.requests()) == asked


# what is refused before anything is sent


@pytest.mark.parametrize(
    "options, word",
    [
        (dict(description="x" * 101), "101 characters"),
        (dict(change_reference="RFC_1234567"), "11 characters"),
        (dict(force=True), "state=recovered"),
    ],
)
def test_refused(sim, snapshot, options, word):
    assert word in snapshot.refuses(instance=WITHOUT, **options)
    assert sim.requests() == sim.token_requests() == []


def test_longest_description(snapshot):
    snapshot.converges(instance=WITHOUT, description="x" * 100)


# actions under way


@pytest.mark.slow
def test_creation_under_way_is_adopted(sim, snapshot):
    sim.configure(action_seconds=0.5)
    begun, writes = snapshot(instance=WITHOUT, description="Before", wait=False)
    assert begun["changed"] and len(writes) == 1 and begun["actions"][0]["status"] == "IN_PROGRESS"
    result, writes = snapshot(instance=WITHOUT, description="Before")
    assert (result["changed"], writes, result["snapshot"]["description"]) == (False, [], "Before")
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]


@pytest.mark.slow
@pytest.mark.parametrize("description", [None, "Another"])
def test_removal_under_way_is_waited_for(sim, snapshot, description):
    """Before another description is refused, and where nothing seems to be done."""
    sim.configure(action_seconds=0.5)
    _result, writes = snapshot(instance=WITH, state="absent", wait=False)
    assert [method for method, _path, _body in writes] == ["DELETE"]
    result, writes = snapshot(instance=WITH, description=description)
    assert result["changed"] and [method for method, _path, _body in writes] == ["POST"]
    assert result["snapshot"]["description"] == (description or "")


def test_under_way_and_no_wait(sim, snapshot):
    sim.configure(action_seconds=30)
    _result, writes = snapshot(instance=WITH, state="absent", wait=False)
    assert [method for method, _path, _body in writes] == ["DELETE"]
    result, writes = snapshot(instance=WITH, state="recovered", wait=False)
    assert (result["changed"], writes, result["still_to_do"]) == (False, [], ["recover_snapshot"])
    assert "nothing was sent" in result["warnings"][0]


@pytest.mark.slow
def test_wait_timeout(sim, snapshot):
    sim.configure(action_seconds=30)
    result, writes = snapshot(instance=WITHOUT, wait_timeout=0.5)
    assert result["failed"] and result["changed"] and len(writes) == 1
    assert "still in progress" in result["msg"]


# what the platform does wrong


@pytest.mark.slow
def test_effect_is_visible_late(sim, snapshot):
    sim.configure(late_visibility=0.6)
    result, _writes = snapshot.converges(instance=WITHOUT, description="Before")
    assert result["snapshot"]["description"] == "Before"
    assert snapshot.converges(instance=WITHOUT, state="recovered")[0]["snapshot"]["recovered_at"]
    assert snapshot.converges(instance=WITHOUT, state="absent")[0]["snapshot"] is None


@pytest.mark.slow
def test_effect_never_visible(sim, snapshot, monkeypatch):
    monkeypatch.setattr(clock, "SETTLE_SECONDS", 0.5)
    sim.configure(late_visibility=30)
    result, _writes = snapshot(instance=WITHOUT)
    assert result["failed"] and result["changed"] and "create_snapshot" in result["msg"]


@pytest.mark.parametrize("state, instance", [("present", WITHOUT), ("recovered", WITH), ("absent", WITH)])
def test_action_fails(sim, snapshot, state, instance):
    sim.fault("fail_action", method=METHODS[state], message="Disk")
    result, _writes = snapshot(instance=instance, state=state)
    assert result["failed"] and result["changed"] and "Disk" in result["msg"]
    assert [one["status"] for one in result["actions"]] == ["ERROR"]


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
@pytest.mark.parametrize("state, instance", [("present", WITHOUT), ("recovered", WITH), ("absent", WITH)])
def test_lost_answer_of_what_took_effect(sim, snapshot, fault, state, instance):
    sim.fault(fault, path="/snapshots", method=METHODS[state])
    result, writes = snapshot(instance=instance, state=state)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert "it took effect" in result["warnings"][0]


@pytest.mark.slow
@pytest.mark.parametrize("state, instance", [("present", WITHOUT), ("recovered", WITH)])
def test_lost_request_is_never_sent_twice(sim, snapshot, monkeypatch, state, instance):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)
    sim.fault("reset_before", path="/snapshots", method=METHODS[state])
    result, writes = snapshot(instance=instance, state=state)
    assert result["failed"] and len(writes) == 1
    assert "may have taken effect" in result["msg"]


@pytest.mark.slow
def test_lost_removal_is_sent_again(sim, snapshot):
    sim.fault("reset_before", path="/snapshots", method="DELETE")
    result, _writes = snapshot(instance=WITH, state="absent")
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and result["snapshot"] is None
    assert [one["applied"] for one in sim.writes()] == [False, True]

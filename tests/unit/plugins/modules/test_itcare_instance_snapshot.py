# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot of an instance: taken, recovered and removed once, and never by mistake."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import lifecycle

MODULE = "itcare_instance_snapshot"
WITHOUT, WITH = "PEBBILL01", "PETPORT01"  # PETPORT01 has a snapshot from the start
METHODS = {"present": "POST", "recovered": "PATCH", "absent": "DELETE"}


def path_of(sim, name):
    return "/compute/instances/%s" % sim.state.named(name)[0]["id"]


def sent(sim):
    return [(one["method"], one["path"], one["body"]) for one in sim.writes()]


def snapshot_of(sim, name):
    return sim.state.named(name)[0].get("snapshot")


# present


def test_present(sim, run):
    result = run(MODULE, instance=WITHOUT, description="Before release 4.2", change_reference="RFC_123")

    assert result["changed"] is True
    assert result["snapshot"]["description"] == "Before release 4.2"
    assert result["snapshot"]["change_reference"] == "RFC_123"
    assert result["snapshot"]["id"] == snapshot_of(sim, WITHOUT)["id"]
    assert result["steps"] == ["create_snapshot"]
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    body = {"description": "Before release 4.2", "changeReference": "RFC_123"}
    assert sent(sim) == [("POST", path_of(sim, WITHOUT) + "/snapshots", body)]


def test_present_without_words_sends_an_empty_body(sim, run):
    assert run(MODULE, instance=WITHOUT)["changed"] is True
    assert sent(sim) == [("POST", path_of(sim, WITHOUT) + "/snapshots", {})]


@pytest.mark.parametrize("description", [None, "Before the release"])
def test_present_idempotent(sim, run, description):
    result = run(MODULE, instance=WITH, description=description)

    assert result["changed"] is False
    assert result["snapshot"]["description"] == "Before the release"
    assert result["steps"] == result["diff"] == []
    assert [(one["method"], one["operation"]) for one in sim.requests()] == [
        ("GET", "list_instances"),
        ("GET", "get_instance_snapshot"),
        ("GET", "list_actions"),
    ]


def test_present_check_mode(sim, run):
    planned = run(MODULE, check=True, instance=WITHOUT, description="Before")

    assert planned["changed"] is True
    assert planned["snapshot"] is None
    assert planned["steps"] == ["create_snapshot"]
    assert sim.writes() == []
    assert planned["diff"] == run(MODULE, instance=WITHOUT, description="Before")["diff"]
    assert planned["diff"] == [
        {
            "before_header": "PEBBILL01 (create_snapshot)",
            "after_header": "PEBBILL01 (create_snapshot)",
            "before": {"snapshot": None},
            "after": {"snapshot": {"description": "Before"}},
        }
    ]


def test_present_with_another_description(sim, run):
    result = run(MODULE, instance=WITH, description="Before the hotfix")

    there = snapshot_of(sim, WITH)
    assert result["failed"] is True
    for word in (WITH, there["id"], "Before the release", there["expiresAt"], "state=absent"):
        assert word in result["msg"]
    assert sim.writes() == []


@pytest.mark.parametrize("answer", [204, 404, 200])
def test_none_is_answered_in_several_ways(sim, run, answer):
    sim.configure(empty_snapshot=answer)

    assert run(MODULE, instance=WITHOUT, state="absent")["changed"] is False
    assert run(MODULE, instance=WITHOUT)["changed"] is True


# recovered


def test_recovered(sim, run):
    result = run(MODULE, instance=WITH, state="recovered")

    assert result["changed"] is True
    assert result["snapshot"]["recovered_at"]
    assert result["steps"] == ["recover_snapshot"]
    assert sent(sim) == [("PATCH", path_of(sim, WITH) + "/snapshots", None)]


def test_recovered_idempotent(sim, run):
    run(MODULE, instance=WITH, state="recovered")
    sim.clear_journal()

    result = run(MODULE, instance=WITH, state="recovered")

    assert result["changed"] is False
    assert result["snapshot"]["recovered_at"]
    assert sim.writes() == []


def test_recovered_by_force(sim, run):
    first = run(MODULE, instance=WITH, state="recovered")
    sim.clear_journal()

    result = run(MODULE, instance=WITH, state="recovered", force=True)

    assert result["changed"] is True
    assert result["snapshot"]["recovered_at"] > first["snapshot"]["recovered_at"]
    assert sent(sim) == [("PATCH", path_of(sim, WITH) + "/snapshots", None)]


def test_recovered_check_mode(sim, run):
    planned = run(MODULE, check=True, instance=WITH, state="recovered")

    assert planned["changed"] is True
    assert planned["snapshot"]["description"] == "Before the release"
    assert sim.writes() == []
    assert planned["diff"] == run(MODULE, instance=WITH, state="recovered")["diff"]


def test_recovered_without_a_snapshot(sim, run):
    result = run(MODULE, instance=WITHOUT, state="recovered")

    assert result["failed"] is True
    assert "PEBBILL01 has no snapshot to recover" in result["msg"]
    assert sim.writes() == []


@pytest.mark.parametrize("state", ["recovered", "absent"])
def test_a_description_keeps_other_snapshots_safe(sim, run, state):
    result = run(MODULE, instance=WITH, state=state, description="Mine")

    assert result["failed"] is True
    assert "Before the release" in result["msg"]
    assert sim.writes() == []


# absent


def test_absent(sim, run):
    number = snapshot_of(sim, WITH)["id"]

    result = run(MODULE, instance=WITH, state="absent")

    assert result["changed"] is True
    assert result["snapshot"] is None
    assert result["steps"] == ["delete_snapshot"]
    assert sent(sim) == [("DELETE", path_of(sim, WITH) + "/snapshots/" + number, None)]
    assert sim.state.named(WITH)[0]["status"] == "ACTIVE"


def test_absent_idempotent(sim, run):
    result = run(MODULE, instance=WITHOUT, state="absent")

    assert result["changed"] is False
    assert result["snapshot"] is None
    assert sim.writes() == []


def test_absent_check_mode(sim, run):
    planned = run(MODULE, check=True, instance=WITH, state="absent")

    assert planned["changed"] is True
    assert planned["snapshot"]["description"] == "Before the release"
    assert sim.writes() == []
    assert planned["diff"] == run(MODULE, instance=WITH, state="absent")["diff"]
    assert planned["diff"][0]["before"]["snapshot"]["description"] == "Before the release"


# which instance


def test_by_id(sim, run):
    number = sim.state.named(WITH)[0]["id"]

    assert run(MODULE, instance=str(number))["snapshot"]["description"] == "Before the release"
    assert sim.requests(operation="list_instances") == []


def test_same_name_twice(sim, run):
    result = run(MODULE, instance="TWIN01")

    assert result["failed"] is True
    for one in sim.state.named("TWIN01"):
        assert str(one["id"]) in result["msg"]
    assert sim.writes() == []


def test_service_narrows(sim, run):
    first, second = sim.state.named("TWIN01")

    assert run(MODULE, instance="TWIN01", service=first["serviceName"])["changed"] is True
    assert run(MODULE, instance="TWIN01", service_id=str(second["serviceId"]))["changed"] is True
    assert [path for _dummy, path, _dummy2 in sent(sim)] == [
        "/compute/instances/%s/snapshots" % one["id"] for one in (first, second)
    ]


@pytest.mark.parametrize("instance", ["NOBODY", "499999999"])
@pytest.mark.parametrize("state", ["present", "recovered"])
def test_no_such_instance(sim, run, instance, state):
    result = run(MODULE, instance=instance, state=state)

    assert result["failed"] is True
    assert instance in result["msg"]
    assert sim.writes() == []


@pytest.mark.parametrize("instance", ["NOBODY", "499999999"])
def test_absent_without_an_instance(sim, run, instance):
    result = run(MODULE, instance=instance, state="absent")

    assert result["changed"] is False
    assert result["snapshot"] is None
    assert len(sim.requests()) == 1
    assert sim.writes() == []


# what is refused before anything is sent


@pytest.mark.parametrize(
    "options, word",
    [
        (dict(description="x" * 101), "101 characters"),
        (dict(change_reference="RFC_1234567"), "11 characters"),
        (dict(force=True), "state=recovered"),
    ],
)
def test_invalid_input(sim, run, options, word):
    result = run(MODULE, instance=WITHOUT, **options)

    assert result["failed"] is True
    assert word in result["msg"]
    assert sim.requests() == sim.token_requests() == []


def test_longest_description(sim, run):
    assert run(MODULE, instance=WITHOUT, description="x" * 100)["changed"] is True


# actions under way


def test_creation_under_way_is_adopted(sim, run):
    sim.configure(action_seconds=0.5)
    begun = run(MODULE, instance=WITHOUT, description="Before", wait=False)
    assert begun["changed"] is True
    assert begun["actions"][0]["status"] == "IN_PROGRESS"

    result = run(MODULE, instance=WITHOUT, description="Before")

    assert result["changed"] is False
    assert result["snapshot"]["description"] == "Before"
    assert [one["status"] for one in result["actions"]] == ["SUCCESS"]
    assert len(sim.writes()) == 1


def test_removal_under_way_is_waited_for_before_anything_is_refused(sim, run):
    sim.configure(action_seconds=0.5)
    run(MODULE, instance=WITH, state="absent", wait=False)

    result = run(MODULE, instance=WITH, description="Another")

    assert result["changed"] is True
    assert result["snapshot"]["description"] == "Another"
    assert [one["method"] for one in sim.writes()] == ["DELETE", "POST"]


def test_removal_under_way_is_waited_for_where_nothing_seems_to_be_done(sim, run):
    sim.configure(action_seconds=0.5)
    run(MODULE, instance=WITH, state="absent", wait=False)

    assert run(MODULE, instance=WITH)["changed"] is True
    assert [one["method"] for one in sim.writes()] == ["DELETE", "POST"]


def test_under_way_and_no_wait(sim, run):
    sim.configure(action_seconds=30)
    run(MODULE, instance=WITH, state="absent", wait=False)

    result = run(MODULE, instance=WITH, state="recovered", wait=False)

    assert result["changed"] is False
    assert result["still_to_do"] == ["recover_snapshot"]
    assert "nothing was sent" in result["warnings"][0]
    assert [one["method"] for one in sim.writes()] == ["DELETE"]


def test_wait_timeout(sim, run):
    sim.configure(action_seconds=30)

    result = run(MODULE, instance=WITHOUT, wait_timeout=0.5)

    assert result["failed"] is True
    assert result["changed"] is True
    assert "still in progress" in result["msg"]
    assert len(sim.writes()) == 1


# what the platform does wrong


def test_effect_is_visible_late(sim, run):
    sim.configure(late_visibility=0.6)

    assert run(MODULE, instance=WITHOUT, description="Before")["snapshot"]["description"] == "Before"
    assert run(MODULE, instance=WITHOUT, state="recovered")["snapshot"]["recovered_at"]
    assert run(MODULE, instance=WITHOUT, state="absent")["snapshot"] is None


def test_effect_never_visible(sim, run, monkeypatch):
    monkeypatch.setattr(lifecycle, "SETTLE_SECONDS", 0.5)
    sim.configure(late_visibility=30)

    result = run(MODULE, instance=WITHOUT)

    assert result["failed"] is True
    assert result["changed"] is True
    assert "create_snapshot" in result["msg"]


@pytest.mark.parametrize("state, instance", [("present", WITHOUT), ("recovered", WITH), ("absent", WITH)])
def test_action_fails(sim, run, state, instance):
    sim.fault("fail_action", method=METHODS[state], message="Disk")

    result = run(MODULE, instance=instance, state=state)

    assert result["failed"] is True
    assert result["changed"] is True
    assert "Disk" in result["msg"]
    assert [one["status"] for one in result["actions"]] == ["ERROR"]


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "truncate_json", "error_after"])
@pytest.mark.parametrize("state, instance", [("present", WITHOUT), ("recovered", WITH), ("absent", WITH)])
def test_lost_answer_of_what_took_effect(sim, run, fault, state, instance):
    sim.fault(fault, path="/snapshots", method=METHODS[state])

    result = run(MODULE, instance=instance, state=state)

    assert result["changed"] is True
    assert "it took effect" in result["warnings"][0]
    assert len(sim.writes()) == 1


@pytest.mark.parametrize("state, instance", [("present", WITHOUT), ("recovered", WITH)])
def test_lost_request_is_never_sent_twice(sim, run, monkeypatch, state, instance):
    monkeypatch.setattr(lifecycle, "LOST_SECONDS", 0.5)
    sim.fault("reset_before", path="/snapshots", method=METHODS[state])

    result = run(MODULE, instance=instance, state=state)

    assert result["failed"] is True
    assert "may have taken effect" in result["msg"]
    assert len(sim.writes()) == 1


def test_lost_removal_is_sent_again(sim, run):
    sim.fault("reset_before", path="/snapshots", method="DELETE")

    result = run(MODULE, instance=WITH, state="absent")

    assert result["changed"] is True
    assert result["snapshot"] is None
    assert [one["applied"] for one in sim.writes()] == [False, True]

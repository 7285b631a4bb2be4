# SPDX-License-Identifier: GPL-3.0-or-later
"""The patch policies of a whole service: one request for those that differ, and each refusal by the resource's name."""

from __future__ import annotations

import time

import pytest

SERVICE, PATH = "billing", "/compute/services/44411/patch-policies"
ONE, TWO, FARM = "PEBBILL01", "PEBBILL02", "billingpg"
KEPT_OUT = "PEBBILLW01"  # excluded in the seed: "Patched by its vendor"


@pytest.fixture
def policy(task):
    return task("itcare_patch_policy").given(service=SERVICE)


def number(sim, name):
    return sim.state.named(name)[0]["id"]


def party(sim, name):
    shown = sim.state.named(name)[0]["patchParty"]
    return {key: shown[key] for key in ("excluded", "exclusionReason", "patchGroup") if key in shown}


def excluded(*names, reason="By hand"):
    return dict(resources=list(names), excluded=True, exclusion_reason=reason)


def grouped(group, *names):
    return dict(resources=list(names), patch_group=group)


READINGS = [
    dict(),
    dict(patch_policies="excluded"),
    dict(patch_row_ids="resource"),
    dict(action_without_status=True),
    dict(numbers="different"),
    dict(numbers="different", body_numbers="internal", action_numbers="internal"),
    dict(numbers="different", rows="sparse", row_numbers="id_only", body_numbers="internal"),
    dict(order_answers="empty_204"),
    dict(order_answers="object", actions_sparse=True, process_names="opaque"),
    dict(late_visibility=0.2),
]


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_what_differs_is_sent_in_one_request(sim, policy, reading):
    sim.configure(**reading)
    result, writes = policy.converges(policies=[grouped(1, ONE), grouped(2, TWO), excluded(FARM)], wait_interval=0.05)
    if "body_numbers" not in reading:
        assert [(method, path) for method, path, _body in writes] == [("PATCH", PATH)]
        assert writes[0][2] == [
            {"resourceId": number(sim, ONE), "excluded": False, "patchGroup": "1"},
            {"resourceId": number(sim, TWO), "excluded": False, "patchGroup": "2"},
            {"resourceId": number(sim, FARM), "excluded": True, "exclusionReason": "By hand"},
        ]
    assert result["steps"] == ["update_patch_policies"]
    assert party(sim, ONE) == {"excluded": False, "patchGroup": "1"}
    assert party(sim, TWO) == {"excluded": False, "patchGroup": "2"}
    assert party(sim, FARM) == {"excluded": True, "exclusionReason": "By hand"}
    shown = {one["name"]: one for one in result["patch_policies"]}
    assert (shown[FARM]["excluded"], shown[FARM]["id"]) == (True, number(sim, FARM))


def test_diff_names_the_resources_and_both_policies(policy):
    result, _writes = policy(check=True, policies=[grouped(1, ONE, KEPT_OUT)])
    (step,) = result["diff"]
    assert step["before"]["patch_policies"] == {
        ONE: {"excluded": False, "exclusion_reason": None, "patch_group": 0},
        KEPT_OUT: {"excluded": True, "exclusion_reason": "Patched by its vendor", "patch_group": 0},
    }
    assert step["after"]["patch_policies"] == {name: {"excluded": False, "patch_group": 1} for name in (ONE, KEPT_OUT)}


def test_what_is_as_wanted_is_not_sent(sim, policy):
    policy(policies=[grouped(1, ONE)])
    _result, writes = policy.converges(policies=[grouped(1, ONE, TWO)])
    assert [row["resourceId"] for row in writes[0][2]] == [number(sim, TWO)]


@pytest.mark.parametrize(
    "wanted",
    [excluded(KEPT_OUT, reason="Patched by its vendor"), dict(resources=[ONE, FARM]), grouped(0, ONE)],
    ids=str,
)
def test_idempotent(policy, wanted):
    policy.changes_nothing(policies=[{"excluded": False, **wanted}])


def test_inclusion_ends_an_exclusion_and_a_group_can_be_taken_back(sim, policy):
    policy.converges(policies=[grouped(3, KEPT_OUT)])
    assert party(sim, KEPT_OUT) == {"excluded": False, "patchGroup": "3"}
    _result, writes = policy.converges(policies=[grouped(0, KEPT_OUT)])
    assert writes == [("PATCH", PATH, [{"resourceId": number(sim, KEPT_OUT), "excluded": False}])]
    assert party(sim, KEPT_OUT) == {"excluded": False}


@pytest.mark.parametrize(
    "reading",
    [
        dict(patch_policies="all"),
        dict(patch_policies="excluded"),
        dict(categories="words"),
        dict(ids_as_text=True, booleans_as_text=True),
    ],
    ids=str,
)
def test_others_are_the_rest_of_the_service(sim, policy, reading):
    sim.configure(**reading)
    result, _writes = policy.converges(policies=[excluded(ONE)], others=dict(patch_group=2))
    assert party(sim, ONE)["excluded"]
    assert party(sim, TWO) == party(sim, KEPT_OUT) == {"excluded": False, "patchGroup": "2"}
    assert party(sim, FARM) == {"excluded": False}  # it has two nodes, and takes no group
    assert {one["serviceId"] for one in sim.state.live("instance") if one["patchParty"].get("patchGroup") == "2"} == {
        44411,
        44412,  # QEBBILL01 of the seed
    }
    assert result["diff"][0]["after"]["patch_policies"][TWO] == {"excluded": False, "patch_group": 2}


def test_what_has_no_policy_is_none_of_the_others(sim, policy):
    sim.fault("mutate", operation="list_service_patch_policies", set={"path": "$", "value": []}, times=-1)
    sim.fault("mutate", operation="get_resource_patch_policy", set={"path": "$", "value": {}}, times=-1)
    policy.changes_nothing(others=dict(excluded=True, exclusion_reason="By hand"))


def test_nothing_else_is_read_where_all_policies_are_listed(sim, policy):
    policy(check=True, others=dict(patch_group=2))
    assert sim.requests(operation="get_resource_patch_policy") == []


# Rows that are refused


@pytest.mark.parametrize("status", ["FAILED", "ERROR"])
@pytest.mark.parametrize("wait", [True, False])
def test_each_refusal_is_reported_by_name_and_the_others_are_done(sim, policy, status, wait):
    sim.configure(refused_row_status=status)
    result, writes = policy(policies=[grouped(1, ONE, FARM)], wait=wait)
    assert result["failed"] and result["changed"] and len(writes) == 1
    why = "The patch group is only allowed when the farm has one member"
    assert result["failed_resources"] == [{"id": number(sim, FARM), "name": FARM, "msg": why}]
    assert result["msg"] == "the patch policies of 1 of 2 resources could not be changed: %s (id %d): %s" % (
        FARM,
        number(sim, FARM),
        why,
    )
    if wait:
        assert party(sim, ONE) == {"excluded": False, "patchGroup": "1"}


def test_nothing_is_changed_where_all_are_refused(policy):
    result, _writes = policy(policies=[grouped(1, FARM)])
    assert result["failed"] and result["changed"] is False
    assert [one["name"] for one in result["failed_resources"]] == [FARM]


def test_failed_action_is_reported_by_name(sim, policy):
    sim.fault("fail_action", operation="update_service_patch_policies", message="No agent")
    result, _writes = policy(policies=[grouped(1, ONE)])
    assert result["failed_resources"] == [{"id": number(sim, ONE), "name": ONE, "msg": "No agent"}]


def test_failed_action_of_the_only_row_has_changed_something(sim, policy):
    """It was accepted and started: how far it came is not known."""
    sim.fault("fail_action", operation="update_service_patch_policies", message="No agent")
    result, _writes = policy(policies=[grouped(1, ONE)])
    assert result["failed"] and result["changed"] is True


def test_refusal_of_both_numbers_is_reported_once(sim, policy):
    sim.configure(numbers="different")
    result, _writes = policy(policies=[grouped(1, FARM)])
    assert [one["name"] for one in result["failed_resources"]] == [FARM]
    assert "only allowed when the farm has one member; and under its other number: Unknown" in result["msg"]


# Which service, which resources


def test_unknown_service(policy):
    assert policy.refuses(service="biling", others={}).startswith("there is no service called biling")


def test_resource_that_is_not_in_the_service(policy):
    policy = policy.given(on_missing_in_check_mode="fail")
    assert "has no resource called PETPORT01" in policy.refuses(policies=[grouped(1, "PETPORT01")])
    assert "do you mean PEBBILL01 (" in policy.refuses(policies=[grouped(1, "PEBBILL10")])


def test_resource_that_an_earlier_task_of_the_play_may_make(policy):
    result, _writes = policy(check=True, policies=[grouped(1, "QNEW01", ONE)])
    assert "has no resource called QNEW01" in result["warnings"][0]
    after = result["diff"][0]["after"]["patch_policies"]
    assert list(after) == [ONE, "QNEW01"] and after["QNEW01"] == after[ONE]


def test_only_resources_that_an_earlier_task_may_make(policy):
    result, _writes = policy(check=True, policies=[grouped(1, "QNEW01", "QNEW02")])
    assert result["changed"] and set(result["diff"][0]["after"]["patch_policies"]) == {"QNEW01", "QNEW02"}
    result, _writes = policy(check=True, policies=[dict(resources=["QNEW01"], excluded=False)])
    assert not result["changed"] and result["warnings"]


def test_id_of_no_resource_is_refused_in_check_mode_too(policy):
    assert "has no resource called 999999999" in policy.refuses(policies=[grouped(1, "999999999")])


@pytest.mark.parametrize("names", [(ONE, ONE), (ONE, ONE.lower())], ids=str)
def test_resource_that_is_given_twice(policy, names):
    assert "is given twice" in policy.refuses(policies=[grouped(1, names[0]), grouped(2, names[1])])


def test_resources_of_one_name(sim, policy):
    sim.add_instance("QTWIN01", SERVICE)
    sim.add_instance("QTWIN01", SERVICE)
    ids = [one["id"] for one in sim.state.named("QTWIN01")]
    assert "2 resources are meant by QTWIN01" in policy.refuses(policies=[grouped(1, "QTWIN01")])
    result, _writes = policy.converges(policies=[grouped(1, str(ids[1]))])
    assert list(result["diff"][0]["after"]["patch_policies"]) == ["QTWIN01 (id %d)" % ids[1]]


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(), "give policies or others"),
        (dict(policies=[dict(resources=[ONE], excluded=True)]), "exclusion_reason"),
        (dict(policies=[dict(resources=[ONE], exclusion_reason="x")]), "policies: exclusion_reason requires excluded"),
        (dict(others=dict(excluded=True, exclusion_reason=" ")), "others: an exclusion needs exclusion_reason"),
        (dict(policies=[{**excluded(ONE), "patch_group": 1}]), "policies: patch_group=1 requires excluded=false"),
    ],
    ids=str,
)
def test_contradictions(policy, options, message):
    assert message in policy.refuses(**options)


def test_number_that_another_resource_has_is_refused(sim, policy):
    sim.configure(numbers="overlapping")
    message = policy.refuses(policies=[grouped(1, ONE)])
    assert "which one the request takes is not known" in message


# Faults


def test_lost_answer_is_looked_for(sim, policy):
    sim.fault("reset_after", operation="update_service_patch_policies")
    result, writes = policy(policies=[grouped(1, ONE)])
    assert not result.get("failed") and len(writes) == 1
    assert "the answer was lost, but it took effect" in result["warnings"][0]


@pytest.mark.slow
def test_lost_request_is_sent_again(sim, policy):
    sim.fault("reset_before", operation="update_service_patch_policies")
    result, writes = policy(policies=[grouped(1, ONE)])
    assert not result.get("failed") and len(writes) == 2
    assert party(sim, ONE)["patchGroup"] == "1"


def test_action_under_way_on_one_of_them_is_waited_for(sim, policy):
    sim.colleague("PATCH", sim.address(ONE), {"operation": "stop"}, seconds=0.3)
    started = time.monotonic()
    result, writes = policy(policies=[grouped(1, ONE)])
    assert not result.get("failed") and len(writes) == 1
    assert time.monotonic() - started < 5  # what a stop leads to is no matter of the service


def test_action_on_another_resource_of_the_service_is_not_waited_for(sim, policy):
    sim.colleague("PATCH", sim.address(TWO), {"operation": "stop"}, seconds=30)
    result, writes = policy(policies=[grouped(1, ONE)], wait_timeout=5)
    assert not result.get("failed") and len(writes) == 1


@pytest.mark.parametrize("check", [False, True])
def test_a_service_that_is_listed_and_has_no_page(sim, run, check):
    sim.fault("status", status=404, operation="get_service", times=-1)
    result = run("itcare_patch_policy", check=check, service="billing", others=dict(patch_group=1))
    assert result["failed"] and "/compute/services/44411 answers 404" in result["msg"]
    assert sim.writes() == []

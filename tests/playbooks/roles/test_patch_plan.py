# SPDX-License-Identifier: GPL-3.0-or-later
"""roles/patch_plan: no pool is patched at once, and what is right stays."""

from __future__ import annotations

import json

import pytest
from player import Player, example_of, four_runs, role
from simulator import Simulator

LEDGER = "GLOBEX - LEDGER - PROD"


@pytest.fixture
def simulator():
    with Simulator(action_seconds=0.1) as simulator:
        yield simulator


@pytest.fixture
def player(simulator, tmp_path):
    return Player(simulator, tmp_path)


def group_of(simulator, name):
    policy = simulator.state.named(name)[0]["patchParty"]
    return policy.get("exclusionReason") if policy["excluded"] else policy.get("patchGroup")


def test_example(simulator, player):
    results = four_runs(player, example_of("patch_plan"))
    assert {group_of(simulator, "PEBBILL01"), group_of(simulator, "PEBBILL02")} <= {"1", "2", "3"}
    assert group_of(simulator, "PEBBILL01") != group_of(simulator, "PEBBILL02")
    assert group_of(simulator, "PEBTOM01") == "3"
    assert group_of(simulator, "PEBBILL03") == "Is replaced in autumn"
    assert group_of(simulator, "PEBBILLW01") == "Patched by its vendor"
    assert group_of(simulator, "billingpg") is None
    assert [operation for operation, _body in player.writes()] == ["update_service_patch_policies"]
    (shown,) = [result["msg"] for result in results if result["task"].endswith("Show the plan")]
    assert any("PEBBILL01" in line and "billing.acme.example" in line and "group 1" in line for line in shown)
    assert "No patch party is listed for the next 200 days" in shown


@pytest.mark.parametrize(
    "settings", [{"patch_policies": "excluded"}, {"nodes_listed": True}, {"rows": "sparse"}], ids=str
)
def test_estate_elsewhere(tmp_path, settings):
    with Simulator(estate="elsewhere", action_seconds=0.1, **settings) as simulator:
        simulator.add_instance("GLXLEDG03", LEDGER, platform="img-0041", sizing="2cpu6gb")
        player = Player(simulator, tmp_path)
        four_runs(player, role("patch_plan", patch_plan_services=[LEDGER]))
        groups = [group_of(simulator, name) for name in ("GLXLEDG01", "GLXLEDG02", "GLXLEDG03")]
        assert sorted(groups) == ["1", "2", "3"]
        assert [group_of(simulator, name) for name in ("ledgerbooks", "GLXBOOK01", "GLXBOOK02")] == [None] * 3
        assert len(player.writes()) == 1
        simulator.add_instance("GLXLEDG00", LEDGER, platform="img-0041", sizing="2cpu6gb")
        player.play(role("patch_plan", patch_plan_services=[LEDGER]))
        assert [len(json.loads(body)) for _operation, body in player.writes()] == [3, 1]
        assert [group_of(simulator, name) for name in ("GLXLEDG01", "GLXLEDG02", "GLXLEDG03")] == groups


@pytest.mark.parametrize(
    "settings", [{"numbers": "different", "product_paths": "internal", "body_numbers": "internal"}]
)
def test_two_numbers(tmp_path, settings):
    with Simulator(action_seconds=0.1, **settings) as simulator:
        player = Player(simulator, tmp_path)
        four_runs(player, role("patch_plan", patch_plan_services=["billing"]))
        assert group_of(simulator, "PEBBILL01") != group_of(simulator, "PEBBILL02")


def test_member_in_another_service(simulator, player):
    """The second member belongs to another service: its group counts, and it keeps it."""
    simulator.add_instance("SHARED01", "intranet")["patchParty"]["patchGroup"] = "1"
    pool = simulator.state.named("billing.acme.example")[0]["_members"]
    pool.append({**pool[0], "resourceId": simulator.state.named("SHARED01")[0]["id"]})
    player.play(role("patch_plan", patch_plan_services=["billing"]))
    assert group_of(simulator, "SHARED01") == "1"
    assert {group_of(simulator, "PEBBILL01"), group_of(simulator, "PEBBILL02")} == {"2", "3"}


def test_several_services(simulator, player):
    four_runs(player, role("patch_plan", patch_plan_services=["billing", "billing-qa"]))
    assert len(player.writes()) == 2
    assert group_of(simulator, "QEBBILL01") == "2"


def test_dates_of_parties(simulator, player):
    party = {**simulator.state.changes[1], "startAt": "2099-01-01T20:00:00.000Z", "endAt": "2099-01-01T22:00:00.000Z"}
    for environment in ("PROD", "NON_PROD"):
        simulator.state.changes.append({**party, "title": f"Patch Party {environment}", "environment": environment})
    results = player.play(role("patch_plan", patch_plan_services=["billing"], patch_plan_days=40000), "--check")
    (shown,) = [result["msg"] for result in results if result["task"].endswith("Show the plan")]
    assert shown[-1] == "2099-01-01T20:00:00.000Z: Patch Party PROD"
    assert "NON_PROD" not in str(shown)


@pytest.mark.parametrize(
    "variables, message",
    [
        ({"patch_plan_groups": [4]}, "value of patch_plan_groups must be one or more of: 1, 2, 3"),
        ({"patch_plan_pinned": {"PEBBILL01": 7}}, ': "pinned: 7 of PEBBILL01 is not one of the groups 1, 2 and 3'),
        (
            {"patch_plan_pinned": {"NOBODY01": 1}},
            ': "pinned: the services have no resource with a patch policy that is called NOBODY01',
        ),
        ({"patch_plan_pinned": {"PEBBILLW01": 1}}, "what is excluded from the patch parties has no group"),
        (
            {"patch_plan_apart": [["PEBBILL01", "PEBTOM01"]], "patch_plan_pinned": {"PEBBILL01": 1, "PEBTOM01": 1}},
            "some of them are pinned to the same group",
        ),
    ],
)
def test_wrong_values(player, variables, message):
    assert message in player.refused(role("patch_plan", patch_plan_services=["billing"], **variables))
    assert player.writes() == []


def test_unknown_name_in_check_mode(player):
    results = player.play(
        role("patch_plan", patch_plan_services=["billing"], patch_plan_pinned={"NOBODY01": 1}), "--check"
    )
    assert "called NOBODY01" in str(results)

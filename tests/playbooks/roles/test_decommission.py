# SPDX-License-Identifier: GPL-3.0-or-later
"""The role decommission: what it selects and refuses, the order in which it removes, and what it reports."""

from __future__ import annotations

import json
import time

import pytest
from player import Player, changes, example_of, four_runs, interrupt, role
from simulator import Simulator

REPORT = {"name": "Report", "ansible.builtin.debug": {"msg": "{{ decommission_report | to_json }}"}}
PLAN = {"name": "Plan", "ansible.builtin.debug": {"msg": "{{ decommission_plan | to_json }}"}}
DRAIN = 1


def without(*names, **variables):
    plays = role("decommission", **({"decommission_names": list(names)} if names else {}), **variables)
    plays[0]["tasks"] += [PLAN, REPORT]
    return plays


def tagged(**variables):
    return without(decommission_tags={"application": "billing"}, **variables)


def told(results, task):
    return json.loads(next(result["msg"] for result in results if result["task"] == task))


def became(results):
    """What became of each resource: {name: result}."""
    return {row["name"]: row["result"] for row in told(results, "Report")}


def protect(player, *names):
    tag = {"cegedim.cloud.itcare_tag": {"resources": list(names), "tags": {"protected": True}}}
    player.play([{"hosts": "localhost", "gather_facts": False, "tasks": [tag]}])


def refused(player, plays, *words):
    before = player.writes()
    message = player.refused(plays, *words)
    assert player.writes() == before
    return message


def exists(player, name):
    return name in [row["name"] for row in player.simulator.state.live(nodes=True)]


@pytest.fixture
def player(tmp_path):
    with Simulator(action_seconds=0.1) as simulator:
        yield Player(simulator, tmp_path)
        assert simulator.violations() == []


def test_example_of_the_readme(player):
    four_runs(player, example_of("decommission"))
    assert not exists(player, "PEBBILL01") and not exists(player, "PEBBILL02")
    assert exists(player, "PEBBILL03") and exists(player, "billing.acme.example")


def test_selection_fails_closed(player):
    assert "decommission_names, decommission_services or decommission_tags is needed" in refused(player, without())
    message = refused(player, without("PEBBILL01", "TWIN01"))
    assert message.count("several resources are named TWIN01") == 2 and "portal-uat" in message
    assert "nothing is selected" in refused(player, without(decommission_tags={"application": "no-such"}), "--check")
    message = refused(player, tagged())
    assert "decommission_expected is needed" in message and "PEBBILL01" in message and "PEBBILL02" in message
    message = refused(player, tagged(decommission_expected=["PEBBILL01"]))
    assert "PEBBILL02 is selected, and not among decommission_expected" in message
    message = refused(player, tagged(decommission_expected=["PEBBILL01", "PEBBILL02", "PEBBILL03"]))
    assert "PEBBILL03 is among decommission_expected, and not selected" in message
    results = player.play(without("TWIN01", decommission_services=["intranet"], decommission_types=["WINDOWS"]))
    assert became(results) == {"TWIN01": "not there"} and changes(results) == []
    results = player.play(without("TWIN01", decommission_services=["intranet"]), "--check")
    assert [(row["name"], row["service"]) for row in told(results, "Report")] == [("TWIN01", "intranet")]


def test_what_must_not_go_is_named_before_anything_is_sent(player):
    protect(player, "billingpg")
    player.simulator.configure(nodes_listed=True)
    names = ["PEBBILL03", "billingpg", "PEBPGBIL01", "PEBK8S01", "PEBHSM01", "PEBBILL01", "PEBBILL02"]
    message = refused(player, without(*names))
    assert "billingpg: billingpg" in message and "protects it" in message
    assert "PEBK8S01: it is a node of KUBERNETES" in message
    assert "PEBPGBIL01" not in message  # it goes with billingpg
    assert "PEBHSM01: this collection cannot remove a HARDWARE" in message
    assert "the pool of billing.acme.example would have no members" in message
    assert refused(player, without("billingpg"), "--check")


def test_text_of_the_command_line(player):
    """-e key=value gives text: false is no, and a name is one name."""
    plays, named = without(), ("-e", "decommission_names=PEBBILL01,PEBBILL03")
    last = ("-e", "decommission_names=PEBBILL01,PEBBILL02", "-e", "decommission_empty_pools=false")
    assert "would have no members" in refused(player, plays, *last)
    protect(player, "PEBBILL01")
    assert "protects it" in refused(player, plays, *named, "-e", "decommission_partial=false")
    tags = ("-e", "decommission_tags=application=billing", "-e", "decommission_expected=PEBBILL01")
    assert "PEBBILL02 is selected, and not among decommission_expected" in refused(player, plays, *tags)
    assert became(player.play(plays, "-e", "decommission_names=PEBBILL03")) == {"PEBBILL03": "removed"}


def test_the_rest_goes_where_that_is_allowed(player):
    protect(player, "PEBBILL01")
    names = ["PEBBILL01", "PEBBILL02", "PEBBILL03", "PEBHSM01"]
    results = player.play(without(*names, decommission_partial=True))
    assert became(results) == {"PEBBILL01": "left", "PEBBILL02": "removed", "PEBBILL03": "removed", "PEBHSM01": "left"}
    assert [exists(player, name) for name in names] == [True, False, False, True]
    reasons = {row["name"]: row["reason"] for row in told(results, "Report")}
    assert "protects it" in reasons["PEBBILL01"]
    sent = player.writes()
    assert not [body for operation, body in sent if operation == "delete_resource_dns_alias"]
    assert [operation for operation, _body in sent].count("delete_instance") == 2


def test_everything_goes_in_order(player):
    task = {"cegedim.cloud.itcare_instance_snapshot": {"instance": "PEBBILL01"}}
    player.play([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    before = len(player.writes())
    plays = without("PEBBILL01", "PEBTOM01", "billing-k8s", "apps.billing.acme.example", decommission_drain=DRAIN)
    predicted = told(player.play(plays, "--check"), "Plan")
    assert len(player.writes()) == before
    results = player.play(plays)
    assert told(results, "Plan") == predicted
    assert [(row["step"], row["action"], row["name"], row["detail"].split()[-1:]) for row in predicted] == [
        (1, "take out of pool", "PEBBILL01", ["billing.acme.example"]),
        (2, "remove DNS alias", "PEBBILL01", ["web1.acme.example"]),
        (2, "remove snapshot", "PEBBILL01", []),
        (3, "remove", "apps.billing.acme.example", []),
        (4, "remove", "PEBBILL01", ["SERVER_28D"]),
        (4, "remove", "PEBTOM01", []),
        (4, "remove", "billing-k8s", ["PEBK8S03"]),
    ]
    orders = [operation for operation, _body in player.writes()[before:]]
    assert orders[:2] == ["update_loadbalancer_member", "delete_loadbalancer_member"]
    assert set(orders[2:4]) == {"delete_resource_dns_alias", "delete_instance_snapshot"}
    assert orders[4] == "delete_loadbalancer"
    assert sorted(orders[5:]) == ["delete_instance"] * 2 + ["delete_kubernetes"] + ["update_instance"] * 2
    assert sorted(became(results)) == ["PEBBILL01", "PEBTOM01", "apps.billing.acme.example", "billing-k8s"]
    assert set(became(results).values()) == {"removed"}
    again = player.play(plays)
    assert changes(again) == []
    assert set(became(again).values()) == {"not there"}


@pytest.mark.parametrize(
    "fault", [dict(kind="status", status=404), dict(kind="mutate", set={"path": "$", "value": []})], ids=str
)
def test_pool_that_the_resource_does_not_show(player, fault):
    """The query that lists the load balancers of a resource is hardly documented. The pools themselves tell as well."""
    player.simulator.fault(**fault, times=-1, path="/compute/resources/.*/loadbalancers")
    player.play(without("PEBBILL01"))
    operations = [operation for operation, _body in player.writes()]
    assert operations.index("delete_loadbalancer_member") < operations.index("delete_instance")


def test_nodes_leave_the_pools_of_load_balancers_that_stay(player):
    message = refused(player, without("billing-k8s"))
    assert "the pool of apps.billing.acme.example would have no members" in message
    results = player.play(without("billing-k8s", decommission_empty_pools=True))
    assert told(results, "Plan")[0]["name"] == "PEBK8S01, PEBK8S02, PEBK8S03"
    assert not exists(player, "billing-k8s")


def test_what_fails_is_left_and_the_rest_goes(player):
    player.simulator.fault("fail_action", operation="delete_instance", message="Disk is locked", times=1)
    message = player.refused(without("PEBBILL02", "PEBBILL03"))
    assert "Not everything could be removed" in message and "Disk is locked" in message
    assert sorted([exists(player, "PEBBILL02"), exists(player, "PEBBILL03")]) == [False, True]
    results = player.play(without("PEBBILL02", "PEBBILL03"))
    assert sorted(became(results).values()) == ["not there", "removed"]


def test_interrupted_and_continued(tmp_path):
    with Simulator(estate="elsewhere", action_seconds=3) as simulator:
        player = Player(simulator, tmp_path)
        plays = without("GLXLEDG01", "GLXLEDG02", "ledgerbooks", decommission_empty_pools=True)
        process = player.start(plays)
        while not player.writes() and process.poll() is None:
            time.sleep(0.02)
        interrupt(process)
        assert exists(player, "ledgerbooks") or exists(player, "GLXLEDG01")
        results = player.play(plays)
        assert not {"GLXLEDG01", "GLXLEDG02", "ledgerbooks"} & {row["name"] for row in simulator.state.live()}
        assert set(became(results).values()) <= {"removed", "not there"}
        written = player.writes()
        assert changes(player.play(plays)) == [] and player.writes() == written
        operations = [operation for operation, _body in written]
        assert operations.count("delete_instance") == 2
        assert simulator.violations() == []


@pytest.mark.parametrize(
    "readings",
    [
        dict(rows="sparse", names_filter="substring", numbers="different", removed_visible=True),
        dict(numbers="overlapping", nodes_listed=True, tags_listed="none"),
    ],
    ids=["sparse", "overlapping"],
)
def test_other_readings(tmp_path, readings):
    with Simulator(action_seconds=0.1) as simulator:
        simulator.configure(**readings)
        player = Player(simulator, tmp_path)
        results = player.play(without("PEBBILL01", "billingpg"))
        assert became(results) == {"PEBBILL01": "removed", "billingpg": "removed"}
        assert set(became(player.play(without("PEBBILL01", "billingpg"))).values()) == {"not there"}
        assert simulator.violations() == []

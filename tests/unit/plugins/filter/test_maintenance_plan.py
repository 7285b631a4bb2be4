# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes machines out of their pools and puts them back, from what pools and tags show."""

from __future__ import annotations

import datetime
import json
import random
import shlex

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.filter.maintenance_plan import FilterModule

maintenance_plan = FilterModule().filters()["maintenance_plan"]


def machine(number, tags=None, snapshot=None):
    name = f"WEB{number:02d}"
    row = {"id": number, "internal_resource_id": number, "name": name, "service_id": 7, "service_name": "shop"}
    return {**row, "tags": tags or {}, "snapshot": snapshot and {"description": snapshot}}


def pool(number, *members):
    """A load balancer; a member is ``(machine, state)``, maybe with a port and a status."""
    rows = []
    for row, state, *more in members:
        port, status = (*more, 80, "up")[:2] if len(more) < 2 else more
        shown = {"port": port, "state": state, "status": status}
        rows.append({"resource_id": row["id"], "name": row["name"], **shown})
    return {"id": number, "name": f"pool{number}", "pool": rows}


ONE, TWO, THREE = machine(1), machine(2), machine(3)


def out_of(plan):
    return [(one["loadbalancer"], [(row["resource"], row["state"]) for row in one["members"]]) for one in plan["out"]]


def back_of(plan):
    return [(one["loadbalancer"], [(row["resource"], row["state"]) for row in one["members"]]) for one in plan["back"]]


def test_out_and_back():
    pools = [pool(10, (ONE, "enabled"), (TWO, "enabled")), pool(11, (ONE, "disabled"))]
    plan = maintenance_plan([ONE], pools)
    assert out_of(plan) == [("pool10", [("WEB01", "offline")]), ("pool11", [("WEB01", "offline")])]
    assert back_of(plan) == [("pool10", [("WEB01", "enabled")]), ("pool11", [("WEB01", "disabled")])]
    (member,) = plan["members"]
    assert member["maintenance"]["record"] == "10:80=enabled 11:80=disabled"
    assert plan["refusals"] == [] and plan["pools"] == ["pool10", "pool11"]


def test_what_was_off_stays_off():
    plan = maintenance_plan([ONE], [pool(10, (ONE, "offline"), (TWO, "enabled"))])
    assert plan["out"] == plan["back"] == []
    assert plan["members"][0]["maintenance"]["record"] == "nothing"


def test_interrupted_run_is_recognised():
    resumed = machine(2, {"rolling_maintenance": "10:80=disabled"})
    pools = [pool(10, (ONE, "enabled"), (resumed, "offline"), (THREE, "enabled"))]
    plan = maintenance_plan([ONE, resumed], pools)
    assert [one["name"] for one in plan["members"]] == ["WEB02", "WEB01"]
    assert back_of(plan) == [("pool10", [("WEB02", "disabled"), ("WEB01", "enabled")])]
    assert plan["members"][0]["maintenance"]["record"] == "10:80=disabled"
    assert plan["lines"][0] == "WEB02: pool10:80 disabled (out because of an interrupted run)"


@pytest.mark.parametrize(
    "tags, is_checked",
    [
        ({"rolling_maintenance": "10:80=enabled"}, False),
        ({"rolling_maintenance": "10:80=enabled", "rolling_maintenance_checked": "true"}, True),
        ({"rolling_maintenance": "10:80=enabled", "rolling_maintenance_done": "x"}, True),
        ({"rolling_maintenance": "10:80=enabled", "rolling_maintenance_done": "older"}, False),
        ({"rolling_maintenance_checked": "true"}, False),
    ],
)
def test_machine_that_only_has_to_go_back(tags, is_checked):
    one = machine(1, tags)
    plan = maintenance_plan([one], [pool(10, (one, "enabled"), (TWO, "enabled"))], maintenance="x")
    assert plan["members"][0]["maintenance"]["is_checked"] is is_checked
    assert bool(plan["out"]) is not is_checked
    assert bool(plan["to_do"]) is not is_checked


def test_done_is_left_out():
    done = machine(1, {"rolling_maintenance_done": "x"})
    plan = maintenance_plan([done, TWO], [], maintenance="x")
    assert [one["name"] for one in plan["members"]] == ["WEB02"]
    assert plan["lines"] == ["WEB01: x is done", "WEB02: in no pool"]
    assert len(maintenance_plan([done, TWO], [], maintenance="y")["members"]) == 2
    assert len(maintenance_plan([done, TWO], [])["members"]) == 2


def test_name_of_the_maintenance_that_is_no_text():
    """In YAML, 202603 is a number and 2026-03-01 a date."""
    done = [machine(1, {"rolling_maintenance_done": "202603"}), machine(2, {"rolling_maintenance_done": "2026-03-01"})]
    assert maintenance_plan(done[:1], [], maintenance=202603)["members"] == []
    assert maintenance_plan(done[1:], [], maintenance=datetime.date(2026, 3, 1))["members"] == []


def test_members_of_a_load_balancer_are_its_own():
    """The member has the name of a machine, and is another one."""
    twin = {**machine(9), "name": "WEB01"}
    pools = [pool(10, (twin, "enabled"), (TWO, "enabled")), pool(11, (ONE, "enabled"), (TWO, "enabled"))]
    plan = maintenance_plan([ONE, TWO], pools, members_of=["pool10"])
    (refusal,) = plan["refusals"]
    assert "the member WEB01 of pool10 is another resource than the instance of that name, id 1 in shop" in refusal
    assert maintenance_plan([ONE, TWO], pools, members_of=["pool10", "pool11"])["refusals"] == []
    assert maintenance_plan([ONE, TWO], pools)["refusals"] == []


def test_tag_of_several_values():
    one = machine(1, {"rolling_maintenance": ["10:80=enabled", "11:80=disabled"]})
    plan = maintenance_plan([one], [pool(10, (one, "offline")), pool(11, (one, "offline"))])
    assert back_of(plan) == [("pool10", [("WEB01", "enabled")]), ("pool11", [("WEB01", "disabled")])]


def test_ports_are_named_only_where_their_states_differ():
    alike = maintenance_plan([ONE], [pool(10, (ONE, "enabled", 80), (ONE, "enabled", 81), (TWO, "enabled"))])
    assert alike["back"] == [{"loadbalancer": "pool10", "members": [{"resource": "WEB01", "state": "enabled"}]}]
    mixed = maintenance_plan([ONE], [pool(10, (ONE, "enabled", 80), (ONE, "disabled", 81), (TWO, "enabled"))])
    assert mixed["back"][0]["members"] == [
        {"resource": "WEB01", "port": 80, "state": "enabled"},
        {"resource": "WEB01", "port": 81, "state": "disabled"},
    ]


def test_pools_and_members_of_the_same_name_are_named_by_number():
    twin = {**machine(9), "name": "WEB01"}
    pools = [{**pool(10, (ONE, "enabled"), (twin, "enabled")), "name": "www"}, {**pool(11), "name": "www"}]
    assert out_of(maintenance_plan([ONE], pools)) == [("10", [("1", "offline")])]


# What is refused


@pytest.mark.parametrize(
    "others, is_refused",
    [
        ([], True),
        ([(TWO, "enabled")], False),
        ([(TWO, "disabled")], True),
        ([(TWO, "offline")], True),
        ([(TWO, "enabled", 80, "down")], True),
        ([(TWO, "enabled", 80, "down"), (THREE, "enabled")], False),
    ],
)
def test_last_member_that_serves(others, is_refused):
    plan = maintenance_plan([ONE], [pool(10, (ONE, "enabled"), *others)])
    assert plan["refusals"] == ["pool10 would have no enabled member left without WEB01"] * is_refused


def test_batches():
    pools = [pool(10, (ONE, "enabled"), (TWO, "enabled"), (THREE, "enabled"))]
    plan = maintenance_plan([ONE, TWO, THREE], pools, serial=2)
    assert [[one["name"] for one in batch] for batch in plan["batches"]] == [["WEB01", "WEB02"], ["WEB03"]]
    assert plan["refusals"] == []
    assert len(maintenance_plan([ONE, TWO, THREE], pools, serial=3)["refusals"]) == 1


def test_interrupted_member_counts_as_back_before_the_next_one_leaves():
    resumed = machine(2, {"rolling_maintenance": "10:80=enabled"})
    pools = [pool(10, (ONE, "enabled"), (resumed, "offline", 80, "user_down"))]
    assert maintenance_plan([ONE, resumed], pools)["refusals"] == []
    assert maintenance_plan([ONE], pools)["refusals"] != []


def test_snapshot_of_somebody_else():
    other, own = machine(1, snapshot="Before the release"), machine(2, snapshot="Rolling maintenance")
    plan = maintenance_plan([other, own], [], snapshot=True)
    assert plan["refusals"] == ['WEB01 has a snapshot already, "Before the release", and the platform keeps one']
    assert [one["maintenance"]["has_snapshot"] for one in plan["members"]] == [False, True]
    assert maintenance_plan([other], [])["refusals"] == []


def test_names():
    twin = {**machine(9), "name": "WEB01", "service_name": "other"}
    assert [one["id"] for one in maintenance_plan([ONE, TWO], [], names=["web02"])["members"]] == [2]
    with pytest.raises(AnsibleFilterError, match="2 instances are named WEB01: id 1 in shop and id 9 in other"):
        maintenance_plan([ONE, twin], [], names=["WEB01"])
    with pytest.raises(AnsibleFilterError, match="there is no instance named WEB07"):
        maintenance_plan([ONE], [], names=["WEB07"])
    plan = maintenance_plan([ONE], [], names=["WEB07", "WEB01"], on_missing="note")
    assert plan["lines"] == ["there is no instance named WEB07 (or this account does not see it)", "WEB01: in no pool"]


def test_down():
    pools = [pool(10, (ONE, "enabled", 80, "down"), (TWO, "disabled", 80, "user_down"), (THREE, "enabled"))]
    assert maintenance_plan([ONE, TWO, THREE], pools)["down"] == ["WEB01 is down in pool10"]


def test_way_back_is_a_command_for_a_shell():
    row = {**machine(1), "name": "it's"}
    (member,) = maintenance_plan([row], [pool(10, (row, "enabled"))])["members"]
    commands = [line for line in member["maintenance"]["way_back"] if not line.startswith("#")]
    _ansible, _host, _m, module, _a, arguments = shlex.split(commands[1])
    assert module == "cegedim.cloud.itcare_loadbalancer_member"
    assert json.loads(arguments) == {
        "loadbalancer": "pool10",
        "members": [{"resource": "it's", "state": "enabled"}],
    }


@pytest.mark.parametrize("seed", range(100))
def test_whatever_happens_in_between_the_way_back_leads_to_the_start(seed):
    """Some members are taken out and the run is forgotten; from pools and tags alone, the plan knows the start."""
    chance = random.Random(seed)
    machines = [machine(number) for number in range(1, chance.randint(2, 6))]
    states = {
        (number, one["id"]): chance.choice(["enabled", "disabled", "offline"])
        for number in (10, 11)
        for one in machines
    }

    def shown(current):
        rows = {one["id"]: one for one in machines}
        return [
            pool(number, *((rows[one], state) for (where, one), state in current.items() if where == number))
            for number in (10, 11)
        ]

    now = dict(states)
    plan = maintenance_plan(machines, shown(now))
    for member in plan["members"]:
        if chance.random() < 0.5:
            next(one for one in machines if one["id"] == member["id"])["tags"] = {
                "rolling_maintenance": member["maintenance"]["record"]
            }
            now.update({key: "offline" for key in now if key[1] == member["id"] and chance.random() < 0.7})
    again = maintenance_plan(machines, shown(now))
    after = {
        (place["loadbalancer_id"], member["id"]): place["before"]
        for member in again["members"]
        for place in member["maintenance"]["places"]
    }
    assert after == states


def test_named_machines_are_members_of_the_named_load_balancers():
    pools = [pool(10, (ONE, "enabled"), (TWO, "enabled")), pool(11, (THREE, "enabled"), (TWO, "enabled"))]
    assert maintenance_plan([ONE], pools, names=["WEB01"], only_in=["pool10"])["refusals"] == []
    plan = maintenance_plan([ONE, THREE], pools, names=["WEB01", "WEB03"], only_in=["pool10"])
    assert plan["refusals"] == ["WEB03 is in pool11, and not in pool10; leave the machine or the load balancers out"]

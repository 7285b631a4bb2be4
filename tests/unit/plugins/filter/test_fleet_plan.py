# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines are of a fleet, and where each of them goes."""

from __future__ import annotations

import collections

import pytest

from ansible_collections.cegedim.cloud.plugins.filter.fleet_machines import fleet_machines
from ansible_collections.cegedim.cloud.plugins.filter.fleet_plan import fleet_plan
from ansible_collections.cegedim.cloud.plugins.filter.pool_removals import pool_removals

WEB = "WEB{number:02d}"


def rows(*names, **fields):
    return [{"name": name, "status": "ACTIVE", **fields} for name in names]


def options_of(plan):
    return {one["name"]: one["options"] for one in plan["resources"]}


@pytest.mark.parametrize(
    "pattern, first, names",
    [
        ("WEB{number}", 1, ["WEB1", "WEB2"]),
        ("WEB{number:02d}", 9, ["WEB09", "WEB10"]),
        ("WEB{number:02d}", 99, ["WEB99", "WEB100"]),
        ("web-{number:03d}.eu", 0, ["web-000.eu", "web-001.eu"]),
    ],
)
def test_names(pattern, first, names):
    assert fleet_plan([], name=pattern, first=first, count=2)["names"] == names


@pytest.mark.parametrize(
    "given, sentence",
    [
        (dict(), "give either a pattern of names, or a list of names"),
        (dict(name=WEB, count=1, names=["A"]), "give either a pattern of names, or a list of names"),
        (dict(name="WEB", count=2), "WEB has no number, so all machines would have the same name"),
        (dict(name="WEB{number:2d}", count=2), "is not a pattern with one number in braces"),
        (dict(name="WEB{number}{number}", count=2), "is not a pattern with one number in braces"),
        (dict(name="WEB{number", count=2), "is not a pattern with one number in braces"),
        (dict(name="{number.real}", count=2), "is not a pattern with one number in braces"),
        (dict(name="!WEB{number}", count=2), "not a name of a machine"),
        (dict(name="WEB{number},B", count=2), "not a name of a machine"),
        (dict(name=WEB), "say how many machines there are"),
        (dict(name=WEB, count=-1), "say how many machines there are"),
        (dict(name=WEB, count=1, first=-1), "it cannot be negative"),
        (dict(names=["A", "a", "B"]), "several machines would have the same name: A, a"),
        (dict(names=["A", " B"]), "' B'"),
    ],
)
def test_names_that_are_refused(given, sentence):
    (refusal,) = fleet_plan([], **given)["refusals"]
    assert sentence in refusal


def test_what_belongs_to_the_fleet():
    there = rows("WEB02", "web01", "WEB1", "WEB001", "WEB01OLD", "XWEB01", "WEB112", "WEB0x")
    gone = [{"name": "WEB03", "status": "REMOVED"}]
    plan = fleet_plan(there + gone, name=WEB, count=3)
    assert plan["found"] == ["web01", "WEB02", "WEB112"]
    assert (plan["missing"], plan["too_many"]) == (["WEB03"], ["WEB112"])
    assert plan["removals"] == [{"module": "itcare_instance", "name": "WEB112", "options": {"state": "absent"}}]


def test_highest_numbers_go_first():
    there = rows("WEB02", "WEB10", "WEB09", "WEB01")
    assert fleet_plan(there, name=WEB, count=1)["too_many"] == ["WEB10", "WEB09", "WEB02"]
    assert fleet_plan(there, name=WEB, state="absent")["too_many"] == ["WEB10", "WEB09", "WEB02", "WEB01"]


def test_of_a_list_none_is_too_many():
    there = rows("B", "A", "C")
    assert fleet_plan(there, names=["A", "D"])["too_many"] == []
    assert fleet_plan(there, names=["A", "B"], state="absent")["too_many"] == ["B", "A"]


@pytest.mark.parametrize("zones", [1, 2, 3, 4])
@pytest.mark.parametrize("groups", [1, 2, 3])
def test_zones_and_groups_are_balanced_and_mixed(zones, groups):
    options = options_of(
        fleet_plan([], name=WEB, count=24, availability_zones=list("abcd"[:zones]), patch_groups=[1, 2, 3][:groups])
    )
    pairs = [(one["availability_zone"], one["patch_party"]["patch_group"]) for one in options.values()]
    by_zone, by_group = (collections.Counter(pair[side] for pair in pairs) for side in (0, 1))
    assert set(by_zone.values()) == {24 // zones} and set(by_group.values()) == {24 // groups}
    assert len(set(pairs)) == zones * groups
    assert all(one[0] != other[0] or zones == 1 for one, other in zip(pairs, pairs[1:]))


def test_adding_a_machine_moves_no_other():
    given = dict(name=WEB, availability_zones=["a", "b", "c"], patch_groups=[1, 2])
    few, many = (options_of(fleet_plan([], count=count, **given)) for count in (4, 9))
    assert {name: many[name] for name in few} == few
    later = options_of(fleet_plan([], count=2, first=3, **given))
    assert later == {name: many[name] for name in ("WEB03", "WEB04")}


@pytest.mark.parametrize(
    "party, wanted",
    [
        ({"patch_group": "2"}, {}),
        ({"patch_group": 2, "excluded": False}, {}),
        ({"patch_group": "3"}, {"patch_party": {"patch_group": 1}}),
        ({}, {"patch_party": {"patch_group": 1}}),
        (None, {"patch_party": {"patch_group": 1}}),
        ({"excluded": True, "exclusion_reason": "Ours"}, {}),
    ],
)
def test_what_exists_keeps_its_zone_and_its_group(party, wanted):
    there = rows("web01", patch_party=party, availability_zone={"id": "z"})
    plan = fleet_plan(there, name=WEB, count=1, availability_zones=["a"], patch_groups=[1, 2])
    assert options_of(plan) == {"WEB01": wanted}


def member(number, name, port=80):
    return {"resource_id": number, "name": name, "port": port}


def left(loadbalancers, *machines):
    """What leaves: ``[(names, load balancer, members), ...]``."""
    found = pool_removals(loadbalancers, machines)
    assert all(one["resource"]["module"] == "itcare_loadbalancer_member" for one in found)
    assert all(one["resource"]["options"]["state"] == "absent" for one in found)
    options = [(one["names"], one["resource"]["options"]) for one in found]
    return [(names, one["loadbalancer"], [row["resource"] for row in one["members"]]) for names, one in options]


ONE = {"name": "WEB01", "id": 1, "internal_resource_id": 11}
TWO = {"name": "WEB02", "id": 2, "internal_resource_id": 12}


def test_pools():
    loadbalancers = [
        {"name": "a.example", "pool": [member(2, "web02"), member(2, "web02", 81), member(1, "WEB01")]},
        {"name": "b.example", "pool": [member(1, "WEB01")]},
        {"name": "c.example", "pool": None},
    ]
    assert left(loadbalancers, TWO) == [(["WEB02"], "a.example", ["web02"])]
    assert left(loadbalancers) == []


def test_pools_of_others_of_the_same_name():
    """A pool shows either number of a machine, and maybe no name. Another machine may have its name."""
    assert left([{"name": "a", "pool": [member(12, "WEB02")]}], TWO) == [(["WEB02"], "a", ["WEB02"])]
    assert left([{"name": "a", "pool": [member(3, "WEB02")]}], TWO) == []
    assert left([{"name": "a", "pool": [member(3, "WEB02"), member(2, "WEB02")]}], TWO) == [(["WEB02"], "a", ["2"])]
    assert left([{"name": "a", "pool": [member(2, None), member(1, None)]}], TWO) == [(["WEB02"], "a", ["2"])]
    twins = [{"id": 7, "name": "a", "pool": [member(2, "WEB02")]}, {"id": 8, "name": "a", "pool": [member(1, "WEB01")]}]
    assert left(twins, TWO) == [(["WEB02"], "7", ["WEB02"])]


def test_what_was_given_as_text():
    """As on the command line: -e instance_fleet_names=WEB01,WEB02"""
    plan = fleet_plan([], names="WEB01, WEB02", availability_zones="a,b", patch_groups="1,2")
    places = {"availability_zone": "a", "patch_party": {"patch_group": "1"}}
    assert options_of(plan)["WEB01"] == places and options_of(plan)["WEB02"]["availability_zone"] == "b"
    assert fleet_plan([], names="WEB01")["names"] == ["WEB01"]
    assert fleet_plan([], names=[101, 102])["names"] == ["101", "102"]
    assert fleet_plan(rows("A", "B", "AB"), names="AB", state="absent")["too_many"] == ["AB"]


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"tags": {}, "backup_enabled": True}, "the fleet has variables for these options"),
        ({"service": "billing"}, "not among the further ones: service"),
        ({"state": "absent"}, "the state absent is that of the whole fleet"),
    ],
)
def test_options_that_are_refused(options, sentence):
    (refusal,) = fleet_plan([], name=WEB, count=1, options=options)["refusals"]
    assert sentence in refusal
    assert fleet_plan([], name=WEB, count=1, options={"state": "stopped"})["refusals"] == []


def test_machines_in_short():
    page = {
        "name": "WEB01",
        "id": 7,
        "ip_address": "10.0.0.7",
        "availability_zone": {"id": "EB-A"},
        "patch_party": {"patch_group": "2"},
    }
    row = {"name": "WEB02", "id": 8, "network": {"ip_address": "10.0.0.8"}, "label_availability_zone": "EB-B"}
    planned = {"name": "WEB03", "availability_zone": "EB-C", "patch_party": {"patch_group": 1}}
    assert fleet_machines([page, row, planned, None]) == [
        {"name": "WEB01", "id": 7, "address": "10.0.0.7", "availability_zone": "EB-A", "patch_group": 2},
        {"name": "WEB02", "id": 8, "address": "10.0.0.8", "availability_zone": "EB-B", "patch_group": None},
        {"name": "WEB03", "id": None, "address": "", "availability_zone": "EB-C", "patch_group": 1},
    ]


def test_numbers_as_text():
    assert fleet_plan([], name=WEB, count="2", first="3")["names"] == ["WEB03", "WEB04"]
    assert "say how many" in fleet_plan([], name=WEB, count="", first="1")["refusals"][0]


@pytest.mark.parametrize(
    "given, sentence",
    [
        (dict(count=3), "the count is 3, and there are 2 names: A, B"),
        (dict(first=7), "the first number is 7, and it is for a pattern of names"),
        (dict(patch_groups=[1, 2], options={"patch_party": {"patch_group": 3}}), "the machines are spread over 1, 2"),
        (dict(availability_zones=["EB-A"], options={"availability_zone": "EB-B"}), "availability_zone is EB-B among"),
    ],
)
def test_contradictions(given, sentence):
    (refusal,) = fleet_plan([], names=["A", "B"], **given)["refusals"]
    assert sentence in refusal
    assert fleet_plan([], names=["A", "B"], count=2, first=1)["refusals"] == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role application_stack makes of a description, and what it tells of the result."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.filter.stack_outputs import stack_outputs
from ansible_collections.cegedim.cloud.plugins.filter.stack_plan import stack_plan

WEB = {"kind": "instance", "names": ["W1", "W2", "W3"]}
FRONT = {"kind": "loadbalancer", "profile": "HTTP", "members": ["web", {"resource": "OTHER", "port": 81}]}
STACK = {"web": WEB, "x.example": FRONT, "www.x.example": {"kind": "loadbalancer_url", "loadbalancer": "x.example"}}
ZONES = [{"id": "A", "datacenter_id": 1}, {"id": "C", "datacenter_id": 2}, {"id": "B", "datacenter_id": 1}]
REGIONS = [{"id": "R", "areas": [{"id": "AREA", "availability_zones": ZONES}]}]
SIZES = [{"id": "big", "vcpus": "8", "ram": "16"}, {"id": "small", "vcpus": "2", "ram": "4.0"}]


def product(name, released, version="1", phase="STANDARD"):
    return {"id": name, "version": version, "released_at": released, "support_phase": phase, "sizings": SIZES}


LINUX = [product("new", "2025"), product("old", "2020"), product("gone", "2026", phase="RETIRED")]
REDIS = [product("r7", "2024", "7"), product("r6", "2020", "6")]
CATALOGUE = [{"item": "LINUX", "products": LINUX}, {"item": "REDIS", "products": REDIS}]
READ = {"regions": REGIONS, "health_checks": [{"name": "tcp"}], "catalogue": CATALOGUE}


def options(parts, **given):
    plan = stack_plan(parts, "shop", **{**READ, **given})
    return {entry["name"]: entry["resource"]["options"] for entry in plan["entries"]}


def test_new_machines_are_spread_and_get_what_they_leave_open():
    found = options(STACK, network="N", tags={"a": "b"}, patch_groups=[1, 2], minimum={"vcpus": 2, "ram": 4})
    assert [found[name]["availability_zone"] for name in WEB["names"]] == ["A", "B", "A"]
    assert [found[name]["patch_party"]["patch_group"] for name in WEB["names"]] == [1, 2, 1]
    assert (found["W1"]["platform"], found["W1"]["sizing"]) == ("new", "small")
    assert (found["W1"]["service"], found["W1"]["network"], found["W1"]["tags"]) == ("shop", "N", {"a": "b"})
    assert (found["x.example"]["region"], found["x.example"]["healthcheck"]) == ("R", "tcp")


def test_what_exists_keeps_what_it_has():
    shown = [{"path": "/compute/instances", "name": "w1", "status": "ACTIVE"}]
    found = options(STACK, network="N", found=shown)
    assert not {"platform", "sizing", "availability_zone"} & set(found["W1"])
    assert {"platform", "sizing", "availability_zone"} <= set(found["W2"])
    gone = [{**shown[0], "status": "REMOVED"}]
    assert "platform" in options(STACK, network="N", found=gone)["W1"]


def test_resource_of_the_same_name_in_another_service():
    theirs = {"path": "/compute/instances", "name": "W1", "service_id": 7, "service_name": "other", "dns_aliases": []}
    assert "platform" in options(STACK, network="N", found=[theirs])["W1"]
    ours = {**theirs, "service_id": 8, "service_name": "Shop", "dns_aliases": [{"fqdn": "w1.x.example"}]}
    for service in ("shop", "8"):
        found = stack_plan({"web": {**WEB, "names": ["W1"], "service": service}}, "else", **{**READ, "found": [ours]})
        assert "platform" not in found["entries"][0]["resource"]["options"]
        outputs = stack_outputs(found["entries"], [{"result": {"instance": {"id": 1}}}], [theirs, ours])
        assert outputs["web"]["dns_aliases"] == ["w1.x.example"]


def test_parts_refer_to_parts():
    found = options(STACK)
    assert found["x.example"]["members"] == ["W1", "W2", "W3", {"resource": "OTHER", "port": 81}]
    assert found["www.x.example"] == {"name": "www.x.example", "loadbalancer": "x.example"}


@pytest.mark.parametrize(
    ("given", "platform", "sizing"),
    [
        ({}, "r7", "small"),
        ({"version": 6}, "r6", "small"),
        ({"platform": "r6"}, None, "small"),
        ({"minimum": {"vcpus": 4}}, "r7", "big"),
        ({"sizing": "mine"}, "r7", "mine"),
    ],
)
def test_choice_of_product_and_size(given, platform, sizing):
    found = options({"cache": {"kind": "redis", **given}}, password="secret")["cache"]
    assert found["platform"] == (platform or given["platform"])
    assert found["sizing"] == sizing
    assert found["admin_password"] == "secret"


def test_what_the_catalogue_does_not_have():
    plan = stack_plan({"cache": {"kind": "redis", "minimum": {"ram": 99}}}, "shop", **READ)
    assert plan["missing"][0].startswith("For cache, the catalogue has no product of the type REDIS")
    assert "Give the part sizing" in plan["missing"][0]


def test_refusals():
    wrong = {"a": {"kind": "mongodb"}, "b": "text", "web": WEB, "c": {"kind": "dns_alias", "resource": "web"}}
    refusals = stack_plan(wrong, "shop")["refusals"]
    assert len(refusals) == 3
    assert "The part c refers to web, but web has 3 resources" in refusals[2]


def test_removal():
    member = {"kind": "loadbalancer_member", "loadbalancer": "y", "members": [{"resource": "web", "state": "enabled"}]}
    entries = stack_plan({**STACK, "m": member}, "shop", state="absent")["entries"]
    found = {entry["name"]: entry["resource"]["options"] for entry in entries}
    assert found["W1"] == {"name": "W1", "service": "shop", "state": "absent"}
    assert found["m"]["members"] == [{"resource": name} for name in WEB["names"]]
    assert "www.x.example" not in found  # it goes with its load balancer


def test_outputs():
    entries = stack_plan({**STACK, "db": {"kind": "postgresql"}}, "shop", **READ)["entries"]
    results = [{"result": {entry["kind"]: {"id": number}}} for number, entry in enumerate(entries, 1)]
    results[0]["result"]["instance"]["ip_address"] = "10.0.0.1"
    aliases = [{"fqdn": "db.x.example"}]
    nodes = [{"name": "N1", "ip_address": "10.0.0.9"}]
    shown = {"path": "/databases/postgresql", "name": "DB", "dns_aliases": aliases, "nodes": nodes}
    again = {"result": {"instance": {"id": 1, "ip_address": "10.0.0.2"}}}
    outputs = stack_outputs([*entries, entries[0]], [*results, again], [shown])
    assert outputs["web"]["names"] == WEB["names"] and outputs["web"]["ids"] == [1, 2, 3]
    assert outputs["web"]["addresses"] == ["10.0.0.2"]
    assert outputs["db"]["addresses"] == ["10.0.0.9"] and outputs["db"]["dns_aliases"] == ["db.x.example"]
    assert outputs["x.example"]["urls"] == ["x.example", "www.x.example"]


def test_lists_that_are_text():
    """As modules take them: members: web"""
    found = options({"web": {**WEB, "names": "W1, W2"}, "x.example": {**FRONT, "members": "web"}})
    assert list(found) == ["W1", "W2", "x.example"]
    assert found["x.example"]["members"] == ["W1", "W2"]
    found = options({"web": WEB}, tags="a=b", patch_groups="1,2")
    assert [found[name]["patch_party"]["patch_group"] for name in WEB["names"]] == ["1", "2", "1"]
    assert found["W1"]["tags"] == {"a": "b"}


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"kind": "instance", "state": "absent"}, "The part web has state=absent"),
        ({"kind": "instance", "names": []}, "The part web has an empty list of names"),
        ({"kind": "instance", "names": ""}, "The part web has an empty list of names"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_part_that_names_nothing_or_would_be_removed(part, sentence, state):
    plan = stack_plan({"web": part}, "shop", state=state)
    assert sentence in plan["refusals"][0] and plan["entries"] == []


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"kind": "instance", "name": "W9", "names": ["W1", "W2"]}, "has the name W9 and the names W1, W2"),
        ({"kind": "instance", "id": 7, "names": ["W1", "W2"]}, "has the id 7 and 2 names"),
        ({"kind": "instance", "minimum": {"vcpu": 8}}, "The minimum of the part web has vcpu: do you mean vcpus?"),
        ({"kind": "instance", "minimum": "vcpus=8"}, "has the minimum vcpus=8. It is a dictionary with vcpus and ram"),
        ({"kind": "dns_alias", "minimum": {"ram": 8}}, "no size is looked up for the kind dns_alias"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_would_have_no_effect(part, sentence, state):
    (refusal,) = stack_plan({"web": part}, "shop", state=state)["refusals"]
    assert sentence in refusal


def test_removal_of_what_is_described_only():
    parts = {
        "db": {"kind": "postgresql", "id": 7},
        "alias": {"kind": "dns_alias", "resource": "X", "type": "A", "value": "10.0.0.1"},
        "m": {"kind": "loadbalancer_member", "loadbalancer": "y", "members": [{"resource": "W1", "port": 80}, "W2"]},
    }
    entries = stack_plan(parts, "shop", state="absent")["entries"]
    found = {entry["part"]: entry["resource"]["options"] for entry in entries}
    assert found["db"] == {"id": 7, "name": "db", "service": "shop", "state": "absent"}
    assert (found["alias"]["type"], found["alias"]["value"]) == ("A", "10.0.0.1")
    assert found["m"]["members"] == [{"resource": "W1", "port": 80}, {"resource": "W2"}]

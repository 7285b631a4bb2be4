# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter estate_drift: a result of itcare_estate in check mode becomes a list of differences."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.filter.estate_drift import FilterModule
from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_prune import OF_A_PART
from ansible_collections.cegedim.cloud.tests.simulator import colleague
from ansible_collections.cegedim.cloud.tests.unit.plugins import test_every_description

estate_drift = FilterModule().filters()["estate_drift"]

NOW, LATER = "2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z"
WEB = {"module": "itcare_instance", "options": {"name": "WEB01", "service": "shop"}}
ALIAS = {"module": "cegedim.cloud.itcare_dns_alias", "options": {"name": "www.acme.example", "resource": "WEB01"}}
SAME = {"module": "itcare_instance", "name": "WEB01", "changed": False, "failed": False, "result": {}}
RECORD = {"id": 7, "name": "WEB01", "service_name": "shop"}
NONE = {"create": 0, "change": 0, "remove": 0, "unmanaged": None, "refused": 0, "unchanged": 0}
ROW = {
    "what": "change",
    "kind": "instance",
    "name": "WEB01",
    "part_of": None,
    "service": "shop",
    "id": 7,
    "option": None,
    "described": None,
    "on_platform": None,
    "reason": None,
}


def changed(*steps):
    """An item whose steps are ``(name, before, after)``."""
    diff = [{"before_header": "WEB01 (%s)" % name, "before": before, "after": after} for name, before, after in steps]
    result = {"instance": RECORD, "diff": diff, "steps": [name for name, _before, _after in steps]}
    return {**SAME, "changed": True, "plan": "change", "result": result}


def failed(message, missing=False):
    return {**SAME, "failed": True, "msg": message, "plan": None, "missing": missing}


def made(*items, resources=None, now=NOW, old="", **more):
    resources = [WEB for _item in items] if resources is None else resources
    return estate_drift({"results": list(items), **more}, resources, now, old)


def rows(*items, **more):
    return made(*items, **more)["report"]["differences"]


def values(*items):
    return [(row["option"], row["described"], row["on_platform"]) for row in rows(*items)]


def test_nothing_differs():
    found = made(SAME, SAME)
    assert found["report"]["differences"] == found["lines"] == []
    assert found["report"]["counts"] == {**NONE, "unchanged": 2}
    assert found["msg"] == "no drift"


def test_each_option_is_a_row():
    item = changed(("comment", {"comment": "By hand"}, {"comment": ""}), ("resize", {"cpu": 2, "ram": 4}, {"cpu": 4}))
    assert rows(item) == [
        {**ROW, "option": "comment", "described": "", "on_platform": "By hand"},
        {**ROW, "option": "cpu", "described": 4, "on_platform": 2},
        {**ROW, "option": "ram", "described": None, "on_platform": 4},
    ]
    assert made(item)["report"]["counts"] == {**NONE, "change": 1}


def test_each_tag_is_a_row():
    assert values(changed(("set_tags", {"tags": {"a": 1, "b": 2, "c": 3}}, {"tags": {"a": 1, "b": 4, "d": 5}}))) == [
        ("tags.b", 4, 2),
        ("tags.c", None, 3),
        ("tags.d", 5, None),
    ]


def test_steps_that_take_others_with_them():
    """A machine is stopped, resized and started."""
    down, up = {"status": "INACTIVE"}, {"status": "ACTIVE"}
    item = changed(("stop", up, down), ("resize", {"sizing": "2cpu4gb"}, {"sizing": "4cpu8gb"}), ("start", down, up))
    assert values(item) == [("sizing", "4cpu8gb", "2cpu4gb")]


def test_steps_that_change_no_option():
    (row,) = rows(changed(("restart", {"status": "ACTIVE"}, {"status": "ACTIVE"})))
    assert row == {**ROW, "reason": "it takes these steps: restart"}


@pytest.mark.parametrize("plan", ["create", "remove"])
def test_whole_resources(plan):
    item = {
        **SAME,
        "changed": True,
        "plan": plan,
        "result": {"instance": RECORD, "diff": [{"before": {}, "after": {}}]},
    }
    assert rows(item) == [{**ROW, "what": plan}]
    assert made(item)["report"]["counts"] == {**NONE, plan: 1}


def test_missing_resource_that_could_not_be_created_is_missing():
    """What a creation needs is not compared; where it is not filled in, a run does not create it."""
    item = failed("to create it these are missing: platform", missing=True)
    assert rows(item) == [{**ROW, "what": "create", "id": None, "reason": item["msg"]}]
    assert made(item)["event"]["to_do"] == 0


def test_refused():
    item = failed("WEB01 (id 7): region is fixed at creation: it is EB, not ET")
    assert rows(item) == [{**ROW, "what": "refused", "id": None, "reason": item["msg"]}]
    assert made(item)["lines"] == ["instance WEB01 in shop: refused: " + item["msg"]]


def test_part():
    item = {**SAME, "module": "itcare_dns_alias", "name": "www.acme.example", "plan": "change"}
    item["result"] = {"diff": [{"before": {"dns_aliases": []}, "after": {"dns_aliases": ["www"]}}]}
    found = made(item, resources=[ALIAS])
    (row,) = found["report"]["differences"]
    assert (row["kind"], row["part_of"], row["service"]) == ("dns_alias", "WEB01", None)
    assert found["lines"] == ['dns alias www.acme.example of WEB01: dns_aliases is described as ["www"], and is []']


def test_not_described():
    unmanaged = [{"kind": "redis", "name": "cache", "service": "shop", "id": 9, "owned": False, "reason": "no"}]
    found = made(SAME, unmanaged=unmanaged)
    about = {"kind": "redis", "name": "cache", "id": 9}
    assert found["report"]["differences"] == [{**ROW, "what": "unmanaged", **about}]
    assert found["msg"] == "1 not described"
    assert made(SAME, unmanaged=[])["report"]["counts"]["unmanaged"] == 0, "somebody has looked, and found none"


def test_part_that_is_not_described():
    row = {"kind": "dns_alias", "name": "WEB01", "part": "www.acme.example", "service": "shop", "id": 7}
    unread = {**row, "kind": "instance", "part": "its parts", "reason": "403: no access"}
    found = made(SAME, unmanaged=[{**row, "reason": OF_A_PART}, unread])
    part = {**ROW, "what": "unmanaged", "kind": "dns_alias", "name": "www.acme.example", "part_of": "WEB01"}
    assert found["report"]["differences"] == [
        part,
        {**part, "kind": "instance", "name": "its parts", "reason": "403: no access"},
    ]


def test_what_was_pruned_is_not_counted_as_described():
    assert made(SAME, {**SAME, "plan": "remove"}, resources=[WEB])["report"]["counts"] == {**NONE, "unchanged": 1}


def test_same_drift_keeps_its_time():
    item = changed(("comment", {"comment": "By hand"}, {"comment": ""}))
    first = made(item)["report"]
    assert made(item, now=LATER, old=json.dumps(first))["report"] == first
    other = made(changed(("comment", {"comment": "Another"}, {"comment": ""})), now=LATER, old=json.dumps(first))
    assert other["report"]["as_of"] == LATER and other["report"]["id"] != first["id"]


@pytest.mark.parametrize("old", ["", "{", "[]", '{"as_of": 1}', '{"as_of": null}'])
def test_earlier_report_that_is_none(old):
    assert made(SAME, old=old)["report"]["as_of"] == NOW


def test_event_is_bounded():
    steps = [("tag", {"tags": {str(number): 1}}, {"tags": {}}) for number in range(130)]
    event = made(changed(*steps), SAME, unmanaged=[])["event"]
    assert (len(event["differences"]), event["left_out"]) == (100, 30)
    assert (event["kind"], event["to_do"], event["msg"]) == ("estate_drift", 1, "1 changed")


def test_what_is_under_creation_is_not_looked_at():
    class Vaulted(dict):
        def __getitem__(self, key):
            assert key != "creation", "it may need a vault that is not open"
            return super().__getitem__(key)

    assert made(SAME, resources=[Vaulted(WEB, creation={})])["msg"] == "no drift"


@pytest.mark.parametrize("result", [{}, {"results": []}])
def test_another_result(result):
    with pytest.raises(AnsibleFilterError, match="not a result of itcare_estate for these resources"):
        estate_drift(result, [WEB], NOW)


def test_what_somebody_changes_on_the_platform_is_named_with_both_values(monkeypatch):
    platform = test_every_description.platform_of(monkeypatch, {})
    items = test_every_description.described()["estate"]
    for _item, write in test_every_description.changes_of(platform):
        colleague.perform(platform.world, *write)
    platform.pass_time(600)
    found = estate_drift(test_every_description.together(items), items, NOW)
    alias = {"fqdn": "web1.acme.example", "type": "CNAME", "value": "PEBBILL01"}
    told = [tuple(row[key] for key in ("name", "option", "described", "on_platform")) for row in rows_of(found)]
    assert sorted(told, key=str) == sorted(
        [
            ("PEBBILL01", "comment", "First web server of billing", "another"),
            ("PEBBILL02", "tags.a", None, "b"),
            ("DEBINTRA01", "state", "started", "stopped"),
            ("QEBBILL01", "sizing", "2cpu4gb", "4cpu8gb"),
            ("portalcache", "tags.x", None, "y"),
            ("billingpg", "sizing", "4cpu16gb", "4cpu8gb"),
            ("billing_events", "monitoring_enabled", True, False),
            ("web1.acme.example", "dns_aliases", [alias], []),
            ("billing.acme.example", "members.PEBBILL01:8080", "enabled", "disabled"),
            ("intradrive", "comment", "", "moved"),
            ("portal-stats", None, None, None),
        ],
        key=str,
    )
    (refused,) = [row for row in rows_of(found) if row["what"] == "refused"]
    assert "sizing cannot go down: it is L, not S" in refused["reason"]


def rows_of(found):
    return found["report"]["differences"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate report as a value: numbers add up, unknown stays unknown, and it changes only if the estate does."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_report import (
    BY,
    changes_between,
    make,
    missing,
    with_history,
)
from ansible_collections.cegedim.cloud.plugins.plugin_utils.estate_report_texts import COLUMNS, to_csv, to_page

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)


def machine(number, **fields):
    return {
        "id": number,
        "internalResourceId": number,
        "name": f"WEB{number:02d}",
        "serviceId": 7,
        "serviceName": "shop",
        "environment": "PRODUCTION",
        "category": "INSTANCES",
        "family": "DEBIAN",
        "productName": "Debian 12",
        "status": "ACTIVE",
        "supportPhase": "STANDARD",
        "endOfSupportAt": "2030-06-30T00:00:00.000Z",
        "backupStatus": True,
        "monitoringEnabled": True,
        "replicationStatus": True,
        "patchParty": {"excluded": False, "patchGroup": "1"},
        "cpu": 2,
        "ram": 4,
        "storage": 40,
        "labelAvailabilityZone": "EB-A",
        **fields,
    }


def bare(number, **fields):
    """A row as a sparse listing has it."""
    kept = ("id", "internalResourceId", "name", "serviceId", "serviceName", "environment", "status")
    return {**{key: machine(number)[key] for key in kept}, **fields}


def product(number, *nodes, **fields):
    """A product and its nodes, as two listings show them."""
    row = machine(number, name=f"db{number}", family="POSTGRESQL", category="MANAGED_DATABASES", **fields)
    shown = {"id": number, "internal_resource_id": number, "name": row["name"], "service_id": 7}
    return row, {**shown, "nodes": [snake(node) for node in nodes]}


def snake(row):
    spelled = {
        "internalResourceId": "internal_resource_id",
        "serviceId": "service_id",
        "serviceName": "service_name",
        "labelAvailabilityZone": "label_availability_zone",
    }
    return {spelled.get(key, key): value for key, value in row.items()}


def of(report, key):
    (check,) = [one for one in report["attention"] if one["key"] == key]
    return check


def found(report, key):
    return [item["name"] for item in of(report, key)["items"]]


# Machines, each once


def test_machine_of_several_listings_is_one():
    database, nodes = product(50, machine(1), machine(2))
    read = {
        "instances": [machine(1), machine(3), machine(9)],
        "application_servers": [machine(3)],
        "databases": [database],
        "nodes": [nodes],
    }
    report = make(read, NOW)
    assert [(one["name"], one["kind"]) for one in report["machines"]] == [
        ("WEB01", "node"),
        ("WEB02", "node"),
        ("WEB03", "application server"),
        ("WEB09", "instance"),
    ]
    assert report["machines"][0]["node_of"] == 50
    assert report["products"][0]["node_count"] == 2


def test_same_number_is_not_the_same_machine():
    """A resource has two numbers, and one of them may be that of another."""
    read = {
        "instances": [machine(1, name="A", internalResourceId=2), machine(2, name="B", internalResourceId=1)],
        "application_servers": [machine(2, name="C", internalResourceId=3)],
    }
    assert [one["name"] for one in make(read, NOW)["machines"]] == ["A", "B", "C"]


def test_removed_machines_are_not_there():
    assert make({"instances": [machine(1, status="REMOVED")]}, NOW)["machines"] == []


def test_rows_of_one_machine_complete_each_other():
    tags = [{"tagKey": "tier", "tagValue": "web"}]
    read = {
        "instances": [bare(1)],
        "resources": [bare(1, tags=tags, endOfSupportAt="2028-01-31T00:00:00.000Z")],
        "details": [snake({**bare(1), "cpu": "4", "ram": "16384"})],
    }
    (shown,) = make(read, NOW)["machines"]
    assert (shown["sizing"], shown["cpu"], shown["ram"]) == ("4cpu16gb", 4, 16)
    assert shown["end_of_support"] == "2028-01-31"
    assert shown["tags"] == {"tier": "web"}


def test_others_are_what_no_other_listing_shows():
    read = {"instances": [machine(1)], "resources": [machine(1), machine(2, category="HARDWARES")]}
    assert [one["name"] for one in make(read, NOW)["others"]] == ["WEB02"]
    assert make({"instances": []}, NOW)["others"] is None


# Numbers


def test_numbers_add_up():
    rows = [machine(number, cpu=number, environment="QA" if number % 3 else None) for number in range(1, 30)]
    report = make({"instances": rows}, NOW)
    numbers = report["numbers"]
    assert numbers["machines"] == len(report["machines"]) == 29
    for field in BY:
        assert sum(one["count"] for one in numbers["machines_by"][field]) == 29
    assert {"value": None, "count": 9} in numbers["machines_by"]["environment"]
    assert numbers["cpu"] == sum(range(1, 30))
    support = report["support"]
    assert sum(one["count"] for one in support["phases"]) == sum(one["count"] for one in support["ends"]) == 29


def test_groups_of_a_service_add_up():
    policies = [
        {"excluded": False, "patchGroup": "1"},
        {"excluded": False},
        {"excluded": True, "exclusionReason": "Patched by its vendor"},
        {},
        {"excluded": False, "patchGroup": 3},
        {"excluded": False, "patchGroup": "0"},
    ]
    rows = [machine(number, patchParty=policy) for number, policy in enumerate(policies, 1)]
    (service,) = make({"instances": rows}, NOW)["services"]
    assert service["patching"] == {
        "group 1": 1,
        "group 2": 0,
        "group 3": 1,
        "no group": 2,
        "excluded": 1,
        "unknown": 1,
    }


def test_unknown_is_never_zero():
    report = make({"instances": [bare(1)]}, NOW)
    (shown,) = report["machines"]
    for field in (
        "cpu",
        "ram",
        "storage",
        "sizing",
        "backup",
        "patching",
        "end_of_support",
        "snapshot",
        "zone",
        "tags",
    ):
        assert shown[field] is None
    assert (report["numbers"]["cpu_unknown"], report["numbers"]["loadbalancers"]) == (1, None)
    for check in report["attention"]:
        if check["key"] != "stopped_in_production":
            assert (check["of"], check["unknown"], check["items"]) == (1, 1, []), check["key"]


# What needs attention


@pytest.mark.parametrize(
    "field, key",
    [
        ("backupStatus", "production_without_backup"),
        ("monitoringEnabled", "production_without_monitoring"),
        ("replicationStatus", "production_without_replication"),
    ],
)
def test_protection_of_production(field, key):
    database, nodes = product(50, machine(4, **{field: False}), **{field: False})
    rows = [machine(1, **{field: False}), machine(2, environment="QA", **{field: False}), machine(3, **{field: "true"})]
    report = make({"instances": rows, "databases": [database], "nodes": [nodes]}, NOW)
    assert found(report, key) == ["WEB01", "db50"]
    assert of(report, key)["of"] == 3


@pytest.mark.parametrize(
    "end, phase, keys",
    [
        ("2026-11-22T00:00:00.000Z", "EXTENDED", ["support_ended"]),
        ("2026-11-24T00:00:00.000Z", "EXTENDED", ["support_ends", "extended_support"]),
        ("2027-11-23T00:00:00.000Z", "STANDARD", ["support_ends"]),
        ("2027-11-24T00:00:00.000Z", "STANDARD", []),
        (None, "END_OF_SUPPORT", ["support_ended"]),
    ],
)
def test_support(end, phase, keys):
    report = make({"instances": [machine(1, endOfSupportAt=end, supportPhase=phase)]}, NOW)
    checks = ("support_ended", "support_ends", "extended_support")
    assert [key for key in checks if found(report, key)] == keys


def test_members_that_are_off():
    states = [("enabled", "up"), ("disabled", "up"), ("offline", "down"), ("enabled", "down"), (None, None)]
    pool = [
        {"resource_id": number, "name": f"WEB{number:02d}", "port": 80, "state": state, "status": health}
        for number, (state, health) in enumerate(states, 1)
    ]
    balancer = {"id": 90, "name": "www.example", "pool": pool, "urls": [{"name": "www.example"}], "service_id": 7}
    report = make({"instances": [machine(1)], "loadbalancers": [balancer]}, NOW)
    check = of(report, "members_off")
    assert [item["detail"] for item in check["items"]] == [
        "WEB02:80 is disabled, up",
        "WEB03:80 is offline, down",
        "WEB04:80 is enabled, down",
    ]
    assert (check["of"], check["unknown"]) == (5, 1)
    assert report["loadbalancers"][0]["members"][0]["machine_id"] == 1


def test_old_snapshots():
    rows = [machine(number) for number in (1, 2, 3, 4)]
    times = [(NOW - timedelta(hours=hours)).isoformat() for hours in (25, 23)]
    snapshots = [snake(bare(number, snapshot={"id": 1, "created_at": time})) for number, time in zip((1, 2), times)]
    snapshots.append(snake(bare(3, snapshot=None)))
    read = {"instances": rows, "snapshots": snapshots}
    report = make(read, NOW)
    assert found(report, "old_snapshots") == ["WEB01"]
    assert (of(report, "old_snapshots")["of"], of(report, "old_snapshots")["unknown"]) == (4, 1)
    assert found(make(read, NOW, snapshot_hours=20), "old_snapshots") == ["WEB01", "WEB02"]


# What is asked for besides


def test_nothing_is_asked_for_that_is_shown():
    read = {
        "instances": [machine(1, snapshot={"id": 1})],
        "databases": [product(5)[0]],
        "loadbalancers": [{"id": 9, "name": "shop.acme.example", "urls": []}],
    }
    asked = missing(read, 10, 10)
    assert asked == {
        "details": [],
        "products": [],
        "snapshots": [],
        "obsolescence": False,
        "urls": False,
        "services": [],
    }


def test_production_is_asked_first():
    rows = [bare(1, environment="DEV"), bare(2), bare(3)]
    products = [bare(5, environment="DEV"), bare(6), bare(7), bare(8, status="REMOVED")]
    asked = missing({"instances": rows, "databases": products}, 2, 1)
    assert asked["details"] == [["WEB02", "WEB03"]]
    assert asked["products"] == [[6, 7]]
    assert asked["snapshots"] == [["WEB02"]]
    assert (asked["obsolescence"], asked["services"]) == (True, [7])


def test_load_balancers_that_do_not_show_their_urls():
    row = {"id": 9, "name": "shop.acme.example"}
    assert missing({"loadbalancers": [row]}, 0, 0)["urls"]
    report = make({"loadbalancers": [{**row, "pool": []}]}, NOW)
    assert report["loadbalancers"][0]["urls"] is None and report["numbers"]["urls"] is None
    assert '"unknown"' in to_csv(report, "loadbalancers")


def test_products_are_asked_in_lists_that_fit_an_address():
    rows = [bare(number) for number in range(1, 251)]
    assert [len(ids) for ids in missing({"databases": rows}, 500, 0)["products"]] == [100, 100, 50]


def test_patch_policies_of_services_fill_in():
    policies = [{"id": 1, "name": "WEB01", "excluded": True, "exclusionReason": "Is replaced"}]
    report = make({"instances": [bare(1), bare(2)], "patch_policies": policies}, NOW)
    assert [one["patching"] for one in report["machines"]] == ["excluded", None]


# History


def published(*rows, now=NOW, old=None, base=None, **read):
    return with_history(make({"instances": list(rows), **read}, now), now, old, base)


def as_read(report):
    return json.loads(json.dumps(report))


def test_first_report():
    report = published(machine(1))
    assert (report["as_of"], report["since"], report["changes"]) == ("2026-11-23T08:00:00Z", None, None)


def test_report_changes_only_if_the_estate_does():
    first = as_read(published(machine(1)))
    later = NOW + timedelta(days=7)
    assert published(machine(1), now=later, old=first) == first
    second = as_read(published(machine(1, cpu=4), machine(2), now=later, old=first))
    assert (second["as_of"], second["since"]) == ("2026-11-30T08:00:00Z", first["as_of"])
    assert [(one["what"], one["name"], one["before"], one["after"]) for one in second["changes"]] == [
        ("added", "WEB02", "", ""),
        ("resized", "WEB01", "2cpu4gb", "4cpu4gb"),
    ]
    assert published(machine(1, cpu=4), machine(2), now=later + timedelta(days=7), old=second) == second


def test_order_of_the_listing_is_no_change():
    assert published(machine(1), machine(2)) == published(machine(2), machine(1))


def test_given_report_to_compare_with():
    base = as_read(published(machine(1), machine(2)))
    old = as_read(published(machine(1), now=NOW + timedelta(days=1), old=base))
    later = NOW + timedelta(days=2)
    report = as_read(published(machine(1, status="INACTIVE"), now=later, old=old, base=base))
    assert [(one["what"], one["name"]) for one in report["changes"]] == [("gone", "WEB02"), ("status", "WEB01")]
    assert report["since"] == base["as_of"]
    again = published(machine(1, status="INACTIVE"), now=later + timedelta(days=1), old=report, base=base)
    assert again == report


def test_unknown_is_no_change_nor_is_what_is_left_out():
    before = make({"instances": [machine(1)], "loadbalancers": [{"id": 9, "name": "www"}]}, NOW)
    assert changes_between(before, make({"instances": [bare(1)]}, NOW)) == []


def test_report_of_another_kind_is_not_compared_with():
    assert published(machine(1), old={"format": 99})["changes"] is None
    assert published(machine(1), old=["no report"])["changes"] is None


def test_reports_on_different_services_are_not_compared():
    old = with_history(make({"instances": [machine(1)]}, NOW), NOW)
    report = with_history(make({"instances": []}, NOW, services=[7]), NOW, old)
    assert (report["since"], report["changes"]) == (None, None)


# Texts


HOSTILE = '</script><script>alert(1)</script><!-- "\u2028 & {{ 7 * 7 }}'


def test_no_text_leaves_the_script_element():
    page = to_page(published(machine(1, name=HOSTILE, serviceName="<b>"), machine(2)), "https://console.example/{id}")
    assert not {"<", ">", "&", "\u2028"} & set(page)
    data = json.loads(page)
    table = data["machines"]
    rows = [dict(zip(table["columns"], row)) for row in table["rows"]]
    assert HOSTILE in [table["texts"][row["name"][0]] for row in rows]
    assert data["link"] == "https://console.example/{id}"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0"])
def test_no_text_is_a_formula(text):
    (row,) = csv.DictReader(io.StringIO(to_csv(published(machine(1, name=text)), "machines")))
    assert row["name"] == "'" + text


def test_csv_says_what_is_unknown():
    text = to_csv(published(bare(1, name='A "quoted", name\nof two lines é')), "machines")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["name"] == 'A "quoted", name\nof two lines é'
    assert (row["cpu"], row["backup"], row["node_of"]) == ("unknown", "unknown", "")
    assert list(row) == COLUMNS["machines"].split()


@pytest.mark.parametrize("table", COLUMNS)
def test_every_table_has_a_heading_even_without_rows(table):
    report = published(changes=None) if table != "changes" else {**published(), "changes": None}
    assert to_csv(report, table).count("\n") == 1


def test_page_of_a_large_estate_is_small():
    rows = [machine(number, comment="A machine of the shop", ipAddress=f"10.0.{number}") for number in range(5000)]
    assert len(to_page(published(*rows))) < 1_500_000

# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the estate report: what they take from results of modules, and what they refuse."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.filter.estate_csv import FilterModule as Csv
from ansible_collections.cegedim.cloud.plugins.filter.estate_missing import FilterModule as Missing
from ansible_collections.cegedim.cloud.plugins.filter.estate_page import FilterModule as Page
from ansible_collections.cegedim.cloud.plugins.filter.estate_report import FilterModule as Report

estate_report = Report().filters()["estate_report"]
estate_csv = Csv().filters()["estate_csv"]
estate_page = Page().filters()["estate_page"]
estate_missing = Missing().filters()["estate_missing"]

NOW = "2026-11-23T08:00:00Z"
ROW = {"id": 1, "name": "WEB01", "serviceId": 7, "serviceName": "shop", "environment": "PRODUCTION", "osName": "Debian"}


def listing(key, *rows):
    return {"item": {"key": key, "value": "/compute/" + key}, "rows": list(rows), "status": 200}


def test_results_of_a_loop():
    skipped = {"item": {"key": "obsolescence"}, "skipped": True}
    report = estate_report([listing("instances", ROW), listing("services", {"id": 8, "name": "empty"}), skipped], NOW)
    assert [one["name"] for one in report["machines"]] == ["WEB01"]
    assert [(one["name"], one["machines"]) for one in report["services"]] == [("empty", 0), ("shop", 1)]
    assert (report["loadbalancers"], report["parties"], report["others"]) == (None, None, None)


def test_same_estate_is_the_same_report():
    first = estate_report([listing("instances", ROW)], NOW)
    again = estate_report([listing("instances", ROW)], "2026-11-30T08:00:00Z", old=json.dumps(first))
    assert again == first


@pytest.mark.parametrize("name", ["old", "base"])
def test_report_that_is_not_json(name):
    with pytest.raises(AnsibleFilterError, match=f"{name}: the earlier report is not JSON"):
        estate_report([listing("instances", ROW)], NOW, **{name: '{"format": 1,'})


def test_unknown_table():
    with pytest.raises(AnsibleFilterError, match="there is no table hosts: there is machines"):
        estate_csv(estate_report([], NOW), "hosts")


@pytest.mark.parametrize(
    "table", ["attention", "changes", "loadbalancers", "machines", "others", "products", "services"]
)
def test_tables(table):
    report = estate_report([listing("instances", {**ROW, "backupStatus": False})], NOW)
    text = estate_csv(report, table)
    assert text.startswith('"')
    assert ("WEB01" in text) == (table in ("machines", "attention"))


@pytest.mark.parametrize("link", ["javascript:alert({id})", "https://console.example.com/", "//{id}", "https:///{id}"])
def test_link_that_leads_nowhere(link):
    with pytest.raises(AnsibleFilterError, match="is not an address"):
        estate_page(estate_report([], NOW), link)


def test_page():
    report = estate_report([listing("instances", ROW)], NOW)
    assert json.loads(estate_page(report))["link"] == ""
    assert json.loads(estate_page(report, "https://console.example.com/{id}"))["numbers"] == report["numbers"]


def test_details_and_patch_policies():
    """Rows of info modules have keys in snake_case, and those of policies are short."""
    details = [{"id": 1, "name": "WEB01", "service_id": 7, "backup_status": False, "label_availability_zone": "EB-A"}]
    policies = [{"id": 1, "name": "WEB01", "excluded": True, "exclusionReason": "Is replaced"}]
    report = estate_report([listing("instances", ROW)], NOW, details=details, patch_policies=policies)
    (shown,) = report["machines"]
    assert (shown["backup"], shown["zone"]) == (False, "EB-A")
    assert (shown["patching"], shown["patch_reason"]) == ("excluded", "Is replaced")


def test_missing():
    asked = estate_missing([listing("instances", ROW, {**ROW, "id": 2, "name": "a, b"})], details="9", snapshots=0)
    assert asked["details"] == [["WEB01"]], "a comma in a filter separates names"
    assert asked["snapshots"] == []

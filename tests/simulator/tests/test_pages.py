# SPDX-License-Identifier: GPL-3.0-or-later
"""Spring pages, and filters that really filter."""

from __future__ import annotations

import pytest


def names(answer) -> list[str]:
    return [row["name"] for row in answer.json()["content"]]


def test_wrapper_is_the_documented_one(api):
    page = api.get("/compute/instances", page=1, size=5, sort="name,desc").json()
    assert page["pageable"]["offset"] == page["size"] == page["numberOfElements"] == 5
    assert (page["number"], page["totalElements"], page["totalPages"]) == (1, 13, 3)
    assert (page["first"], page["last"], page["empty"]) == (False, False, False)
    assert page["sort"] == page["pageable"]["sort"]
    assert page["sort"][0]["property"] == "name"
    assert page["sort"][0]["direction"] == "DESC"


def test_pages_together_are_the_whole_list(api):
    whole = names(api.get("/compute/instances", size=100))
    pages = [api.get("/compute/instances", page=number, size=5) for number in range(3)]
    assert sum(map(names, pages), []) == whole
    assert [page.json()["last"] for page in pages] == [False, False, True]


def test_page_behind_the_last_is_empty(api):
    page = api.get("/compute/instances", page=9).json()
    assert (page["content"], page["empty"], page["last"]) == ([], True, True)


def test_size_defaults_to_twenty_and_is_capped(api):
    api.sim.add_instances(30)
    assert api.get("/compute/instances").json()["size"] == 20
    api.sim.configure(page_max_size=7)
    page = api.get("/compute/instances", size=100).json()
    assert (page["size"], len(page["content"])) == (7, 7)


def test_sorting(api):
    ordered = names(api.get("/compute/instances", sort="name"))
    assert ordered == sorted(ordered)
    assert names(api.get("/compute/instances", sort="name,desc")) == ordered[::-1]


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"services": 44412}, ["QEBBILL01", "QEBBILL02"]),
        ({"services": "44412,44422"}, ["QEBBILL01", "QEBBILL02", "UETPORT01", "TWIN01"]),
        ({"names": "PEBBILL01,PEBBILL02,!PEBBILL02"}, ["PEBBILL01"]),
        ({"names": "TWIN01"}, ["TWIN01", "TWIN01"]),
        ({"types": "WINDOWS"}, ["PEBBILLW01", "PETPORTW01"]),
        ({"families": "UBUNTU,ORACLE"}, ["QEBBILL01", "QEBBILL02", "DEBINTRA02"]),
        ({"environments": "QA"}, ["QEBBILL01", "QEBBILL02"]),
        ({"statuses": "INACTIVE", "environments": "PRODUCTION"}, ["PEBBILL03", "PETPORTW01"]),
        ({"tags": "application:billing,tier:web"}, ["PEBBILL01"]),
        ({"tags": "application:billing"}, ["PEBBILL01", "PEBBILL02"]),
        ({"monitoringOnCallStatus": "true"}, ["PEBBILL01"]),
        ({"includedInPatchParty": "false"}, ["PEBBILLW01"]),
        ({"az": "ET-B"}, ["PETPORTW01", "TWIN01"]),
        ({"vlan": "ET_2210_DMZ1", "types": "WINDOWS"}, ["PETPORTW01"]),
        ({"clouds": 102, "statuses": "ACTIVE"}, ["PETPORT01", "UETPORT01"]),
        ({"backupStatus": "true", "types": "WINDOWS"}, ["PEBBILLW01", "PETPORTW01"]),
    ],
)
def test_instances_are_filtered(api, query, expected):
    assert names(api.get("/compute/instances", **query)) == expected


def test_ip_filter(api):
    address = api.get("/compute/instances/500000001").json()["ipAddress"]
    assert names(api.get("/compute/instances", ip=address)) == ["PEBBILL01"]


def test_services_are_filtered(api):
    assert names(api.get("/compute/services", environments="QA")) == ["billing-qa"]
    assert names(api.get("/compute/services", tags="application:portal")) == ["portal"]


def test_networks_are_filtered(api):
    rows = api.get("/networking/networks", filters="DMZ", regions="ET").json()["content"]
    assert [row["shortDescription"] for row in rows] == ["ET_2210_DMZ1"]
    area = "/topology/regions/EB/areas/EB-EMEA"
    zone = f"{area}/availability-zones/EB-A"
    private = api.get(f"{zone}/networks", scope="private", environment="production").json()
    assert [row["id"] for row in private] == [1125, 1126]
    assert 1129 not in [row["id"] for row in api.get(f"{area}/networks", onlyNonFull="true").json()]
    assert [row["id"] for row in api.get(f"{area}/loadbalancers-networks").json()] == [1190, 1191]


def test_actions_are_filtered(api):
    stop = api.patch("PEBBILL01", "stop").json()
    api.wait(api.patch("UETPORT01", "stop"))
    assert len(api.get("/actions").json()) == 2
    assert [row["id"] for row in api.get("/actions", resourceName="PEBBILL01").json()] == [stop["id"]]
    assert [row["id"] for row in api.get("/actions", resourceId=stop["internalId"]).json()] == [stop["id"]]
    assert [row["id"] for row in api.get("/actions", serviceId=44411).json()] == [stop["id"]]
    assert [row["id"] for row in api.get("/actions", requestId=stop["id"]).json()] == [stop["id"]]
    assert api.get("/actions", statuses="ERROR,IN_PROGRESS").json() == []
    assert len(api.get(f"/compute/resources/{stop['internalId']}/history", actions="stop_linux").json()) == 1
    assert len(api.get("/compute/services/44422/history").json()) == 1

# SPDX-License-Identifier: GPL-3.0-or-later
"""The regions against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client

REGIONS = "/topology/regions"
ZONES = {
    "EB": {"EB-EMEA": ["EB-A", "EB-B", "EB-C"], "EB-HDS": ["EB-HDS-A", "EB-HDS-B", "EB-HDS-C"]},
    "ET": {"ET-EMEA": ["ET-A", "ET-B"], "ET-HDS": ["ET-HDS-A", "ET-HDS-B"]},
}


@pytest.fixture
def info(lookup):
    return lookup("itcare_region_info")


def tree(result):
    return {
        region["id"]: {area["id"]: [zone["id"] for zone in area["availability_zones"]] for area in region["areas"]}
        for region in result["regions"]
    }


def areas(result):
    return {area["id"]: area for region in result["regions"] for area in region["areas"]}


def test_regions_areas_and_zones(info):
    result, asked = info()
    assert tree(result) == ZONES
    assert asked == [(REGIONS, {})]
    assert set(result) - {"invocation"} == {"regions", "changed"}


def test_fields_are_in_snake_case(info):
    result, _asked = info()
    assert result["regions"][0]["data_center"] == "EB4"
    assert areas(result)["EB-HDS"]["default_area"] is False
    assert areas(result)["EB-EMEA"]["availability_zones"][2]["datacenter_id"] == "EB5"


def test_check_mode_reads_the_same(info):
    assert info(check=True, region="EB") == info(region="EB")


@pytest.mark.parametrize(
    "options, found",
    [
        (dict(region="ET"), {"ET": ZONES["ET"]}),
        (dict(region="et"), {"ET": ZONES["ET"]}),
        (dict(area="EB-HDS"), {"EB": {"EB-HDS": ZONES["EB"]["EB-HDS"]}}),
        (dict(region="EB", area="eb-emea"), {"EB": {"EB-EMEA": ZONES["EB"]["EB-EMEA"]}}),
        (dict(availability_zone="EB-B"), {"EB": {"EB-EMEA": ["EB-B"]}}),
        (dict(region="ET", area="ET-HDS", az="et-hds-a"), {"ET": {"ET-HDS": ["ET-HDS-A"]}}),
    ],
)
def test_narrowed(info, options, found):
    result, asked = info(**options)
    assert tree(result) == found
    one = (REGIONS + "/%s" % options.get("region"), {"withAreas": "true"})
    everything = (REGIONS, {})
    assert asked == {"ET": [one], "EB": [one], "et": [everything, one]}.get(options.get("region"), [everything])


@pytest.mark.parametrize(
    "options, message",
    [
        (
            dict(region="EB4"),
            "region: there is no EB4 (or this account does not see it): do you mean EB? There is EB, ET",
        ),
        (
            dict(region="ET", area="EB-EMEA"),
            "area: there is no EB-EMEA (or this account does not see it): do you mean ET-EMEA? "
            "There is ET-EMEA, ET-HDS",
        ),
        (
            dict(area="ET-HDS", az="ET-A"),
            "availability_zone: there is no ET-A (or this account does not see it); there is ET-HDS-A, ET-HDS-B",
        ),
        (
            dict(region="EB", platform="deb7"),
            "region: there is no EB (or this account does not see it); there is none",
        ),
    ],
)
def test_place_that_does_not_exist_is_an_error_that_names_those_that_do(info, options, message):
    said, asked = info(**options)
    assert said == message
    assert {path for path, _query in asked} <= {REGIONS, REGIONS + "/EB4", REGIONS + "/ET"}


def test_platform_is_asked_for_in_regions_and_areas(info):
    result, asked = info(platform="deb12", area="EB-HDS")
    assert tree(result) == {"EB": {"EB-HDS": ZONES["EB"]["EB-HDS"]}}
    query = {"platformId": "deb12", "withAvailabilityZones": "true"}
    assert asked == [
        (REGIONS, {"platformId": "deb12"}),
        (REGIONS + "/EB/areas", query),
        (REGIONS + "/ET/areas", query),
    ]


def test_areas_that_the_listing_leaves_out_are_asked_for(sim, info):
    for region in sim.state.regions.values():
        region["areas"] = []
    result, asked = info()
    assert tree(result) == {"EB": {}, "ET": {}}
    query = {"withAvailabilityZones": "true"}
    assert asked == [(REGIONS, {}), (REGIONS + "/EB/areas", query), (REGIONS + "/ET/areas", query)]


def test_zones_that_the_listing_leaves_out_are_asked_for(sim, info):
    for area in sim.state.regions["EB"]["areas"]:
        del area["availabilityZones"]
    result, asked = info(region="EB")
    assert tree(result) == {"EB": {"EB-EMEA": [], "EB-HDS": []}}
    assert asked == [
        (REGIONS + "/EB", {"withAreas": "true"}),
        (REGIONS + "/EB/areas", {"withAvailabilityZones": "true"}),
    ]


def test_areas_and_zones_where_the_listing_has_neither(info, monkeypatch):
    whole = Client.get

    def bare(self, path, query=None):
        rows = whole(self, path, query)
        return [{"id": row["id"]} for row in rows] if path == REGIONS else rows

    monkeypatch.setattr(Client, "get", bare)
    assert tree(info()[0]) == ZONES


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(region=""), "region: '' is empty or has a comma, and a comma separates values"),
        (dict(area="EB-EMEA,EB-HDS"), "area: 'EB-EMEA,EB-HDS' is empty or has a comma, and a comma separates values"),
        (dict(az=" "), "availability_zone: ' ' is empty or has a comma, and a comma separates values"),
        (dict(platform=""), "platform: '' is empty or has a comma, and a comma separates values"),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []


def test_page_of_another_region_does_not_count(sim, info):
    sim.fault("mutate", operation="get_region", set={"path": "id", "value": "ET"}, times=-1)
    result, asked = info(region="EB")
    assert tree(result) == {"EB": ZONES["EB"]}
    assert (REGIONS, {}) in asked

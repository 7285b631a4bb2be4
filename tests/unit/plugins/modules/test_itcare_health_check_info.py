# SPDX-License-Identifier: GPL-3.0-or-later
"""The health checks against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

REGIONS = "/topology/regions"
PATHS = [REGIONS + "/EB/areas/%s/healthchecks" % area for area in ("EB-EMEA", "EB-HDS")]
EMEA = {"region": "EB", "area": "EB-EMEA"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_health_check_info")


@pytest.mark.parametrize("filters, query", [({}, {}), (dict(clouds=[101, 102]), {"clouds": "101,102"})])
def test_health_checks_in_all_areas_of_a_region(info, filters, query):
    _result, asked = info(region="EB", **filters)
    assert asked == [(REGIONS, {}), *((path, query) for path in PATHS)]


def test_health_checks_in_an_area(info):
    result, asked = info(area="eb-emea")
    assert asked == [(REGIONS, {}), (PATHS[0], {})]
    assert [(row["name"], row["listed_in"]) for row in result["health_checks"]] == [("tcp", EMEA), ("http-root", EMEA)]


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(region=" "), "region: ' ' is empty or has a comma, and a comma separates values"),
        (dict(clouds=[]), "clouds: an empty list would select everything; leave the option out for that"),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []


def test_every_region_and_area_is_read_where_none_is_named(info):
    result, asked = info()
    assert len(asked) == 5
    assert {row["listed_in"]["area"] for row in result["health_checks"]} == {"EB-EMEA", "EB-HDS", "ET-EMEA", "ET-HDS"}


def test_check_mode_reads_the_same(info):
    assert info(check=True, region="EB") == info(region="EB")


@pytest.mark.parametrize(
    "place, message",
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
    ],
)
def test_place_that_does_not_exist_is_an_error_that_names_those_that_do(info, place, message):
    said, asked = info(**place)
    assert said == message
    assert [path for path, _query in asked] == [REGIONS]


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize("path", [REGIONS, PATHS[0]])
def test_refusal_of_the_platform_is_told(sim, info, path, status):
    sim.fault("status", status=status, path=path + "$")
    assert "%s: %d" % (path, status) in info()[0]

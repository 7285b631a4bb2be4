# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSL profiles against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

REGIONS = "/topology/regions"
PATHS = [REGIONS + "/EB/areas/%s/ssl-profiles" % area for area in ("EB-EMEA", "EB-HDS")]
EMEA = {"region": "EB", "area": "EB-EMEA"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_ssl_profile_info")


@pytest.mark.parametrize("filters, query", [({}, {}), (dict(certificate="star"), {"certificate": "star"})])
def test_ssl_profiles_in_all_areas_of_a_region(info, filters, query):
    _result, asked = info(region="EB", **filters)
    assert asked == [(REGIONS, {}), *((path, query) for path in PATHS)]


def test_ssl_profiles_of_a_certificate_in_an_area(info):
    result, asked = info(certificate="star-acme-test", area="eb-emea")
    assert asked == [(REGIONS, {}), (PATHS[0], {"certificate": "star-acme-test"})]
    assert [(row["certificat"], row["sni_default"], row["listed_in"]) for row in result["ssl_profiles"]] == [
        ("star-acme-test", True, EMEA)
    ]


def test_no_ssl_profile_is_an_empty_list(info):
    assert info(certificate="nowhere")[0]["ssl_profiles"] == []


@pytest.mark.parametrize("option", ["certificate", "area"])
def test_refused_before_anything_is_sent(sim, info, option):
    said, asked = info(**{option: "a,b"})
    assert said == "%s: 'a,b' is empty or has a comma, and a comma separates values" % option
    assert asked == [] and sim.token_requests() == []


def test_every_region_and_area_is_read_where_none_is_named(info):
    result, asked = info()
    assert len(asked) == 5
    assert {row["listed_in"]["area"] for row in result["ssl_profiles"]} == {"EB-EMEA", "EB-HDS", "ET-EMEA", "ET-HDS"}


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

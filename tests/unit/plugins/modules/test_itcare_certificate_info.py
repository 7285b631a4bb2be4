# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

REGIONS = "/topology/regions"
PATHS = [REGIONS + "/EB/areas/%s/certificates" % area for area in ("EB-EMEA", "EB-HDS")]
EMEA = {"region": "EB", "area": "EB-EMEA"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_certificate_info")


def test_certificates_in_all_areas_of_a_region(info):
    _result, asked = info(domain="acme.example", region="EB")
    assert asked == [(REGIONS, {}), *((path, {"domain": "acme.example"}) for path in PATHS)]


def test_certificates_in_an_area(info):
    result, asked = info(domain="acme.test", area="eb-emea")
    assert asked == [(REGIONS, {}), (PATHS[0], {"domain": "acme.test"})]
    assert [(row["id"], row["common_name"], row["listed_in"]) for row in result["certificates"]] == [
        (62, "*.acme.test", EMEA)
    ]


def test_no_certificate_is_an_empty_list(info):
    assert info(domain="nowhere.example")[0]["certificates"] == []


@pytest.mark.parametrize(
    "options, message",
    [
        ({}, "missing required arguments: domain"),
        (dict(domain=""), "domain: '' is empty or has a comma, and a comma separates values"),
        (dict(domain="x", region=""), "region: '' is empty or has a comma, and a comma separates values"),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []


def test_every_region_and_area_is_read_where_none_is_named(info):
    result, asked = info(domain="acme.example")
    assert len(asked) == 5
    assert {row["listed_in"]["area"] for row in result["certificates"]} == {"EB-EMEA", "EB-HDS", "ET-EMEA", "ET-HDS"}


def test_check_mode_reads_the_same(info):
    assert info(check=True, domain="acme.example", region="EB") == info(domain="acme.example", region="EB")


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
    said, asked = info(domain="acme.example", **place)
    assert said == message
    assert [path for path, _query in asked] == [REGIONS]


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize("path", [REGIONS, PATHS[0]])
def test_refusal_of_the_platform_is_told(sim, info, path, status):
    sim.fault("status", status=status, path=path + "$")
    assert "%s: %d" % (path, status) in info(domain="acme.example")[0]

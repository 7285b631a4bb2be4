# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS domains against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

DOMAINS = "/networking/domains"


@pytest.fixture
def info(lookup):
    return lookup("itcare_domain_info")


@pytest.mark.parametrize(
    "filters, query, found",
    [
        ({}, {}, [31, 32, 33]),
        (dict(name="acme.example"), {"name": "acme.example"}, [31]),
        (dict(domain="acme.example"), {"name": "acme.example"}, [31]),
        (dict(with_sni=True), {"withSNI": "true"}, [32]),
        (dict(with_sni=False, clouds=[101]), {"withSNI": "false", "clouds": "101"}, [31, 33]),
        (dict(name="nowhere"), {"name": "nowhere"}, []),
    ],
)
def test_domains(info, filters, query, found):
    result, asked = info(**filters)
    assert asked == [(DOMAINS, query)]
    assert [row["id"] for row in result["domains"]] == found


def test_check_mode_reads_the_same(info):
    assert info(check=True) == info()


def test_fields_are_in_snake_case(info):
    assert info(name="acme.example")[0]["domains"][0]["is_managed_by_cegedim"] is True


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(domain=""), "name: '' is empty or has a comma, and a comma separates values"),
        (dict(clouds=[]), "clouds: an empty list would select everything; leave the option out for that"),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []


@pytest.mark.parametrize("status", [400, 403, 404])
def test_refusal_of_the_platform_is_told(sim, info, status):
    sim.fault("status", status=status, path=DOMAINS + "$")
    assert "%s: %d" % (DOMAINS, status) in info()[0]


def test_one_domain_by_its_id(info):
    result, asked = info(id=31)
    assert [row["name"] for row in result["domains"]] == ["acme.example"]
    assert asked == [(DOMAINS + "/31", {})]


def test_domain_that_does_not_exist(info):
    assert info(id=1)[0]["domains"] == []


def test_id_goes_without_filters(info):
    assert "mutually exclusive" in info(id=31, name="acme.example")[0]

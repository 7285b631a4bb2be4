# SPDX-License-Identifier: GPL-3.0-or-later
"""The authentication domains against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

REGIONS, NETWORKS = "/topology/regions", "/networking/networks"
PAGE = {"page": "0", "size": "200"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_authentication_domain_info")


def path(region, area, zone, network):
    return "%s/%s/areas/%s/availability-zones/%s/networks/%s/authentication-domains" % (
        REGIONS,
        region,
        area,
        zone,
        network,
    )


@pytest.mark.parametrize("network", ["1125", "EB_1125_DMZ8", "vlan-1125"])
def test_domains_within_a_network_in_a_zone(info, network):
    result, asked = info(network=network, availability_zone="eb-b")
    assert asked == [(NETWORKS, PAGE), (REGIONS, {}), (path("EB", "EB-EMEA", "EB-B", 1125), {})]
    place = {"region": "EB", "area": "EB-EMEA", "availability_zone": "EB-B"}
    assert [(row["id"], row["is_default"], row["listed_in"]) for row in result["authentication_domains"]] == [
        ("CGDM-EMEA", True, place),
        ("CGDM-HDS", False, place),
    ]


def test_domains_in_the_zones_of_the_network(info):
    result, asked = info(network="ET_2215_HDS1")
    assert asked[2:] == [(path("ET", "ET-HDS", zone, 2215), {}) for zone in ("ET-HDS-A", "ET-HDS-B")]
    shown = {row["listed_in"]["availability_zone"] for row in result["authentication_domains"]}
    assert shown == {"ET-HDS-A", "ET-HDS-B"}


def test_check_mode_reads_the_same(info):
    assert info(check=True, network="ET_2215_HDS1") == info(network="ET_2215_HDS1")


def test_platform_narrows_the_domains(info):
    result, asked = info(az="EB-A", network_id="1125", platform="deb12")
    assert (path("EB", "EB-EMEA", "EB-A", 1125), {"platform": "deb12"}) in asked
    assert len(result["authentication_domains"]) == 2
    assert info(az="EB-A", network="1125", platform="deb7")[0]["authentication_domains"] == []


def test_network_outside_of_what_is_listed(sim, info):
    del sim.state.regions["EB"]
    message, asked = info(network="EB_1125_DMZ8")
    assert message == (
        "network: EB_1125_DMZ8 is in area EB-EMEA of region EB, which is not among what is listed; name the "
        "availability_zone"
    )
    assert [one for one, _query in asked] == [NETWORKS, REGIONS]


def test_network_that_the_named_zone_cannot_reach_is_the_answer_of_the_platform(info):
    message, asked = info(availability_zone="ET-A", network="EB_1125_DMZ8")
    there = path("ET", "ET-EMEA", "ET-A", 1125)
    assert "%s: 404" % there in message
    assert (there, {}) in asked


def test_zone_that_does_not_exist_is_an_error_that_names_those_that_do(info):
    message, _asked = info(network="1125", availability_zone="EB-Z")
    assert message.startswith("availability_zone: there is no EB-Z (or this account does not see it); there is EB-A, ")


def test_network_that_does_not_exist(info):
    message, asked = info(network="EB_9999")
    assert "no network called EB_9999" in message
    assert [one for one, _query in asked] == [NETWORKS, REGIONS]


def test_networks_of_one_name_are_an_error_that_names_both(sim, info):
    sim.state.networks[2210]["shortDescription"] = "EB_1125_DMZ8"
    message, _asked = info(network="EB_1125_DMZ8")
    assert "2 networks are called EB_1125_DMZ8" in message and "1125" in message and "2210" in message


@pytest.mark.parametrize(
    "options, message",
    [
        ({}, "missing required arguments: network"),
        (dict(network_id=" "), "network: ' ' is empty or has a comma, and a comma separates values"),
        (dict(network="1", az=""), "availability_zone: '' is empty or has a comma, and a comma separates values"),
        (dict(network="1", platform=""), "platform: '' is empty or has a comma, and a comma separates values"),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []

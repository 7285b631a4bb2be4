# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

REGIONS = "/topology/regions"
EMEA, HDS = REGIONS + "/EB/areas/EB-EMEA", REGIONS + "/EB/areas/EB-HDS"
NETWORKS = "/networking/networks"
PAGE = {"page": "0", "size": "200"}

FILTERS = dict(network_scope="frontend", environment="production", only_non_full=True, clouds=[101])
SENT = {"scope": "frontend", "environment": "production", "onlyNonFull": "true", "clouds": "101"}


@pytest.fixture
def info(lookup):
    return lookup("itcare_network_info")


def ids(result):
    return [row["id"] for row in result["networks"]]


@pytest.mark.parametrize(
    "filters, query, found",
    [
        ({}, {}, 12),
        (dict(listing="all"), {}, 12),
        (dict(names=["DMZ", "!DMZ9"]), {"filters": "DMZ,!DMZ9"}, 2),
        (dict(filters=["DMZ", "!DMZ9"]), {"filters": "DMZ,!DMZ9"}, 2),
        (dict(public_ip=True), {"publicIp": "true"}, 2),
        (dict(public_ip=False), {"publicIp": "false"}, 10),
        (dict(network_scope="backend"), {"scopes": "backend"}, 2),
        (
            dict(environment="production", network_scope="backend"),
            {"environments": "production", "scopes": "backend"},
            1,
        ),
        (dict(clouds=[101]), {"clouds": "101"}, 12),
        (dict(sort="ip_free_number,desc"), {"sort": "ipFreeNumber,desc"}, 12),
    ],
)
def test_all_networks(info, filters, query, found):
    result, asked = info(**filters)
    assert asked == [(NETWORKS, {**query, **PAGE})]
    assert len(result["networks"]) == found
    assert not any("listed_in" in row for row in result["networks"])


def test_all_networks_of_a_region(info):
    result, asked = info(region="et")
    assert asked == [(NETWORKS, {"regions": "ET", **PAGE}), (REGIONS, {})]
    assert len(result["networks"]) == 4


MACHINES = "/compute/services/44411/instances"
ALL_MACHINES = dict.fromkeys(("withManagedNodes", "withApplicationServers", "withOracleDbs", "withMongoNodeJs"), "true")


def test_networks_of_a_service(info):
    result, asked = info(service="44411")
    assert asked == [(MACHINES, ALL_MACHINES), (NETWORKS, PAGE)]
    assert ids(result) == [1125, 1126]
    assert ids(info(service="billing", names=["BACK"])[0]) == [1126]


def test_networks_of_a_service_include_those_of_the_nodes_of_its_products(sim, info):
    for row in sim.state.live(nodes=True):
        if row["name"] == "PEBPGBIL01":
            row["network"] = {**row["network"], "id": 1130}
    assert ids(info(service="billing")[0]) == [1125, 1126, 1130]


def test_machine_that_is_listed_without_its_network_is_asked_for_it(sim, info):
    sim.configure(rows="sparse")
    result, asked = info(service="billing")
    assert ids(result) == [1125, 1126]
    assert [path for path, _query in asked if path.startswith("/compute/resources/") and path.endswith("/networks")]


def test_network_of_a_machine_may_be_shown_by_name_only(sim, info):
    for row in sim.state.live(nodes=True):
        if row.get("network"):
            row["network"] = {"technicalId": row["network"]["technicalId"]}
    assert ids(info(service="billing")[0]) == [1125, 1126]


def test_removed_machine_is_in_no_network(sim, info):
    for row in sim.state.live(nodes=True):
        if (row.get("network") or {}).get("id") == 1126:
            row["status"] = "REMOVED"
    assert ids(info(service="billing")[0]) == [1125]


def test_networks_of_a_service_that_does_not_exist(info):
    assert info(service="biling")[0].startswith("there is no service called biling")


def test_networks_of_a_service_are_among_all_networks_only(info):
    sentence = "service: has no effect with listing=area, only with listing=all"
    assert info(service="billing", area="EB-EMEA")[0] == sentence


def test_networks_are_sorted_by_the_platform(info):
    result, _asked = info(region="ET", sort="short_description,desc")
    assert [row["short_description"] for row in result["networks"]] == [
        "ET_2290_VIP1",
        "ET_2215_HDS1",
        "ET_2211_BACK1",
        "ET_2210_DMZ1",
    ]


def test_check_mode_reads_the_same(info):
    assert info(check=True, area="EB-EMEA") == info(area="EB-EMEA")


def test_partial_listing_is_an_error(sim, info):
    sim.fault("short_page", operation="list_networks", times=-1)
    assert "could not be read completely" in info()[0]


@pytest.mark.parametrize(
    "listing, path, filters, query",
    [
        ("area", "/networks", {}, {}),
        (
            "area",
            "/networks",
            dict(network_scope="backend", only_non_full=False, only_load_balancer=True, clouds=[101, 102]),
            {"scope": "backend", "onlyNonFull": "false", "onlyLoadBalancer": "true", "clouds": "101,102"},
        ),
        ("load_balancers", "/loadbalancers-networks", {}, {}),
        ("load_balancers", "/loadbalancers-networks", FILTERS, SENT),
    ],
)
def test_networks_of_all_areas_of_a_region(info, listing, path, filters, query):
    _result, asked = info(listing=listing, region="EB", **filters)
    assert asked == [(REGIONS, {}), (EMEA + path, query), (HDS + path, query)]


def test_each_network_of_an_area_says_where_it_is_listed(info):
    result, _asked = info(listing="load_balancers", region="EB")
    assert [(row["id"], row["listed_in"]) for row in result["networks"]] == [
        (1190, {"region": "EB", "area": "EB-EMEA"}),
        (1191, {"region": "EB", "area": "EB-EMEA"}),
    ]


@pytest.mark.parametrize("listing, found", [("area", [1128]), ("load_balancers", [1191])])
def test_networks_of_an_area(info, listing, found):
    result, _asked = info(listing=listing, region="EB", area="EB-EMEA", network_scope="internet")
    assert ids(result) == found


def test_area_is_what_is_listed_where_it_is_named(info):
    result, asked = info(area="eb-emea", network_scope="internet")
    assert asked == [(REGIONS, {}), (EMEA + "/networks", {"scope": "internet"})]
    assert ids(result) == [1128]


def test_nothing_that_fits_is_an_empty_list(info):
    assert info(area="EB-EMEA", network_scope="nowhere")[0]["networks"] == []


@pytest.mark.parametrize(
    "filters, query, found",
    [
        ({}, {}, [1125, 1126, 1127, 1128, 1129]),
        (
            dict(network_scope="interco", environment="production", only_non_full=True, clouds=[101]),
            {"scope": "interco", "environment": "production", "onlyNonFull": "true", "clouds": "101"},
            [],
        ),
        (dict(only_load_balancer=True), {"onlyLoadBalancer": "true"}, [1190, 1191]),
    ],
)
def test_networks_of_a_zone(info, filters, query, found):
    result, asked = info(availability_zone="EB-A", **filters)
    assert asked == [(REGIONS, {}), (EMEA + "/availability-zones/EB-A/networks", query)]
    assert ids(result) == found


def test_networks_of_all_zones_of_an_area(info):
    result, asked = info(listing="availability_zone", area="EB-EMEA")
    assert asked[1:] == [(EMEA + "/availability-zones/%s/networks" % zone, {}) for zone in ("EB-A", "EB-B", "EB-C")]
    zones = [row["listed_in"] for row in result["networks"]]
    assert len(zones) == 15
    assert zones[::5] == [
        {"region": "EB", "area": "EB-EMEA", "availability_zone": zone} for zone in ("EB-A", "EB-B", "EB-C")
    ]


@pytest.mark.parametrize("network", ["1125", "EB_1125_DMZ8", "vlan-1125"])
def test_networks_for_load_balancers_of_a_network(info, network):
    result, asked = info(network=network, **FILTERS)
    assert asked == [(NETWORKS, PAGE), (NETWORKS + "/1125/loadbalancers-networks", SENT)]
    assert ids(result) == [1190]


def test_network_that_does_not_exist(info):
    message, asked = info(network="EB_9999")
    assert "no network called EB_9999" in message
    assert [path for path, _query in asked] == [NETWORKS]


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
            dict(area="ET-HDS", availability_zone="ET-A"),
            "availability_zone: there is no ET-A (or this account does not see it); there is ET-HDS-A, ET-HDS-B",
        ),
    ],
)
def test_place_that_does_not_exist_is_an_error_that_names_those_that_do(info, options, message):
    said, asked = info(**options)
    assert said == message
    assert [path for path, _query in asked] == [REGIONS]


def comma(option, value):
    return "%s: %r is empty or has a comma, and a comma separates values" % (option, value)


@pytest.mark.parametrize(
    "options, message",
    [
        (
            dict(listing="load_balancers_of_network"),
            "network: required with listing=load_balancers_of_network",
        ),
        (
            dict(area="EB-EMEA", environment="production"),
            "environment: has no effect with listing=area, only with listing=all or listing=availability_zone or "
            "listing=load_balancers or listing=load_balancers_of_network",
        ),
        (
            dict(listing="load_balancers", only_load_balancer=False),
            "only_load_balancer: has no effect with listing=load_balancers, only with listing=area or "
            "listing=availability_zone",
        ),
        (
            dict(listing="all", area="EB-EMEA"),
            "area: has no effect with listing=all, only with listing=area or listing=availability_zone or "
            "listing=load_balancers",
        ),
        (
            dict(listing="area", az="EB-A"),
            "availability_zone: has no effect with listing=area, only with listing=availability_zone",
        ),
        (
            dict(network_id="1125", region="EB"),
            "region: has no effect with listing=load_balancers_of_network, only with listing=all or listing=area or "
            "listing=availability_zone or listing=load_balancers",
        ),
        (
            dict(listing="load_balancers", network="1125"),
            "network: has no effect with listing=load_balancers, only with listing=load_balancers_of_network",
        ),
        (
            dict(only_non_full=True),
            "only_non_full: has no effect with listing=all, only with listing=area or listing=availability_zone or "
            "listing=load_balancers or listing=load_balancers_of_network",
        ),
        (dict(area="EB-EMEA", sort="name"), "sort: has no effect with listing=area, only with listing=all"),
        (dict(az="EB-A", names="x"), "names: has no effect with listing=availability_zone, only with listing=all"),
        (dict(area="EB-EMEA", public_ip=True), "public_ip: has no effect with listing=area, only with listing=all"),
        (dict(sort="name,up"), "sort: 'name,up' is not of the form property, property,asc or property,desc"),
        (dict(region=""), comma("region", "")),
        (dict(area="EB-EMEA,EB-HDS"), comma("area", "EB-EMEA,EB-HDS")),
        (dict(network=" "), comma("network", " ")),
        (dict(filters=[]), "names: an empty list would select everything; leave the option out for that"),
        (
            dict(area="EB-EMEA", clouds=[]),
            "clouds: an empty list would select everything; leave the option out for that",
        ),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []


def test_unknown_listing_is_refused(sim, info):
    said, asked = info(listing="zones")
    assert "listing" in said and "zones" in said and "load_balancers" in said
    assert asked == [] and sim.token_requests() == []


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize(
    "path, options",
    [
        (NETWORKS, {}),
        (REGIONS, dict(area="EB-EMEA")),
        (EMEA + "/networks", dict(area="EB-EMEA")),
        (NETWORKS + "/1125/loadbalancers-networks", dict(network="1125")),
    ],
)
def test_refusal_of_the_platform_is_told(sim, info, path, options, status):
    sim.fault("status", status=status, path=path + "$")
    assert "%s: %d" % (path, status) in info(**options)[0]


def test_zones_are_read_in_parallel(sim, info):
    sim.configure(latency=0.2)
    info(listing="availability_zone")
    entries = sim.requests()[1:]
    assert len(entries) == 10
    # One after the other they would begin 1.8 s apart.
    assert entries[-1]["time"] - entries[0]["time"] < 1.1

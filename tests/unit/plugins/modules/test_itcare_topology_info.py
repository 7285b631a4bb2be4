# SPDX-License-Identifier: GPL-3.0-or-later
"""The topology against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client

REGIONS = "/topology/regions"
EMEA, HDS = REGIONS + "/EB/areas/EB-EMEA", REGIONS + "/EB/areas/EB-HDS"
PAGE = {"page": "0", "size": "200"}
ZONES = {
    "EB": {"EB-EMEA": ["EB-A", "EB-B", "EB-C"], "EB-HDS": ["EB-HDS-A", "EB-HDS-B", "EB-HDS-C"]},
    "ET": {"ET-EMEA": ["ET-A", "ET-B"], "ET-HDS": ["ET-HDS-A", "ET-HDS-B"]},
}
IN_EMEA = dict(region="EB", area="EB-EMEA")


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the result, or the message of a failure; and what was asked: ``[(path, query)]``."""

    def run_info(check=False, **options):
        sim.clear_journal()
        result = run("itcare_topology_info", check=check, **options)
        assert sim.writes() == []
        asked = sorted(((entry["path"], entry["query"]) for entry in sim.requests()), key=str)
        if result.get("failed"):
            return result["msg"], asked
        assert result["changed"] is False
        return result, asked

    return run_info


def tree(result):
    return {
        region["id"]: {area["id"]: [zone["id"] for zone in area["availability_zones"]] for area in region["areas"]}
        for region in result["regions"]
    }


def areas(result):
    return {area["id"]: area for region in result["regions"] for area in region["areas"]}


def zones(result):
    return {zone["id"]: zone for area in areas(result).values() for zone in area["availability_zones"]}


def networks(rows):
    return [row["id"] for row in rows]


def test_regions_areas_and_zones(info):
    result, asked = info()
    assert tree(result) == ZONES
    assert asked == [(REGIONS, {})]
    assert set(result) - {"invocation"} == {"regions", "changed"}


def test_fields_are_in_snake_case(info):
    result, _asked = info()
    assert result["regions"][0]["data_center"] == "EB4"
    assert areas(result)["EB-HDS"]["default_area"] is False
    assert zones(result)["EB-C"]["datacenter_id"] == "EB5"


def test_check_mode_reads_the_same(info):
    assert info(check=True, gather=["healthchecks"]) == info(gather=["healthchecks"])


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
    assert asked == [(REGIONS, {})]


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(region="EB4"), "region: there is no EB4 (or this account does not see it); there is EB, ET"),
        (
            dict(region="ET", area="EB-EMEA"),
            "area: there is no EB-EMEA (or this account does not see it); there is ET-EMEA, ET-HDS",
        ),
        (
            dict(area="ET-HDS", availability_zone="ET-A"),
            "availability_zone: there is no ET-A (or this account does not see it); there is ET-HDS-A, ET-HDS-B",
        ),
        (
            dict(region="EB", platform="deb7"),
            "region: there is no EB (or this account does not see it); there is none",
        ),
    ],
)
def test_place_that_does_not_exist_is_an_error_that_names_those_that_do(info, options, message):
    said, asked = info(gather=["healthchecks"], **options)
    assert said == message
    assert [path for path, _query in asked] == [REGIONS]


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
    assert asked == [(REGIONS, {}), (REGIONS + "/EB/areas", {"withAvailabilityZones": "true"})]


def test_areas_and_zones_where_the_listing_has_neither(info, monkeypatch):
    whole = Client.get

    def bare(self, path, query=None):
        rows = whole(self, path, query)
        return [{"id": row["id"]} for row in rows] if path == REGIONS else rows

    monkeypatch.setattr(Client, "get", bare)
    assert tree(info()[0]) == ZONES


NETWORK_FILTERS = dict(network_scope="frontend", environment="production", only_non_full=True, clouds=[101])
SENT = {"scope": "frontend", "environment": "production", "onlyNonFull": "true", "clouds": "101"}


@pytest.mark.parametrize(
    "choice, path, filters, query",
    [
        ("area_networks", "/networks", {}, {}),
        (
            "area_networks",
            "/networks",
            dict(network_scope="backend", only_non_full=False, only_load_balancer=True, clouds=[101, 102]),
            {"scope": "backend", "onlyNonFull": "false", "onlyLoadBalancer": "true", "clouds": "101,102"},
        ),
        ("loadbalancers_networks", "/loadbalancers-networks", {}, {}),
        ("loadbalancers_networks", "/loadbalancers-networks", NETWORK_FILTERS, SENT),
        ("healthchecks", "/healthchecks", {}, {}),
        ("healthchecks", "/healthchecks", dict(clouds=[102]), {"clouds": "102"}),
        ("certificates", "/certificates", dict(domain="acme.example"), {"domain": "acme.example"}),
        ("ssl_profiles", "/ssl-profiles", {}, {}),
        ("ssl_profiles", "/ssl-profiles", dict(certificate="star-acme-test"), {"certificate": "star-acme-test"}),
    ],
)
def test_gather_in_areas(info, choice, path, filters, query):
    result, asked = info(region="EB", gather=[choice], **filters)
    assert asked == [(REGIONS, {}), (EMEA + path, query), (HDS + path, query)]
    assert all(choice in area for area in areas(result).values())


def test_what_is_gathered_in_areas(info):
    result, _asked = info(
        **IN_EMEA,
        domain="acme.test",
        certificate="star-acme-test",
        network_scope="internet",
        gather=["area_networks", "loadbalancers_networks", "healthchecks", "certificates", "ssl_profiles"],
    )
    area = areas(result)["EB-EMEA"]
    assert networks(area["area_networks"]) == [1128] and networks(area["loadbalancers_networks"]) == [1191]
    assert [row["name"] for row in area["healthchecks"]] == ["tcp", "http-root"]
    assert [(row["id"], row["common_name"]) for row in area["certificates"]] == [(62, "*.acme.test")]
    assert [(row["certificat"], row["sni_default"]) for row in area["ssl_profiles"]] == [("star-acme-test", True)]


def test_nothing_in_an_area_is_an_empty_list(info):
    result, _asked = info(**IN_EMEA, network_scope="nowhere", gather=["area_networks"])
    assert areas(result)["EB-EMEA"]["area_networks"] == []


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
def test_gather_networks_in_a_zone(info, filters, query, found):
    result, asked = info(availability_zone="EB-A", gather=["availability_zone_networks"], **filters)
    assert asked == [(REGIONS, {}), (EMEA + "/availability-zones/EB-A/networks", query)]
    assert networks(zones(result)["EB-A"]["availability_zone_networks"]) == found


def test_gather_networks_in_all_zones_of_an_area(info):
    result, asked = info(area="EB-EMEA", gather=["availability_zone_networks"])
    assert asked[1:] == [(EMEA + "/availability-zones/%s/networks" % zone, {}) for zone in ("EB-A", "EB-B", "EB-C")]
    assert all(len(zone["availability_zone_networks"]) == 5 for zone in zones(result).values())


@pytest.mark.parametrize("network", ["1125", "EB_1125_DMZ8", "vlan-1125"])
def test_gather_authentication_domains_of_a_network(info, network):
    result, asked = info(az="EB-B", network=network, gather=["authentication_domains"])
    path = EMEA + "/availability-zones/EB-B/networks/1125/authentication-domains"
    assert asked == [("/networking/networks", PAGE), (REGIONS, {}), (path, {})]
    assert [row["id"] for row in zones(result)["EB-B"]["authentication_domains"]] == ["CGDM-EMEA", "CGDM-HDS"]
    assert zones(result)["EB-B"]["authentication_domains"][0]["is_default"] is True


def test_gather_authentication_domains_in_the_zones_of_the_network(info):
    result, asked = info(network_id="ET_2215_HDS1", gather=["authentication_domains"])
    path = REGIONS + "/ET/areas/ET-HDS/availability-zones/%s/networks/2215/authentication-domains"
    assert asked[2:] == [(path % "ET-HDS-A", {}), (path % "ET-HDS-B", {})]
    shown = {name for name, zone in zones(result).items() if "authentication_domains" in zone}
    assert shown == {"ET-HDS-A", "ET-HDS-B"}


def test_platform_narrows_authentication_domains(info):
    _result, asked = info(az="EB-A", network="1125", platform="deb12", gather=["authentication_domains"])
    path = EMEA + "/availability-zones/EB-A/networks/1125/authentication-domains"
    assert (path, {"platform": "deb12"}) in asked


def test_network_outside_of_what_is_listed(info):
    message, _asked = info(region="ET", network="EB_1125_DMZ8", gather=["authentication_domains"])
    assert message == (
        "network_id: EB_1125_DMZ8 is in area EB-EMEA of region EB, which is not among what is listed; name the "
        "availability_zone"
    )


def test_network_that_the_named_zone_cannot_reach_is_the_answer_of_the_platform(info):
    message, asked = info(az="ET-A", network="EB_1125_DMZ8", gather=["authentication_domains"])
    path = REGIONS + "/ET/areas/ET-EMEA/availability-zones/ET-A/networks/1125/authentication-domains"
    assert "%s: 404" % path in message
    assert (path, {}) in asked


@pytest.mark.parametrize("choice", ["authentication_domains", "network_loadbalancers_networks"])
def test_network_that_does_not_exist(info, choice):
    message, asked = info(network="EB_9999", gather=[choice])
    assert "no network called EB_9999" in message
    assert [path for path, _query in asked] == ["/networking/networks", REGIONS]


def test_networks_of_one_name_are_an_error_that_names_both(sim, info):
    sim.state.networks[2210]["shortDescription"] = "EB_1125_DMZ8"
    message, _asked = info(network="EB_1125_DMZ8", gather=["authentication_domains"])
    assert "2 networks are called EB_1125_DMZ8" in message and "1125" in message and "2210" in message


@pytest.mark.parametrize(
    "filters, query, found",
    [
        ({}, {}, 12),
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
        (dict(region="et"), {"regions": "ET"}, 4),
        (dict(availability_zone="ET-A"), {"regions": "ET"}, 4),
        (dict(sort="ip_free_number,desc"), {"sort": "ipFreeNumber,desc"}, 12),
    ],
)
def test_gather_all_networks(info, filters, query, found):
    result, asked = info(gather=["networks"], **filters)
    assert asked == [("/networking/networks", {**query, **PAGE}), (REGIONS, {})]
    assert len(result["networks"]) == found


def test_networks_are_sorted_by_the_platform(info):
    result, _asked = info(gather=["networks"], region="ET", sort="short_description,desc")
    assert [row["short_description"] for row in result["networks"]] == [
        "ET_2290_VIP1",
        "ET_2215_HDS1",
        "ET_2211_BACK1",
        "ET_2210_DMZ1",
    ]


def test_partial_listing_is_an_error(sim, info):
    sim.fault("short_page", operation="list_networks", times=-1)
    assert "could not be read completely" in info(gather=["networks"])[0]


def test_gather_networks_for_load_balancers_of_a_network(info):
    result, asked = info(network="EB_1125_DMZ8", gather=["network_loadbalancers_networks"], **NETWORK_FILTERS)
    assert asked == [
        ("/networking/networks", PAGE),
        ("/networking/networks/1125/loadbalancers-networks", SENT),
        (REGIONS, {}),
    ]
    assert networks(result["network_loadbalancers_networks"]) == [1190]


@pytest.mark.parametrize(
    "filters, query, found",
    [
        ({}, {}, [31, 32, 33]),
        (dict(domain="acme.example"), {"name": "acme.example"}, [31]),
        (dict(with_sni=True), {"withSNI": "true"}, [32]),
        (dict(with_sni=False, clouds=[101]), {"withSNI": "false", "clouds": "101"}, [31, 33]),
        (dict(domain="nowhere"), {"name": "nowhere"}, []),
    ],
)
def test_gather_domains(info, filters, query, found):
    result, asked = info(gather=["domains"], **filters)
    assert asked == [("/networking/domains", query), (REGIONS, {})]
    assert [row["id"] for row in result["domains"]] == found


@pytest.mark.parametrize(
    "filters, query, found",
    [
        (dict(policy_type="SERVER"), {"policyType": "SERVER"}, [901, 902]),
        (
            dict(policy_type="DATABASE", backup_replicated=False),
            {"policyType": "DATABASE", "backupReplicated": "false"},
            [904],
        ),
        (dict(policy_type="SERVER", az="eb-a"), {"policyType": "SERVER", "availabilityZone": "EB-A"}, [901, 902]),
    ],
)
def test_gather_backup_policies(info, filters, query, found):
    result, asked = info(gather=["backup_policies"], service_id=44411, **filters)
    assert asked == [("/compute/backup-policies", {"serviceId": "44411", **query}), (REGIONS, {})]
    assert [(row["id"], row["listed_under"]) for row in result["backup_policies"]] == [
        (number, "acme-retail") for number in found
    ]
    assert result["backup_policies"][0]["duration_in_hours"] > 0


def test_service_of_backup_policies_is_looked_up(info):
    result, asked = info(gather=["backup_policies"], service="portal", policy_type="SERVER")
    assert ("/compute/services", {"names": "portal", **PAGE}) in asked
    assert {row["listed_under"] for row in result["backup_policies"]} == {"acme-health"}


@pytest.mark.parametrize(
    "service, words", [("nowhere", "no service called nowhere"), ("4", "/compute/backup-policies: 404")]
)
def test_service_of_backup_policies_that_does_not_exist(info, service, words):
    message, _asked = info(gather=["backup_policies"], service=service, policy_type="SERVER")
    assert words in message


def test_several_services_of_one_name_are_an_error(sim, info):
    sim.state.services[44412]["name"] = "billing"
    message, _asked = info(gather=["backup_policies"], service="billing", policy_type="SERVER")
    assert "2 services are called billing" in message and "44411" in message and "44412" in message


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(gather=["certificates"]), "domain: needed for certificates in gather"),
        (dict(gather=["authentication_domains"]), "network_id: needed for authentication_domains in gather"),
        (
            dict(gather=["network_loadbalancers_networks"]),
            "network_id: needed for network_loadbalancers_networks in gather",
        ),
        (dict(gather=["backup_policies"]), "service_id: needed for backup_policies in gather"),
        (dict(gather=["backup_policies"], service="billing"), "policy_type: needed for backup_policies in gather"),
        (
            dict(domain="acme.example"),
            "domain: has an effect only with certificates or domains in gather",
        ),
        (
            dict(environment="production", gather=["area_networks"]),
            "environment: has an effect only with availability_zone_networks or loadbalancers_networks or "
            "network_loadbalancers_networks or networks in gather",
        ),
        (
            dict(only_load_balancer=False, gather=["loadbalancers_networks"]),
            "only_load_balancer: has an effect only with area_networks or availability_zone_networks in gather",
        ),
        (
            dict(certificate="x", gather=["certificates"], domain="y"),
            "certificate: has an effect only with ssl_profiles in gather",
        ),
        (dict(sort="name"), "sort: has an effect only with networks in gather"),
        (
            dict(sort="name,up", gather=["networks"]),
            "sort: 'name,up' is not of the form property, property,asc or property,desc",
        ),
        (dict(region=""), "region: '' is empty or has a comma, and a comma separates values"),
        (dict(area="EB-EMEA,EB-HDS"), "area: 'EB-EMEA,EB-HDS' is empty or has a comma, and a comma separates values"),
        (
            dict(filters=[], gather=["networks"]),
            "filters: an empty list would select everything; leave the option out for that",
        ),
        (
            dict(network=" ", gather=["authentication_domains"]),
            "network_id: ' ' is empty or has a comma, and a comma separates values",
        ),
    ],
)
def test_refused_before_anything_is_sent(sim, info, options, message):
    said, asked = info(**options)
    assert said == message
    assert asked == [] and sim.token_requests() == []


def test_unknown_choice_is_refused(sim, info):
    said, asked = info(gather=["zones"])
    assert "gather" in said and "zones" in said and "healthchecks" in said
    assert asked == [] and sim.token_requests() == []


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize("path", [REGIONS, EMEA + "/healthchecks", "/networking/domains"])
def test_refusal_of_the_platform_is_told(sim, info, path, status):
    sim.fault("status", status=status, path=path + "$")
    assert "%s: %d" % (path, status) in info(gather=["healthchecks", "domains"])[0]


def test_gather_is_parallel(sim, info):
    sim.configure(latency=0.2)
    info(gather=["healthchecks", "area_networks", "domains"])
    entries = sim.requests()[1:]
    assert len(entries) == 9
    # One after the other they would begin 1.6 s apart.
    assert entries[-1]["time"] - entries[0]["time"] < 1.1

# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions, areas, zones and what is offered there."""

from __future__ import annotations

from .. import build
from ..call import Call, Refusal, operation
from .networks import networks_for


def _region(call: Call, name: str = "region") -> dict:
    region = call.state.regions.get(call.path[name])
    if region is None:
        raise Refusal(404)
    return region


def _area(call: Call, region: str = "region", area: str = "area") -> dict:
    found = call.state.area(_region(call, region)["id"], call.path[area])
    if found is None:
        raise Refusal(404)
    return found


def _zone(call: Call) -> dict:
    zone = next((zone for zone in _area(call)["availabilityZones"] if zone["id"] == call.path["az"]), None)
    if zone is None:
        raise Refusal(404)
    return zone


@operation("list_regions")
def list_regions(call: Call):
    return list(call.state.regions.values()) if _offered(call) else []


def _offered(call: Call) -> bool:
    """Every known platform is offered everywhere, an unknown one nowhere."""
    return call.query.get("platformId") in (None, *call.state.products)


@operation("get_region")
def get_region(call: Call):
    """Areas only with withAreas=true (the text names another parameter, withAvailabilityZones)."""
    region = dict(_region(call))
    if not call.query.get("withAreas"):
        del region["areas"]
    return region


@operation("list_areas")
def list_areas(call: Call):
    areas = [dict(area) for area in _region(call)["areas"]] if _offered(call) else []
    if not call.query.get("withAvailabilityZones", True):
        for area in areas:
            del area["availabilityZones"]
    return areas


@operation("list_area_networks")
def list_area_networks(call: Call):
    return networks_for(call, _area(call), for_load_balancers=call.query.get("onlyLoadBalancer", False))


@operation("list_area_loadbalancers_networks")
def list_area_loadbalancers_networks(call: Call):
    return networks_for(call, _area(call), for_load_balancers=True)


@operation("list_availability_zone_networks")
def list_availability_zone_networks(call: Call):
    _zone(call)
    return networks_for(call, _area(call), for_load_balancers=call.query.get("onlyLoadBalancer", False))


@operation("list_authentication_domains")
def list_authentication_domains(call: Call):
    """Of a network by its id, as far as the zone can reach it: a network belongs to an area."""
    _zone(call)
    network, area = call.path["network"], _area(call)["id"]
    if not any(network == str(row["id"]) and row["area"] == area for row in call.state.networks.values()):
        raise Refusal(404)
    return call.state.authentication_domains if call.query.get("platform") in (None, *call.state.products) else []


@operation("list_area_healthchecks")
def list_area_healthchecks(call: Call):
    _area(call)
    return call.state.healthchecks


@operation("list_area_certificates")
def list_area_certificates(call: Call):
    _area(call, "regionId", "areaId")
    domain = call.query["domain"].lower()
    return [row for row in call.state.certificates if row["commonName"].endswith(domain)]


@operation("list_area_ssl_profiles")
def list_area_ssl_profiles(call: Call):
    _area(call, "regionId", "areaId")
    certificate = call.query.get("certificate")
    return [build.public(row) for row in call.state.ssl_profiles if not certificate or row["certificat"] == certificate]

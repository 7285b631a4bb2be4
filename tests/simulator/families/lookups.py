# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments, types, statuses, tag keys and values, filters."""

from __future__ import annotations

from .. import build
from ..call import Call, Refusal, operation
from ..catalogue import PAST
from ..state import ACTIVE, INACTIVE, PREPARATION
from .tags import tags_of


@operation("list_environments")
def list_environments(call: Call):
    """Each environment that the services use, and whether it counts as production."""
    names = {service["environment"]: None for service in call.state.services.values()}
    return [
        {"name": name, "types": [{"name": "PRODUCTION" if name == "PRODUCTION" else "NON_PRODUCTION"}]}
        for name in names
    ]


@operation("list_types")
def list_types(call: Call):
    return sorted({product["type"] for product in call.state.products.values()} | {"LOAD_BALANCER"})


@operation("list_statuses")
def list_statuses(call: Call):
    """The values of the Required `type` are lost; anything that speaks of a service is one."""
    return [ACTIVE, PREPARATION] if "service" in call.query["type"].lower() else [ACTIVE, INACTIVE, PREPARATION]


@operation("list_resource_types")
def list_resource_types(call: Call):
    """Without all=true only the technologies on which there are resources."""
    used = {record["type"] for record in call.state.live()}
    categories: dict[str, dict] = {}
    for product in call.state.products.values():
        if not call.query.get("all") and product["type"] not in used:
            continue
        category = categories.setdefault(
            product["category"],
            {"name": product["category"], "skipTechnology": False, "types": {}, "weight": len(categories)},
        )
        row = category["types"].setdefault(
            product["type"],
            {
                "description": product["type"].title(),
                "disabled": False,
                "families": {},
                "inBetaMode": False,
                "name": product["type"],
                "releasedAt": PAST,
                "skipTechnology": False,
                "weight": 1,
            },
        )
        family = product["name"]
        row["families"][family] = {"description": family.title(), "name": family, "weight": "1"}
    return [
        {
            **category,
            "types": [{**row, "families": list(row["families"].values())} for row in category["types"].values()],
        }
        for category in categories.values()
    ]


@operation("list_resource_type_technologies")
def list_resource_type_technologies(call: Call):
    found = [product for product in call.state.products.values() if product["type"] == call.path["type"]]
    if not found:
        raise Refusal(404)
    return [build.public(product) for product in found]


@operation("list_tag_keys")
def list_tag_keys(call: Call):
    return _tags(call, "tagKey")


@operation("list_tag_values")
def list_tag_values(call: Call):
    """Filters values although its parameter is named key."""
    return _tags(call, "tagValue")


def _tags(call: Call, field: str) -> list[dict]:
    wanted = call.query.get("key", "").lower()
    rows = [tag for record in [*call.state.live(), *call.state.services.values()] for tag in tags_of(record)]
    unique = {(tag["tagKey"], tag["tagValue"]): tag for tag in rows if wanted in tag[field].lower()}
    return [unique[key] for key in sorted(unique)]


@operation("get_resource_filters")
def get_resource_filters(call: Call):
    wanted = call.query.get("technologies")
    products = [p for p in call.state.products.values() if not wanted or p["type"] in wanted]
    zones = [
        zone["id"]
        for region in call.state.regions.values()
        for area in region["areas"]
        for zone in area["availabilityZones"]
    ]
    balancers = list(call.state.live("loadbalancer"))
    return {
        "az": zones,
        "defaultPersistence": sorted({balancer["defaultPersistence"] for balancer in balancers}),
        "fallbackPersistence": sorted({balancer["fallbackPersistence"] for balancer in balancers}),
        "iRules": [],
        "k8sRegions": sorted(call.state.regions),
        "loadBalancingMode": sorted({balancer["loadBalancingMode"] for balancer in balancers}),
        "protocols": [protocol["name"] for protocol in call.state.protocols],
        "topologies": [
            {"topology": name, "type": product["type"]}
            for product in products
            for topologies in product["configuration"]["topologies"]
            for name in topologies.values()
        ],
        "versions": [{"type": product["type"], "version": product["version"]} for product in products],
    }

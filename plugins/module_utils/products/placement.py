# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new resource goes: service, region, area, network (the API reference, Common creation fields, Topology)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from ..errors import ApiError
from ..resource import Field
from .management import check_on_call_of_new, check_reasons
from .references import SHOWN_SERVICE, find_network, find_service, is_id, is_shown, shows


def default_area(client, region, regulation):
    """The id of the region's default area, or None: ``area`` is flagged Required and said to have a default."""
    try:
        areas = client.find("/topology/regions/%s/areas" % quote(region, safe="")) or []
    except ApiError:  # whether the region is right is for the creation to tell
        return None
    fitting = [one for one in areas if not regulation or one.get("regulation") in (None, regulation)]
    return next((one["id"] for one in fitting if one.get("defaultArea")), None)


def prepare(client, wanted):
    """For Resource.prepare: ids for names, the default area; and what production demands is checked."""
    wanted = dict(wanted)
    service = find_service(client, wanted["service_id"])
    check_reasons(wanted, service.get("environment"))
    check_on_call_of_new(wanted, service.get("environment"))
    wanted["service_id"] = service["id"]
    if "network_id" in wanted:
        wanted["network_id"] = find_network(client, wanted["network_id"])["id"]
    if "area" not in wanted:
        area = default_area(client, wanted["region"], wanted.get("regulation"))
        if area:
            wanted["area"] = area
    return wanted


def network_id(client, wanted):
    """For Field.lookup: the id of a network given by name."""
    return wanted if is_id(wanted) else find_network(client, wanted)["id"]


def service_id(client, wanted):
    """For Field.lookup: the id of a service given by name."""
    return wanted if is_id(wanted) else find_service(client, wanted)["id"]


SERVICE = Field("service_id", read=SHOWN_SERVICE, same=is_shown, lookup=service_id, required=True)
# An answer shows most of it, in several spellings.
PLACEMENT = (
    SERVICE,
    Field("region", read=shows("labelRegion", "region.id", "network.region"), same=is_shown, required=True),
    Field("area", read=shows("area", "area.id", "labelArea", "network.area"), same=is_shown),
    Field("regulation", read=shows("area.regulation"), same=is_shown),
    Field("cloud_id"),
    Field(
        "network_id",
        read=shows("networkId", "network.id", "network.technicalId", "network.shortDescription"),
        same=is_shown,
        lookup=network_id,
    ),
)
# What is made of nodes needs a network; elsewhere the platform chooses one.
FARM_PLACEMENT = (
    *(replace(one, required=one.required or one.name == "network_id") for one in PLACEMENT),
    # What an answer calls it is not written, and an upgrade changes it.
    Field("platform", read=None),
)

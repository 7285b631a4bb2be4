# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new resource goes: service, region, area, network (the API reference, Common creation fields, Topology)."""

from __future__ import annotations

from dataclasses import replace

from ...errors import ApiError, PartialListing, TimedOut, UnexpectedAnswer, refuse
from ...preflight import CannotTell
from ...resource import Field
from ...seen import Seen
from .management import check_monitoring_of_new, check_reasons, on_call_needs_monitoring
from .references import SHOWN_SERVICE, find_network, find_service, is_id, is_shown, shows
from .topology import areas_called, areas_path, read_areas, read_regions, regions_called

# Where a network says that it is.
NETWORK_PLACE = {
    "region": shows("region", "region.id", "labelRegion"),
    "area": shows("area", "area.id", "labelArea"),
}


def _say_nothing(sentence):
    pass


def default_area(client, region, regulation, warn=_say_nothing):
    """The id of the region's default area, or None: ``area`` is flagged Required and said to have a default."""
    try:
        rows = client.find(areas_path(region)) or []
        areas = [row for row in rows if isinstance(row, dict) and row.get("id")]
        why = None if areas else "%s lists none" % areas_path(region)
    except (ApiError, PartialListing, TimedOut, UnexpectedAnswer) as problem:
        areas, why = [], str(problem)
    fitting = [one for one in areas if not regulation or one.get("regulation") in (None, regulation)]
    found = next((one["id"] for one in fitting if one.get("defaultArea")), None)
    if not found:
        place = "region %s" % region + (" with regulation %s" % regulation if regulation else "")
        names = ", ".join(str(one["id"]) for one in fitting)
        why = why or ("none of these is marked as such: %s" % names if names else "it lists no such area")
        warn("area: the default area of the %s is unknown, so none is sent: %s" % (place, why))
    return found


def prepare(ask, seen, wanted):
    """For Resource.prepare: see ``placed``."""
    return placed(ask.client, wanted, ask.warn)


def placed(client, wanted, warn=_say_nothing):
    """``wanted`` of a new resource with ids for names, and an area; what production demands is checked.

    Without ``area``, it is the network's; without a network, the default one of the region.
    ``warn(sentence)`` is told what could not be judged. Raises NotFound, Ambiguous, InvalidInput.
    """
    wanted = dict(wanted)
    service = find_service(client, wanted["service"])
    if not service.get("environment") and not is_id(wanted["service"]):  # a listing may leave it out
        service = find_service(client, service["id"])
    _check_management(wanted, service, warn)
    wanted["service"] = service["id"]
    if "network" in wanted:
        network = find_network(client, wanted["network"])
        wanted["network"] = network["id"]
        _refuse_other_place(client, wanted, network, warn)
        area = NETWORK_PLACE["area"](network)
        if "area" not in wanted and area:
            wanted["area"] = str(area.spellings[0])
    if "area" not in wanted:
        area = default_area(client, wanted["region"], wanted.get("regulation"), warn)
        if area:
            wanted["area"] = area
    return wanted


def _check_management(wanted, service, warn):
    environment = service.get("environment")
    if environment:
        check_reasons(wanted, environment)
        check_monitoring_of_new(wanted, environment)
        return
    refuse(on_call_needs_monitoring(wanted, Seen({"monitoringEnabled": True})))  # which may be on by default
    warn(
        "service: the service %s shows no environment, so the rules for production could not be checked"
        % (service.get("name") or service["id"])
    )


def _refuse_other_place(client, wanted, network, warn):
    """Refuse a region and an area that are not the network's, as far as the platform's own list of them can tell."""
    refusals = []
    for option, called in (("region", _regions), ("area", _areas)):
        shown = NETWORK_PLACE[option](network)
        if option not in wanted or not shown or shown == wanted[option]:
            continue
        its_own = str(shown.spellings[0])
        words = (option, wanted[option], network.get("shortDescription") or network["id"], option, its_own)
        try:
            mine, others = called(client, wanted, wanted[option]), called(client, wanted, its_own)
            if mine and others and not mine & others:
                refusals.append("%s: it is %s, and the network %s is in the %s %s" % words)
            elif mine and not others:  # where the wanted one is unknown, there is more to say than this
                raise CannotTell("the platform does not list the latter")
        except CannotTell as problem:
            warn("%s: %s could not be compared with the network %s, which is in the %s %s: " % words + str(problem))
    refuse(*refusals)


def _regions(client, wanted, name):
    return {row["id"] for row in regions_called(name, read_regions(client))}


def _areas(client, wanted, name):
    region = wanted.get("region")
    return {row["id"] for row in areas_called(name, read_areas(client, region), region)}


def network_number(client, wanted):
    """For Field.lookup: the id of a network given by name."""
    return wanted if is_id(wanted) else find_network(client, wanted)["id"]


def service_number(client, wanted):
    """For Field.lookup: the id of a service given by name."""
    return wanted if is_id(wanted) else find_service(client, wanted)["id"]


SERVICE = Field(
    "service",
    created_as="serviceId",
    read=SHOWN_SERVICE,
    same=is_shown,
    identifies=True,
    lookup=service_number,
    required=True,
)
# An answer shows most of it, in several spellings.
PLACEMENT = (
    SERVICE,
    Field(
        "region",
        read=shows("labelRegion", "region.id", "network.region"),
        same=is_shown,
        identifies=True,
        required=True,
    ),
    Field("area", read=shows("area", "area.id", "labelArea", "network.area"), same=is_shown, identifies=True),
    Field("regulation", read=shows("area.regulation"), same=is_shown),
    Field("cloud", created_as="cloudId", read="cloudId", identifies=True),
    Field(
        "network",
        created_as="networkId",
        read=shows("networkId", "network.id", "network.technicalId", "network.shortDescription"),
        same=is_shown,
        lookup=network_number,
    ),
)


def nodes_of(client, resource, seen):
    """For Field.elsewhere: the nodes of a farm, which show where they are. None of them where they cannot be read."""
    try:
        return client.find(seen.path(resource.path + "/{address}/nodes")) or []
    except ApiError:
        return []


# What is made of nodes needs a network; elsewhere the platform chooses one.
FARM_PLACEMENT = (
    *(replace(one, required=one.required or one.name == "network", elsewhere=nodes_of) for one in PLACEMENT),
    # What an answer calls it is not written, and an upgrade changes it.
    Field("platform", read=None),
)

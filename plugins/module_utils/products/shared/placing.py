# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new resource goes: ids for names, an area, and what production requires (the API reference, Topology)."""

from __future__ import annotations

from ...errors import ApiError, PartialListing, TimedOut, UnexpectedAnswer, refuse
from ...preflight import CannotTell
from ...resource import is_true
from ...seen import Seen
from .management import check_monitoring_of_new, check_reasons, on_call_needs_monitoring
from .references import find_network, find_service, is_id, shows
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
        rows = client.reference.find(areas_path(region)) or []
        areas = [row for row in rows if isinstance(row, dict) and row.get("id")]
        why = None if areas else "%s lists none" % areas_path(region)
    except (ApiError, PartialListing, TimedOut, UnexpectedAnswer) as problem:
        areas, why = [], str(problem)
    fitting = [one for one in areas if not regulation or one.get("regulation") in (None, regulation)]
    found = next((one["id"] for one in fitting if is_true(one.get("defaultArea"))), None)
    if not found:
        place = "region %s" % region + (" with regulation %s" % regulation if regulation else "")
        names = ", ".join(str(one["id"]) for one in fitting)
        why = why or ("none of these is marked as such: %s" % names if names else "it lists no such area")
        warn("area: the default area of the %s is unknown, so none is sent: %s" % (place, why))
    return found


def placed(client, wanted, warn=_say_nothing, has_area=True):
    """``wanted`` of a new resource with ids for names, a region and an area; what production demands is checked.

    Without ``region`` and ``area``, they are those of the network; without a network, the area is the default one of
    the region.
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
        if "region" not in wanted:
            wanted["region"] = _region_of(client, network)
        area = NETWORK_PLACE["area"](network)
        if "area" not in wanted and area:
            wanted["area"] = str(area.spellings[0])
    if has_area and "area" not in wanted:
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


def _region_of(client, network):
    """The region of a network: its id, where the platform lists it under what the network shows."""
    shown = NETWORK_PLACE["region"](network)
    if not shown:
        refuse("region: it is needed, since the network %s does not show its own" % _named(network))
    name = str(shown.spellings[0])
    try:
        found = _regions(client, {}, name)
    except CannotTell:
        found = ()
    return next(iter(found)) if len(found) == 1 else name


def _refuse_other_place(client, wanted, network, warn):
    """Refuse a region and an area that are not the network's, as far as the platform's own list of them can tell."""
    refusals = []
    for option, rows_called in (("region", _regions), ("area", _areas)):
        shown = NETWORK_PLACE[option](network)
        if option not in wanted or not shown or shown == wanted[option]:
            continue
        its_own = str(shown.spellings[0])
        words = (option, wanted[option], _named(network), option, its_own)
        try:
            mine, others = (rows_called(client, wanted, name) for name in (wanted[option], its_own))
            if mine and others and not mine & others:
                refusals.append("%s: it is %s, and the network %s is in the %s %s" % words)
            elif mine and not others:  # where the wanted one is unknown, there is more to say than this
                raise CannotTell("the platform does not list the latter")
        except CannotTell as problem:
            warn("%s: %s could not be compared with the network %s, which is in the %s %s: " % words + str(problem))
    refuse(*refusals)


def _named(network):
    return network.get("shortDescription") or network["id"]


def _regions(client, wanted, name):
    return {row["id"] for row in regions_called(name, read_regions(client.reference))}


def _areas(client, wanted, name):
    region = wanted.get("region")
    return {row["id"] for row in areas_called(name, read_areas(client.reference, region), region)}

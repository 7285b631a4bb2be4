# SPDX-License-Identifier: GPL-3.0-or-later
"""The regions, areas and zones that an info module's task names, and what the platform lists in each (the API
reference, Topology)."""

from __future__ import annotations

from urllib.parse import quote

from ... import arguments
from ...client import in_parallel
from ...errors import NotFound, UnexpectedAnswer
from ...lifecycle import Outcome
from ...resource import to_result
from . import filters
from .topology import REGIONS, areas_path

# The same words as the documentation fragment ``places``.
OPTIONS = dict(region=dict(type="str"), area=dict(type="str"))
AVAILABILITY_ZONE = dict(type="str", aliases=["az"])


def read_places(client, params, by_id=False):
    """The regions (list of dict) with their ``areas``, and these with their ``availabilityZones``.

    Only what fits ``region``, ``area``, ``availability_zone`` and ``platform`` of ``params``, as far as they are given.
    ``by_id``: a region is asked for by its id first, and looked for among all regions where none has that spelling.
    Raises InvalidInput, NotFound (which names what exists), UnexpectedAnswer.
    """
    filters.query_of(params, ("region", "area", "availability_zone", "platform"))
    one = _region(client, params["region"]) if by_id and params.get("region") else None
    return _narrowed(_with_areas(client, params.get("platform"), one), params)


def zones_in(regions):
    """The zones of regions as read_places gives them: ``[{"region": id, "area": id, "availability_zone": id}]``."""
    return [
        {"region": region["id"], "area": area["id"], "availability_zone": zone["id"]}
        for region in regions
        for area in region["areas"]
        for zone in area["availabilityZones"]
    ]


def listed_in_areas(client, params, below, query):
    """The rows listed ``below`` each area that fits ``params`` (see read_places and listed_in)."""
    regions = read_places(client, params)
    areas = [{"region": region["id"], "area": area["id"]} for region in regions for area in region["areas"]]
    return listed_in(client, areas, below, query)


def spec_in_areas(**own):
    """The SPEC of an info module of what is listed in each area, with its ``own`` options."""
    return dict(argument_spec=arguments.spec("auth", **OPTIONS, **own), supports_check_mode=True)


def run_in_areas(key, below, *filtering):
    """The ``run(client, params, check)`` of an info module of what is listed ``below`` each area. Nothing is written.

    ``key`` is that of the result; ``filtering`` are the options that the query takes.
    """

    def run(client, params, check):
        return Outcome(False, {key: listed_in_areas(client, params, below, filters.query_of(params, filtering))})

    return run


def listed_in(client, places, below, query):
    """The rows listed ``below`` each of these areas or zones (see zones_in), as a result shows them.

    Each row has its place as ``listed_in``. The places are read in parallel.
    """
    listings = in_parallel(lambda place: client.get(_path(place) + below, query) or [], places)
    return [{**to_result(row), "listed_in": place} for place, rows in zip(places, listings) for row in rows]


def rows_at(client, path, query):
    """The rows of a listing that belongs to no place, as a result shows them."""
    return [to_result(row) for row in client.get(path, query) or []]


def row_at(client, path):
    """What is at the path of one thing, as a result shows it, in a list; an empty list where there is nothing."""
    found = client.find(path)
    return [to_result(found)] if found else []


def _region(client, wanted):
    """The region (in a list) of that id, or None."""
    found = client.find("%s/%s" % (REGIONS, quote(wanted, safe="")), {"withAreas": True})
    return [found] if found and str(found.get("id")).casefold() == wanted.casefold() else None


def _with_areas(client, platform, regions=None):
    """These regions, or all, with their areas, of which all have their zones.

    The listing shows both; the answer for one region leaves them out unless asked for them, so the listing may do so,
    too. Then they are asked for; and where a platform is asked for, since their own listing has a filter for it.
    """
    if regions is None:
        regions = client.get(REGIONS, {"platformId": platform}) or []

    def areas_of(region):
        areas = region.get("areas") or []
        if platform is not None or not all(area.get("availabilityZones") for area in areas or [{}]):
            query = {"platformId": platform, "withAvailabilityZones": True}
            areas = client.get(areas_path(region["id"]), query) or []
        return [{**area, "availabilityZones": _with_ids(area.get("availabilityZones"))} for area in _with_ids(areas)]

    return [{**region, "areas": areas} for region, areas in zip(regions, in_parallel(areas_of, regions))]


def _with_ids(places):
    """The areas or zones, which are addressed by their ids. Raises UnexpectedAnswer where one has none."""
    for place in places or ():
        if place.get("id") in (None, ""):
            raise UnexpectedAnswer("GET %s: an area or a zone is shown without an id" % REGIONS)
    return places or []


def _narrowed(regions, params):
    """The regions, areas and zones that ``params`` name, and what they lie in. Raises NotFound."""
    regions = _named("region", params, regions)
    if params.get("area") is not None:
        areas = _named("area", params, [area for region in regions for area in region["areas"]])
        regions = _with(regions, "areas", areas)
    if params.get("availability_zone") is not None:
        inside = [zone for region in regions for area in region["areas"] for zone in area["availabilityZones"]]
        zones = _named("availability_zone", params, inside)
        kept = [{**region, "areas": _with(region["areas"], "availabilityZones", zones)} for region in regions]
        regions = [region for region in kept if region["areas"]]
    return regions


def _named(option, params, rows):
    wanted = params.get(option)
    if wanted is None:
        return rows
    found = [row for row in rows if str(row["id"]).lower() == wanted.lower()]
    if not found:
        from ...neighbours import with_list  # only a refusal needs it

        known = [str(row["id"]) for row in rows]
        refusal = "%s: there is no %s (or this account does not see it)" % (option, wanted)
        raise NotFound(with_list(refusal, "there is " + (", ".join(known) or "none"), wanted, known))
    return found


def _with(places, key, wanted):
    """The places that have some of what is wanted below ``key``, with only that below it."""
    kept = [{**place, key: [one for one in place[key] if one in wanted]} for place in places]
    return [place for place in kept if place[key]]


def _path(place):
    path = "%s/%s" % (areas_path(place["region"]), quote(str(place["area"]), safe=""))
    zone = place.get("availability_zone")
    return path if zone is None else "%s/availability-zones/%s" % (path, quote(str(zone), safe=""))

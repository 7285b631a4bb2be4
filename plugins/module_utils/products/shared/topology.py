# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions, areas and zones as the platform lists them (the API reference, Topology)."""

from __future__ import annotations

from urllib.parse import quote

from ...preflight import CannotTell, is_name, rows_of

REGIONS = "/topology/regions"


def read_regions(client):
    """All regions (list of dict). Raises CannotTell."""
    return rows_of(client, REGIONS, "id")


def spellings_of_region(row):
    """A region goes by its id; examples also call it by a data centre (choices.rst: EB4), and it shows a location."""
    zones = [zone for area in dicts(row, "areas") for zone in dicts(area, "availabilityZones")]
    found = [row["id"], row.get("dataCenter"), row.get("location"), *(zone.get("datacenterId") for zone in zones)]
    return tuple(dict.fromkeys(str(one) for one in found if one))


def regions_called(name, rows):
    """The rows of the region ``name``: of that id or, where there is none, in another of its spellings."""
    wanted = str(name).casefold()
    exact = [row for row in rows if str(row["id"]).casefold() == wanted]
    return exact or [row for row in rows if wanted in [one.casefold() for one in spellings_of_region(row)]]


def read_areas(client, region):
    """The areas (list of dict) of the region called so, with their zones; empty for an unknown region.

    Raises CannotTell. Whether a listing of regions holds their areas, and these their zones, is not certain.
    """
    areas = []
    for row in regions_called(region, read_regions(client)):
        listed = row.get("areas")
        complete = isinstance(listed, list) and listed and all(_has_zones(area) for area in listed)
        areas += listed if complete else rows_of(client, areas_path(row["id"]), "id", {"withAvailabilityZones": True})
    return areas


def areas_path(region):
    """Where the areas of a region are; its id comes from the user or from the platform."""
    return "%s/%s/areas" % (REGIONS, quote(str(region), safe=""))


def doubtful_areas(area, region):
    """Spellings of an area that are really those of its region or of one of its zones (choices.rst: EB, EB-A)."""
    return tuple(str(one) for one in (region, *(zone.get("id") for zone in dicts(area, "availabilityZones"))) if one)


def areas_called(name, areas, region):
    """The areas that ``name`` can mean: of that id, or else those with that zone, or all where it is the region."""
    wanted = str(name).casefold()
    exact = [area for area in areas if str(area["id"]).casefold() == wanted]
    return exact or [
        area for area in areas if wanted in [one.casefold() for one in doubtful_areas(area, region) if one]
    ]


def zones_of(areas):
    """The ids of the zones of these areas. Raises CannotTell where one of them shows none."""
    if not areas or not all(_has_zones(area) for area in areas):
        raise CannotTell("the platform does not list the availability zones there")
    return [zone["id"] for area in areas for zone in area["availabilityZones"]]


def dicts(row, key):
    """The dicts in the list at ``key``; none where there is anything else."""
    value = row.get(key) if isinstance(row, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _has_zones(area):
    zones = dicts(area, "availabilityZones")
    return (
        bool(zones)
        and is_name(area.get("id"))
        and len(zones) == len(area["availabilityZones"])
        and all(is_name(zone.get("id")) for zone in zones)
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a resource is: service, region, area, network (the API reference, Common creation fields, Topology)."""

from __future__ import annotations

from dataclasses import replace

from ...errors import ApiError, UnexpectedAnswer
from ...identity import confirm_generic
from ...resource import Field
from .references import SHOWN_SERVICE, find_network, find_service, is_id, is_shown, shows

DENIED = (403, 404, 405)


def place(ask, seen, wanted):
    """For Resource.resolve: where a new one is created, see ``placed`` in placing.py."""
    return wanted if seen else _placed(ask, wanted)


def place_in_region(ask, seen, wanted):
    """For Resource.resolve: the same for what is created in a region, and in no area that the task could name."""
    return wanted if seen else _placed(ask, wanted, has_area=False)


def _placed(ask, wanted, **how):
    from .placing import placed  # only a creation needs it

    return placed(ask.client, wanted, ask.warn, **how)


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
        required="network",
    ),
    Field("area", read=shows("area", "area.id", "labelArea", "network.area"), same=is_shown, identifies=True),
    Field("regulation", read=shows("area.regulation"), same=is_shown, identifies=True),
    Field("cloud", created_as="cloudId", read="cloudId", identifies=True),
    Field(
        "network",
        created_as="networkId",
        read=shows("networkId", "network.id", "network.technicalId", "network.shortDescription"),
        same=is_shown,
        identifies=True,
        lookup=network_number,
    ),
)


def nodes_of(client, resource, seen):
    """For Field.elsewhere: the nodes of a farm, which show where it is. None where this account may not read them."""
    return _unless_denied(lambda: client.find(seen.path(resource.path + "/{address}/nodes")) or [])


def nodes_of_resource(client, resource, seen):
    """For Field.elsewhere: the same for what has no path of its own for its nodes."""
    try:
        confirmed = _unless_denied(lambda: confirm_generic(client, seen))
    except UnexpectedAnswer:  # which of its numbers is meant cannot be told
        return []
    return _unless_denied(lambda: read_nodes(client, confirmed)) if confirmed else []


def _unless_denied(read):
    try:
        return read()
    except ApiError as problem:
        if problem.status not in DENIED:
            raise
        return []


def read_nodes(client, seen):
    """The machines (list of dict) of any resource."""
    # The query parameter `type` is required, and its only example is the name of a category (choices.rst).
    kind = seen.get("category") or seen.get("resourceType") or seen.get("type")
    return client.find(seen.path("/compute/resources/{number}/nodes"), {"type": kind}) or []


# What is made of nodes needs a network; elsewhere the platform chooses one.
FARM_PLACEMENT = (
    *(replace(one, required=one.required or one.name == "network", elsewhere=nodes_of) for one in PLACEMENT),
    # What an answer calls it is not written, and an upgrade changes it.
    Field("platform", read=None),
)

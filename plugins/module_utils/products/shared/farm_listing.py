# SPDX-License-Identifier: GPL-3.0-or-later
"""How an info module lists what is made of nodes, or an application service. A product says only what is its own."""

from __future__ import annotations

from ...listing import FILTERS, MANAGEMENT_FILTERS, OF_EVERY_RESOURCE, Listing, many, nodes

FARM_FILTERS = dict(
    FILTERS,
    **MANAGEMENT_FILTERS,
    topologies=dict(type="list", elements="str"),
    versions=dict(type="list", elements="str"),
)


def farm_listing(kind, path, listed=None, filters=None, gathered=None):
    """A Listing for a product that is made of nodes.

    ``kind``, ``path`` and ``listed`` are those of its Resource (see ``farm``); ``kind`` is the key of the result, too.
    ``filters`` and ``gathered`` are what only this product has, as in Listing.
    """
    return Listing(
        key=kind,
        path=listed.path if listed else path,
        own_path=path,
        kind_of=listed and listed.kind_of,
        filters={**FARM_FILTERS, **(filters or {})},
        gathered=dict(
            OF_EVERY_RESOURCE,
            networks=("networks", many(path + "/{address}/networks")),
            nodes=("nodes", many(path + "/{address}/nodes")),
            **(gathered or {}),
        ),
    )


def application_service_listing(kind, path, without=()):
    """A Listing for an application service, whose listing has few filters; ``without`` as in Listing."""
    return Listing(
        key=kind,
        path=path,
        filters={name: FILTERS[name] for name in ("names", "clouds")},
        without=("services", "tags", *without),
        gathered=dict(
            OF_EVERY_RESOURCE,
            networks=("networks", many("/compute/resources/{number}/farm-networks")),
            nodes=("nodes", nodes),
        ),
    )

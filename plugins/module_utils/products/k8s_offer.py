# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform offers for Kubernetes clusters (the API reference, Kubernetes, Topology, Platform products).

Where it does not tell, nothing is refused here: the operation will tell.
"""

from __future__ import annotations

from urllib.parse import quote

from ..errors import ApiError, InvalidInput
from .management import shown_sizing
from .references import shows

PATH = "/compute/containers/kubernetes"
ITSELF = PATH + "/{id}"

SHOWN_AREAS = shows("labelAreaList", "area", "area.id", "labelArea", "network.area")


def read_ingress_providers(client):
    """The ingress providers (list of str) that a new cluster can have."""
    return client.find(PATH + "/ingress-providers") or []


def ingress_provider(client, wanted):
    """The provider as the platform spells it. Raises InvalidInput where it is not offered."""
    offered = read_ingress_providers(client)
    spelled = next((one for one in offered if one.casefold() == wanted.casefold()), wanted)
    check_offered("ingress_provider", [spelled], offered)
    return spelled


def read_products(client):
    """The Kubernetes products (list of dict), one for each version."""
    return client.get("/compute/platform/products", {"type": "KUBERNETES"}) or []


def products_called(name, products):
    """Those of the products that bear this name. Which of their names a platform goes by is not written (Doubts)."""
    return [row for row in products if name and name in map(row.get, ("code", "platform", "id", "label"))]


def read_offer(client, record):
    """For Resource.facts: ``{zones, sizings}`` that its nodes can have; an empty list where it is unknown."""
    products = products_called(record.get("productCode"), read_products(client))
    region = record.get("labelRegion")
    areas = SHOWN_AREAS(record)
    return {
        "zones": read_zones(client, region, areas.spellings if areas else []) if region else [],
        "sizings": read_sizings(client, products),
    }


def read_sizings(client, products):
    """The sizes of nodes that any of these products has."""
    sizings = []
    for product in products:
        path = "/compute/platform/products/%s" % quote(str(product.get("id") or product.get("code")), safe="")
        details = client.find(path, {"sizings": True})
        for row in (details or {}).get("resources") or []:
            if row.get("available") is not False:
                sizings += [row["id"], shown_sizing({"cpu": row.get("vcpus"), "ram": row.get("ram")})]
    return list(dict.fromkeys(sizing for sizing in sizings if sizing))


def read_zones(client, region, areas):
    """The zones of these areas of a region; those of all where none of them is known there."""
    try:
        path = "/topology/regions/%s/areas" % quote(str(region), safe="")
        rows = client.find(path, {"withAvailabilityZones": True}) or []
    except ApiError:  # whether the region is right is for the operation to tell
        return []
    named = [row for row in rows if row.get("id") in areas]
    return [zone["id"] for row in named or rows for zone in row.get("availabilityZones") or []]


def check_offer(pairs, offer):
    """Refuse pairs of zone and size that ``offer`` (see read_offer) does not have."""
    check_offered("nodes", [az for az, _dummy in pairs], offer.get("zones"))
    check_offered("nodes", [sizing for _dummy, sizing in pairs], offer.get("sizings"))


def check_offered(option, values, offered):
    """Refuse, with InvalidInput, what is not offered, as far as that is known."""
    unknown = [value for value in dict.fromkeys(values) if value not in (offered or values)]
    if unknown:
        raise InvalidInput("%s: %s is not offered, only %s" % (option, ", ".join(unknown), ", ".join(offered)))

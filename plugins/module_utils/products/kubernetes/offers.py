# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogue says about the options of a Kubernetes cluster."""

from __future__ import annotations

from dataclasses import replace

from ...preflight import Offer, words_of
from ..shared.offers import FARM_OFFERS, farm_sizings, zones
from .nodes import SHOWN_ZONE, missing_counts, wanted_counts
from .offer import PATH


def ingress_providers(client, wanted, record):
    """The ingress providers that a new cluster can have."""
    return words_of(client, PATH + "/ingress-providers")


def zones_of_nodes(client, wanted, record):
    """The zones of the cluster's areas, and those that its nodes show, which may spell them otherwise."""
    shown = [SHOWN_ZONE(node) for node in (record or {}).get("nodes") or [] if SHOWN_ZONE(node)]
    return [*zones(client, wanted, record), *shown]


def _new_nodes(wanted, record):
    nodes = (record or {}).get("nodes") or []
    return list(missing_counts(nodes, wanted["nodes"]) if nodes else wanted_counts(wanted["nodes"]))


def _own_sizing(wanted, record):
    """None of its own where ``nodes`` say it."""
    return [] if wanted.get("nodes") else [wanted["sizing"]]


def _respelled_nodes(key):
    def respelled(rows, spellings):
        return [{**row, key: spellings.get(row[key], row[key])} for row in rows]

    return respelled


# A version of Kubernetes is a product of its own, see versions.py.
K8S_OFFERS = (
    *(
        replace(offer, values=_own_sizing) if offer.option == "sizing" else offer
        for offer in FARM_OFFERS("KUBERNETES")
        if offer.option != "version"
    ),
    Offer("ingress_provider", ingress_providers),
    Offer(
        "nodes",
        zones_of_nodes,
        word="the zone",
        after=("region", "area"),
        of=("area",),
        values=lambda wanted, record: [zone for zone, _dummy in _new_nodes(wanted, record)],
        respelled=_respelled_nodes("availability_zone"),
    ),
    Offer(
        "nodes",
        farm_sizings("KUBERNETES"),
        word="the size",
        after=("platform",),
        of=("platform",),
        values=lambda wanted, record: [sizing for _dummy, sizing in _new_nodes(wanted, record)],
        respelled=_respelled_nodes("sizing"),
    ),
)

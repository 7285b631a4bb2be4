# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters as ITCare documents them (the API reference, Kubernetes).

What becomes of their nodes is in k8s_nodes.py and k8s_node_steps.py, their versions are in k8s_versions.py, their
topology is in k8s_topology.py, and what the platform offers for them in k8s_offer.py.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..errors import InvalidInput
from ..resource import PREPARATION, Field, Operation, Resource, to_result
from . import placement
from .k8s_node_steps import node_steps, nodes_refused, too_many
from .k8s_nodes import CREATED_NODES, counts, first_nodes, read_nodes, same_nodes, valid_nodes
from .k8s_offer import (
    ITSELF,
    PATH,
    SHOWN_AREAS,
    read_products,
)
from .k8s_topology import ha_refused, no_way_back, same_topology, shown_topology
from .k8s_versions import (
    no_downgrade,
    read_version_facts,
    same_version,
    shown_version,
    valid_version,
    version_facts_of_new,
    version_refused,
    version_steps,
)
from .management import (
    CHANGE_REFERENCE,
    FARM_MANAGEMENT,
    FARM_OPERATIONS,
    contradictory,
    number,
    patch_group_of_several,
    valid_sizing,
)
from .offers import K8S_OFFERS
from .references import is_shown, products_called, shows
from .tags import TAGS, read_tags

NAME = "[a-z0-9-]+"  # L16660
DISTRIBUTIONS = ("az-distribution", "dc-distribution")  # the example values of the query parameter (L18125)


def prepare(ask, seen, wanted):
    """For Resource.prepare: the rules for a new cluster, ids for names, and what the platform offers for it."""
    if not re.fullmatch(NAME, wanted["name"]):
        raise InvalidInput("name: %r is not of lowercase letters, digits and hyphens" % wanted["name"])
    wanted = _with_first_nodes(wanted)
    wanted = placement.prepare(ask, seen, wanted)
    if "version" in wanted:
        products = read_products(ask.client)
        fitting = products_called(wanted["platform"], products)
        seen.facts.update(version_facts_of_new(wanted, products, fitting))
    return wanted


def _with_first_nodes(wanted):
    """With ``nodes``, a creation takes the first size and as many as there are to be of it; the rest comes later."""
    if "nodes" in wanted:
        sizing, count = first_nodes(wanted["nodes"])
        return {**wanted, "node_sizing": sizing, "instance_count": count}
    if not ("node_sizing" in wanted and "instance_count" in wanted):
        raise InvalidInput(
            "no k8s_cluster is named %s, and to create it nodes are needed, or node_sizing and instance_count"
            % wanted["name"]
        )
    if not CREATED_NODES[0] <= wanted["instance_count"] <= CREATED_NODES[1]:
        raise InvalidInput("instance_count: %d is not within %d to %d" % (wanted["instance_count"], *CREATED_NODES))
    return wanted


def has_its_nodes(wanted, record):
    """For Resource.ready: a new cluster shows its nodes, so that none is missed and made once more."""
    return "nodes" not in wanted or sum(counts(record["nodes"]).values()) >= first_nodes(wanted["nodes"])[1]


def is_new(record):
    """For Resource.is_new: a cluster in preparation, of which no node ever ran."""
    return record.get("status") == PREPARATION and all(
        node.get("status") == PREPARATION for node in record.get("nodes") or []
    )


def other_count(wanted, seen):
    """For Field.stuck: the number of nodes changes by zone and size only."""
    shown = seen.get("nodeCount")
    if shown is None or number(shown) == wanted["instance_count"]:
        return None
    return "instance_count is fixed at creation: it is %s, not %s; nodes says how many there are to be in each zone" % (
        shown,
        wanted["instance_count"],
    )


def patch_group_of_workers(wanted, seen):
    """For Operation.refuse: high availability adds no workers (L17704)."""
    return patch_group_of_several({**wanted, "topology": None}, seen)


def same_ingress_provider(wanted, shown):
    """For Field.same: without regard to capitals, as ingress_provider() takes it."""
    return shown is None or wanted.casefold() == str(shown).casefold()


def read_metrics(client, seen):
    """For Listing.gathered: ``{az_distribution: {zone: numbers}, dc_distribution: {data centre: numbers}}``."""
    found = {}
    for distribution in DISTRIBUTIONS:
        shown = client.find(seen.path(ITSELF + "/metrics"), {"type": distribution}) or {}
        found[distribution.replace("-", "_")] = {place: to_result(numbers) for place, numbers in shown.items()}
    return found


# Where a cluster's placement differs from that of whatever else is made of nodes.
OWN_PLACEMENT = {"area": {"read": SHOWN_AREAS}, "platform": {"required": True}}
OWN_OPERATIONS = {"update_patch_party": {"refuse": patch_group_of_workers}}

K8S_CLUSTER = Resource(
    kind="k8s_cluster",
    path=PATH,
    unique_name=True,
    delete_also=(CHANGE_REFERENCE,),
    create_dry_run=True,
    valid=contradictory,
    prepare=prepare,
    offers=K8S_OFFERS,
    ready=has_its_nodes,
    is_new=is_new,
    also_read={"nodes": read_nodes, "tags": read_tags},
    facts={"version": read_version_facts},
    fields=(
        Field("name", read=shows("name"), same=is_shown, identifies=True, required=True),
        *(replace(one, **OWN_PLACEMENT.get(one.name, {})) for one in placement.FARM_PLACEMENT),
        Field("ingress_provider", same=same_ingress_provider, required=True),
        Field("node_sizing", read=None, valid=valid_sizing),
        Field("instance_count", read="nodeCount", stuck=other_count),
        Field(
            "topology",
            created_as=None,
            read=shown_topology,
            same=same_topology,
            changed_by="enable_ha",
            as_option=None,
            stuck=no_way_back,
        ),
        Field(
            "nodes",
            created_as=None,
            valid=valid_nodes,
            same=same_nodes,
            stuck=too_many,
            refuse=nodes_refused,
            steps=node_steps,
        ),
        Field(
            "version",
            created_as=None,
            read=shown_version,
            valid=valid_version,
            same=same_version,
            stuck=no_downgrade,
            refuse=version_refused,
            steps=version_steps,
        ),
        *FARM_MANAGEMENT,
        TAGS,
    ),
    operations=(
        Operation("enable_ha", refuse=ha_refused, gates=True),
        *(replace(one, **OWN_OPERATIONS.get(one.name, {})) for one in FARM_OPERATIONS),
    ),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters as ITCare documents them (the API reference, Kubernetes).

Their nodes are in nodes.py, leaving.py, named_nodes.py and node_steps.py, their versions in versions.py, and their
topology in topology.py. What the platform offers is in offer.py, and how the catalogue checks their options is in
offers.py.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ...errors import InvalidInput, refuse
from ...resource import PREPARATION, Field, Operation, Resource, to_result
from ..shared import placement
from ..shared.management import (
    CHANGE,
    CHANGE_REFERENCE,
    FARM_MANAGEMENT,
    FARM_OPERATIONS,
    contradictory,
    number,
    patch_group_of_several,
    shown_sizing,
    valid_sizing,
)
from ..shared.references import is_shown, products_called, shows
from ..shared.tags import TAGS, read_tags
from .named_nodes import named_in, removal_refused, removal_steps, strangers, valid_names
from .node_steps import node_steps, nodes_refused, too_many
from .nodes import CREATED_NODES, counts, first_nodes, kept_rows, read_nodes, same_nodes, valid_nodes
from .offer import (
    ITSELF,
    PATH,
    SHOWN_AREAS,
    read_products,
)
from .topology import ha_refused, no_way_back, same_topology, shown_topology
from .versions import (
    no_downgrade,
    read_version_facts,
    same_version,
    shown_version,
    valid_version,
    version_facts_of_new,
    version_refused,
    version_steps,
)

NAME = "[a-z0-9-]+"  # the name of a creation
DISTRIBUTIONS = ("az-distribution", "dc-distribution")  # the example values of the metrics' query parameter


def resolve(ask, seen, wanted):
    """For Resource.resolve: what is named for removal and is a node of no cluster, or of another one, is refused."""
    if wanted.get("remove_nodes") and wanted.get("state") != "absent":
        refuse(strangers(ask.client, seen, wanted["remove_nodes"]))
    return wanted if seen else _new(ask, seen, wanted)


def _new(ask, seen, wanted):
    """The rules for a new cluster, ids for names, and what the platform offers for it."""
    if not re.fullmatch(NAME, wanted["name"]):
        raise InvalidInput("name: %r is not allowed: use lowercase letters, digits and hyphens" % wanted["name"])
    wanted = _with_first_nodes(wanted)
    wanted = placement.place(ask, seen, wanted)
    if "version" in wanted:
        products = read_products(ask.client)
        fitting = products_called(wanted["platform"], products)
        seen.facts.update(version_facts_of_new(wanted, products, fitting))
    return wanted


def _with_first_nodes(wanted):
    """With ``nodes``, a creation asks for all nodes of the first size; the rest is added later."""
    if "nodes" in wanted:
        sizing, count = first_nodes(wanted["nodes"])
        return {**wanted, "sizing": sizing, "node_count": count}
    if not ("sizing" in wanted and "node_count" in wanted):
        raise InvalidInput(
            "no k8s_cluster is named %s, and to create it nodes are needed, or sizing and node_count" % wanted["name"]
        )
    if not CREATED_NODES[0] <= wanted["node_count"] <= CREATED_NODES[1]:
        raise InvalidInput("node_count: %d is not within %d to %d" % (wanted["node_count"], *CREATED_NODES))
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
    if shown is None or number(shown) == wanted["node_count"]:
        return None
    return "node_count is fixed at creation: it is %s, not %s; use nodes to set the number in each zone" % (
        shown,
        wanted["node_count"],
    )


def patch_group_of_workers(wanted, seen):
    """For Operation.refuse: enable_ha does not add workers, and those that are named for removal do not count."""
    named = named_in(wanted, seen)
    left = {"node_count": len(seen.get("nodes")) - len(named)} if named else {}
    return patch_group_of_several({**wanted, **left, "topology": None}, seen)


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


def offers():
    """For Resource.offers."""
    from .offers import K8S_OFFERS  # only a change needs them

    return K8S_OFFERS


# Where a cluster's placement differs from that of whatever else is made of nodes.
OWN_PLACEMENT = {"area": {"read": SHOWN_AREAS}, "platform": {"required": True}}
OWN_OPERATIONS = {"update_patch_party": {"refuse": patch_group_of_workers}}

K8S_CLUSTER = Resource(
    kind="k8s_cluster",
    path=PATH,
    catalogue="KUBERNETES",
    unique_name=True,
    valid=contradictory,
    resolve=resolve,
    offers=offers,
    ready=has_its_nodes,
    is_new=is_new,
    also_read={"nodes": read_nodes, "remove_nodes": read_nodes, "tags": read_tags},
    facts={"version": read_version_facts},
    fields=(
        Field("name", read=shows("name"), same=is_shown, identifies=True, required=True),
        *(replace(one, **OWN_PLACEMENT.get(one.name, {})) for one in placement.FARM_PLACEMENT),
        Field("ingress_provider", same=same_ingress_provider, required=True),
        Field("sizing", created_as="nodeSizing", read=shown_sizing, valid=valid_sizing, elsewhere=placement.nodes_of),
        Field("node_count", created_as="instanceCount", read="nodeCount", stuck=other_count),
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
            kept=kept_rows,
        ),
        Field(
            "remove_nodes",
            created_as=None,
            read=None,
            valid=valid_names,
            refuse=removal_refused,
            steps=removal_steps,
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
        CHANGE,
        TAGS,
    ),
    operations=(
        Operation("enable_ha", refuse=ha_refused, gates=True),
        Operation("delete", also=(CHANGE_REFERENCE,)),
        *(replace(one, **OWN_OPERATIONS.get(one.name, {})) for one in FARM_OPERATIONS),
    ),
)

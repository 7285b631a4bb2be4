# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a Kubernetes cluster (the API reference, Kubernetes): counted and compared.

They are a set: so many of each pair of zone and size. The wanted ones are rows,
``[{availability_zone, sizing, count}, ...]``; those that there are, are records.
"""

from __future__ import annotations

from collections import Counter

from ...client import in_parallel
from ...errors import refuse
from ...identity import with_both_numbers
from ...resource import REMOVED
from ..shared.management import shown_sizing, valid_sizing
from ..shared.references import shows
from ..shared.resources import with_details
from .offer import ITSELF

CREATED_NODES = (2, 12)  # instanceCount of a creation; the product page says 2 to 256, and more can be added

SHOWN_ZONE = shows("availabilityZone", "availabilityZone.id", "labelAvailabilityZone")


def read_nodes(client, seen):
    """For Resource.also_read: the nodes (list of dict), with zone, size and both numbers even if a listing leaves those
    out."""
    rows = client.get(seen.path(ITSELF + "/nodes"))
    nodes = [row for row in rows if row.get("status") != REMOVED]
    whole = in_parallel(lambda node: node if _is_clear(node) else with_details(client, node), nodes)
    return in_parallel(lambda node: with_both_numbers(client, node), whole)


def valid_nodes(rows):
    """For Field.valid: each pair once, sizes and numbers that make sense, and at least one node."""
    pairs = Counter((row["availability_zone"], row["sizing"]) for row in rows)
    twice = next((pair for pair, count in pairs.items() if count > 1), None)
    negative = [row["count"] for row in rows if row["count"] < 0]
    said = [
        *(valid_sizing(row["sizing"]) for row in rows),
        negative and "nodes: count must not be negative, and it is %d" % negative[0],
        twice and "nodes: %s in %s is given twice; add up the counts" % (twice[1], twice[0]),
        not sum(row["count"] for row in rows)
        and "nodes: not all nodes can be removed; use state=absent to remove the cluster",
    ]
    return next((sentence for sentence in said if sentence), None)


def same_nodes(rows, nodes):
    """For Field.same: each pair of zone and size has as many nodes as wanted, and no other pair has any."""
    return not missing_counts(nodes, rows) and not surplus_counts(nodes, rows)


def first_nodes(rows):
    """The size and the number of the nodes that a creation asks for."""
    sizing = next(row["sizing"] for row in rows if row["count"])
    count = sum(row["count"] for row in rows if row["sizing"] == sizing)
    smallest, largest = CREATED_NODES
    return sizing, min(max(count, smallest), largest)


# Counting: a Counter of (zone, size)


def missing_counts(nodes, rows):
    """How many nodes are to be created."""
    return wanted_counts(rows) - counts(nodes, rows)


def surplus_counts(nodes, rows):
    """How many nodes are too many."""
    return counts(nodes, rows) - wanted_counts(rows)


def wanted_counts(rows):
    """How many nodes are wanted."""
    return Counter({(row["availability_zone"], row["sizing"]): row["count"] for row in rows if row["count"]})


def counts(nodes, rows=()):
    """How many nodes there are, of those that show their zone and size."""
    return Counter(pair_of(node, rows) for node in nodes if _is_clear(node))


def to_rows(counted):
    """A Counter as rows."""
    return [
        {"availability_zone": zone, "sizing": sizing, "count": number}
        for (zone, sizing), number in sorted(counted.items())
    ]


def kept_rows(shown, record):
    """For Field.kept: as many rows as there are pairs."""
    refuse(unclear(shown, ()))
    return to_rows(counts(shown))


def in_words(node, rows=()):
    """A node in a sentence."""
    zone, sizing = pair_of(node, rows)
    return "%s (%s in %s)" % (node.get("name") or node["id"], sizing, zone)


def unclear(nodes, rows):
    """Why these nodes cannot be counted, in a sentence: none is listed (a cluster has some), one does not show its zone
    or its size, or two rows name its zone, each in another spelling. None where they can.
    """
    if not nodes:
        return "nodes: the cluster lists none of its nodes, so they cannot be counted; leave the option out"
    dim = next((node for node in nodes if not _is_clear(node)), None)
    if dim:
        return "the node %s shows no zone or no size, so the nodes cannot be counted; leave the option nodes out" % (
            dim.get("name") or dim.get("id")
        )
    for node in nodes:
        names = sorted({row["availability_zone"] for row in rows} & set(SHOWN_ZONE(node).spellings))
        if len(names) > 1:
            return "nodes: %s are one zone; give it one name" % " and ".join(names)
    return None


def pair_of(node, rows):
    """The zone and the size of a node; of several spellings of the zone the one that the user chose."""
    spellings = SHOWN_ZONE(node).spellings
    wanted = [row["availability_zone"] for row in rows]
    return next((zone for zone in spellings if zone in wanted), spellings[0]), shown_sizing(node)


def _is_clear(node):
    return bool(SHOWN_ZONE(node) and shown_sizing(node))

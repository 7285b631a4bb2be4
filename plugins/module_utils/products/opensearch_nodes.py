# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of an OpenSearch cluster (the API reference, OpenSearch): they are added in pairs, and each is resized by
its name. No operation removes one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..client import in_parallel
from ..errors import InvalidInput
from ..plan import operation_step
from ..resource import REMOVED, Field, Operation
from .shared.farm import SIZING, shown_node_sizing
from .shared.management import number, valid_sizing
from .shared.resources import with_details
from .shared.rules import matching, within

ITSELF = "/databases/opensearch/{address}"
NEW_COUNTS = (3, 51)  # of a creation, and odd
PAIR = 2


def with_nodes(params):
    """The module's options such that the nodes are read: a task about their number or size has to know them."""
    asks = any(params.get(option) is not None for option in ("sizing", "node_count"))
    return {**params, "nodes": []} if asks and params.get("nodes") is None else params


def read_nodes(client, seen):
    """For Resource.also_read: the nodes (list of dict), with their sizes even if a listing leaves those out."""
    nodes = [node for node in client.get(seen.path(ITSELF + "/nodes")) if node.get("status") != REMOVED]
    return in_parallel(lambda node: node if shown_node_sizing(node) else with_details(client, node), nodes)


def check_new(wanted):
    """For farm(): a new cluster has an odd number of nodes, all of one size."""
    count = wanted["node_count"]
    return (
        count % PAIR == 0 and "node_count: a new cluster has an odd number of nodes, and %d is even" % count,
        within("node_count", *NEW_COUNTS)(count),
        wanted.get("nodes") and "nodes: a new cluster has nodes of one size; resize some when it is there",
    )


# What there is


def shown_count(record):
    """The number of nodes that a record shows, or None."""
    shown = number(record.get("nodeCount")) or len(record.get("nodes") or ())
    return int(shown) or None


def shown_sizes(record):
    """The sizes of the nodes in words, or the one that the cluster's own page shows; None where nothing shows any."""
    sizes = sorted({str(shown_node_sizing(node)) for node in record.get("nodes") or ()})
    return " and ".join(sizes) or shown_node_sizing(record)


def kept_size(shown, record):
    """For Field.kept: the size that all nodes have; where they differ, each has a row."""
    sizes = {shown_node_sizing(node) for node in record.get("nodes") or ()}
    if not sizes or None in sizes:
        raise InvalidInput("not all of its nodes show their size")
    return sizes.pop() if len(sizes) == 1 else None


def kept_rows(shown, record):
    """For Field.kept: a row for each node, where their sizes differ."""
    sizes = {str(node.get("name")): shown_node_sizing(node) for node in shown or ()}
    if None in sizes.values() or len(set(sizes.values())) < 2:
        return None
    return [{"name": name, "sizing": sizes[name]} for name in sorted(sizes)]


def _sizes(seen):
    """{name: size} of the nodes; None for a size that is not shown."""
    return {str(node.get("name")): shown_node_sizing(node) for node in seen.get("nodes") or ()}


# The size: of all nodes that no row names, and of those with a row


def valid_rows(rows):
    """For Field.valid: sizes that make sense, and each node once."""
    twice = [name for name, count in Counter(row["name"] for row in rows).items() if count > 1]
    said = [*(valid_sizing(row["sizing"]) for row in rows), twice and "nodes: %s is given twice" % twice[0]]
    return next((sentence for sentence in said if sentence), None)


def same_rows(rows, nodes):
    """For Field.same: each node with a row has the size of that row."""
    sizes = {str(node.get("name")): shown_node_sizing(node) for node in nodes or ()}
    return all(sizes.get(row["name"]) == row["sizing"] for row in rows)


def unknown_nodes(wanted, seen):
    """For Field.refuse: a row for a node that the cluster does not have."""
    sizes = _sizes(seen)
    unknown = [row["name"] for row in wanted["nodes"] if row["name"] not in sizes]
    if not seen or not unknown:
        return None
    from ..neighbours import with_list  # only a refusal needs it

    refusal = "nodes: there is no node %s" % ", ".join(unknown)
    return with_list(refusal, "these are: %s" % (", ".join(sorted(sizes)) or "none"), unknown, sorted(sizes))


def unclear_sizes(wanted, seen):
    """For Field.refuse: nodes that cannot be compared."""
    sizes = _sizes(seen)
    if not seen or (sizes and all(sizes.values())):
        return None
    dim = sorted(name for name, size in sizes.items() if not size)
    return "sizing: %s, so the nodes cannot be resized; leave the option out" % (
        "the size of %s is not shown" % ", ".join(dim) if dim else "the cluster lists none of its nodes"
    )


def resize_all(wanted, seen):
    """For Field.steps: one request for all nodes of another size, without those that have a row."""
    named = [row["name"] for row in wanted.get("nodes") or ()]
    return _resizing(seen, {name: wanted["sizing"] for name in _sizes(seen) if name not in named})


def resize_some(wanted, seen):
    """For Field.steps: one request for each size that rows ask for."""
    return _resizing(seen, {row["name"]: row["sizing"] for row in wanted["nodes"]})


def _resizing(seen, wanted):
    there = _sizes(seen)
    differing = {name: size for name, size in wanted.items() if there.get(name) not in (None, size)}
    by_size = {}
    for name, size in differing.items():
        by_size.setdefault(size, []).append(name)
    return [_resize(size, {name: there[name] for name in sorted(names)}) for size, names in by_size.items()]


def _resize(size, before):
    after = dict.fromkeys(before, size)
    return operation_step(
        ITSELF,
        Operation("resize_nodes", gates=True),
        {"nodeSize": size, "nodes": list(before)},
        before={"nodes": before},
        after={"nodes": after},
        done=lambda record: same_rows([{"name": name, "sizing": size} for name in after], record.get("nodes")),
    )


# The number


def fewer_nodes(wanted, seen):
    """For Field.stuck: no operation removes nodes."""
    there = shown_count(seen.record)
    if there is None or wanted["node_count"] >= there:
        return None
    return "node_count cannot go down: it is %d, not %d" % (there, wanted["node_count"])


def unclear_addition(wanted, seen):
    """For Field.refuse: nodes come in pairs, and their size and disk have to be known."""
    there = shown_count(seen.record) if seen else None
    if there is None or wanted["node_count"] <= there:
        return None
    if (wanted["node_count"] - there) % PAIR:
        return "node_count: nodes are added in pairs: it is %d, so it cannot become %d" % (there, wanted["node_count"])
    missing = [option for option, value in _of_new_nodes(wanted, seen).items() if not value]
    if not missing:
        return None
    return "node_count: the nodes do not all show the same %s; give what new ones have" % " and ".join(missing)


def add_nodes(wanted, seen):
    """For Field.steps: a request for each pair that is missing."""
    there = shown_count(seen.record) if seen else None
    if there is None:
        return []
    new = _of_new_nodes(wanted, seen)
    return [_pair(count, new) for count in range(there + PAIR, wanted["node_count"] + 1, PAIR)]


def _of_new_nodes(wanted, seen):
    """What a pair has: as the task says, or as all nodes have it; None where that is not known."""
    sizes = set(_sizes(seen).values())
    disks = {number(node.get("storage")) for node in seen.get("nodes") or ()}
    return {
        "sizing": wanted.get("sizing") or (sizes.pop() if len(sizes) == 1 else None),
        "disk_size": wanted.get("disk_size") or (disks.pop() if len(disks) == 1 else None),
    }


def _pair(count, new):
    return operation_step(
        ITSELF,
        Operation("add_nodes", gates=True, repeatable=False),
        {"nodesCount": PAIR, "nodeSize": new["sizing"], "diskSize": int(new["disk_size"])},
        before={"node_count": count - PAIR},
        after={"node_count": count, **new},
        done=lambda record: (shown_count(record) or 0) >= count,
    )


SIZING_OF_NODES = replace(
    SIZING,
    read=shown_sizes,
    changed_by=None,
    as_option=None,
    refuse=unclear_sizes,
    elsewhere=None,
    steps=resize_all,
    kept=kept_size,
)
NODE_PREFIX = Field(
    "node_prefix",
    read=None,
    valid=matching("node_prefix", "[A-Z0-9.-]{4,60}", "4 to 60 uppercase letters, digits, hyphens and dots"),
    required=True,
)
NODES = Field(
    "nodes", created_as=None, valid=valid_rows, same=same_rows, refuse=unknown_nodes, steps=resize_some, kept=kept_rows
)
NODE_COUNT = Field(
    "node_count",
    created_as="instanceCount",
    to_api=lambda count: "%s" % count,  # text, as documented
    read=shown_count,
    stuck=fewer_nodes,
    refuse=unclear_addition,
    steps=add_nodes,
    required=True,
)

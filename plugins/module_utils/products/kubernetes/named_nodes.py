# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a Kubernetes cluster that have to go because the user names them (the API reference, Kubernetes).

A node has a path of its own only to be deleted. Which of its two numbers that path takes is not documented.
"""

from __future__ import annotations

from ...identity import in_words as resource_in_words
from ...identity import is_clear, numbers, of_row, page
from ...plan import Step
from ...resource import Operation
from ..shared.references import is_id
from ..shared.resources import PATH as RESOURCES
from ..shared.resources import look_up
from .leaving import last_ingress, unclear_numbers
from .nodes import counts, in_words, surplus_counts, unclear, wanted_counts
from .offer import ITSELF
from .topology import becomes_ha


def valid_names(names):
    """For Field.valid: names that can be looked for."""
    dim = [name for name in names if not is_clear(name)]
    return "remove_nodes: %r is empty, or has a comma, a leading ! or blanks around it" % dim[0] if dim else None


def named_nodes(names, nodes):
    """The nodes (list of dict) that have one of these names or numbers."""
    return [node for node in nodes or [] if any(_has(node, name) for name in names)]


def named_in(wanted, seen):
    """The nodes (list of dict) that the task names and that are there."""
    return named_nodes(wanted.get("remove_nodes") or (), seen.get("nodes"))


def strangers(client, seen, names):
    """What these names and numbers belong to, if not to a node of the cluster, in a sentence; None where nothing has
    them, since what is not there need not be removed. Raises Ambiguous.
    """
    unknown = [name for name in names if not named_nodes([name], seen.get("nodes"))]
    found = look_up(client, unknown) if unknown else {}
    there = [row for row in found.values() if row and page(client, RESOURCES, of_row(row))[0]]
    if not there:
        return None
    return "remove_nodes: not a node of this cluster: %s" % "; ".join(resource_in_words(row) for row in there)


def removal_refused(wanted, seen):
    """For Field.refuse: a name of several nodes, all nodes, and counts in ``nodes`` that contradict the names.

    With ``nodes``, what cannot be counted and the last nodes with ingress are refused there.
    """
    nodes, going = seen.get("nodes") or [], named_in(wanted, seen)
    several = next((name for name in wanted["remove_nodes"] if len(named_nodes([name], nodes)) > 1), None)
    if several:
        both = " and ".join(resource_in_words(node) for node in named_nodes([several], nodes))
        return "remove_nodes: several nodes are %s: %s" % (several, both)
    if "nodes" in wanted:
        return None if unclear(nodes, wanted["nodes"]) else _contradiction(nodes, wanted["nodes"], going)
    if going == nodes != []:
        return "remove_nodes: not all nodes can be removed; use state=absent to remove the cluster"
    return unclear_numbers(nodes, going, "remove_nodes") or last_ingress(nodes, going, "remove_nodes")


def removal_steps(wanted, seen):
    """For Field.steps: one removal after the other. In a cluster that changes first, place_nodes removes them."""
    if "nodes" in wanted and (seen.is_new or becomes_ha(wanted, seen)):
        return []
    return [_removal(node) for node in named_in(wanted, seen)]


def _has(node, name):
    if is_id(name) and str(int(name)) in numbers(node):
        return True
    return str(node.get("name")).casefold() == name.casefold()


def _contradiction(nodes, rows, going):
    named = counts(going, rows)
    for pair in named - surplus_counts(nodes, rows):
        left = counts(nodes, rows)[pair] - named[pair]
        return "nodes and remove_nodes contradict each other: without %s, %d of %s in %s would be left, not %d" % (
            ", ".join(in_words(node, rows) for node in going if counts([node], rows)[pair]),
            left,
            pair[1],
            pair[0],
            wanted_counts(rows)[pair],
        )
    return None


def _removal(node):
    path, *others = ("%s/nodes/%s" % (ITSELF, number) for number in numbers(node))
    return Step(
        Operation("delete_node", gates=True, destroys=True),
        "DELETE",
        path,
        otherwise=tuple((other, None) for other in others),
        before={"removed": []},
        after={"removed": [in_words(node)]},
        done=lambda record: not any(one["id"] == node["id"] for one in record["nodes"]),
    )

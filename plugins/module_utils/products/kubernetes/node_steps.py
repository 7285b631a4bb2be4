# SPDX-License-Identifier: GPL-3.0-or-later
"""From the nodes of a Kubernetes cluster to the wanted ones (the API reference, Kubernetes).

Nodes are added by number and removed by id. Where the platform chooses zones itself, at a creation and for high
availability, what is left to do is known only after that: one late step, place_nodes, stands for it.
"""

from __future__ import annotations

from ...errors import UnexpectedAnswer, refuse
from ...identity import other_number
from ...plan import Step, operation_body, operation_step
from ...resource import Operation
from ..shared.management import shown_sizing
from .leaving import dispensable, last_ingress, unclear_numbers, which_go
from .named_nodes import named_in
from .nodes import counts, first_nodes, in_words, missing_counts, same_nodes, to_rows, unclear, wanted_counts
from .offer import ITSELF
from .topology import HA, becomes_ha

DELETE_NODES = Operation("delete_nodes", gates=True)


def too_many(wanted, seen):
    """For Field.stuck: nodes that are not wanted stay, unless scale_down (or their creation a moment ago) allows it."""
    nodes, rows = seen.get("nodes", []), wanted["nodes"]
    if _may_shrink(wanted, seen) or unclear(nodes, rows):
        return None
    named = named_in(wanted, seen)
    names = [in_words(node, rows) for node in which_go(nodes, rows, named=named) if node not in named]
    return "nodes: %s would be removed, and scale_down is false" % ", ".join(names) if names else None


def _may_shrink(wanted, seen):
    """Whether nodes may be removed: where the user says so, or where this task has just seen them made for itself."""
    return bool(wanted.get("scale_down") or (seen.is_new and _are_first(seen.get("nodes", []), wanted["nodes"])))


def _are_first(nodes, rows):
    """Whether these are just the nodes that a creation with these wanted ones asks for."""
    sizing, count = first_nodes(rows)
    return [shown_sizing(node) for node in nodes] == [sizing] * count


def nodes_refused(wanted, seen):
    """For Field.refuse: nodes that cannot be counted or named, and the last ones with ingress.

    What is to be made of the nodes that the platform chooses itself is known only later.
    """
    if not seen:
        return None
    nodes, rows = seen.get("nodes", []), wanted["nodes"]
    reason = unclear(nodes, rows)
    if reason or (same_nodes(rows, nodes) and not becomes_ha(wanted, seen)):
        return reason
    going = _going(wanted, seen)
    reason = unclear_numbers(nodes, going)
    is_late = seen.is_new or becomes_ha(wanted, seen)
    return reason or (None if is_late else last_ingress(nodes, going))


def node_steps(wanted, seen):
    """For Field.steps: first one creation of all that is missing, then one removal of all that is too many."""
    rows = wanted["nodes"]
    if not seen:
        return [_placement([], rows, [], is_new=True, sure=wanted.get("scale_down") or wanted.get("topology") == HA)]
    nodes = seen.get("nodes", [])
    to_ha = becomes_ha(wanted, seen)
    if same_nodes(rows, nodes) and not to_ha:
        return []
    going, named = _going(wanted, seen), named_in(wanted, seen)
    if seen.is_new or to_ha:
        return [_placement(nodes, rows, going, named, is_new=seen.is_new)]
    return [*_creation(nodes, rows), *_removal([node for node in going if node not in named])]


def _going(wanted, seen):
    named = named_in(wanted, seen)
    return which_go(seen.get("nodes", []), wanted["nodes"], named=named) if _may_shrink(wanted, seen) else named


def _placement(before, rows, going, named=(), is_new=False, sure=True):
    """What is left to do when the platform has chosen zones itself, at a creation or for high availability.

    Of the nodes that were there ``before`` it removes those that are ``going`` only, first the ``named`` ones, besides
    what the platform has made since. A new cluster first loses what it has too many, as far as it can: if the task is
    interrupted after that, another run finds nothing that scale_down would have to allow. Unless ``sure``, nothing is
    removed where a new cluster shows other nodes than were asked for: they may be the platform's own.
    """
    kept = [node["id"] for node in before if node not in going]

    def place(seen):
        nodes = seen.get("nodes", [])
        refuse(unclear(nodes, rows))
        surplus = which_go(nodes, rows, kept, named)
        if surplus and not sure and not _are_first(nodes, rows):
            sizing, count = first_nodes(rows)
            raise UnexpectedAnswer(
                "the new cluster was to have %d nodes of %s, and it shows %s. Nothing was removed; with "
                "scale_down=true the task removes what is too many"
                % (count, sizing, ", ".join(in_words(node, rows) for node in nodes))
            )
        early = dispensable(nodes, surplus) if is_new else []
        creation = _creation([node for node in nodes if node not in early], rows)
        # Whether the new nodes have ingress, so that the last old ones can go, is known only when they are there.
        return [*_removal(early), *creation, Step(Operation("remove_rest"), "PATCH", ITSELF, late=remove_rest)]

    def remove_rest(seen):
        nodes = seen.get("nodes", [])
        refuse(unclear(nodes, rows))
        surplus = which_go(nodes, rows, kept, named)
        refuse(last_ingress(nodes, surplus), unclear_numbers(nodes, surplus))
        return _removal(surplus)

    there = counts(before, rows)
    removed = [in_words(node, rows) for node in going]
    return Step(
        Operation("place_nodes", destroys=bool(named)),
        "PATCH",
        ITSELF,
        before={"nodes": to_rows(there), **({"removed": []} if going else {})},
        after={
            "nodes": to_rows((there - counts(going, rows)) | wanted_counts(rows)),
            **({"removed": removed} if going else {}),
        },
        late=place,
    )


def _creation(nodes, rows):
    missing = missing_counts(nodes, rows)
    if not missing:
        return []
    there = counts(nodes, rows)
    body = [{"nodesNb": number, "nodeSizing": sizing, "az": zone} for (zone, sizing), number in missing.items()]
    return [
        operation_step(
            ITSELF,
            Operation("create_nodes", gates=True, repeatable=False),
            {"nodes": body},
            before={"nodes": to_rows(there)},
            after={"nodes": to_rows(there + missing)},
            done=lambda record: not missing_counts(record["nodes"], rows),
        )
    ]


def _removal(going):
    if not going:
        return []
    ids = [node["id"] for node in going]
    others = [other_number(node) for node in going]

    def body(numbers):
        return operation_body(DELETE_NODES.name, {"nodes": [str(number) for number in numbers]})

    return [
        Step(
            DELETE_NODES,
            "PATCH",
            ITSELF,
            body(ids),
            otherwise=() if others == list(map(str, ids)) else ((ITSELF, body(others)),),
            before={"removed": []},
            after={"removed": [in_words(node) for node in going]},
            done=lambda record: not any(node["id"] in ids for node in record["nodes"]),
        )
    ]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes of a Kubernetes cluster go, and which must not (the API reference, Kubernetes)."""

from __future__ import annotations

import re

from ...identity import called, numbers
from ...resource import is_true
from .nodes import in_words, pair_of, surplus_counts

INGRESS = {"internal": "isInternalIngressNode", "external": "isExternalIngressNode"}


def which_go(nodes, rows, kept=(), named=()):
    """The nodes (list of dict) that are too many, without those of the ids ``kept``: the same ones at every run.

    First those that the user has ``named``. Then not the last one with ingress, then those without ingress, then those
    that no load balancer uses, then the highest name. Pairs of which all nodes go come first, so that the others can be
    spared for their ingress.
    """
    surplus = surplus_counts(nodes, rows)
    by_name = sorted(nodes, key=_natural, reverse=True)
    first = [node["id"] for node in named]
    of_pair = {pair: [node for node in by_name if pair_of(node, rows) == pair] for pair in surplus}
    going = []

    def worth(node):
        staying = [one for one in nodes if one not in going]
        return node["id"] not in first, bool(_last_of(staying, [node])), *_worth(node)

    for pair in sorted(surplus, key=lambda pair: (surplus[pair] < len(of_pair[pair]), pair)):
        for _dummy in range(surplus[pair]):
            candidates = [node for node in of_pair[pair] if node not in going and node["id"] not in kept]
            going += [min(candidates, key=worth)] if candidates else []
    return going


def dispensable(nodes, going):
    """Those of ``going`` that can go before any other node comes."""
    free = []
    for node in going:
        staying = [one for one in nodes if one not in free]
        if len(staying) > 1 and not _last_of(staying, [node]):
            free.append(node)
    return free


def last_ingress(nodes, going, option="nodes"):
    """Why these nodes cannot go, in a sentence: not all nodes with ingress can be deleted (delete_nodes)."""
    for kind in _last_of(nodes, going):
        last = [node for node in going if node.get(INGRESS[kind])]
        return (
            "%s: with %s the last %s ingress node would be removed, which the platform refuses; keep one of them, "
            "at least until another node has that ingress" % (option, ", ".join(in_words(node) for node in last), kind)
        )
    return None


def unclear_numbers(nodes, going, option="nodes"):
    """Why these nodes cannot be named in a request: which of its two numbers is meant is not written, and the other
    one of a node that goes must not be that of a node that stays."""
    staying = [node for node in nodes if node not in going]
    taken = {one for node in staying for one in numbers(node)}
    dim = next((node for node in going if taken & set(numbers(node))), None)
    return dim and "%s: %s has a number that another node has, too; it is not removed on a guess" % (
        option,
        called(dim),
    )


def _last_of(nodes, going):
    """The kinds of ingress that no node has any more when these have gone."""
    kept = [node for node in nodes if node not in going]
    return [
        kind
        for kind, flag in INGRESS.items()
        if any(is_true(node.get(flag)) for node in going) and not any(is_true(node.get(flag)) for node in kept)
    ]


def _worth(node):
    member = is_true(node.get("isMemberOFLoadBalancer")) or bool(node.get("loadbalancers"))
    return any(is_true(node.get(flag)) for flag in INGRESS.values()), member


def _natural(node):
    """So that NODE10 comes after NODE9."""
    parts = [part for part in re.split(r"(\d+)", str(node.get("name"))) if part]
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts] + [(int(node["id"]), "")]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes of a cluster go: pure, so that it can be tried with many sets."""

from __future__ import annotations

import random

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.leaving import (
    last_ingress,
    unclear_numbers,
    which_go,
)

ZONES, SIZES = ("EB-A", "EB-B", "EB-C"), {"2cpu4gb": (2, 4), "4cpu8gb": (4, 8)}


def node(number, az="EB-A", sizing="4cpu8gb", **fields):
    cpu, ram = SIZES[sizing]
    return {"id": number, "name": "NODE%d" % number, "labelAvailabilityZone": az, "cpu": cpu, "ram": ram, **fields}


def row(count, az="EB-A", sizing="4cpu8gb"):
    return {"availability_zone": az, "sizing": sizing, "count": count}


def some_nodes(chance):
    return [
        node(
            number,
            chance.choice(ZONES),
            chance.choice(list(SIZES)),
            isInternalIngressNode=chance.random() < 0.3,
            isExternalIngressNode=chance.random() < 0.15,
            isMemberOFLoadBalancer=chance.random() < 0.4,
        )
        for number in range(1, chance.randint(2, 9))
    ]


def some_rows(chance):
    pairs = [(az, sizing) for az in ZONES for sizing in SIZES]
    chosen = chance.sample(pairs, chance.randint(1, len(pairs)))
    rows = [row(chance.randint(0, 3), az, sizing) for az, sizing in chosen]
    return rows if any(one["count"] for one in rows) else [row(1)]


def gone(nodes, rows):
    """The names of the nodes that are removed."""
    return [one["name"] for one in which_go(nodes, rows)]


def test_choice_does_not_depend_on_the_order_of_the_answer():
    for seed in range(200):
        chance = random.Random(seed)
        nodes, rows = some_nodes(chance), some_rows(chance)
        assert gone(chance.sample(nodes, len(nodes)), rows) == gone(nodes, rows)


@pytest.mark.parametrize(
    ("nodes", "count", "expected"),
    [
        ([node(1), node(2), node(3)], 1, ["NODE3", "NODE2"]),
        ([node(9), node(10), node(8)], 2, ["NODE10"]),
        ([node(1), node(2), node(3, isInternalIngressNode=True)], 2, ["NODE2"]),
        ([node(1), node(2), node(3, isExternalIngressNode=True)], 2, ["NODE2"]),
        ([node(1), node(2, isMemberOFLoadBalancer=True)], 1, ["NODE1"]),
        ([node(1), node(2, loadbalancers=[{"id": 5}])], 1, ["NODE1"]),
        ([node(1, isInternalIngressNode=True), node(2, isMemberOFLoadBalancer=True)], 1, ["NODE2"]),
        ([node(1, isInternalIngressNode=True), node(2, isInternalIngressNode=True)], 1, ["NODE2"]),
    ],
)
def test_which_nodes_go(nodes, count, expected):
    assert gone(nodes, [row(count)]) == expected


def test_node_is_spared_for_its_ingress_where_another_pair_loses_all():
    nodes = [
        node(1, isExternalIngressNode=True),
        node(2, isInternalIngressNode=True),
        node(3, "EB-B", isInternalIngressNode=True),
        node(4, "EB-C", isExternalIngressNode=True),
    ]
    assert gone(nodes, [row(1), row(1, "EB-C")]) == ["NODE3", "NODE1"]


def test_refusal_names_the_node_and_the_kind():
    nodes = [node(1), node(2, "EB-B", isExternalIngressNode=True)]
    assert last_ingress(nodes, which_go(nodes, [row(1)])) == (
        "nodes: with NODE2 (4cpu8gb in EB-B) the last external ingress node would be removed, which the platform "
        "refuses; keep one of them, at least until another node has that ingress"
    )
    assert last_ingress(nodes, nodes[:1]) is None


def test_node_whose_other_number_is_that_of_a_node_that_stays_is_not_named():
    goes, stays = node(2, internalResourceId=9), node(9, internalResourceId=10)
    assert unclear_numbers([goes, stays], [goes]) == (
        "nodes: NODE2 (id 2) has a number that another node has, too; it is not removed on a guess"
    )
    assert unclear_numbers([goes, stays], [goes, stays]) is None
    assert unclear_numbers([goes, node(3, internalResourceId=4)], [goes]) is None

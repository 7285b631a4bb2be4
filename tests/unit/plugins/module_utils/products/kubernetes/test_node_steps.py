# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a cluster's nodes: pure, so that it can be tried with many sets."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput, UnexpectedAnswer, refuse
from ansible_collections.cegedim.cloud.plugins.module_utils.plan import fixed_differences, plan, refusals
from ansible_collections.cegedim.cloud.plugins.module_utils.products.kubernetes.clusters import K8S_CLUSTER
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen
from ansible_collections.cegedim.cloud.tests.unit.plugins.module_utils.products.kubernetes.test_leaving import (
    SIZES,
    node,
    row,
    some_nodes,
    some_rows,
)

FLAGS = {"internal": "isInternalIngressNode", "external": "isExternalIngressNode"}
CLUSTER = {"id": 7, "name": "qa-k8s", "status": "ACTIVE", "topology": "STANDARD"}


def steps(nodes, rows, **wanted):
    """What is planned; InvalidInput where it is refused."""
    wanted = {"name": "qa-k8s", "nodes": rows, "scale_down": True, **wanted}
    seen = cluster(nodes)
    refuse(*refusals(K8S_CLUSTER, seen, wanted))
    return plan(K8S_CLUSTER, seen, wanted)


def cluster(nodes, is_new=False):
    return Seen({**CLUSTER, "nodes": nodes}, is_new=is_new)


def carried_out(nodes, planned):
    """The nodes after the planned requests; as the platform would, this refuses to lose all of one kind of ingress."""
    nodes = list(nodes)
    for step in planned:
        asked = step.body["options"]["nodes"]
        if step.name == "create_nodes":
            for one in asked:
                assert one["nodesNb"] > 0
                nodes += [node(1000 + len(nodes), one["az"], one["nodeSizing"]) for _number in range(one["nodesNb"])]
            continue
        assert step.name == "delete_nodes" and all(isinstance(number, str) for number in asked)
        kept = [one for one in nodes if str(one["id"]) not in asked]
        assert len(kept) == len(nodes) - len(asked) and kept
        for flag in FLAGS.values():
            assert any(one.get(flag) for one in kept) or not any(one.get(flag) for one in nodes)
        nodes = kept
    return nodes


def counted(nodes):
    names = {size: name for name, size in SIZES.items()}
    return Counter((one["labelAvailabilityZone"], names[one["cpu"], one["ram"]]) for one in nodes)


@pytest.mark.slow
def test_every_plan_reaches_the_wanted_nodes_and_none_loses_the_last_ingress():
    reached = refused = 0
    for seed in range(1500):
        chance = random.Random(seed)
        nodes, rows = some_nodes(chance), some_rows(chance)
        try:
            planned = steps(nodes, rows)
        except InvalidInput as error:
            assert "ingress node would be removed" in str(error)
            assert no_choice_would_do(nodes, rows)
            refused += 1
            continue
        assert [step.name for step in planned] in (
            [],
            ["create_nodes"],
            ["delete_nodes"],
            ["create_nodes", "delete_nodes"],
        )
        after = carried_out(nodes, planned)
        assert counted(after) == +Counter({(one["availability_zone"], one["sizing"]): one["count"] for one in rows})
        assert steps(after, rows) == []
        reached += 1
    assert reached > 300 and refused > 100


def no_choice_would_do(nodes, rows):
    """Whether every way of choosing the surplus would lose all nodes of one kind of ingress."""
    wanted = Counter({(one["availability_zone"], one["sizing"]): one["count"] for one in rows})
    kept = [[]]
    for pair in counted(nodes):
        of_pair = [one for one in nodes if set(counted([one])) == {pair}]
        count = min(len(of_pair), wanted[pair])
        kept = [few + list(more) for few in kept for more in itertools.combinations(of_pair, count)]
    return not any(
        all(any(one[flag] for one in few) or not any(one[flag] for one in nodes) for flag in FLAGS.values())
        for few in kept
    )


def test_surplus_without_scale_down_is_stuck_and_the_rest_is_planned():
    nodes, rows = [node(1), node(2)], [row(1), row(1, "EB-B")]
    wanted = {"name": "qa-k8s", "nodes": rows, "scale_down": False}
    seen = cluster(nodes)
    assert fixed_differences(K8S_CLUSTER, seen, wanted) == [
        "nodes: NODE2 (4cpu8gb in EB-A) would be removed, and scale_down is false"
    ]
    assert [step.name for step in plan(K8S_CLUSTER, seen, wanted)] == ["create_nodes"]


def test_nodes_that_somebody_else_asked_for_stay():
    wanted = {"name": "qa-k8s", "nodes": [row(1)], "scale_down": False}
    for nodes in ([node(1), node(2), node(3)], [node(1), node(2, sizing="2cpu4gb")]):
        (sentence,) = fixed_differences(K8S_CLUSTER, cluster(nodes, is_new=True), wanted)
        assert "would be removed, and scale_down is false" in sentence


@pytest.mark.parametrize("scale_down", [False, True])
def test_nodes_that_nobody_asked_for_stay_at_a_creation(scale_down):
    """The control plane, say, if the platform lists it."""
    prepared = {"name": "qa-k8s", "nodes": [row(2)], "scale_down": scale_down, "sizing": "4cpu8gb"}
    place = plan(K8S_CLUSTER, Seen(), prepared)[1]
    made = Seen({"nodes": [node(1), node(2), node(3, sizing="2cpu4gb")]})
    if scale_down:
        assert place.late(made)[0].body["options"]["nodes"] == ["3"]
        return
    with pytest.raises(UnexpectedAnswer) as refusal:
        place.late(made)
    assert str(refusal.value) == (
        "the new cluster was to have 2 nodes of 4cpu8gb, and it shows NODE1 (4cpu8gb in EB-A), NODE2 (4cpu8gb in "
        "EB-A), NODE3 (2cpu4gb in EB-A). Nothing was removed; with scale_down=true the task removes what is too many"
    )


def test_nodes_that_this_task_has_seen_made_may_go():
    wanted = {"name": "qa-k8s", "nodes": [row(1)], "scale_down": False}
    seen = cluster([node(1), node(2)], is_new=True)
    assert fixed_differences(K8S_CLUSTER, seen, wanted) == []
    (step,) = plan(K8S_CLUSTER, seen, wanted)
    assert (step.name, step.after["removed"]) == ("place_nodes", ["NODE2 (4cpu8gb in EB-A)"])
    assert late(step, seen)[0].body["options"]["nodes"] == ["2"]


def test_new_cluster_loses_its_surplus_before_more_is_created_and_the_last_ingress_after_that():
    _create, step = plan(K8S_CLUSTER, Seen(), {"name": "qa-k8s", "nodes": [row(2, "EB-B")]})
    ingress = dict(isInternalIngressNode=True)
    nodes = [node(1, **ingress), node(2, **ingress)]
    first, second, rest = step.late(Seen({"nodes": nodes}))
    assert (first.body["options"]["nodes"], second.name) == (["2"], "create_nodes")
    with pytest.raises(InvalidInput, match="the last internal ingress node"):
        rest.late(Seen({"nodes": [nodes[0], node(3, "EB-B"), node(4, "EB-B")]}))
    with pytest.raises(InvalidInput, match="NODE5 shows no zone or no size"):
        rest.late(Seen({"nodes": [nodes[0], node(3, "EB-B"), {"id": 5, "name": "NODE5"}]}))
    (last,) = rest.late(Seen({"nodes": [nodes[0], node(3, "EB-B", **ingress), node(4, "EB-B")]}))
    assert last.body["options"]["nodes"] == ["1"]


def late(step, seen):
    """The requests that a late step leads to, with the same cluster throughout."""
    return [one for each in step.late(seen) for one in (late(each, seen) if each.late else [each])]


def test_high_availability_may_bring_nodes_and_only_those_go_without_scale_down():
    """What enable_ha does to the workers is not written: here it adds one."""
    wanted = {"name": "qa-k8s", "nodes": [row(1), row(1, "EB-B")], "scale_down": False, "topology": "HA"}
    nodes = [node(2), node(3, "EB-B")]
    enable, place = plan(K8S_CLUSTER, cluster(nodes), wanted)
    assert (enable.name, place.name) == ("enable_ha", "place_nodes")
    (removal,) = late(place, cluster([*nodes, node(9)]))
    assert removal.body["options"]["nodes"] == ["9"]
    (removal,) = late(place, cluster([*nodes, node(1)]))
    assert removal.body["options"]["nodes"] == ["1"]  # although the name of NODE2 is higher
    assert late(place, cluster(nodes)) == []


def test_done_is_seen_by_number_and_by_id():
    create, delete = steps([node(1)], [row(1, "EB-B"), row(1, "EB-B", "2cpu4gb")])
    more = [node(1), node(2, "EB-B")]
    assert not create.done({"nodes": more}) and create.done({"nodes": [*more, node(3, "EB-B", "2cpu4gb")]})
    assert not delete.done({"nodes": more}) and delete.done({"nodes": more[1:]})
    assert (create.operation.repeatable, delete.operation.repeatable) == (False, True)


def test_nothing_is_done_yet_where_the_nodes_could_not_be_read():
    """A listing, which has no nodes, may be all that can be read for a while."""
    there = [node(number) for number in (1, 2, 3)]
    for wanted in ([row(4)], [row(2)]):
        (step,) = [one for one in steps(there, wanted) if one.done]
        assert step.is_done(Seen(CLUSTER, is_unreadable=True)) is False

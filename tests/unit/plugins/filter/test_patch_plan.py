# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of patch groups: what is promised holds for any estate, and few machines move."""

from __future__ import annotations

import itertools
import random

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.filter.patch_plan import FilterModule
from ansible_collections.cegedim.cloud.plugins.plugin_utils.patch_groups import assign, crowding

patch_plan = FilterModule().filters()["patch_plan"]


def machine(number, group=None, **fields):
    policy = {"excluded": False, "patch_group": group and str(group)}
    return {
        "id": number,
        "internal_resource_id": number,
        "name": f"WEB{number:02d}",
        "category": "INSTANCES",
        "service_id": 7,
        "service_name": "shop",
        "patch_policy": policy,
        **fields,
    }


def excluded(number, reason="Patched by its vendor"):
    return machine(number, patch_policy={"excluded": True, "exclusion_reason": reason})


def pool(name, *rows):
    return {"name": name, "pool": [{"resource_id": row["id"], "name": row["name"], "port": 80} for row in rows]}


def groups_of(plan):
    return {one["name"]: one["patch_group"] for one in plan["machines"]}


def after(plan, rows):
    """The machines as the platform shows them once the plan is carried out."""
    policies = {}
    for service in plan["policies"]:
        for policy in service["policies"]:
            shown = {"excluded": policy["excluded"], "exclusion_reason": policy.get("exclusion_reason")}
            for name in policy["resources"]:
                policies[name] = {**shown, "patch_group": str(policy.get("patch_group", ""))}
    return [{**row, "patch_policy": policies.get(row["name"], row["patch_policy"])} for row in rows]


# One pool


def test_members_of_a_pool_are_apart():
    rows = [machine(number) for number in (1, 2, 3)]
    assert sorted(groups_of(patch_plan(rows, [pool("www", *rows)])).values()) == [1, 2, 3]


def test_what_is_right_stays():
    rows = [machine(1, 3), machine(2, 1)]
    plan = patch_plan(rows, [pool("www", *rows)])
    assert plan["policies"] == []
    assert groups_of(plan) == {"WEB01": 3, "WEB02": 1}


def test_of_two_that_share_a_group_one_moves():
    rows = [machine(1, 2), machine(2, 2), machine(3, 1)]
    plan = patch_plan(rows, [pool("www", *rows)])
    assert plan["policies"] == [
        {"service_id": 7, "policies": [{"resources": ["WEB02"], "excluded": False, "patch_group": 3}]}
    ]


def test_larger_pool_is_spread_and_says_so():
    rows = [machine(number, 1) for number in range(1, 6)]
    plan = patch_plan(rows, [pool("www", *rows)])
    assert plan["counts"] == {"before": {"1": 5, "2": 0, "3": 0}, "after": {"1": 2, "2": 2, "3": 1}}
    assert plan["notes"][0].startswith("www has 5 members and there are 3 groups, so it is spread: WEB01 and ")


def test_names_do_not_count_and_pools_do():
    rows = [machine(1, 1), machine(2, 1)]
    assert patch_plan(rows, [])["policies"] == []


def test_another_machine_with_the_number_of_a_member_is_not_the_member():
    rows = [machine(1, 1), machine(2, 1)]
    wrong = {"name": "www", "pool": [{"resource_id": 1, "name": "OTHER"}, {"resource_id": 2, "name": "WEB02"}]}
    plan = patch_plan(rows, [wrong])
    assert plan["policies"] == [] and plan["strangers"] == ["OTHER"]


# Exclusions, products, neighbours


def test_exclusions_stay_with_their_reasons():
    rows = [machine(1), excluded(2), machine(3)]
    plan = patch_plan(rows, [pool("www", *rows)])
    assert "WEB02" not in str(plan["policies"])
    assert [one["after"] for one in plan["machines"]] == ["group 1", "excluded: Patched by its vendor", "group 2"]


def test_new_exclusion():
    rows = [machine(1, 1), machine(2, 1)]
    plan = patch_plan(rows, [pool("www", *rows)], exclusions={"web02": "Old"})
    assert plan["policies"] == [
        {"service_id": 7, "policies": [{"resources": ["WEB02"], "excluded": True, "exclusion_reason": "Old"}]}
    ]
    assert patch_plan(after(plan, rows), [pool("www", *rows)], exclusions={"WEB02": "Old"})["policies"] == []


def test_what_has_no_policy_is_left_alone():
    rows = [machine(1), machine(2, patch_policy=None)]
    assert groups_of(patch_plan(rows, [pool("www", *rows)])) == {"WEB01": 1}


def test_products_and_their_nodes_are_the_platforms_affair():
    nodes = [machine(2), machine(3)]
    product = machine(9, category="CONTAINERS", name="k8s", nodes=nodes)
    rows = [machine(1), product, *nodes]  # the nodes may be listed, too
    plan = patch_plan(rows, [pool("apps", *nodes)], products=[product])
    assert groups_of(plan) == {"WEB01": 1, "k8s": 0}
    assert plan["machines"][1]["after"] == "distributed by the platform"
    assert plan["strangers"] == []


def test_node_of_an_application_server_stands_for_it():
    server = machine(2, 1, category="APPLICATION_SERVERS", name="TOMCAT", nodes=[machine(5)])
    rows = [machine(1, 1), server]
    plan = patch_plan(rows, [pool("www", rows[0], server["nodes"][0])], products=[server])
    assert groups_of(plan)["WEB01"] != groups_of(plan)["TOMCAT"]


def test_neighbour_counts_and_stays():
    own, other = machine(1, 2), machine(2, 2, service_id=8)
    balancer = pool("www", own, other)
    assert patch_plan([own], [balancer])["strangers"] == ["WEB02"]
    plan = patch_plan([own], [balancer], neighbours=[other])
    assert groups_of(plan) == {"WEB01": 1}
    assert plan["strangers"] == []


# What the user wants


def test_pinned_stays_and_the_others_make_room():
    rows = [machine(1, 1), machine(2, 2)]
    plan = patch_plan(rows, [pool("www", *rows)], pinned={"WEB02": 1})
    assert groups_of(plan)["WEB02"] == 1 and groups_of(plan)["WEB01"] in (2, 3)


def test_product_of_one_node_may_be_pinned():
    rows = [machine(1, category="MANAGED_DATABASES", name="pg")]
    assert patch_plan(rows, [], products=rows, pinned={"pg": 2})["policies"][0]["policies"][0]["patch_group"] == 2


def test_apart_counts_more_than_a_pool():
    rows = [machine(number, 1) for number in range(1, 5)]
    plan = patch_plan(rows, [pool("www", *rows)], apart=[["WEB01", "WEB02", "WEB03"]])
    assert len({groups_of(plan)[name] for name in ("WEB01", "WEB02", "WEB03")}) == 3


def test_fewer_groups():
    rows = [machine(1, 3), machine(2, 3)]
    assert sorted(groups_of(patch_plan(rows, [pool("www", *rows)], groups=[1, 2])).values()) == [1, 2]


def test_options_may_be_text():
    rows = [machine(number, 1) for number in range(1, 5)]
    plan = patch_plan(rows, [], groups="1,2", pinned="WEB04=2", exclusions='{"WEB03": "Old"}', rebalance="true")
    assert groups_of(plan) == {"WEB01": 1, "WEB02": 1, "WEB03": 0, "WEB04": 2}


def test_rebalance_only_when_asked():
    rows = [machine(number, 1) for number in range(1, 7)]
    plan = patch_plan(rows, [])
    assert plan["policies"] == [] and "differ in size" in plan["notes"][0]
    assert patch_plan(rows, [], rebalance=True)["counts"]["after"] == {"1": 2, "2": 2, "3": 2}


@pytest.mark.parametrize(
    "options, message",
    [
        ({"groups": [0, 1]}, "one or several of 1, 2 and 3"),
        ({"groups": []}, "none"),
        ({"pinned": {"WEB01": "x"}}, "x of WEB01 is not one of the groups"),
        ({"pinned": {"WEB09": 1}}, "is called WEB09"),
        ({"pinned": {"WEB03": 1}}, "what is excluded from the patch parties has no group"),
        (
            {"pinned": {"WEB01": 1, "1": 2}},
            "pinned: WEB01 and 1 are the same resource, and have different values: 1 and 2",
        ),
        ({"pinned": {"TWIN": 1}}, "2 resources are called TWIN; give the id: 4 or 5"),
        ({"exclusions": {"WEB01": ""}}, "exclusions: WEB01 needs a reason"),
        ({"exclusions": {"WEB01": None}}, "exclusions: WEB01 needs a reason"),
        ({"apart": ["WEB01", "WEB02"]}, "WEB01 is one resource; each entry is a list"),
        ({"apart": ["WEB01,WEB02"], "groups": [2]}, "these are 2, and there are 1 groups"),
        ({"apart": [["WEB01", "WEB02"]], "groups": [2]}, "these are 2, and there are 1 groups"),
        ({"apart": [["WEB01", "WEB02"]], "pinned": {"1": 1, "WEB02": 1}}, "pinned to the same group"),
    ],
)
def test_impossible_options(options, message):
    rows = [machine(1), machine(2), excluded(3), machine(4, name="TWIN"), machine(5, name="TWIN")]
    with pytest.raises(AnsibleFilterError, match=message):
        patch_plan(rows, [], **options)


def test_unknown_names_may_be_notes():
    plan = patch_plan([machine(1)], [], pinned={"NEW": 1}, apart=[["WEB01", "NEW"]], on_missing="note")
    assert plan["notes"] == [
        "%s: the services have no resource with a patch policy that is called NEW" % option
        for option in ("pinned", "apart")
    ]


def test_twins_are_named_by_their_ids():
    rows = [machine(4, name="TWIN"), machine(5, name="TWIN")]
    plan = patch_plan(rows, [pool("www", *rows)])
    assert sorted(one["resources"] for one in plan["policies"][0]["policies"]) == [["4"], ["5"]]


# Any estate


def estate(seed):
    """Machines in groups or in none, in pools that do not overlap, some excluded; and the pools."""
    chance = random.Random(seed)
    rows = []
    for number in range(1, chance.randint(2, 25)):
        rows.append(excluded(number) if chance.random() < 0.1 else machine(number, chance.choice([None, 1, 2, 3])))
    left, pools = rows[:], []
    chance.shuffle(left)
    while left and chance.random() < 0.9:
        size = chance.randint(1, 6)
        pools.append(pool(f"pool{len(pools)}", *left[:size]))
        left = left[size:]
    return rows, pools


@pytest.mark.parametrize("seed", range(150))
def test_promises(seed):
    rows, pools = estate(seed)
    plan = patch_plan(rows, pools)
    groups = {name: group for name, group in groups_of(plan).items() if group}
    patched = [row for row in rows if not row["patch_policy"]["excluded"]]
    assert set(groups) == {row["name"] for row in patched}
    needed = 0
    for one in pools:
        members = [member["name"] for member in one["pool"] if member["name"] in groups]
        counts = [[groups[name] for name in members].count(group) for group in (1, 2, 3)]
        assert max(counts) - min(counts) <= 1, "a pool is not spread evenly"
        before = {row["name"]: int(row["patch_policy"]["patch_group"] or 0) for row in patched}
        needed += fewest_moves([before[name] for name in members])
    moved = [
        row["name"] for row in patched if row["patch_policy"]["patch_group"] not in (None, str(groups[row["name"]]))
    ]
    assert len(moved) == needed
    again = after(plan, rows)
    assert [row["patch_policy"] for row in again if row["patch_policy"]["excluded"]] == [
        row["patch_policy"] for row in rows if row["patch_policy"]["excluded"]
    ]
    assert patch_plan(again, pools)["policies"] == []
    # A new machine, in the first pool or in none, moves no other.
    new = machine(99)
    plan = patch_plan([*again, new], pools)
    assert groups_of(plan) == {**groups_of(patch_plan(again, pools)), "WEB99": groups_of(plan)["WEB99"]}
    if pools:
        pools[0]["pool"] += pool("", new)["pool"]
        plan = patch_plan([*again, new], pools)
        assert groups_of(plan) == {**groups_of(patch_plan(again, [])), "WEB99": groups_of(plan)["WEB99"]}
    # Equally large groups, if that is wanted; the pools are still spread evenly.
    counts = patch_plan(rows, pools, rebalance=True)["counts"]["after"].values()
    assert max(counts) - min(counts) <= 1


def fewest_moves(before):
    """How many machines of a pool have to change the group that they have, for an even spread."""
    counts = [before.count(group) for group in (1, 2, 3)]
    base, more = divmod(len(before), 3)
    shapes = set(itertools.permutations([base + 1] * more + [base] * (3 - more)))
    return min(sum(max(0, have - want) for have, want in zip(counts, shape)) for shape in shapes)


@pytest.mark.parametrize("seed", range(60))
def test_overlapping_pools_are_as_good_as_possible(seed):
    """Against all possibilities: first as few as possible share a group, then as few as possible move."""
    chance = random.Random(seed)
    now = {f"m{number}": chance.choice([0, 1, 2, 3]) for number in range(chance.randint(3, 7))}
    pools = [chance.sample(sorted(now), chance.randint(2, 3)) for _pool in range(chance.randint(2, 4))]
    found = assign(now, [1, 2, 3], pools)
    every = (dict(zip(now, groups)) for groups in itertools.product((1, 2, 3), repeat=len(now)))
    assert cost(found, now, pools) == min(cost(one, now, pools) for one in every)


def cost(groups, now, pools):
    distinct = {frozenset(one) for one in pools}
    shared = sum(len(ones) * (len(ones) - 1) // 2 for one in distinct for ones in crowding(one, groups).values())
    return shared, sum(groups[one] != group for one, group in now.items() if group)


def test_five_hundred_machines_in_a_second():
    now = {f"m{number:03d}": 1 for number in range(500)}
    pools = [sorted(now)[start : start + 4] for start in range(0, 500, 3)]
    found = assign(now, [1, 2, 3], pools)
    assert all(len(ones) == 2 for one in pools for ones in crowding(one, found).values())


def test_pin_outside_of_the_groups_is_noted():
    plan = patch_plan([machine(1), machine(2)], [], groups=[1, 2], pinned={"WEB01": 3, "2": 2})
    assert "WEB01 is pinned to group 3, which is none of the groups to use: 1, 2" in plan["notes"]
    assert not any("WEB02" in note for note in plan["notes"])

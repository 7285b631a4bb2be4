# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role decommission selects, refuses and plans."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.filter.decommission_plan import decommission_plan

A = {"id": 1, "name": "A", "path": "/compute/instances", "resource_type": "LINUX", "service_id": 7, "tags": {"k": "v"}}
B = {**A, "id": 2, "name": "B", "tags": {"k": ["w", "v"]}}
DB = {**A, "id": 3, "name": "db", "path": "/databases/postgresql", "resource_type": "POSTGRESQL", "tags": {}}
NODE = {**A, "id": 4, "name": "N", "tags": {}}
BALANCER = {"id": 9, "name": "lb.example", "path": "/networking/loadbalancers", "resource_type": "LOAD_BALANCER"}
POOL = [{**BALANCER, "pool": [{"name": "A", "resource_id": 1}, {"name": "B", "resource_id": 2}]}]


def plan(*listed, found=None, **given):
    return decommission_plan(list(listed), found=listed if found is None else found, **given)


def test_only_what_fits_is_selected():
    near = {**A, "id": 5, "name": "AA"}
    gone = {**A, "id": 6, "status": "REMOVED"}
    assert plan(A, near, gone, names=["a"])["ids"] == [1]
    assert plan(A, B, DB, tags={"k": "v"})["ids"] == [1, 2]
    assert plan(A, B, tags={"k": "v", "other": "x"})["ids"] == []


@pytest.mark.parametrize(
    "shown",
    [
        dict(path="/compute/instances/7"),
        dict(path="/compute/instances/Linux/Debian12"),
        dict(path=None, category="Instance"),
        dict(path="", category="INSTANCES"),
    ],
    ids=str,
)
def test_what_a_row_is_does_not_depend_on_the_form_of_its_path(shown):
    made = plan({**A, **shown}, names=["A"])
    assert made["wrong"] == [] and made["refused"] == {}
    assert [one["resource"]["module"] for one in made["steps"]] == ["itcare_instance_snapshot", "itcare_instance"]


@pytest.mark.parametrize(
    "shown, module",
    [
        (dict(path="/databases/PostgreSQL", resource_type="POSTGRESQL"), "itcare_postgresql"),
        (dict(path=None, category="Managed database", type="SQL Server", resource_type=None), "itcare_sqlserver"),
        (dict(path=None, category="LOAD_BALANCER", type=None, resource_type=None), "itcare_loadbalancer"),
        (dict(path=None, category="CONTAINERS", resource_type="KUBERNETES"), "itcare_k8s_cluster"),
    ],
    ids=str,
)
def test_words_tell_what_a_row_is_where_its_path_does_not(shown, module):
    assert plan({**DB, **shown}, names=["db"])["steps"][-1]["resource"]["module"] == module


def test_a_number_may_be_text_in_one_place_and_a_number_in_another():
    made = plan({**A, "id": "1"}, found=[A], names=["A"], pools=[{**POOL[0], "pool": [{"resource_id": "1"}]}])
    assert made["wrong"] == []
    assert len(made["last"]) == 1  # that member was recognized as the machine


def test_selection_fails_closed():
    twin = {**A, "id": 8, "service_name": "other"}
    assert len(plan(A, twin, names=["A"])["wrong"]) == 2
    assert plan(A, DB, tags={"k": "no"})["wrong"] == ["nothing is selected"]
    assert "give decommission_expected: [A, B]" in plan(A, B, tags={"k": "v"})["wrong"][0]
    assert plan(A, B, tags={"k": "v"}, check_mode=True)["wrong"] == []
    assert plan(A, B, tags={"k": "v"}, expected=["A"])["wrong"] == [
        "B is selected, and not among decommission_expected"
    ]
    more = plan(A, tags={"k": "v"}, expected=["A", "db", "Z"], others=[DB])
    assert more["wrong"] == ["db is among decommission_expected, and not selected"]
    assert more["absent"] == ["db", "Z"]
    assert plan(A, B, found=[A], names=["A", "B"])["wrong"] == ["B (id 2) is listed, and was not found by its id"]


def test_nodes_go_with_their_farm_only():
    node = {**NODE, "parent": {"parent_id": 3, "parent_type": "POSTGRESQL"}}
    farm = {**DB, "nodes": [NODE]}
    together = plan(farm, node, names=["db", "N"])
    assert together["selected"] == ["db"] and together["refused"] == {} and together["node_ids"] == [4]
    assert "it is a node of POSTGRESQL 3" in plan(node, names=["N"])["refused"]["/compute/instances n"]


def test_what_nothing_can_remove():
    refused = plan({**A, "path": "/hardwares", "resource_type": "HARDWARE"}, names=["A"])["refused"]
    assert refused == {"/hardwares a": "this collection cannot remove a HARDWARE"}


def test_members_leave_first_unless_their_load_balancer_goes():
    a, b = ({**row, "loadbalancers": [BALANCER]} for row in (A, B))
    one = plan(a, names=["A"], pools=POOL, drain=5)
    assert one["loadbalancers"] == ["lb.example"] and one["last"] == {}
    first = one["steps"][0]
    assert (first["step"], first["name"], first["detail"]) == (1, "A", "lb.example")
    assert first["resource"]["options"]["members"] == [{"resource": "A"}]
    assert first["resource"]["options"]["drain"] == 5
    assert set(plan(a, b, names=["A", "B"], pools=POOL)["last"]) == {"/compute/instances a", "/compute/instances b"}
    assert plan(a, b, names=["A", "B"], pools=POOL, empty_pools=True)["last"] == {}
    both = plan(a, b, BALANCER, names=["A", "B", "lb.example"])
    assert both["loadbalancers"] == [] and [step["step"] for step in both["steps"]] == [2, 2, 3, 4, 4]


def test_what_is_left_keeps_what_depends_on_it():
    a = {**A, "loadbalancers": [BALANCER], "dns_aliases": [{"fqdn": "a.example"}]}
    left = {"/compute/instances a": "it is protected"}
    told = plan(a, B, names=["A", "B"], pools=POOL, left=left, is_done=True)
    assert {step["name"] for step in told["steps"]} == {"B"}
    assert [(row["name"], row["result"]) for row in told["report"]] == [("A", "left"), ("B", "removed")]


def test_nodes_leave_pools_too_and_numbers_count_without_names():
    farm = {**DB, "nodes": [NODE]}
    pool = [{**BALANCER, "pool": [{"resource_id": 4}, {"name": "other", "resource_id": 3}]}]
    steps = plan(farm, names=["db"], nodes=[{**NODE, "loadbalancers": [BALANCER]}], pools=pool)["steps"]
    assert [(step["step"], step["name"]) for step in steps] == [(1, "N"), (4, "db")]
    assert steps[1]["detail"] == "nodes N"

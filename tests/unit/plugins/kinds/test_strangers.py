# SPDX-License-Identifier: GPL-3.0-or-later
"""A stranger's action is not taken for the task's own: it is waited for, and then the plan is made and done."""

from __future__ import annotations

import time

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import K8S, LB, PG, PG_HA, SNAPPED, WEB, id_of

NAMES = ["upper", "prefixed", "opaque"] if things.IS_ALL else ["prefixed", "opaque"]  # other files have "upper"


@pytest.fixture(autouse=True, params=NAMES)
def process_names(sim, request):
    sim.configure(process_names=request.param, actions_sparse=request.param != "upper")
    return request.param


@pytest.fixture
def databases(sim):
    """Three databases of one version; the third one is nobody's destination."""
    for name in (PG, PG_HA):
        sim.state.named(name)[0].update(version="15", backupStatus=True)


def restore_order(sim, source, **span):
    options = {"sourceId": id_of(sim, source), "stop": "BEFORE", "timestamp": things.ago(**span)}
    return sim.address(PG), {"operation": "restore", "options": options}


@pytest.mark.parametrize("by_id", [False, True], ids=["name", "id"])
def test_a_restore_by_somebody_else_is_waited_for_and_then_ours_is_sent(sim, task, databases, by_id):
    path, body = restore_order(sim, PG_HA, days=2)
    theirs = sim.colleague("PATCH", path, body, seconds=0.6)
    moment = things.ago(hours=1)
    identity = {"id": id_of(sim, PG)} if by_id else {"name": PG}
    result, writes = task("itcare_postgresql_restore")(**identity, source=PG_HA, timestamp=moment, stop="BEFORE")
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert writes[0][2]["options"] == {"sourceId": id_of(sim, PG_HA), "stop": "BEFORE", "timestamp": moment}
    assert [one["status"] for one in result["actions"]] == ["SUCCESS", "SUCCESS"]
    assert result["actions"][0]["id"] == theirs["id"]


def test_without_waiting_a_restore_is_still_to_do(sim, task, databases):
    path, body = restore_order(sim, PG_HA, days=2)
    sim.colleague("PATCH", path, body, seconds=5)
    result, writes = task("itcare_postgresql_restore")(
        name=PG, source=PG_HA, timestamp=things.ago(hours=1), stop="BEFORE", wait=False
    )
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result["still_to_do"]) == (False, [], ["restore"])


def test_an_interrupted_restore_is_sent_again_after_its_end(sim, task, databases):
    sim.configure(action_seconds=0.2)
    options = dict(name=PG, source=PG_HA, timestamp=things.ago(hours=1), stop="BEFORE")
    first, writes = task("itcare_postgresql_restore")(**options, wait_timeout=0.1)
    assert first.get("failed") and len(writes) == 1
    result, writes = task("itcare_postgresql_restore")(**options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1


def test_a_reset_by_somebody_else_is_not_ours(sim, task):
    sim.colleague("PATCH", sim.address(WEB), {"operation": "reset"}, seconds=0.2)
    result, writes = task("itcare_instance")(name=WEB, state="reset")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], things.in_short(writes)) == (True, ["PATCH reset"])


def test_a_recovery_under_way_is_the_one_that_is_wanted(sim, task):
    """A rollback leads to the same snapshot whoever asked for it, and it can be seen."""
    sim.colleague("PATCH", sim.address(SNAPPED) + "/snapshots", seconds=0.2)
    result, writes = task("itcare_instance_snapshot")(instance=SNAPPED, state="recovered")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])


def test_a_forced_recovery_is_ours(sim, task):
    sim.colleague("PATCH", sim.address(SNAPPED) + "/snapshots", seconds=0.2)
    result, writes = task("itcare_instance_snapshot")(instance=SNAPPED, state="recovered", force=True)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], things.in_short(writes)) == (True, ["PATCH"])


def test_another_snapshot_is_refused_after_its_creation(sim, task):
    sim.colleague("POST", sim.address(WEB) + "/snapshots", {"description": "Theirs"}, seconds=0.2)
    result, writes = task("itcare_instance_snapshot")(instance=WEB, description="Ours")
    assert result.get("failed") and writes == []
    assert "another snapshot" in result["msg"] and "Theirs" in result["msg"]


@pytest.mark.parametrize(
    "module, name, order, options, then",
    [
        ("itcare_instance", WEB, {"sizing": "4cpu8gb"}, dict(sizing="4cpu16gb"), ["PATCH resize"]),
        ("itcare_postgresql", PG, {"sizing": "4cpu8gb"}, dict(sizing="4cpu16gb"), ["PATCH resize"]),
    ],
    ids=["instance", "postgresql"],
)
def test_a_resize_to_another_size(sim, task, module, name, order, options, then):
    sim.colleague("PATCH", sim.address(name), {"operation": "resize", "options": order}, seconds=0.2)
    result, writes = task(module)(name=name, **options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], things.in_short(writes)) == (True, then)
    assert writes[0][2]["options"]["sizing"] == "4cpu16gb"


@pytest.mark.parametrize("late", [0, 0.3])
@pytest.mark.parametrize(
    "module, name, order, options",
    [
        ("itcare_instance", WEB, {"operation": "resize", "options": {"sizing": "4cpu8gb"}}, dict(sizing="4cpu8gb")),
        (
            "itcare_k8s_cluster",
            K8S,
            {
                "operation": "create_nodes",
                "options": {"nodes": [{"nodesNb": 1, "nodeSizing": "4cpu8gb", "az": "EB-A"}]},
            },
            dict(nodes=things.MORE_NODES),
        ),
        ("itcare_loadbalancer", LB, {"operation": "stop"}, dict(state="stopped")),
    ],
    ids=["size", "nodes", "stop"],
)
def test_what_somebody_else_does_as_wanted_is_not_done_twice(sim, task, module, name, order, options, late):
    sim.configure(late_visibility=late)
    sim.colleague("PATCH", sim.address(name), order, seconds=0.2)
    result, writes = task(module)(name=name, **options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])


@pytest.mark.parametrize("late", [0, 0.3])
def test_nodes_beside_those_of_somebody_else(sim, task, late):
    """The other zone's nodes are counted when they are there, and only what is missing then is created."""
    sim.configure(late_visibility=late)
    body = {"operation": "create_nodes", "options": {"nodes": [{"nodesNb": 1, "nodeSizing": "4cpu8gb", "az": "EB-B"}]}}
    sim.colleague("PATCH", sim.address(K8S), body, seconds=0.2)
    wanted = [
        dict(availability_zone="EB-A", sizing="4cpu8gb", count=3),
        dict(availability_zone="EB-B", sizing="4cpu8gb", count=2),
    ]
    result, writes = task("itcare_k8s_cluster")(name=K8S, nodes=wanted)
    assert not result.get("failed"), result["msg"]
    assert [body["options"]["nodes"] for _method, _path, body in writes] == [
        [{"nodesNb": 1, "nodeSizing": "4cpu8gb", "az": "EB-A"}]
    ]


# What an action never meant is not waited for


QUICK = {
    "tag": ("itcare_instance", WEB, dict(tags={"tier": "web"})),
    "comment": ("itcare_instance", WEB, dict(comment="Ours")),
    "tag-module": ("itcare_tag", WEB, dict(tags={"tier": "web"})),
}


@pytest.mark.parametrize("what", QUICK)
def test_a_tag_does_not_wait_for_the_effect_of_a_resize(sim, task, monkeypatch, process_names, what):
    monkeypatch.setattr(clock, "LATE_SECONDS", 10)
    sim.colleague("PATCH", sim.address(WEB), {"operation": "reset"}, seconds=0.2)
    module, name, options = QUICK[what]
    identity = {"resource": name} if module == "itcare_tag" else {"name": name}
    began = time.monotonic()
    result, writes = task(module)(**identity, **options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and len(writes) == 1
    assert time.monotonic() - began < 5


def test_a_resize_to_another_size_is_not_waited_for(sim, task, monkeypatch, process_names):
    monkeypatch.setattr(clock, "LATE_SECONDS", 10)
    sim.colleague("PATCH", sim.address(WEB), {"operation": "resize", "options": {"sizing": "4cpu8gb"}}, seconds=0.2)
    began = time.monotonic()
    result, writes = task("itcare_instance")(name=WEB, sizing="4cpu16gb")
    assert result["changed"] and len(writes) == 1
    assert time.monotonic() - began < 5


def test_a_failed_action_of_somebody_else_is_no_failure_of_ours(sim, task):
    sim.colleague("PATCH", sim.address(WEB), {"operation": "resize", "options": {"sizing": "4cpu8gb"}}, seconds=0.2)
    sim.state.actions.all()[-1].failure = "No room"
    result, writes = task("itcare_instance")(name=WEB, sizing="4cpu8gb")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], things.in_short(writes)) == (True, ["PATCH resize"])

# SPDX-License-Identifier: GPL-3.0-or-later
"""A refused order is never sent again blindly: after a look, what is left is planned anew, or the refusal is told."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import (
    K8S,
    LB,
    OFF,
    PG,
    SNAPPED,
    URL,
    WEB,
    WRITES,
    spread,
)

STATUSES = [400, 403, 404, 409, 422]


@pytest.mark.parametrize("write, status", spread(WRITES, STATUSES), indirect=["write"])
def test_a_refusal_that_nothing_explains_is_told(sim, run_write, write, status):
    """What was in the way of a conflict may have ended before the look, so that gets one more try."""
    sim.fault("status", operation=WRITES[write][2], status=status, body="Not now, says the platform", times=-1)
    result, writes = run_write()
    assert result.get("failed")
    assert len(writes) == (2 if status == 409 else 1), writes
    assert str(status) in result["msg"]
    assert not result.get("changed")


@pytest.mark.parametrize("write, status", spread(WRITES, [400, 404, 409, 422]), indirect=["write"])
def test_an_effect_that_is_there_in_spite_of_the_refusal(sim, run_write, write, status):
    """The gateway refuses what the platform has taken on, or somebody else was faster."""
    if write in ("instance-reset", "restore", "instance-comment"):
        return  # their effects cannot be seen, or not at that time
    sim.fault("error_after", operation=WRITES[write][2], status=status, body="It exists already")
    result, writes = run_write()
    assert not result.get("failed"), result["msg"]
    first = [entry for entry in sim.writes() if entry["operation"] == WRITES[write][2]]
    assert len(first) == 1, writes
    assert [entry["applied"] for entry in first] == [True]


def test_without_waiting_a_conflict_is_still_to_do(sim, run_write, write):
    sim.fault("status", operation=WRITES[write][2], status=409, times=-1)
    result, writes = run_write(wait=False)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], len(writes)) == (False, 1)
    assert result["still_to_do"]
    assert "409" in " ".join(result["warnings"])


# What somebody else does between the last look and the order


@pytest.fixture
def at_the_first_order(monkeypatch):
    """``at_the_first_order(function)``: it is called just before the first write is sent."""

    def set_up(function):
        left, send = [function], Client.send

        def sending(self, *args, **kwargs):
            if left:
                left.pop()()
            return send(self, *args, **kwargs)

        monkeypatch.setattr(Client, "send", sending)

    return set_up


def monitoring(sim, name):
    body = {"operation": "update_monitoring", "options": {"state": True}}
    sim.colleague("PATCH", sim.address(name), body, seconds=0.2)


BUSY = {
    "instance-resize": WEB,
    "instance-start": OFF,
    "instance-delete": OFF,
    "instance-reset": WEB,
    "postgresql-resize": PG,
    "postgresql-delete": PG,
    "postgresql-ha": PG,
    "restore": PG,
    "loadbalancer-stop": LB,
    "loadbalancer-bot": LB,
    "loadbalancer-delete": LB,
    "member-add": LB,
    "member-disable": LB,
    "member-remove": LB,
    "url-create": LB,
    "url-delete": URL,
    "snapshot-create": WEB,
    "snapshot-recover": SNAPPED,
    "snapshot-delete": SNAPPED,
    "k8s-nodes": K8S,
    "k8s-fewer-nodes": K8S,
    "k8s-ha": K8S,
    "k8s-delete": K8S,
}


@pytest.mark.parametrize("write, status", spread(BUSY, [409, 400]), indirect=["write"])
def test_somebody_elses_action_is_waited_for_and_the_order_comes_after_it(
    sim, run_write, write, at_the_first_order, status
):
    sim.configure(busy_status=status)
    at_the_first_order(lambda: monitoring(sim, BUSY[write]))
    result, writes = run_write()
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert [entry["applied"] for entry in sim.writes()] == [False, True]
    assert things.in_short(writes) == 2 * WRITES[write][3]


@pytest.mark.parametrize("write", BUSY, indirect=True)
def test_without_waiting_the_order_is_left_for_later(sim, run_write, write, at_the_first_order):
    at_the_first_order(
        lambda: sim.colleague(
            "PATCH",
            sim.address(BUSY[write]),
            {"operation": "update_monitoring", "options": {"state": True}},
            seconds=5,
        )
    )
    result, writes = run_write(wait=False)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], len(writes)) == (False, 1)
    assert len(result["still_to_do"]) == 1


SAME = {
    "instance-start": (OFF, "PATCH", "", {"operation": "start"}),
    "instance-stop": (WEB, "PATCH", "", {"operation": "stop"}),
    "instance-resize": (WEB, "PATCH", "", {"operation": "resize", "options": {"sizing": "4cpu8gb"}}),
    "instance-delete": (OFF, "DELETE", "", None),
    "postgresql-delete": (PG, "DELETE", "", None),
    "loadbalancer-bot": (LB, "PATCH", "", {"operation": "activate_bot"}),
    "loadbalancer-delete": (LB, "DELETE", "", None),
    "url-create": (LB, "POST", "/urls", {"name": "api.billing.acme.example"}),
    "url-delete": (URL, "DELETE", "", None),
    "snapshot-create": (WEB, "POST", "/snapshots", {}),
    "snapshot-recover": (SNAPPED, "PATCH", "/snapshots", None),
    "k8s-nodes": (
        K8S,
        "PATCH",
        "",
        {
            "operation": "create_nodes",
            "options": {"nodes": [{"nodesNb": 1, "nodeSizing": "4cpu8gb", "az": "EB-A"}]},
        },
    ),
    "k8s-ha": (K8S, "PATCH", "", {"operation": "enable_ha"}),
    "k8s-delete": (K8S, "DELETE", "", None),
}


@pytest.mark.parametrize("write, seconds", [*spread(SAME, [0.2, 0]), *spread(SAME, [0, 0.2])], indirect=["write"])
def test_what_somebody_else_has_just_done_is_not_done_again(sim, run_write, write, at_the_first_order, seconds):
    name, method, at, body = SAME[write]
    if write == "instance-resize":
        seconds = 0.2  # afterwards the platform takes the same size again
    at_the_first_order(lambda: sim.colleague(method, sim.address(name) + at, body, seconds=seconds))
    result, writes = run_write()
    if write in ("snapshot-recover", "k8s-nodes") and not seconds:
        # Nothing is in the way of a second one, so that the order is taken.
        assert [entry["applied"] for entry in sim.writes()] == [True]
        return
    assert not result.get("failed"), result["msg"]
    assert [entry["applied"] for entry in sim.writes()] == [False]
    assert len(writes) == 1
    assert "its effect is there" in " ".join(result["warnings"])


CREATIONS = ["instance-create", "postgresql-create", "loadbalancer-create", "k8s-create"]


@pytest.mark.parametrize("visible", [False, True], ids=["not-listed", "listed"])
@pytest.mark.parametrize("write", CREATIONS, indirect=True)
def test_a_race_of_two_creations_makes_one(sim, run_write, write, at_the_first_order, visible):
    sim.configure(creation_visible=visible)
    kind = {"k8s-create": "k8s_cluster"}.get(write, write.split("-")[0])
    order = things.creation(kind)
    at_the_first_order(lambda: sim.colleague(order.method, order.at, order.body, seconds=0.2))
    more = {"members": None} if kind == "loadbalancer" else {}
    result, writes = run_write(**more)
    assert not result.get("failed"), result["msg"]
    assert [entry["applied"] for entry in sim.writes()] == [False]
    assert len(writes) == 1
    assert result[kind]["status"] == "ACTIVE"


GONE = ["instance-resize", "instance-start", "postgresql-resize", "loadbalancer-bot", "k8s-nodes", "member-add"]


@pytest.mark.parametrize("seconds", [0.2, 0], ids=["under-way", "over"])
@pytest.mark.parametrize("write", GONE, indirect=True)
def test_what_somebody_removes_meanwhile_is_no_success(sim, run_write, write, at_the_first_order, seconds):
    name = {"instance": OFF, "postgresql": PG, "loadbalancer": LB, "k8s": K8S, "member": LB}[write.split("-")[0]]
    more = {"name": OFF} if write == "instance-resize" else {}
    at_the_first_order(lambda: sim.colleague("DELETE", sim.address(name), seconds=seconds))
    result, writes = run_write(**more)
    assert result.get("failed"), result
    assert [entry["applied"] for entry in sim.writes()] == [False]
    assert not result.get("changed")
    assert len(writes) == 1


# Plans of several steps


SEVERAL = {
    "postgresql": (
        "itcare_postgresql",
        dict(name=PG, sizing="4cpu8gb", version="15", topology="HA"),
        "update_postgresql",
        ["PATCH resize", "PATCH upgrade", "PATCH enable_ha"],
    ),
    "instance": (
        "itcare_instance",
        dict(name=WEB, state="restarted", sizing="4cpu8gb"),
        "update_instance",
        ["PATCH stop", "PATCH resize", "PATCH start"],
    ),
    "k8s": (
        "itcare_k8s_cluster",
        dict(
            name=K8S,
            nodes=[dict(availability_zone="EB-A", sizing="4cpu8gb", count=3)],
            scale_down=True,
            patch_party=dict(excluded=True, exclusion_reason="Ours"),
        ),
        "update_kubernetes",
        ["PATCH create_nodes", "PATCH delete_nodes", "PATCH update_patch_party"],
    ),
    "pool": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=LB, members=[dict(resource="PEBBILLW01")], mode="replace"),
        None,
        ["POST", "DELETE", "DELETE"],
    ),
}


@pytest.mark.parametrize("at, status", spread(itertools.product(SEVERAL, [0, 1, 2]), STATUSES))
def test_a_refusal_at_any_position_ends_there_and_says_what_was_sent(sim, task, at, status):
    plan, position = at
    module, options, operation, then = SEVERAL[plan]
    match = {"operation": operation, "after": position}
    if plan == "pool":
        match = {"path": "/members", "method": then[position].split()[0], "after": max(0, position - 1)}
    sim.fault("status", **match, status=status, times=-1)
    result, writes = task(module)(**options)
    assert result.get("failed") and str(status) in result["msg"]
    assert things.in_short(writes) == then[: position + 1] + ([then[position]] if status == 409 else [])
    assert result.get("changed", False) == (position > 0)
    assert len(result.get("steps_sent", [])) == position
    sim.clear_faults()
    if plan == "instance" and position:
        return  # a restart begins anew
    rest, writes = task(module)(**options)
    assert not rest.get("failed"), rest["msg"]
    assert things.in_short(writes) == then[position:]


@pytest.mark.parametrize(
    "at, status", spread(itertools.product(["postgresql", "k8s"], [0, 1, 2]), [409, 400, 404, 422])
)
def test_a_refusal_whose_effect_is_there_goes_on_with_the_rest(sim, task, at, status):
    plan, position = at
    module, options, operation, then = SEVERAL[plan]
    sim.fault("error_after", operation=operation, after=position, status=status, body="No")
    result, writes = task(module)(**options)
    assert not result.get("failed"), result["msg"]
    assert things.in_short(writes) == then
    assert all(entry["applied"] for entry in sim.writes())
    task(module).changes_nothing(**options)


# A refusal of a look is none of the order


POLLED = {
    "k8s-nodes": (lambda sim: len(sim.state.nodes(things.id_of(sim, K8S))), 4),
    "snapshot-recover": (lambda sim: 1, 1),
    "instance-resize": (lambda sim: sim.state.named(WEB)[0]["cpu"], 4),
    "restore": (lambda sim: 1, 1),
    "postgresql-create": (lambda sim: len(sim.state.named("orders")), 1),
    "url-create": (lambda sim: len(sim.state.named("api.billing.acme.example")), 1),
    "loadbalancer-delete": (lambda sim: len(sim.state.named(LB, "loadbalancer")), 0),
}


@pytest.mark.parametrize("write, status", spread(POLLED, [409, 404, 400, 422]), indirect=["write"])
@pytest.mark.parametrize("times", [2, -1], ids=["twice", "always"])
def test_a_refused_look_at_an_action_repeats_no_order(sim, run_write, write, status, times):
    sim.fault("status", path=r"/actions/\d+$", method="GET", status=status, times=times)
    result, writes = run_write()
    assert things.in_short(writes) == WRITES[write][3]
    assert [entry["applied"] for entry in sim.writes()] == [True]
    count, expected = POLLED[write]
    assert count(sim) == expected
    if times > 0:
        assert not result.get("failed"), result["msg"]
    elif result.get("failed"):
        assert "may have run" in result["msg"] and result["changed"] is True

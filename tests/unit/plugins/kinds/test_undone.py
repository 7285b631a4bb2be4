# SPDX-License-Identifier: GPL-3.0-or-later
"""A state that is about to be undone does not count as reached: what is under way is waited for, then the plan made."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import (
    K8S,
    LB,
    LB_OFF,
    NODES,
    OFF,
    PG,
    SNAPPED,
    URL,
    WEB,
    Order,
    creation,
    delete,
    id_of,
    operation,
)


@dataclass(frozen=True)
class Case:
    """A task that asks for what is there now (``identity``: name or id of ``subject``), what a colleague has just
    ordered, and what the task sends when that has ended."""

    module: str
    subject: str
    order: Order
    then: list
    options: dict = field(default_factory=dict)
    identity: str = "name"
    shown: tuple = ()

    def wanted(self, sim, by_id):
        value = id_of(sim, self.subject) if by_id else self.subject
        if self.identity == "name":
            return {"id" if by_id else "name": value, **self.options}
        return {self.identity: str(value), **self.options}


def snapshot(method, name):
    return Order(method, name, "/snapshots", {} if method == "POST" else None)


def snapshot_removal(name):
    """The snapshot of the estate has the number 42."""
    return Order("DELETE", name, "/snapshots/%s-snap-42")


CHANGED = {
    "instance-started": Case("itcare_instance", WEB, operation(WEB, "stop"), ["PATCH start"], dict(state="started")),
    "instance-stopped": Case("itcare_instance", OFF, operation(OFF, "start"), ["PATCH stop"], dict(state="stopped")),
    "instance-size": Case(
        "itcare_instance", WEB, operation(WEB, "resize", sizing="4cpu8gb"), ["PATCH resize"], dict(sizing="2cpu4gb")
    ),
    "instance-monitoring": Case(
        "itcare_instance",
        "PEBBILL02",
        operation("PEBBILL02", "update_monitoring", state=False),
        ["PATCH update_monitoring"],
        dict(monitoring_enabled=True),
    ),
    "instance-patch-party": Case(
        "itcare_instance",
        WEB,
        operation(WEB, "update_patch_party", patchParty={"excluded": True, "exclusionReason": "Theirs"}),
        ["PATCH update_patch_party"],
        dict(patch_party=dict(excluded=False)),
    ),
    "postgresql-started": Case("itcare_postgresql", PG, operation(PG, "stop"), ["PATCH start"], dict(state="started")),
    "postgresql-size": Case(
        "itcare_postgresql", PG, operation(PG, "resize", sizing="4cpu8gb"), ["PATCH resize"], dict(sizing="2cpu4gb")
    ),
    "loadbalancer-started": Case(
        "itcare_loadbalancer", LB, operation(LB, "stop"), ["PATCH start"], dict(state="started")
    ),
    "loadbalancer-stopped": Case(
        "itcare_loadbalancer", LB_OFF, operation(LB_OFF, "start"), ["PATCH stop"], dict(state="stopped")
    ),
    "loadbalancer-bot": Case(
        "itcare_loadbalancer",
        LB,
        operation(LB, "activate_bot"),
        ["PATCH delete_bot"],
        dict(bot_defense=dict(enabled=False)),
    ),
    "url-monitoring": Case(
        "itcare_loadbalancer_url",
        LB,
        operation(URL, "update_monitoring", state=True, onCall=True),
        ["PATCH update_monitoring"],
        dict(name=URL, monitoring_enabled=False),
        "loadbalancer",
    ),
    "snapshot-present": Case(
        "itcare_instance_snapshot",
        SNAPPED,
        snapshot_removal(SNAPPED),
        ["POST"],
        identity="instance",
    ),
    "snapshot-absent": Case(
        "itcare_instance_snapshot",
        WEB,
        snapshot("POST", WEB),
        ["DELETE"],
        dict(state="absent"),
        identity="instance",
    ),
    "url-present": Case("itcare_loadbalancer_url", LB, delete(URL), ["POST"], dict(name=URL), identity="loadbalancer"),
    "url-absent": Case(
        "itcare_loadbalancer_url",
        LB,
        Order("POST", LB, "/urls", {"name": "api.billing.acme.example"}),
        ["DELETE"],
        dict(name="api.billing.acme.example", state="absent"),
        identity="loadbalancer",
    ),
    "k8s-fewer-nodes": Case(
        "itcare_k8s_cluster",
        K8S,
        operation(K8S, "create_nodes", nodes=[{"nodesNb": 1, "nodeSizing": "4cpu8gb", "az": "EB-A"}]),
        ["PATCH delete_nodes"],
        dict(nodes=NODES, scale_down=True),
    ),
}


def give(sim, order, seconds=0.2):
    path = order.path(sim)
    if "%s" in path:
        path %= id_of(sim, order.name)
    return sim.colleague(order.method, path, order.sent(sim), seconds=seconds)


@pytest.mark.parametrize(
    "name, by_id", [*things.spread(CHANGED, [False, True]), *things.spread(CHANGED, [True, False])]
)
def test_what_is_under_way_is_undone_afterwards(sim, task, name, by_id):
    case = CHANGED[name]
    give(sim, case.order)
    result, writes = task(case.module)(**case.wanted(sim, by_id))
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], things.in_short(writes)) == (True, case.then)
    assert result["actions"][0]["status"] == "SUCCESS"  # the colleague's
    task(case.module).changes_nothing(**case.wanted(sim, by_id))


@pytest.mark.parametrize("case", CHANGED.values(), ids=list(CHANGED))
def test_check_mode_sees_it_too(sim, task, case):
    give(sim, case.order)
    result, writes = task(case.module)(check=True, **case.wanted(sim, False))
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], len(result["steps"]), writes) == (True, len(case.then), [])


@pytest.mark.parametrize("case", CHANGED.values(), ids=list(CHANGED))
def test_without_waiting_nothing_is_sent_and_a_warning_says_why(sim, task, case):
    action = give(sim, case.order, seconds=5)
    result, writes = task(case.module)(wait=False, **case.wanted(sim, False))
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])
    assert "wait is false" in " ".join(result["warnings"])
    assert [one["id"] for one in result["actions"]] == [action["id"]]


@pytest.mark.parametrize("seconds", [0.2])
@pytest.mark.parametrize("process_names", ["prefixed", "opaque"])
@pytest.mark.parametrize("name", ["instance-started", "instance-size", "url-present", "snapshot-absent"])
def test_whatever_the_action_is_called(sim, task, name, process_names, seconds):
    sim.configure(process_names=process_names, actions_sparse=True)
    case = CHANGED[name]
    give(sim, case.order, seconds)
    result, writes = task(case.module)(**case.wanted(sim, False))
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], things.in_short(writes)) == (True, case.then)


# creations and removals


NEW = {
    "instance": (OFF, ["POST"]),
    "postgresql": (PG, ["POST"]),
    "loadbalancer": (LB_OFF, ["POST"]),
    "k8s_cluster": (K8S, ["POST"]),
}
SERVICES = {OFF: "billing-qa", PG: "intranet", LB_OFF: "portal-uat", K8S: "billing"}


@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
@pytest.mark.parametrize("kind", things.KINDS)
def test_present_while_it_is_removed_makes_a_new_one(sim, task, kind, check):
    subject, then = NEW[kind]
    old = id_of(sim, subject)
    options = {**things.OPTIONS[kind], "service": SERVICES[subject]}
    if subject == LB_OFF:
        options.update(region="ET", members=["UETPORT01"])
    for one in sim.state.load_balancers_of(-1) if kind == "k8s_cluster" else []:
        one.clear()
    sim.colleague("DELETE", sim.address(subject), seconds=0.2)
    result, writes = task("itcare_" + kind)(check=check, name=subject, **options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["steps"][0], things.in_short(writes)) == (True, "create", [] if check else then)
    if not check:
        assert result[kind]["id"] != old


@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
@pytest.mark.parametrize("kind", things.KINDS)
def test_present_by_id_while_it_is_removed_is_no_success(sim, task, kind, check):
    subject, _then = NEW[kind]
    number = id_of(sim, subject)
    sim.colleague("DELETE", sim.address(subject), seconds=0.2)
    result, writes = task("itcare_" + kind)(check=check, id=number)
    assert result.get("failed") and writes == []
    assert "no %s has the id %d" % (kind, number) in result["msg"]


@pytest.mark.parametrize("kind", things.KINDS)
def test_absent_while_it_is_removed_waits_and_sends_nothing(sim, task, kind):
    subject, _then = NEW[kind]
    sim.colleague("DELETE", sim.address(subject), seconds=0.2)
    result, writes = task("itcare_" + kind)(name=subject, state="absent")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result[kind]) == (False, [], None)
    assert sim.state.named(subject, {"k8s_cluster": "kubernetes"}.get(kind, kind)) == []


@pytest.mark.parametrize("visible", [False, True], ids=["not-listed", "listed"])
@pytest.mark.parametrize("kind", things.KINDS)
def test_absent_while_it_is_created_removes_it(sim, task, kind, visible):
    sim.configure(creation_visible=visible)
    order = creation(kind)
    sim.colleague(order.method, order.at, order.body, seconds=0.2)
    result, writes = task("itcare_" + kind)(name=things.NAMES[kind], state="absent")
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert things.in_short(writes) == (["PATCH stop", "DELETE"] if kind == "instance" else ["DELETE"])
    assert sim.state.named(things.NAMES[kind]) == []


@pytest.mark.parametrize("kind", things.KINDS)
def test_absent_while_it_is_created_in_check_mode(sim, task, kind):
    order = creation(kind)
    sim.colleague(order.method, order.at, order.body, seconds=0.2)
    result, writes = task("itcare_" + kind)(check=True, name=things.NAMES[kind], state="absent")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["steps"][-1], writes) == (True, "delete", [])


@pytest.mark.parametrize("kind", things.KINDS)
def test_a_creation_under_way_is_not_repeated(sim, task, kind):
    order = creation(kind)
    sim.colleague(order.method, order.at, order.body, seconds=0.2)
    options = {key: value for key, value in things.OPTIONS[kind].items() if key != "members"}
    result, writes = task("itcare_" + kind)(name=things.NAMES[kind], **options)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result[kind]["status"]) == (False, [], "ACTIVE")


# parts of what is about to be removed


PARTS = {
    "member": ("itcare_loadbalancer_member", LB, dict(loadbalancer=LB, members=[dict(resource="PEBBILL01")])),
    "url": ("itcare_loadbalancer_url", LB, dict(loadbalancer=LB, name=URL)),
    "snapshot": ("itcare_instance_snapshot", OFF, dict(instance=OFF)),
    "tag": ("itcare_tag", OFF, dict(resource=OFF, tags={})),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_what_is_about_to_be_removed_is_not_there(sim, task, part):
    module, whole, options = PARTS[part]
    if part == "tag":
        sim.state.named(OFF)[0]["tags"] = [{"tagKey": "tier", "tagValue": "web"}]
        options = dict(options, tags={"tier": "web"})
    sim.colleague("DELETE", sim.address(whole), seconds=0.2)
    result, writes = task(module)(**options)
    assert result.get("failed") and writes == []
    assert "there is no" in result["msg"]


@pytest.mark.parametrize("part", PARTS)
def test_an_absent_part_of_what_is_about_to_be_removed(sim, task, part):
    module, whole, options = PARTS[part]
    if part == "tag":
        options = dict(options, tags={"tier": "web"})
    sim.colleague("DELETE", sim.address(whole), seconds=0.2)
    result, writes = task(module)(**options, state="absent")
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])

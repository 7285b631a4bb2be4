# SPDX-License-Identifier: GPL-3.0-or-later
"""There is not ready: what a failed creation leaves is no success, gets no change, and can be removed."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things

MESSAGE = "No host has room for it"
FURTHER = [{"tags": {"tier": "web"}}, {}, {"comment": "Ours"}]


@pytest.fixture(params=things.KINDS)
def kind(request):
    return request.param


def options_of(kind):
    return {"name": things.NAMES[kind], **things.OPTIONS[kind]}


@pytest.fixture
def wreck(sim, task, kind):
    """The task for something whose creation failed and left a remnant."""
    sim.configure(failed_creation="remnant")
    sim.fault("fail_action", operation="create_" + OPERATIONS[kind], message=MESSAGE)
    module = task("itcare_" + kind)
    result, _writes = module(**options_of(kind))
    assert result.get("failed") and MESSAGE in result["msg"]
    return module


OPERATIONS = {
    "instance": "instance",
    "postgresql": "postgresql",
    "loadbalancer": "loadbalancer",
    "k8s_cluster": "kubernetes",
}


@pytest.mark.parametrize(
    "further", [{}, {"tags": {"tier": "web"}}, {"comment": "Ours"}], ids=["same", "tag", "comment"]
)
def test_a_wreck_is_never_a_success(sim, wreck, kind, further):
    for check in (True, False):
        result, writes = wreck(check=check, **options_of(kind), **further)
        assert result.get("failed") and writes == []
        assert MESSAGE in result["msg"] and "PREPARATION" in result["msg"]
        assert [one["message"] for one in result["actions"]] == [MESSAGE]


def test_a_wreck_by_its_id(sim, wreck, kind):
    number = things.id_of(sim, things.NAMES[kind])
    result, writes = wreck(id=number)
    assert result.get("failed") and writes == []
    assert MESSAGE in result["msg"]


@pytest.mark.parametrize("kind, process_names", things.spread(things.KINDS, ["prefixed", "opaque"]), indirect=["kind"])
def test_a_wreck_whatever_its_creation_is_called(sim, wreck, kind, process_names):
    sim.configure(process_names=process_names, actions_sparse=True)
    result, writes = wreck(**options_of(kind))
    assert result.get("failed") and writes == []
    assert MESSAGE in result["msg"]


def test_a_wreck_is_told_without_waiting(sim, wreck, kind):
    result, writes = wreck(**options_of(kind), wait=False)
    assert result.get("failed") and writes == []
    assert MESSAGE in result["msg"]


def test_absent_removes_a_wreck(sim, wreck, kind):
    predicted, _writes = wreck(check=True, name=things.NAMES[kind], state="absent")
    result, writes = wreck(name=things.NAMES[kind], state="absent")
    assert not result.get("failed"), result["msg"]
    assert predicted["steps"] == result["steps"] == ["delete"]
    assert things.in_short(writes) == ["DELETE"]
    assert sim.state.named(things.NAMES[kind]) == []
    wreck.changes_nothing(name=things.NAMES[kind], state="absent")


@pytest.mark.parametrize(
    "kind, state",
    things.spread(["instance", "postgresql", "loadbalancer"], ["started", "stopped"]),
    indirect=["kind"],
)
def test_a_wreck_is_not_switched(sim, wreck, kind, state):
    result, writes = wreck(name=things.NAMES[kind], state=state)
    assert result.get("failed") and writes == []
    assert MESSAGE in result["msg"]


def test_no_tag_is_put_on_a_wreck(sim, task, wreck, kind):
    result, writes = task("itcare_tag")(resource=things.NAMES[kind], tags={"tier": "web"})
    assert result.get("failed") and writes == []
    assert MESSAGE in result["msg"]


def test_preparation_that_ends_by_itself(sim, wreck, kind):
    record = sim.state.named(things.NAMES[kind])[0]
    looks = []
    view = sim.state.view

    def later(one, *args, **kwargs):
        looks.append(one)
        if one is record and sum(each is record for each in looks) > 2:
            for each in [record, *sim.state.nodes(record["id"])]:
                each["status"] = "ACTIVE"
        return view(one, *args, **kwargs)

    sim.world.settled().view = later
    result, writes = wreck(**options_of(kind))
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes, result[kind]["status"]) == (False, [], "ACTIVE")


# parts


def test_a_url_in_preparation(sim, task):
    sim.configure(failed_creation="remnant")
    sim.fault("fail_action", operation="create_loadbalancer_url", message=MESSAGE)
    url = task("itcare_loadbalancer_url").given(loadbalancer=things.LB, name="api.billing.acme.example")
    assert MESSAGE in url()[0]["msg"]
    for options in ({}, {"monitoring_enabled": True}):
        result, writes = url(**options)
        assert result.get("failed") and writes == []
        assert MESSAGE in result["msg"]
    result, writes = url(state="absent")
    assert not result.get("failed"), result["msg"]
    assert things.in_short(writes) == ["DELETE"]
    assert sim.state.named("api.billing.acme.example") == []


@pytest.mark.parametrize(
    "module, options",
    [
        ("itcare_instance_snapshot", dict(instance="QNEW01")),
        ("itcare_loadbalancer_member", dict(loadbalancer="shop.acme.example", members=[dict(resource="QWEB01")])),
        ("itcare_loadbalancer_url", dict(loadbalancer="shop.acme.example", name="api.acme.example")),
    ],
)
def test_no_part_is_made_of_a_wreck(sim, task, module, options):
    kind = "instance" if "instance" in options else "loadbalancer"
    sim.configure(failed_creation="remnant")
    sim.fault("fail_action", operation="create_" + kind, message=MESSAGE)
    task("itcare_" + kind)(**options_of(kind))
    result, writes = task(module)(**options)
    assert result.get("failed") and writes == []
    assert MESSAGE in result["msg"]

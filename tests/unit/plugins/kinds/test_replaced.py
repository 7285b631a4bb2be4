# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else removes, renames or replaces a resource while a task is at work on it: what was found first counts."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import OFF, WEB


@pytest.fixture
def before_order(monkeypatch):
    """``before_order(2, function)``: it is called just before the second write is sent."""

    def set_up(number, function):
        count, send = [], Client.send

        def sending(self, *args, **kwargs):
            count.append(1)
            if len(count) == number:
                function()
            return send(self, *args, **kwargs)

        monkeypatch.setattr(Client, "send", sending)

    return set_up


def remove(sim, name):
    sim.state.delete(sim.state.named(name)[0])


def replaced(sim, name, **fields):
    """Another machine of that name in place of it."""
    remove(sim, name)
    return sim.add_instance(name, "billing-qa", cpu=2, ram=4, **fields)


@pytest.mark.parametrize(
    "options, number, sent",
    [
        (dict(name=WEB, state="absent"), 1, []),
        (dict(name=WEB, state="absent"), 2, ["PATCH stop"]),
        (dict(name=OFF, state="absent"), 1, []),
        (dict(name=WEB, sizing="4cpu8gb"), 1, []),
        (dict(name=WEB, state="restarted", sizing="4cpu8gb"), 2, ["PATCH stop"]),
        (dict(name=WEB, state="reset"), 1, []),
    ],
    ids=["stop", "delete-after-stop", "delete", "resize", "resize-after-stop", "reset"],
)
def test_another_one_of_the_name_is_left_alone(sim, task, before_order, options, number, sent):
    theirs, before = [], []

    def act():
        theirs.append(replaced(sim, options["name"], status="INACTIVE" if options["name"] == OFF else "ACTIVE"))
        before.append(repr(theirs[0]))

    first = sim.state.named(options["name"])[0]["id"]
    before_order(number, act)
    result, writes = task("itcare_instance")(**options)
    if options.get("state") == "absent":  # what it was about to remove is gone
        assert not result.get("failed"), result["msg"]
        assert "its effect is there" in " ".join(result["warnings"])
    else:
        assert result.get("failed"), result
        assert "another one has its name by now" in result["msg"] and "Nothing was sent to that one" in result["msg"]
        assert str(first) in result["msg"] and str(theirs[0]["id"]) in result["msg"]
    assert repr(theirs[0]) == before[0]
    assert things.in_short(writes)[: len(sent)] == sent
    assert not [entry for entry in sim.writes(applied=True) if str(theirs[0]["id"]) in entry["path"]]


def test_the_next_task_takes_the_other_one(sim, task, before_order):
    before_order(1, lambda: replaced(sim, WEB))
    first, _writes = task("itcare_instance")(name=WEB, sizing="4cpu8gb")
    assert first.get("failed")
    result, _writes = task("itcare_instance")(name=WEB, sizing="4cpu8gb")
    assert result["changed"]
    task("itcare_instance").changes_nothing(name=WEB, sizing="4cpu8gb")


def test_what_is_gone_may_be_made_anew(sim, task):
    """Somebody's removal is waited for, and what the task then creates is no stranger."""
    sim.colleague("DELETE", sim.address(OFF), seconds=0.2)
    result, writes = task("itcare_instance")(name=OFF, **things.INSTANCE)
    assert not result.get("failed"), result["msg"]
    assert things.in_short(writes) == ["POST"]
    assert len(sim.state.named(OFF)) == 1


@pytest.mark.parametrize("act", [remove, lambda sim, name: sim.state.rename(sim.state.named(name)[0], "QELSE01")])
def test_what_disappears_between_two_steps_is_told(sim, task, before_order, act):
    """Another value of an alias is a removal and a creation."""
    alias = dict(resource=WEB, name="shop.acme.example")
    result, _writes = task("itcare_dns_alias")(**alias)
    assert result["changed"]
    before_order(1, lambda: act(sim, WEB))
    result, writes = task("itcare_dns_alias")(**alias, value="PEBBILL01")
    assert result.get("failed"), result
    assert WEB in result["msg"]
    assert [entry["method"] for entry in sim.writes(applied=True)] in ([], ["DELETE"])


def test_a_hidden_effect_on_what_is_gone_is_no_success(sim, task, monkeypatch):
    """The platform shows no parameters of Kafka; where the Kafka is gone, the success of the action says nothing."""
    send = Client.send

    def sending(self, *args, **kwargs):
        answer = send(self, *args, **kwargs)
        sim.state.rename(sim.state.named("billing_events")[0], "elsewhere")
        return answer

    monkeypatch.setattr(Client, "send", sending)
    result, writes = task("itcare_kafka")(name="billing_events", parameters={"a.b": 1})
    assert result.get("failed"), result
    assert "does not show it" in result["msg"] and result["changed"]
    assert len(writes) == 1


def test_a_tag_of_what_is_gone_by_now_is_no_success(sim, task, before_order):
    assert task("itcare_tag")(resources=[WEB], tags={"tier": "x"})[0]["changed"]
    before_order(2, lambda: sim.state.rename(sim.state.named(WEB)[0], "elsewhere"))
    result, writes = task("itcare_tag")(resources=[WEB], tags={"tier": "y"})
    assert result.get("failed"), result
    assert "cannot be found any more" in result["msg"] and WEB in result["msg"]
    assert things.in_short(writes) == ["DELETE", "POST"]

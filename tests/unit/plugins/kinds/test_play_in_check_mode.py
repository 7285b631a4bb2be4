# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole play runs in check mode from nothing: what an earlier task would have made is missing, and only told of."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things

MACHINE, BALANCER, DATABASE, CLUSTER = "QNEW01", "shop.acme.example", "orders", "qa-k8s"
OF_CLUSTER = dict(things.PLACE, healthcheck="tcp", member_port="80", profile="HTTP", cluster=CLUSTER)
RESTORE = dict(name=DATABASE, timestamp=things.ago(hours=1), stop="BEFORE")

# name of the task: module, options, and what a warning has to name (none: nothing is missing)
PLAY = {
    "instance": ("itcare_instance", dict(things.INSTANCE, name=MACHINE), []),
    "instance-with-all": (
        "itcare_instance",
        dict(
            things.INSTANCE,
            name=MACHINE,
            comment="Ours",
            tags={"tier": "web"},
            patch_party=dict(excluded=False, patch_group=1),
            state="stopped",
        ),
        [],
    ),
    "snapshot": ("itcare_instance_snapshot", dict(instance=MACHINE, description="Before"), [MACHINE]),
    "recovery": ("itcare_instance_snapshot", dict(instance=MACHINE, state="recovered"), [MACHINE]),
    "loadbalancer": (
        "itcare_loadbalancer",
        dict(things.BALANCER, name=BALANCER, members=[MACHINE, things.WEB]),
        [MACHINE],
    ),
    "member": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=BALANCER, members=[dict(resource=MACHINE, port=8080), dict(resource=things.WEB)]),
        [BALANCER, MACHINE],
    ),
    "member-disabled": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=BALANCER, members=[dict(resource=MACHINE, state="disabled")]),
        [BALANCER, MACHINE],
    ),
    "member-of-one-that-is-there": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=things.LB, members=[dict(resource=MACHINE)]),
        [MACHINE],
    ),
    "replaced-members": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=things.LB, members=[dict(resource=MACHINE)], mode="replace"),
        [MACHINE],
    ),
    "members-of-one-that-is-there": ("itcare_loadbalancer", dict(name=things.LB, members=[MACHINE]), [MACHINE]),
    "url": (
        "itcare_loadbalancer_url",
        dict(loadbalancer=BALANCER, name="api.acme.example", monitoring_enabled=True),
        [BALANCER],
    ),
    "dns-alias": ("itcare_dns_alias", dict(resource=MACHINE, name="shop.acme.example"), [MACHINE]),
    "comment": ("itcare_comment", dict(resource=MACHINE, comment="Ours"), [MACHINE]),
    "tag": ("itcare_tag", dict(resources=[MACHINE, things.WEB], tags={"tier": "web"}), [MACHINE]),
    "tag-of-a-load-balancer": ("itcare_tag", dict(resource=BALANCER, tags={"tier": "web"}), [BALANCER]),
    "tags-replaced": ("itcare_tag", dict(resource=MACHINE, tags={"tier": "web"}, tags_mode="replace"), [MACHINE]),
    "postgresql": ("itcare_postgresql", dict(things.POSTGRESQL, name=DATABASE), []),
    "restore": ("itcare_postgresql_restore", dict(RESTORE, source=things.PG_HA), [DATABASE]),
    "restore-of-a-new-one": (
        "itcare_postgresql_restore",
        dict(RESTORE, name=things.PG_HA, source=DATABASE),
        [DATABASE],
    ),
    "restore-of-two-new-ones": ("itcare_postgresql_restore", dict(RESTORE, source="invoices"), [DATABASE, "invoices"]),
    "k8s": ("itcare_k8s_cluster", dict(things.CLUSTER, name=CLUSTER, nodes=things.NODES), []),
    "loadbalancer-of-a-cluster": ("itcare_loadbalancer", dict(OF_CLUSTER, name="apps.acme.example"), [CLUSTER]),
}


@pytest.mark.parametrize("case", PLAY.values(), ids=list(PLAY))
def test_each_task_shows_its_plan_and_warns_of_what_is_missing(task, case):
    module, options, missing = case
    result, writes = task(module)(check=True, **options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] and result["steps"] and writes == []
    assert len(result["diff"]) == len(result["steps"])
    told = [text for text in result.get("warnings", []) if "earlier task" in text]
    assert all(name in " ".join(told) for name in missing)
    assert bool(told) == bool(missing)


@pytest.mark.parametrize("how", ["option", "environment"])
@pytest.mark.parametrize("case", [name for name, (_module, _options, missing) in PLAY.items() if missing])
def test_what_is_missing_may_be_an_error_again(task, monkeypatch, case, how):
    module, options, missing = PLAY[case]
    more = {}
    if how == "environment":
        monkeypatch.setenv("ITCARE_ON_MISSING_IN_CHECK_MODE", "fail")
    else:
        more["on_missing_in_check_mode"] = "fail"
    result, writes = task(module)(check=True, **options, **more)
    assert result.get("failed") and writes == []
    assert missing[0] in result["msg"]


@pytest.mark.parametrize("case", [name for name, (_module, _options, missing) in PLAY.items() if missing])
def test_in_a_run_it_is_an_error(task, case):
    module, options, missing = PLAY[case]
    result, writes = task(module)(**options)
    assert result.get("failed") and writes == []
    assert missing[0] in result["msg"]


# What this collection does not create, and what has a number, is no matter of an earlier task


NEVER = {
    "service": ("itcare_instance", dict(things.INSTANCE, name=MACHINE, service="nothere")),
    "network": ("itcare_instance", dict(things.INSTANCE, name=MACHINE, network="nothere")),
    "platform": ("itcare_instance", dict(things.INSTANCE, name=MACHINE, platform="nothere")),
    "healthcheck": ("itcare_loadbalancer", dict(things.BALANCER, name=BALANCER, healthcheck="nothere")),
    "instance-by-id": ("itcare_instance_snapshot", dict(instance="999999999")),
    "loadbalancer-by-id": ("itcare_loadbalancer_url", dict(loadbalancer="999999999", name="api.acme.example")),
    "pool-by-id": ("itcare_loadbalancer_member", dict(loadbalancer="999999999", members=[dict(resource=things.WEB)])),
    "member-by-id": ("itcare_loadbalancer_member", dict(loadbalancer=things.LB, members=[dict(resource="999999999")])),
    "source-by-id": ("itcare_postgresql_restore", dict(RESTORE, name=things.PG, source="999999999")),
    "destination-by-id": ("itcare_postgresql_restore", dict(RESTORE, name=None, id=999999999, source=things.PG_HA)),
    "comment-by-id": ("itcare_comment", dict(resource="999999999", comment="Ours")),
    "alias-by-id": ("itcare_dns_alias", dict(resource="999999999", name="shop.acme.example")),
    "resource-by-id": ("itcare_tag", dict(resource="999999999", tags={"tier": "web"})),
    "incomplete": ("itcare_instance", dict(name=MACHINE, sizing="2cpu4gb")),
}


@pytest.mark.parametrize("case", NEVER.values(), ids=list(NEVER))
def test_what_no_task_could_have_made_is_refused(task, case):
    module, options = case
    task(module).refuses(**options)


# absent


GONE = {
    "instance": ("itcare_instance", dict(name=MACHINE)),
    "snapshot": ("itcare_instance_snapshot", dict(instance=MACHINE)),
    "loadbalancer": ("itcare_loadbalancer", dict(name=BALANCER)),
    "member": ("itcare_loadbalancer_member", dict(loadbalancer=BALANCER, members=[dict(resource=MACHINE)])),
    "member-of-one-that-is-there": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=things.LB, members=[dict(resource=MACHINE)]),
    ),
    "url": ("itcare_loadbalancer_url", dict(loadbalancer=BALANCER, name="api.acme.example")),
    "dns-alias": ("itcare_dns_alias", dict(resource=MACHINE, name="shop.acme.example")),
    "tag": ("itcare_tag", dict(resource=MACHINE, tags={"tier": "web"})),
    "postgresql": ("itcare_postgresql", dict(name=DATABASE)),
    "k8s": ("itcare_k8s_cluster", dict(name=CLUSTER)),
}


@pytest.mark.parametrize("case", GONE.values(), ids=list(GONE))
def test_absent_of_what_has_no_parent_changes_nothing_in_check_mode(task, case):
    module, options = case
    for more in ({}, {"on_missing_in_check_mode": "fail"}):
        result, writes = task(module)(check=True, state="absent", **options, **more)
        if result.get("failed"):
            assert (module, more) == ("itcare_tag", {"on_missing_in_check_mode": "fail"}), result["msg"]
            continue
        assert (result["changed"], result["steps"], writes) == (False, [], [])


# A play, once more with what the first task has made


def test_the_play_in_check_mode_and_then_for_real(sim, task):
    tasks = [
        ("itcare_instance", dict(things.INSTANCE, name=MACHINE)),
        ("itcare_loadbalancer", dict(things.BALANCER, name=BALANCER, members=[MACHINE])),
        ("itcare_loadbalancer_member", dict(loadbalancer=BALANCER, members=[dict(resource=things.WEB)])),
        ("itcare_loadbalancer_url", dict(loadbalancer=BALANCER, name="api.acme.example")),
        ("itcare_instance_snapshot", dict(instance=MACHINE)),
        ("itcare_dns_alias", dict(resource=MACHINE, name="shop.acme.example")),
        ("itcare_tag", dict(resources=[MACHINE, BALANCER], tags={"tier": "web"})),
    ]
    predicted = [task(module)(check=True, **options)[0] for module, options in tasks]
    assert [one.get("msg") for one in predicted if one.get("failed")] == []
    assert all(one["changed"] for one in predicted)
    done = [task(module)(**options)[0] for module, options in tasks]
    assert [one.get("msg") for one in done if one.get("failed")] == []
    assert [one["steps"] for one in done] == [one["steps"] for one in predicted]
    for module, options in tasks:
        if module != "itcare_loadbalancer":  # whose members are the whole pool
            task(module).changes_nothing(**options)

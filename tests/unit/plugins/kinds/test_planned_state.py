# SPDX-License-Identifier: GPL-3.0-or-later
"""Preconditions are judged on what will be, all of them before the first order, in check mode as in a run."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds import things
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import K8S, LB, OFF, PG, PG_HA, URL, WEB

ONE_NODE = [dict(availability_zone="EB-A", sizing="4cpu8gb", count=1)]
GROUP = dict(excluded=False, patch_group=2)
WHITE = dict(enabled=True, white_list=["10.0.3.40"])

# What is refused: the module, its options, and a word of the refusal
REFUSED = {
    "ha-and-a-group": ("itcare_postgresql", dict(name=PG, topology="HA", patch_party=GROUP), "patch_group"),
    "a-group-of-two": ("itcare_postgresql", dict(name=PG_HA, sizing="8cpu32gb", patch_party=GROUP), "patch_group"),
    "upgrade-and-extension-in-a-missing-database": (
        "itcare_postgresql",
        dict(name=PG, version="15", extensions=[dict(database="nothere", name="pg_trgm")]),
        "nothere",
    ),
    "size-and-unknown-extension": (
        "itcare_postgresql",
        dict(name=PG, sizing="4cpu8gb", extensions=[dict(database="app", name="nosuch")]),
        "nosuch",
    ),
    "size-and-version-not-offered": (
        "itcare_postgresql",
        dict(name=PG, sizing="4cpu8gb", version="99"),
        "99",
    ),
    "size-and-too-much-lag": (
        "itcare_postgresql",
        dict(name=PG, sizing="4cpu8gb", topology="HA", allowed_replication_lag=5000),
        "allowed_replication_lag",
    ),
    "size-and-on-call-without-monitoring": (
        "itcare_postgresql",
        dict(name=PG, sizing="4cpu8gb", on_call_supervision=True),
        "monitoring_enabled",
    ),
    "size-and-alerting-without-monitoring": (
        "itcare_instance",
        dict(name=WEB, sizing="4cpu8gb", monitoring_alerting=True),
        "monitoring_enabled",
    ),
    "alerting-and-monitoring-off": (
        "itcare_instance",
        dict(name="PEBBILL01", monitoring_enabled=False, monitoring_alerting=True),
        "monitoring_enabled",
    ),
    "size-and-backup-off-without-a-reason": (
        "itcare_instance",
        dict(name="PEBBILL01", sizing="8cpu16gb", backup_enabled=False),
        "reason",
    ),
    "size-and-backup-off-with-blanks-as-a-reason": (
        "itcare_instance",
        dict(name="PEBBILL01", sizing="8cpu16gb", backup_enabled=False, no_backup_prod_reason="  "),
        "reason",
    ),
    "replication-off-with-blanks-as-a-reason": (
        "itcare_instance",
        dict(name="PEBBILL01", sizing="8cpu16gb", replication_enabled=False, no_replication_prod_reason="\t"),
        "reason",
    ),
    "size-and-reset-of-what-is-off": ("itcare_instance", dict(name=OFF, sizing="4cpu8gb", state="reset"), "ACTIVE"),
    "size-and-a-tag-that-is-none": (
        "itcare_instance",
        dict(name=WEB, sizing="4cpu8gb", tags={"tier": ["a"]}),
        "tier",
    ),
    "size-and-an-unknown-size": ("itcare_instance", dict(name=WEB, comment="Ours", sizing="77cpu1gb"), "77cpu1gb"),
    "bot-and-on-call-without-monitoring": (
        "itcare_loadbalancer",
        dict(name=things.LB_OFF, state="started", bot_defense=WHITE, on_call_supervision=True),
        "monitoring_enabled",
    ),
    "bot-and-an-unknown-url": (
        "itcare_loadbalancer",
        dict(name=LB, bot_defense=WHITE, monitoring_enabled=False, update_urls=["nothere.acme.example"]),
        "nothere.acme.example",
    ),
    "bot-and-a-member-of-another-network": (
        "itcare_loadbalancer",
        dict(name=LB, bot_defense=WHITE, members=["PEBBILL01", "PETPORT01"]),
        "network",
    ),
    "second-member-missing-by-id": (
        "itcare_loadbalancer",
        dict(name=LB, bot_defense=WHITE, members=["PEBBILLW01", "999999999"]),
        "999999999",
    ),
    "second-member-of-the-pool-missing-by-id": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=LB, members=[dict(resource="PEBBILLW01"), dict(resource="999999999")]),
        "999999999",
    ),
    "new-with-a-member-missing-by-id": (
        "itcare_loadbalancer",
        dict(things.BALANCER, name="shop.acme.example", members=[WEB, "999999999"]),
        "999999999",
    ),
    "nodes-and-a-group": ("itcare_k8s_cluster", dict(name=K8S, nodes=things.MORE_NODES, patch_party=GROUP), "group"),
    "nodes-and-an-unknown-version": (
        "itcare_k8s_cluster",
        dict(name=K8S, nodes=things.MORE_NODES, version="9.9"),
        "9.9",
    ),
    "nodes-and-an-unknown-zone": (
        "itcare_k8s_cluster",
        dict(
            name=K8S, comment="Ours", nodes=[*things.NODES, dict(availability_zone="XX-Z", sizing="4cpu8gb", count=1)]
        ),
        "XX-Z",
    ),
    "url-and-on-call-without-monitoring": (
        "itcare_loadbalancer_url",
        dict(loadbalancer=LB, name=URL, monitoring_enabled=False, on_call_supervision=True),
        "monitoring_enabled",
    ),
    "new-url-and-on-call-without-monitoring": (
        "itcare_loadbalancer_url",
        dict(loadbalancer=LB, name="api.billing.acme.example", on_call_supervision=True),
        "monitoring_enabled",
    ),
    "two-tags-of-which-one-has-no-resource": (
        "itcare_tag",
        dict(resources=[WEB, "999999999"], tags={"tier": "web"}),
        "999999999",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_nothing_is_sent_where_a_later_step_cannot_be(sim, task, case):
    module, options, word = case
    assert word in task(module).refuses(**options)


NEW = {
    "instance-alerting": ("instance", dict(monitoring_alerting=True), "monitoring_enabled"),
    "instance-on-call": ("instance", dict(on_call_supervision=True), "monitoring_enabled"),
    "postgresql-on-call": (
        "postgresql",
        dict(on_call_supervision=True, monitoring_enabled=False),
        "monitoring_enabled",
    ),
    "postgresql-group-of-two": (
        "postgresql",
        dict(topology="HA", availability_zone="EB-A", node_prefix="QEBORD", tls=True, patch_party=GROUP),
        "patch_group",
    ),
    "loadbalancer-on-call": ("loadbalancer", dict(on_call_supervision=True), "monitoring_enabled"),
    "k8s-on-call": ("k8s_cluster", dict(on_call_supervision=True), "monitoring_enabled"),
    "k8s-group": ("k8s_cluster", dict(patch_party=GROUP), "patch_group"),
    "production-without-a-reason": ("instance", dict(service="billing", monitoring_enabled=False), "reason"),
    "production-with-blanks": (
        "instance",
        dict(service="billing", backup_enabled=False, no_backup_prod_reason=" "),
        "reason",
    ),
}


@pytest.mark.parametrize("case", NEW.values(), ids=list(NEW))
def test_nothing_is_created_that_a_later_step_cannot_finish(sim, task, case):
    kind, options, word = case
    message = task("itcare_" + kind).refuses(name=things.NAMES[kind], **{**things.OPTIONS[kind], **options})
    assert word in message


@pytest.mark.parametrize(
    "kind, options",
    [
        ("loadbalancer", dict(name=LB, members=["PEBBILLW01", "NOTHERE"])),
        ("loadbalancer", dict(things.BALANCER, name="shop.acme.example", members=[WEB, "NOTHERE"])),
        ("loadbalancer_member", dict(loadbalancer=LB, members=[dict(resource="PEBBILLW01"), dict(resource="NOTHERE")])),
        ("tag", dict(resources=[WEB, "NOTHERE"], tags={"tier": "web"})),
    ],
)
def test_nothing_is_sent_where_the_second_name_does_not_exist(sim, task, kind, options):
    """Check mode only warns, since an earlier task of the play may have been about to create it."""
    module = task("itcare_" + kind)
    result, writes = module(**options)
    assert result.get("failed") and writes == []
    assert "NOTHERE" in result["msg"]
    assert "NOTHERE" in module.refuses(on_missing_in_check_mode="fail", **options)


def test_three_nodes_becoming_one_may_have_a_group(sim, task):
    cluster = task("itcare_k8s_cluster").given(name=K8S, nodes=ONE_NODE, scale_down=True)
    result, writes = cluster.converges(patch_party=GROUP)
    assert things.in_short(writes) == ["PATCH delete_nodes", "PATCH update_patch_party"]
    assert result["k8s_cluster"]["patch_party"]["patch_group"] == "2"


def test_one_node_becoming_three_may_have_none(sim, task):
    cluster = task("itcare_k8s_cluster").given(name=K8S)
    cluster(nodes=ONE_NODE, scale_down=True)
    assert "there are 3" in cluster.refuses(nodes=things.NODES, patch_party=GROUP)


def test_a_single_node_stays_single_in_a_cluster_that_is_highly_available(sim, task):
    cluster = task("itcare_k8s_cluster").given(name=K8S)
    cluster(nodes=ONE_NODE, scale_down=True)
    _result, writes = cluster(topology="HA", patch_party=GROUP)
    assert things.in_short(writes) == ["PATCH enable_ha", "PATCH update_patch_party"]


def test_monitoring_and_its_alerts_come_together(sim, task):
    result, writes = task("itcare_instance").converges(
        name=WEB, monitoring_enabled=True, monitoring_alerting=True, sizing="4cpu8gb"
    )
    assert things.in_short(writes) == ["PATCH resize", "PATCH update_monitoring"]


def test_monitoring_of_a_farm_and_on_call_come_together(sim, task):
    _result, writes = task("itcare_postgresql").converges(name=PG, monitoring_enabled=True, on_call_supervision=True)
    assert things.in_short(writes) == ["PATCH update_monitoring"]


def test_an_extension_that_only_the_new_version_offers(sim, task):
    _result, writes = task("itcare_postgresql")(
        name=PG, version="15", extensions=[dict(database="app", name="pg_trgm")]
    )
    assert things.in_short(writes) == ["PATCH upgrade", "PATCH install_extension"]


def test_all_that_speaks_against_it_is_told_at_once(task):
    message = task("itcare_postgresql").refuses(
        name=PG, topology="HA", allowed_replication_lag=5000, on_call_supervision=True, patch_party=GROUP
    )
    for word in ("allowed_replication_lag", "monitoring_enabled", "patch_group"):
        assert word in message

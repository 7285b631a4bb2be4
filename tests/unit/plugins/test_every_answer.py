# SPDX-License-Identifier: GPL-3.0-or-later
"""No answer ends a task with a traceback: each documented field left out, null, or of another type, one at a time.

The cells of a task are all answers that it gets, all places in them and all changes there. Their number goes into the
hundred thousands, so a sample is tried, always the same; ITCARE_FUZZ=1000000 tries them all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Callable

import pytest

from ansible_collections.cegedim.cloud.tests.simulator import seed
from ansible_collections.cegedim.cloud.tests.unit.plugins import creations, fuzz, test_every_module

SAMPLE = int(os.environ.get("ITCARE_FUZZ", 24))  # cells of each task and mode

LIMITS = dict(wait_timeout=60, wait_interval=5)
K8S = dict(service="billing-qa", region="EB", network="EB_1127_DMZ9", platform="k8s131", ingress_provider="nginx")
MANAGED = dict(monitoring_enabled=False, tags={"a": "b"}, tags_mode="replace")
BALANCER = dict(service="billing-qa", region="EB", healthcheck="tcp", member_port="8080", profile="HTTP")


def web(world):
    """Machines for a pool."""
    for number in (1, 2):
        seed.add_instance(world.settled(), "QWEB0%d" % number, "billing-qa")


def same_version(world):
    """The destination of a restore has the version of its source."""
    world.settled().named("intrapg")[0]["version"] = "15"


@dataclass(frozen=True)
class Task:
    """A module, what the task says, and what has to be there."""

    module: str
    options: dict = field(default_factory=dict)
    prepare: Callable = None
    modes: tuple = (False, True)  # run and check

    def __str__(self):
        return " ".join(
            [self.module, *("%s=%s" % pair for pair in self.options.items() if pair[0] != "admin_password")]
        )[:100]


def everything(module):
    """All that ``gather`` of an info module has."""
    return test_every_module.module(module).SPEC["argument_spec"]["gather"]["choices"]


def info(module, **options):
    return Task(module, {"gather": everything(module), **options}, modes=(False,))  # it does the same in both


def converging(module, prepare=None, **options):
    return Task(module, {**LIMITS, **options}, prepare)


NODES = [
    dict(availability_zone="EB-A", sizing="4cpu8gb", count=3),
    dict(availability_zone="EB-B", sizing="4cpu8gb", count=1),
]
A_WRITE = dict(method="PATCH", path="/compute/instances/500000001", body={"operation": "stop"})

TASKS = [
    info("itcare_instance_info", services="billing", tags={"a": "b"}, sort="name"),
    info("itcare_instance_info", names="PETPORT01"),
    info("itcare_instance_info", id=500000001),
    info("itcare_resource_info", names=["PEBBILL01", "billing.acme.example"]),
    info("itcare_resource_info", id=500000001),
    info("itcare_service_info", names="billing"),
    info("itcare_service_info", id=44411),
    info("itcare_k8s_cluster_info", ingress_providers=True),
    info("itcare_loadbalancer_info", names="billing.acme.example", lookups=["internal_whitelist", "protocols"]),
    info("itcare_postgresql_info"),
    info("itcare_redis_info"),
    info("itcare_mariadb_info"),
    info("itcare_opensearch_info"),
    info("itcare_sqlserver_info"),
    info("itcare_rabbitmq_info"),
    info("itcare_kafka_info"),
    info("itcare_glusterfs_info"),
    info("itcare_overdrive_info"),
    info("itcare_matomo_info"),
    info("itcare_product_info", id="deb12"),
    Task("itcare_authentication_domain_info", dict(network="EB_1125_DMZ8"), modes=(False,)),
    Task(
        "itcare_backup_policy_info",
        dict(service="billing", policy_type="SERVER", availability_zone="EB-A"),
        modes=(False,),
    ),
    info("itcare_application_server_info", services="billing"),
    info("itcare_hardware_info", services="billing"),
    info("itcare_network_cluster_info"),
    info("itcare_obsolescence_info", services="billing"),
    info("itcare_resource_type_info"),
    Task("itcare_backup_policy_info", dict(id=901), modes=(False,)),
    Task("itcare_change_info", dict(environments=["PROD"]), modes=(False,)),
    Task("itcare_domain_info", dict(id=31), modes=(False,)),
    Task("itcare_environment_info", modes=(False,)),
    Task("itcare_metric_info", dict(services=["billing"]), modes=(False,)),
    Task("itcare_region_info", dict(region="EB"), modes=(False,)),
    Task("itcare_resource_filter_info", modes=(False,)),
    Task("itcare_status_info", dict(type="SERVICE"), modes=(False,)),
    Task("itcare_tag_info", dict(key="application", value="billing"), modes=(False,)),
    Task("itcare_certificate_info", dict(domain="acme.example", region="EB"), modes=(False,)),
    Task("itcare_domain_info", modes=(False,)),
    Task("itcare_health_check_info", dict(region="EB"), modes=(False,)),
    Task("itcare_network_info", dict(region="EB"), modes=(False,)),
    Task("itcare_network_info", dict(area="EB-EMEA"), modes=(False,)),
    Task("itcare_network_info", dict(availability_zone="EB-A"), modes=(False,)),
    Task("itcare_network_info", dict(listing="load_balancers", region="EB"), modes=(False,)),
    Task("itcare_network_info", dict(network="EB_1125_DMZ8"), modes=(False,)),
    Task("itcare_region_info", modes=(False,)),
    Task("itcare_ssl_profile_info", dict(region="EB"), modes=(False,)),
    Task("itcare_action_info", dict(statuses="ERROR", service="billing")),
    Task("itcare_estate_info", modes=(False,)),
    Task("itcare_api", dict(path="/compute/instances", all_pages=True)),
    Task("itcare_api", dict(path="/compute/instances/500000001")),
    Task("itcare_api", {**LIMITS, **A_WRITE}, modes=(False,)),  # check mode asks nothing
    converging("itcare_instance", name="QNEW01", **creations.INSTANCE),
    converging("itcare_instance", name="QEBBILL01", sizing="4cpu8gb", comment="new", backup_enabled=False, **MANAGED),
    converging("itcare_instance", name="QEBBILL01", state="stopped"),
    converging("itcare_instance", name="PEBBILL01", state="absent"),
    converging("itcare_instance", name="PEBBILL01", state="reset"),
    converging("itcare_instance_snapshot", instance="PEBBILL01", description="Before"),
    converging("itcare_instance_snapshot", instance="PETPORT01", state="recovered"),
    converging("itcare_instance_snapshot", instance="PETPORT01", state="absent"),
    converging("itcare_k8s_cluster", name="qa-k8s", sizing="4cpu8gb", node_count=3, **K8S),
    converging("itcare_k8s_cluster", name="billing-k8s", version="1.31", **MANAGED),
    converging("itcare_k8s_cluster", name="billing-k8s", nodes=NODES),
    converging("itcare_k8s_cluster", name="billing-k8s", remove_nodes=["PEBK8S02"]),
    converging("itcare_k8s_cluster", name="billing-k8s", state="absent"),
    converging("itcare_loadbalancer", web, name="shop.acme.example", members=["QWEB01", "QWEB02"], **BALANCER),
    converging("itcare_loadbalancer", name="billing.acme.example", **MANAGED),
    converging("itcare_loadbalancer", name="billing.acme.example", state="absent"),
    converging(
        "itcare_loadbalancer_member",
        loadbalancer="billing.acme.example",
        mode="replace",
        members=[dict(resource="PEBBILLW01", port=8080), dict(resource="PEBBILL02", state="disabled")],
    ),
    converging("itcare_loadbalancer_url", loadbalancer="billing.acme.example", name="api.billing.acme.example"),
    converging(
        "itcare_loadbalancer_url", loadbalancer="billing.acme.example", name="www.billing.acme.example", state="absent"
    ),
    converging("itcare_comment", resource="PEBBILL01", comment="new"),
    converging("itcare_comment", service="billing", comment="new"),
    converging("itcare_dns_alias", resource="PEBBILL01", name="shop.acme.example", value="PEBBILL01"),
    converging("itcare_dns_alias", resource="PEBBILL01", name="web1.acme.example", state="absent"),
    converging(
        "itcare_patch_policy",
        service="billing",
        policies=[
            dict(resources=["PEBBILL01", "PEBBILLW01"], patch_group=1),
            dict(resources=["billingpg"], excluded=True, exclusion_reason="Patched by hand"),
        ],
        others=dict(patch_group=3),
    ),
    converging("itcare_postgresql", name="orders", **creations.POSTGRESQL),
    converging(
        "itcare_postgresql",
        name="billingpg",
        extensions=[dict(database="app", name="hstore")],
        state="started",
        **MANAGED,
    ),
    converging("itcare_postgresql", name="intrapg", sizing="4cpu8gb", topology="HA"),
    converging("itcare_postgresql", name="intrapg", state="absent"),
    converging("itcare_redis", name="qacache", **creations.REDIS),
    converging("itcare_mariadb", name="qa-maria", **creations.MARIADB),
    converging(
        "itcare_sqlserver",
        name="qasql01",
        **{**creations.SQLSERVER, "edition": "ENT"},
        always_on=True,
        listener_name="qalsnr01",
        volumes=[dict(id="disk2", size_gb=50)],
    ),
    converging("itcare_opensearch", name="qa_search", **creations.OPENSEARCH),
    converging(
        "itcare_opensearch",
        name="billing-search",
        node_count=5,
        sizing="4cpu16gb",
        nodes=[dict(name="QEBOS01", sizing="4cpu8gb")],
    ),
    converging("itcare_rabbitmq", name="qarmq", **creations.RABBITMQ),
    converging("itcare_kafka", name="qa_events", **creations.KAFKA),
    converging("itcare_overdrive", name="qadrive", **creations.OVERDRIVE),
    converging("itcare_overdrive", name="intradrive", region="EB", state="stopped", tags={"a": "b"}),
    converging("itcare_matomo", name="qastats", **creations.MATOMO),
    converging("itcare_matomo", name="portal-stats", sizing="M", region="ET", comment="new"),
    converging("itcare_matomo", name="portal-stats", state="absent"),
    converging("itcare_glusterfs", name="qa_files", **creations.GLUSTERFS),
    converging(
        "itcare_glusterfs",
        name="billing_files",
        volumes=[dict(name="data", disk_size=120), dict(name="more", disk_size=42, password="mySuperPassw0rd42")],
        **MANAGED,
    ),
    converging("itcare_kafka", name="billing_events", parameters={"log.retention.hours": 72}, **MANAGED),
    converging(
        "itcare_postgresql_restore",
        same_version,
        name="intrapg",
        source="billingpg",
        timestamp=creations.AN_HOUR_AGO,
        stop="BEFORE",
    ),
    converging("itcare_tag", resources=["PEBBILL01", "billingpg"], tags={"tier": "x", "a": "b"}),
    converging("itcare_tag", resources=["PEBBILL01"], tags={"tier": None}, state="absent"),
]


def test_every_module_is_tried():
    # itcare_action only waits for the actions of others. The other two run modules, which the tasks above do, too.
    wanted = {name for name in test_every_module.MODULES if name.startswith("itcare_")}
    assert {task.module for task in TASKS} | {"itcare_action", "itcare_batch", "itcare_estate"} == wanted


@pytest.fixture
def platform(monkeypatch):
    return fuzz.Platform(monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("task, check", [(task, check) for task in TASKS for check in task.modes], ids=str)
def test_no_answer_ends_in_a_traceback(platform, task, check):
    platform.fresh(task.prepare)
    result = fuzz.run(platform, task, check)
    assert isinstance(result, dict) and not result.get("failed"), result
    cells = fuzz.sample(fuzz.cells(platform.seen), SAMPLE, str(task))
    assert cells
    bugs = {}
    for cell in cells:
        platform.fresh(task.prepare)
        with fuzz.changing(platform, *cell):
            bug = fuzz.run(platform, task, check)
        if not isinstance(bug, dict):
            bugs.setdefault(bug, []).append(cell)
    assert not bugs, "\n".join(
        "%s\n    %d of %d cells, such as %s %s: %s %s"
        % (bug, len(found), len(cells), *found[0][:2], list(found[0][2]), found[0][3])
        for bug, found in bugs.items()
    )

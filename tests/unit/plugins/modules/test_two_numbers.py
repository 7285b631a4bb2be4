# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module converges, on the resource that is meant, whichever of its two numbers the platform's paths take."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

READINGS = [
    dict(numbers="different", product_paths="internal", action_numbers="id", rows="full", row_numbers="both"),
    dict(
        numbers="different", product_paths="internal", action_numbers="internal", rows="sparse", row_numbers="id_only"
    ),
    dict(numbers="different", product_paths="id", action_numbers="internal", rows="old", row_numbers="id_only"),
    dict(numbers="overlapping", product_paths="internal", action_numbers="id", rows="full", row_numbers="both"),
    dict(
        numbers="overlapping", product_paths="internal", action_numbers="internal", rows="sparse", row_numbers="id_only"
    ),
    dict(numbers="overlapping", product_paths="id", action_numbers="id", rows="old", row_numbers="both"),
    dict(numbers="same", product_paths="id", action_numbers="id", rows="sparse", row_numbers="id_only"),
]
TASKS = {
    "instance-resize": ("itcare_instance", dict(name="QEBBILL01", sizing="4cpu16gb")),
    "instance-stop": ("itcare_instance", dict(name="QEBBILL01", state="stopped")),
    "instance-absent": ("itcare_instance", dict(name="QEBBILL01", state="absent")),
    "instance-tags": ("itcare_instance", dict(name="QEBBILL01", tags={"a": "b"}, comment="x")),
    "snapshot": ("itcare_instance_snapshot", dict(instance="PEBBILL01")),
    "snapshot-absent": ("itcare_instance_snapshot", dict(instance="PETPORT01", state="absent")),
    "tag": ("itcare_tag", dict(resources=["PEBBILL01", "billingpg"], tags={"a": "b"})),
    "pg-resize": ("itcare_postgresql", dict(name="intrapg", sizing="4cpu8gb")),
    "pg-absent": ("itcare_postgresql", dict(name="intrapg", state="absent")),
    "pg-ext": ("itcare_postgresql", dict(name="billingpg", extensions=[dict(database="app", name="citext")])),
    "lb-mon": ("itcare_loadbalancer", dict(name="billing.acme.example", monitoring_enabled=False)),
    "lb-absent": ("itcare_loadbalancer", dict(name="billing.acme.example", state="absent")),
    "member": (
        "itcare_loadbalancer_member",
        dict(loadbalancer="billing.acme.example", members=[dict(resource="PEBBILLW01")]),
    ),
    "member-gone": (
        "itcare_loadbalancer_member",
        dict(loadbalancer="billing.acme.example", members=[dict(resource="PEBBILL01")], state="absent"),
    ),
    "url": ("itcare_loadbalancer_url", dict(loadbalancer="billing.acme.example", name="api.billing.acme.example")),
    "url-gone": (
        "itcare_loadbalancer_url",
        dict(loadbalancer="billing.acme.example", name="www.billing.acme.example", state="absent"),
    ),
    "k8s-ver": ("itcare_k8s_cluster", dict(name="billing-k8s", version="1.31")),
    "k8s-add": (
        "itcare_k8s_cluster",
        dict(
            name="billing-k8s",
            nodes=[
                dict(availability_zone="EB-A", sizing="4cpu8gb", count=2),
                dict(availability_zone="EB-B", sizing="4cpu8gb", count=2),
            ],
        ),
    ),
    "k8s-remove": (
        "itcare_k8s_cluster",
        dict(name="billing-k8s", scale_down=True, nodes=[dict(availability_zone="EB-A", sizing="4cpu8gb", count=2)]),
    ),
    "k8s-named": ("itcare_k8s_cluster", dict(name="billing-k8s", remove_nodes=["PEBK8S02"])),
    "k8s-absent": ("itcare_k8s_cluster", dict(name="billing-k8s", state="absent")),
    "pg-new": (
        "itcare_postgresql",
        dict(
            name="orders",
            service="intranet",
            region="EB",
            network="EB_1127_DMZ9",
            topology="STANDALONE",
            version="15",
            sizing="2cpu4gb",
            disk_size=40,
            admin_password="Correct-Horse-42",
            trigram="ord",
            allowed_replication_lag=100,
        ),
    ),
    "vm-new": (
        "itcare_instance",
        dict(name="QWEB01", service="billing-qa", region="EB", platform="deb12", sizing="2cpu4gb", tags={"a": "b"}),
    ),
    "k8s-new": (
        "itcare_k8s_cluster",
        dict(
            service="billing-qa",
            region="EB",
            network="EB_1127_DMZ9",
            platform="k8s131",
            ingress_provider="nginx",
            name="qa-k8s",
            nodes=[
                dict(availability_zone="EB-A", sizing="4cpu8gb", count=2),
                dict(availability_zone="EB-B", sizing="4cpu8gb", count=2),
            ],
        ),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: "-".join(reading.values()))
@pytest.mark.parametrize("name", TASKS)
def test_every_module_reaches_what_is_meant(sim, task, monkeypatch, name, reading):
    monkeypatch.setattr(clock, "SETTLE_SECONDS", 3)
    sim.configure(**reading)
    module, options = TASKS[name]
    if name in ("k8s-remove", "k8s-named") and reading["numbers"] == "overlapping":
        assert "it is not removed on a guess" in task(module).refuses(**options)
    else:
        task(module).converges(**options)

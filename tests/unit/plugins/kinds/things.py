# SPDX-License-Identifier: GPL-3.0-or-later
"""The things of the estate that the tests of kinds are about, as data."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ansible_collections.cegedim.cloud.plugins.module_utils.moments import to_api

WEB, OFF = "QWEB01", "QWEB02"  # instances that run and that do not, 2cpu4gb, outside of production
PLACE = dict(service="billing-qa", region="EB")
INSTANCE = dict(PLACE, platform="deb12", sizing="2cpu4gb")
POSTGRESQL = dict(
    PLACE,
    network="EB_1127_DMZ9",
    topology="STANDALONE",
    version="15",
    sizing="2cpu4gb",
    disk_size=40,
    admin_password="Correct-Horse-42",
    trigram="ord",
    allowed_replication_lag=100,
)
BALANCER = dict(PLACE, healthcheck="tcp", member_port="8080", profile="HTTP", members=[WEB])
CLUSTER = dict(PLACE, network="EB_1127_DMZ9", platform="k8s131", ingress_provider="nginx")
NODES = [
    dict(availability_zone="EB-A", sizing="4cpu8gb", count=2),
    dict(availability_zone="EB-B", sizing="4cpu8gb", count=1),
]  # of K8S
MORE_NODES = [
    dict(availability_zone="EB-A", sizing="4cpu8gb", count=3),
    dict(availability_zone="EB-B", sizing="4cpu8gb", count=1),
]
PG, PG_HA = "intrapg", "billingpg"  # STANDALONE 14, one node of 2cpu4gb; HA 15, in production
LB, LB_OFF = "billing.acme.example", "portal-uat.acme.test"
URL = "www.billing.acme.example"
K8S = "billing-k8s"
SNAPPED = "PETPORT01"  # an instance with a snapshot
IS_ALL = os.environ.get("ITCARE_KINDS") == "all"  # every combination, not only a spread of them
INSTANCES, DATABASES, BALANCERS, CLUSTERS = (
    "/compute/instances",
    "/databases/postgresql",
    "/networking/loadbalancers",
    "/compute/containers/kubernetes",
)


def build(sim):
    """Machines in a network of a service that is not in production."""
    sim.add_instance(WEB, "billing-qa", cpu=2, ram=4)
    sim.add_instance(OFF, "billing-qa", cpu=2, ram=4, status="INACTIVE")


@dataclass(frozen=True)
class Order:
    """What somebody sends: below the path of the thing ``name`` where that is given, else at ``at``."""

    method: str
    name: str = None
    at: str = ""
    body: object = None

    def path(self, sim):
        return (sim.address(self.name) if self.name else "") + self.at

    def sent(self, sim):
        return self.body(sim) if callable(self.body) else self.body


def operation(name, word, **options):
    """The Order of ``PATCH {operation, options}``."""
    return Order("PATCH", name, "", {"operation": word, **({"options": options} if options else {})})


def delete(name):
    return Order("DELETE", name)


def spread(keys, *dimensions):
    """For parametrize: each key with one value of each dimension, in turn, so that each value occurs.

    With ITCARE_KINDS=all, each key with each combination of values.
    """
    keys = list(keys)
    if IS_ALL:
        return [(key, *values) for key in keys for values in itertools.product(*dimensions)]
    combinations = list(itertools.product(*dimensions))
    return [(key, *combinations[index % len(combinations)]) for index, key in enumerate(keys)]


def id_of(sim, name):
    return sim.numbers(name)[0]


def ago(**span):
    """A time of the past, as a restore takes it."""
    return to_api(datetime.now(timezone.utc) - timedelta(**span))


def in_short(writes):
    """Each write by its method and operation: ``PATCH stop``."""
    words = []
    for method, _path, body in writes:
        said = body.get("operation") if isinstance(body, dict) else None
        words.append("%s %s" % (method, said) if said else method)
    return words


def new_body(kind):
    """For Order: the body of somebody's creation."""
    place = {"serviceId": 44412, "region": "EB", "area": "EB-EMEA"}
    return {
        "instance": {**place, "name": "QNEW01", "platform": "deb12", "resourceId": "2cpu4gb"},
        "postgresql": {
            **place,
            "name": "orders",
            "networkId": 1127,
            "topology": "STANDALONE",
            "postgreVersion": "15",
            "nodeSizing": "2cpu4gb",
            "diskSize": 40,
            "admPassword": "Correct-Horse-42",
            "trigram": "ord",
            "allowedReplicationLag": 100,
        },
        "loadbalancer": {
            **place,
            "url": "shop.acme.example",
            "healthcheck": "tcp",
            "portMembers": "8080",
            "profileName": "HTTP",
        },
        "k8s_cluster": {
            **place,
            "name": "qa-k8s",
            "networkId": 1127,
            "platform": "k8s131",
            "ingressProvider": "NGINX",
            "nodeSizing": "4cpu8gb",
            "instanceCount": 3,
        },
    }[kind]


NAMES = {"instance": "QNEW01", "postgresql": "orders", "loadbalancer": "shop.acme.example", "k8s_cluster": "qa-k8s"}
PATHS = {
    "instance": INSTANCES,
    "postgresql": DATABASES,
    "loadbalancer": BALANCERS,
    "k8s_cluster": CLUSTERS,
}
OPTIONS = {
    "instance": INSTANCE,
    "postgresql": POSTGRESQL,
    "loadbalancer": BALANCER,
    "k8s_cluster": dict(CLUSTER, sizing="4cpu8gb", node_count=3),
}
KINDS = list(NAMES)


def creation(kind):
    """The Order that creates the new thing of a kind, ``NAMES[kind]``."""
    return Order("POST", None, PATHS[kind], new_body(kind))


# Each kind of write: the module, its options, the operation of the simulator that refuses it, and the writes without
# any refusal.
WRITES = {
    "instance-create": ("itcare_instance", dict(INSTANCE, name="QNEW01"), "create_instance", ["POST"]),
    "instance-start": ("itcare_instance", dict(name=OFF, state="started"), "update_instance", ["PATCH start"]),
    "instance-stop": ("itcare_instance", dict(name=WEB, state="stopped"), "update_instance", ["PATCH stop"]),
    "instance-resize": ("itcare_instance", dict(name=WEB, sizing="4cpu8gb"), "update_instance", ["PATCH resize"]),
    "instance-reset": ("itcare_instance", dict(name=WEB, state="reset"), "update_instance", ["PATCH reset"]),
    "instance-comment": ("itcare_instance", dict(name=WEB, comment="Ours"), "update_resource_comment", ["PATCH"]),
    "instance-delete": ("itcare_instance", dict(name=OFF, state="absent"), "delete_instance", ["DELETE"]),
    "postgresql-create": (
        "itcare_postgresql",
        dict(POSTGRESQL, name="orders"),
        "create_postgresql",
        ["POST"],
    ),
    "postgresql-resize": ("itcare_postgresql", dict(name=PG, sizing="4cpu8gb"), "update_postgresql", ["PATCH resize"]),
    "postgresql-ha": ("itcare_postgresql", dict(name=PG, topology="HA"), "update_postgresql", ["PATCH enable_ha"]),
    "postgresql-delete": ("itcare_postgresql", dict(name=PG, state="absent"), "delete_postgresql", ["DELETE"]),
    "restore": (
        "itcare_postgresql_restore",
        dict(name=PG, source="billingpg", timestamp=None, stop="BEFORE"),
        "update_postgresql",
        ["PATCH restore"],
    ),
    "loadbalancer-create": (
        "itcare_loadbalancer",
        dict(BALANCER, name="shop.acme.example"),
        "create_loadbalancer",
        ["POST"],
    ),
    "loadbalancer-stop": ("itcare_loadbalancer", dict(name=LB, state="stopped"), "update_loadbalancer", ["PATCH stop"]),
    "loadbalancer-bot": (
        "itcare_loadbalancer",
        dict(name=LB, bot_defense=dict(enabled=True)),
        "update_loadbalancer",
        ["PATCH activate_bot"],
    ),
    "loadbalancer-delete": ("itcare_loadbalancer", dict(name=LB, state="absent"), "delete_loadbalancer", ["DELETE"]),
    "member-add": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=LB, members=[dict(resource="PEBBILLW01")]),
        "add_loadbalancer_member",
        ["POST"],
    ),
    "member-disable": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=LB, members=[dict(resource="PEBBILL01", state="disabled")]),
        "update_loadbalancer_member",
        ["PATCH disabled"],
    ),
    "member-remove": (
        "itcare_loadbalancer_member",
        dict(loadbalancer=LB, members=[dict(resource="PEBBILL01")], state="absent"),
        "delete_loadbalancer_member",
        ["DELETE"],
    ),
    "url-create": (
        "itcare_loadbalancer_url",
        dict(loadbalancer=LB, name="api.billing.acme.example"),
        "create_loadbalancer_url",
        ["POST"],
    ),
    "url-monitoring": (
        "itcare_loadbalancer_url",
        dict(loadbalancer=LB, name=URL, monitoring_enabled=False),
        "update_loadbalancer_url",
        ["PATCH update_monitoring"],
    ),
    "url-delete": (
        "itcare_loadbalancer_url",
        dict(loadbalancer=LB, name=URL, state="absent"),
        "delete_loadbalancer_url",
        ["DELETE"],
    ),
    "snapshot-create": ("itcare_instance_snapshot", dict(instance=WEB), "create_instance_snapshot", ["POST"]),
    "snapshot-recover": (
        "itcare_instance_snapshot",
        dict(instance=SNAPPED, state="recovered"),
        "recover_instance_snapshot",
        ["PATCH"],
    ),
    "snapshot-delete": (
        "itcare_instance_snapshot",
        dict(instance=SNAPPED, state="absent"),
        "delete_instance_snapshot",
        ["DELETE"],
    ),
    "k8s-create": (
        "itcare_k8s_cluster",
        dict(CLUSTER, name="qa-k8s", nodes=NODES),
        "create_kubernetes",
        ["POST"],
    ),
    "k8s-nodes": (
        "itcare_k8s_cluster",
        dict(name=K8S, nodes=MORE_NODES),
        "update_kubernetes",
        ["PATCH create_nodes"],
    ),
    "k8s-fewer-nodes": (
        "itcare_k8s_cluster",
        dict(name=K8S, nodes=[NODES[0]], scale_down=True),
        "update_kubernetes",
        ["PATCH delete_nodes"],
    ),
    "k8s-named-node": (
        "itcare_k8s_cluster",
        dict(name=K8S, remove_nodes=["PEBK8S02"]),
        "delete_kubernetes_node",
        ["DELETE"],
    ),
    "k8s-ha": ("itcare_k8s_cluster", dict(name=K8S, topology="HA"), "update_kubernetes", ["PATCH enable_ha"]),
    "k8s-delete": ("itcare_k8s_cluster", dict(name=K8S, state="absent"), "delete_kubernetes", ["DELETE"]),
    "tag-add": ("itcare_tag", dict(resource=WEB, tags={"tier": "web"}), "add_resource_tag", ["POST"]),
    "tag-set": (
        "itcare_tag",
        dict(resource=WEB, tags={"tier": "web"}, tags_mode="replace"),
        "replace_resource_tags",
        ["PUT"],
    ),
}

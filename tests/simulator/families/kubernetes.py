# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters."""

from __future__ import annotations

from .. import build, clusters, rules
from ..call import Call, Refusal, operation
from ..listing import filtered
from ..state import COMPUTED, GONE
from . import loadbalancers

INGRESS_PROVIDERS = ["NGINX", "ISTIO", "TRAEFIK"]
MOST_NODES = 256  # the API reference, Kubernetes
# What the metrics are counted by (the example of the reference).
DISTRIBUTIONS = {"az-distribution": "labelAvailabilityZone", "dc-distribution": "labelDataCenter"}
INGRESS = {"internal": "isInternalIngressNode", "external": "isExternalIngressNode"}
# What an upgrade takes from the product of the new version: field of the cluster -> field of the product.
_OF_PRODUCT = {
    "platform": "platform",
    "productCode": "code",
    "productName": "label",
    "productVersion": "version",
    "version": "version",
    "_product": "id",
    **{date: date for date in ("releasedAt", "endOfSalesAt", "extendedSupportAt", "endOfSupportAt", "supportPhase")},
}


@operation("list_kubernetes")
def list_kubernetes(call: Call):
    return call.page(filtered(call, "kubernetes"), "KubernetesCluster")


@operation("list_kubernetes_ingress_providers")
def list_kubernetes_ingress_providers(call: Call):
    return INGRESS_PROVIDERS


@operation("create_kubernetes")
def create_kubernetes(call: Call):
    """Its body has no version and no topology: the platform's newest, in one data centre, in up to two of its zones."""
    body, state = call.body, call.state
    service = rules.service_of_body(call)
    region, area, zones = rules.place_of_body(call, "availabilityZone")
    product = clusters.product_of_body(call, "kubernetes", None)
    sizing = rules.sizing_of(call, product, body["nodeSizing"])
    network = rules.network_of_body(call, area)
    management = rules.management_of_body(call, service)
    call.require(body["ingressProvider"] in INGRESS_PROVIDERS, "Unknown ingress provider")
    name = rules.unique_name(call, "kubernetes")
    call.commit()
    zone_ids = [zone["id"] for zone in zones if zone["datacenterId"] == zones[0]["datacenterId"]][:2]
    record, nodes = build.cluster(
        state,
        "kubernetes",
        name,
        service["id"],
        product,
        sizing,
        zone_ids,
        network["id"],
        [f"K8S{name.upper()}{number:02d}" for number in range(1, body["instanceCount"] + 1)],
        **{
            **management,
            "ingressProvider": body["ingressProvider"],
            "labelAreaList": [area["id"]],
            "labelRegion": region["id"],
            "managementUrl": f"https://rancher.acme.example/{name}",
            "supportsHAMode": len({zone["datacenterId"] for zone in zones}) > 1,
            "technicalId": f"c-{name}",
            "topology": "STANDARD",
            "versionDetailed": f"{product['version']}+rke2r1",
        },
    )
    for node in nodes[:2]:
        node["isInternalIngressNode"] = True
    return rules.create(call, record, nodes, f"Create {name}")


def _create_nodes(call: Call, record: dict):
    state = call.state
    wanted = call.options.get("nodes") or []
    call.require(wanted, "create_nodes needs nodes")
    product = state.products[record["_product"]]
    for row in wanted:
        call.require(
            isinstance(row, dict) and set(row) <= {"nodesNb", "nodeSizing", "az"},
            "A node is nodesNb, nodeSizing and az",
        )
        call.require(isinstance(row.get("nodesNb"), int) and row["nodesNb"] > 0, "nodesNb must be positive")
        rules.sizing_of(call, product, row.get("nodeSizing"))
        call.require(row.get("az") in (None, *_zones(state, record)), "Unknown availability zone for this topology")
    count = record["nodeCount"] + sum(row["nodesNb"] for row in wanted)
    call.require(count <= MOST_NODES, f"A cluster has at most {MOST_NODES} nodes")

    def effect():
        nodes = _nodes(state, record)
        number = len(nodes)
        for row in wanted:
            for _number in range(row["nodesNb"]):
                number += 1
                name = f"K8S{record['name'].upper()}{number:02d}"
                while state.named(name):
                    number += 1
                    name = f"K8S{record['name'].upper()}{number:02d}"
                zone = row.get("az") or record["_zones"][number % len(record["_zones"])]
                node = build.instance(
                    state,
                    name,
                    record["serviceId"],
                    product["platform"],
                    row["nodeSizing"],
                    zone,
                    record["_network"],
                    parent=record,
                )
                nodes.append(state.add(node))
        build.recount(record, nodes)

    return call.start(record, "CREATE_NODES", f"Create nodes of {record['name']}", effect)


def _nodes(state, record: dict) -> list[dict]:
    """Its nodes without those that are gone and stay listed."""
    return [node for node in state.nodes(record["id"]) if node["_state"] not in GONE]


def _zones(state, record: dict) -> list[str]:
    """The zones that nodes can be in: those of one data centre, and with HA of all in the area."""
    _region, area, first = build.place(state, record["_zones"][0])
    return [
        zone["id"]
        for zone in area["availabilityZones"]
        if record["topology"] == "HA" or zone["datacenterId"] == first["datacenterId"]
    ]


def _delete_nodes(call: Call, record: dict):
    """By id, as text, or by name."""
    wanted = {str(each) for each in call.options.get("nodes") or []}
    nodes = [node for node in _nodes(call.state, record) if {node["name"], str(call.body_number(node["id"]))} & wanted]
    call.require(wanted and len(nodes) == len(wanted), "Unknown node")
    return _remove(call, record, nodes)


@operation("delete_kubernetes_node")
def delete_kubernetes_node(call: Call):
    record = call.writable("kubernetes")
    node = call.resource("instance", name="nodeId")
    if node.get("_parent") != record["id"]:
        raise Refusal(404)
    return _remove(call, record, [node])


def _remove(call: Call, record: dict, nodes: list[dict]):
    """Not all nodes, and not all ingress nodes, of the one kind or of the other."""
    kept = [node for node in _nodes(call.state, record) if node not in nodes]
    call.require(kept, "All nodes cannot be deleted")
    for kind, flag in INGRESS.items():
        left = any(node[flag] for node in kept) or not any(node[flag] for node in nodes)
        call.require(left, f"All {kind} ingress nodes cannot be deleted")

    def effect():
        for node in nodes:
            for balancer in call.state.load_balancers_of(node["id"]):
                balancer["_members"] = [row for row in balancer["_members"] if row["resourceId"] != node["id"]]
            call.state.delete(node)
        build.recount(record, _nodes(call.state, record))

    return call.start(record, "DELETE_NODES", f"Delete nodes of {record['name']}", effect)


def _enable_ha(call: Call, record: dict):
    """One way: from then on, nodes can be in every zone of the area. The workers stay as they are."""
    call.require(record["topology"] != "HA" and record["supportsHAMode"], "High availability cannot be enabled")
    return call.start(
        record,
        "ENABLE_HA",
        f"High availability of {record['name']}",
        lambda: record.update(topology="HA", supportsHAMode=False),
    )


def _upgrade(call: Call, record: dict):
    """The next version only, given as 1.24 or as v1.28.13."""
    wanted = str(call.options.get("version", "")).removeprefix("v")
    offered = [product for product in call.state.products.values() if product["type"] == "KUBERNETES"]
    found = [product for product in offered if f"{product['version'].removeprefix('v')}.".startswith(f"{wanted}.")]
    call.require(wanted and found, "Unknown version")
    product, target = found[0], found[0]["version"]
    distance = _minor(target) - _minor(record["version"])
    call.require(distance >= 0, "A downgrade is not possible")
    call.require(distance == 1, "Only the next version can be upgraded to")
    changes = {field: product[name] for field, name in _OF_PRODUCT.items()}
    changes["versionDetailed"] = f"{target}+rke2r1"
    return call.start(
        record, "UPGRADE_KUBERNETES", f"Upgrade {record['name']} to {target}", lambda: record.update(changes)
    )


def _minor(version: str) -> int:
    return int(version.removeprefix("v").split(".")[1])


# No start, stop or resize of clusters (choices.rst).
clusters.register(
    "kubernetes",
    operations={
        "create_nodes": _create_nodes,
        "delete_nodes": _delete_nodes,
        "enable_ha": _enable_ha,
        "update_monitoring": clusters.update_monitoring,
        "update_patch_party": rules.update_patch_party,
        "upgrade": _upgrade,
    },
)


@operation("list_kubernetes_loadbalancers")
def list_kubernetes_loadbalancers(call: Call):
    record = call.resource("kubernetes")
    return call.views([row for row in call.state.live("loadbalancer") if row.get("_cluster") == record["id"]])


@operation("create_kubernetes_loadbalancer")
def create_kubernetes_loadbalancer(call: Call):
    return loadbalancers.create(call, call.writable("kubernetes"))


@operation("get_kubernetes_metrics")
def get_kubernetes_metrics(call: Call):
    """The distribution over zones or data centres; the values of `type` are those of its example."""
    record = call.resource("kubernetes")
    field = DISTRIBUTIONS.get(call.query["type"])
    call.require(field, "Unknown type of metrics")
    unit = 1024 if call.settings.ram_unit == "mb" else 1
    metrics: dict[str, dict] = {}
    for node in _nodes(call.state, record):
        row = metrics.setdefault(node[field], {"cpuCount": 0, "nodeCount": 0, "ramCount": 0})
        row["cpuCount"] += node["cpu"]
        row["nodeCount"] += 1
        row["ramCount"] += node["ram"] * unit
    return metrics


COMPUTED["kubernetes"] = lambda state, record: {
    "availableAZs": sorted({node["labelAvailabilityZone"] for node in _nodes(state, record)}),
    "availableDCs": sorted({node["labelDataCenter"] for node in _nodes(state, record)}),
}

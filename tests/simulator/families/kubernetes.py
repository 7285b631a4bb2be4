# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters (L16383-18219)."""

from __future__ import annotations

from .. import build, clusters, rules
from ..call import Call, Refusal, operation
from ..listing import filtered
from ..state import COMPUTED
from . import loadbalancers

INGRESS_PROVIDERS = ["NGINX", "ISTIO", "TRAEFIK"]


@operation("list_kubernetes")
def list_kubernetes(call: Call):
    return call.page(filtered(call, "kubernetes"), "KubernetesCluster")


@operation("list_kubernetes_ingress_providers")
def list_kubernetes_ingress_providers(call: Call):
    return INGRESS_PROVIDERS


@operation("create_kubernetes")
def create_kubernetes(call: Call):
    """Its body has no password and no version: the platform's newest is taken."""
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
    zone_ids = [zone["id"] for zone in zones[:2]]
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
            "availableDCs": sorted({zone["datacenterId"] for zone in zones[:2]}),
            "ingressProvider": body["ingressProvider"],
            "labelAreaList": [area["id"]],
            "labelRegion": region["id"],
            "managementUrl": f"https://rancher.acme.example/{name}",
            "supportsHAMode": True,
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
        call.require(row.get("az") in (None, *_zones(state, record)), "Unknown availability zone")

    def effect():
        nodes = state.nodes(record["id"])
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


def _zones(state, record: dict) -> list[str]:
    _region, area, _zone = build.place(state, record["_zones"][0])
    return [zone["id"] for zone in area["availabilityZones"]]


def _delete_nodes(call: Call, record: dict):
    """By name or id: the example has names (L17690)."""
    wanted = {str(each) for each in call.options.get("nodes") or []}
    nodes = [node for node in call.state.nodes(record["id"]) if {node["name"], str(node["id"])} & wanted]
    call.require(wanted and len(nodes) == len(wanted), "Unknown node")
    return _remove(call, record, nodes)


@operation("delete_kubernetes_node")
def delete_kubernetes_node(call: Call):
    record = call.writable("kubernetes")
    node = call.state.get(call.path["nodeId"], "instance")
    if node is None or node.get("_parent") != record["id"]:
        raise Refusal(404)
    return _remove(call, record, [node])


def _remove(call: Call, record: dict, nodes: list[dict]):
    """Not all nodes, and not all ingress nodes (L18181-18185)."""
    kept = [node for node in call.state.nodes(record["id"]) if node not in nodes]
    call.require(kept, "All nodes cannot be deleted")
    removes_ingress = any(node["isInternalIngressNode"] for node in nodes)
    call.require(
        not removes_ingress or any(node["isInternalIngressNode"] for node in kept),
        "All ingress nodes cannot be deleted",
    )

    def effect():
        for node in nodes:
            call.state.delete(node)
        build.recount(record, kept)

    return call.start(record, "DELETE_NODES", f"Delete nodes of {record['name']}", effect)


def _enable_ha(call: Call, record: dict):
    call.require(record["topology"] != "HA" and record["supportsHAMode"], "High availability cannot be enabled")
    return call.start(
        record,
        "ENABLE_HA",
        f"High availability of {record['name']}",
        lambda: record.update(topology="HA", supportsHAMode=False),
    )


def _upgrade(call: Call, record: dict):
    """The next version only, given as 1.24 or as v1.28.13 (L17780, L16431)."""
    wanted = str(call.options.get("version", "")).removeprefix("v")
    offered = [product for product in call.state.products.values() if product["type"] == "KUBERNETES"]
    found = [product for product in offered if wanted and product["version"].removeprefix("v").startswith(wanted)]
    call.require(found, "Unknown version")
    target = found[0]["version"]
    call.require(_minor(target) - _minor(record["version"]) == 1, "Only the next version can be upgraded to")
    product = found[0]
    changes = {
        "version": target,
        "versionDetailed": f"{target}+rke2r1",
        "productVersion": target,
        "productCode": product["code"],
        "productName": product["label"],
        "_product": product["id"],
    }
    return call.start(
        record, "UPGRADE_KUBERNETES", f"Upgrade {record['name']} to {target}", lambda: record.update(changes)
    )


def _minor(version: str) -> int:
    return int(version.removeprefix("v").split(".")[1])


# No start, stop or resize of clusters (Doubts, Kubernetes).
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
    """The distribution over zones or data centres; the values of `type` are not listed."""
    record = call.resource("kubernetes")
    field = (
        "labelDataCenter"
        if "center" in call.query["type"].lower() or call.query["type"].lower() == "dc"
        else "labelAvailabilityZone"
    )
    unit = 1024 if call.settings.ram_unit == "mb" else 1
    metrics: dict[str, dict] = {}
    for node in call.state.nodes(record["id"]):
        row = metrics.setdefault(node[field], {"cpuCount": 0, "nodeCount": 0, "ramCount": 0})
        row["cpuCount"] += node["cpu"]
        row["nodeCount"] += 1
        row["ramCount"] += node["ram"] * unit
    return metrics


COMPUTED["kubernetes"] = lambda state, record: {
    "availableAZs": sorted({node["labelAvailabilityZone"] for node in state.nodes(record["id"])})
}

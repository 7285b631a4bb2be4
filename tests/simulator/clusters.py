# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed products made of nodes: what their families have in common.

A family calls :func:`register` for reading and deleting, and describes its creation and its PATCH operations.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import build, rules
from .call import Call, operation
from .contract import load
from .state import ACTIVE, INACTIVE, KINDS

_PASSWORD_KINDS = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")


def register(
    kind: str, *, listed: bool = False, operations: dict[str, Callable] | None = None, delete_status: str | None = None
) -> None:
    """Registers get, nodes, networks, update and delete of a kind, as far as the contract has them."""

    def has(operation_id: str) -> bool:
        return operation_id in load().operations

    @operation(f"get_{kind}")
    def get(call: Call):
        return call.state.view(call.resource(kind))

    if has(f"list_{kind}_nodes"):

        @operation(f"list_{kind}_nodes")
        def nodes(call: Call):
            return [node_view(call, kind, node) for node in call.state.nodes(call.resource(kind)["id"])]

    if has(f"list_{kind}_networks"):

        @operation(f"list_{kind}_networks")
        def networks(call: Call):
            return [node["network"] for node in call.state.nodes(call.resource(kind)["id"])]

    @operation(f"update_{kind}")
    def update(call: Call):
        record = call.writable(kind)
        return rules.wanted_operation(call, operations)(call, record)

    @operation(f"delete_{kind}")
    def delete(call: Call):
        record = call.writable(kind)
        call.require(
            delete_status in (None, record["status"]) or record.get("_remnant"),
            f"delete needs status {delete_status}, it is {record['status']}",
        )
        return rules.delete(call, record)


# Fields that the nodes of a product have beyond an instance's: schema -> function(record of the product, node).
NODE_FIELDS: dict[str, Callable[[dict, dict], dict]] = {}


def node_view(call: Call, kind: str, node: dict) -> dict:
    """A node as the product's own listing shows it."""
    schema = KINDS[kind].node_schema
    parent = call.state.resources[node["_parent"]]
    extra = NODE_FIELDS.get(schema)
    return {**call.state.row(node, "Instance", part=True), **(extra(parent, node) if extra else {})}


def start(call: Call, record: dict):
    return rules.switch(call, record, ACTIVE)


def stop(call: Call, record: dict):
    return rules.switch(call, record, INACTIVE)


def reset(call: Call, record: dict):
    call.require(record["status"] == ACTIVE, f"reset needs status ACTIVE, it is {record['status']}")
    return call.start(record, f"RESET_{record['resourceType']}", f"Reset {record['name']}", lambda: None)


def resize(call: Call, record: dict):
    return rules.resize_cluster(call, record, call.options.get("sizing"))


def update_monitoring(call: Call, record: dict):
    return rules.update_monitoring(call, record, "on_call", "monitoringOnCallEnabled")


# What nearly every managed product can do.
COMMON = {
    "start": start,
    "stop": stop,
    "resize": resize,
    "update_monitoring": update_monitoring,
    "update_patch_party": rules.update_patch_party,
}


def create(
    call: Call,
    kind: str,
    *,
    count: int,
    prefix: str,
    sizing: str = "nodeSizing",
    version: str | None = None,
    zone: str = "az",
    disk: tuple[int, int] | None = None,
    password: str = "admPassword",
    password_min: int = 12,
    edition: str = "",
    **fields,
):
    """Creates a managed product of `count` nodes named from `prefix`; `fields`: what its answer tells beyond the rest.

    sizing, version, zone, password: names of the body's fields; disk: the allowed GB of `diskSize`;
    edition: what follows the version in answers ("2022 EE").
    """
    body, state = call.body, call.state
    service = rules.service_of_body(call)
    _region, area, zones = rules.place_of_body(call, zone)
    product = product_of_body(call, kind, version)
    size = rules.sizing_of(call, product, body.get(sizing))
    network = rules.network_of_body(call, area)
    management = rules.management_of_body(call, service)
    if disk is not None and "diskSize" in body:
        call.require(disk[0] <= body["diskSize"] <= disk[1], f"diskSize must be {disk[0]} to {disk[1]}")
    good = len(body[password]) >= password_min and all(re.search(kind, body[password]) for kind in _PASSWORD_KINDS)
    call.require(good, f"{password} is too weak")
    call.require(body["name"] != "cluster", "The name must not be 'cluster'")
    name = rules.unique_name(call, kind)
    nodes = [f"{prefix.upper()}{number:02d}" for number in range(1, count + 1)]
    call.require(not any(state.named(node, "instance") for node in nodes), "Machines of these names exist")
    call.commit()
    record, members = build.cluster(
        state,
        kind,
        name,
        service["id"],
        product,
        size,
        [each["id"] for each in zones],
        network["id"],
        nodes,
        disk=body.get("diskSize", 40),
        **{**management, **fields},
    )
    record["version"] = f"{record['version']} {edition}".rstrip()
    return rules.create(call, record, members, f"Create {name}")


def product_of_body(call: Call, kind: str, version: str | None) -> dict:
    """The product of the body: of the kind's type, with the version asked for, and with the platform asked for.

    Where the platform's value comes from is not written (choices.rst): setting platform_value.
    """
    body = call.body
    products = [product for product in call.state.products.values() if product["type"] == KINDS[kind].type]
    if "platform" in body:
        accepted = {"either": ("code", "platform"), "code": ("code",), "platform": ("platform",)}[
            call.settings.platform_value
        ]
        products = [product for product in products if body["platform"] in [product[name] for name in accepted]]
        call.require(products, "Unknown platform for this product")
    if version is not None and version in body:
        products = [product for product in products if product["version"] == body[version]]
        call.require(products, "This version is not offered on this platform")
    return products[0]

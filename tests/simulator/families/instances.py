# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances."""

from __future__ import annotations

from .. import build, rules
from ..answer import Answer
from ..call import Call, Refusal, operation
from ..listing import filtered
from ..seed import snapshot
from ..state import ACTIVE, COMPUTED, INACTIVE

KINDS = ("instance", "application_server")


@operation("list_instances")
def list_instances(call: Call):
    kinds = KINDS if call.settings.nodes_listed else ("instance",)
    return call.page(filtered(call, *kinds, nodes=call.settings.nodes_listed), "Instance")


@operation("list_application_servers")
def list_application_servers(call: Call):
    return call.page(filtered(call, "application_server"), "Instance")


@operation("get_instance")
def get_instance(call: Call):
    record = call.resource(*KINDS)
    is_plain = record["_kind"] == "instance" and "_parent" not in record
    if call.settings.machine_pages == "instances" and not is_plain:
        raise Refusal(404)
    return call.state.view(record)


@operation("get_instance_storage")
def get_instance_storage(call: Call):
    return call.resource(*KINDS)["storageInformation"]


@operation("get_instance_networks")
def get_instance_networks(call: Call):
    return call.resource(*KINDS)["network"]


@operation("create_instance")
def create_instance(call: Call):
    body, state = call.body, call.state
    service = rules.service_of_body(call)
    _region, area, zones = rules.place_of_body(call, "availabilityZone")
    product = state.products.get(body["platform"])
    call.require(product and product["category"] == "INSTANCES", "Unknown platform")
    sizing = rules.sizing_of(call, product, body["resourceId"])
    domain = body.get("authenticationDomainId", build.default_domain(state))
    call.require(domain in [row["id"] for row in state.authentication_domains], "Unknown authentication domain")
    call.require(body.get("productCode", product["code"]) in state.products, "Unknown product")
    network = rules.network_of_body(call, area)
    management = rules.management_of_body(call, service)
    disk = _disks(call, body.get("volumes"))
    name = rules.unique_name(call)
    call.commit()
    record = build.instance(
        state,
        name,
        service["id"],
        product["id"],
        sizing,
        zones[0]["id"],
        network["id"],
        disk=disk,
        authenticationDomain=domain,
        **management,
    )
    return rules.create(call, record, [], f"Create {name}")


def _disks(call: Call, volumes: list[dict] | None) -> int:
    """The total size of the volumes asked for, 40 GB without any (35 to 4096 per instance)."""
    if not volumes:
        return 40
    total = sum(volume.get("sizeGb", 0) for volume in volumes)
    call.require(35 <= total <= 4096, "The volumes must have 35 to 4096 GB together")
    return total


@operation("delete_instance")
def delete_instance(call: Call):
    record = call.writable(*KINDS)
    call.require(
        record["status"] == INACTIVE or record.get("_remnant"),
        f"delete needs status INACTIVE, it is {record['status']}",
    )
    return rules.delete(call, record)


@operation("update_instance")
def update_instance(call: Call):
    record = call.writable(*KINDS)
    return rules.wanted_operation(call, _OPERATIONS)(call, record)


def _start(call: Call, record: dict):
    return rules.switch(call, record, ACTIVE)


def _stop(call: Call, record: dict):
    return rules.switch(call, record, INACTIVE)


def _reset(call: Call, record: dict):
    call.require(record["status"] == ACTIVE, f"reset needs status ACTIVE, it is {record['status']}")
    return call.start(record, f"RESET_{record['resourceType']}", f"Reset {record['name']}", lambda: None)


def _resize(call: Call, record: dict):
    call.require(
        record["status"] in (ACTIVE, INACTIVE), f"resize needs status ACTIVE or INACTIVE, it is {record['status']}"
    )
    sizing = rules.sizing_of(call, call.state.products[record["_product"]], call.options.get("sizing"))
    return call.start(
        record,
        f"RESIZE_{record['resourceType']}",
        f"Resize {record['name']} to {sizing}",
        lambda: build.resize(record, sizing),
    )


def _monitoring(call: Call, record: dict):
    return rules.update_monitoring(call, record, "alerting", "monitoringAlerting")


def _replication(call: Call, record: dict):
    call.require("state" in call.options, "update_storage_replication needs state")
    state = call.options["state"]
    if not state:
        rules.production_reason(call, record, "replication")
    changes = {
        "replicationStatus": state,
        "replication": {
            **record["replication"],
            "storageReplicationClass": "REPLICATED" if state else "NONE",
            "noStoRplExplanation": "" if state else call.options.get("deactivationReason", ""),
        },
    }
    return call.start(
        record, "UPDATE_STORAGE_REPLICATION", f"Replication of {record['name']}", lambda: record.update(changes)
    )


def _backup(call: Call, record: dict):
    call.require("state" in call.options, "update_backup needs state")
    state = call.options["state"]
    if not state:
        rules.production_reason(call, record, "backup")
    return call.start(
        record,
        "ENABLE_BACKUP" if state else "DISABLE_BACKUP",
        f"Backup of {record['name']}",
        lambda: record.update(backupStatus=state),
    )


_OPERATIONS = {
    "start": _start,
    "stop": _stop,
    "reset": _reset,
    "resize": _resize,
    "update_monitoring": _monitoring,
    "update_patch_party": rules.update_patch_party,
    "update_storage_replication": _replication,
    "update_backup": _backup,
}


@operation("get_instance_snapshot")
def get_instance_snapshot(call: Call):
    """One object, not a list; what 'none' answers is not written: snapshot_shape and empty_snapshot."""
    found = _active_snapshot(call.resource(*KINDS))
    if found is not None:
        return {"object": found, "list": [found], "page": {"content": [found]}}[call.settings.snapshot_shape]
    return {
        204: Answer(204),
        404: Answer(404),
        200: Answer(200, {}),
        "empty_200": Answer(200),
        "list": Answer(200, []),
        "page": Answer(200, {"content": []}),
    }[call.settings.empty_snapshot]


@operation("create_instance_snapshot")
def create_instance_snapshot(call: Call):
    record, body = call.writable(*KINDS), call.body or {}
    call.require(_active_snapshot(record) is None, "Only one active snapshot is allowed")

    def effect():
        record["snapshot"] = snapshot(
            record, call.state.next_id(), body.get("description", ""), body.get("changeReference", "")
        )

    return call.start(record, "CREATE_SNAPSHOT", f"Snapshot of {record['name']}", effect)


@operation("recover_instance_snapshot")
def recover_instance_snapshot(call: Call):
    record = call.writable(*KINDS)
    kept = _active_snapshot(record)
    call.require(kept, "There is no snapshot to recover")

    def effect():
        kept["recoveredAt"] = build.timestamp()

    return call.start(record, "RECOVER_SNAPSHOT", f"Recover the snapshot of {record['name']}", effect)


@operation("delete_instance_snapshot")
def delete_instance_snapshot(call: Call):
    record = call.writable(*KINDS)
    kept = _active_snapshot(record)
    call.require(kept and kept["id"] == call.path["snapshotId"], "There is no such snapshot")
    return call.start(
        record, "DELETE_SNAPSHOT", f"Delete the snapshot of {record['name']}", lambda: record.pop("snapshot", None)
    )


def _active_snapshot(record: dict) -> dict | None:
    """The snapshot, unless its three days are over."""
    kept = record.get("snapshot")
    if kept is not None and kept["expiresAt"] <= build.timestamp():
        del record["snapshot"]
        return None
    return kept


def _computed(state, record: dict) -> dict:
    """An instance tells of which load balancers it is a member."""
    links = [
        {
            "id": balancer["id"],
            "memberCount": len(balancer["_members"]),
            "monitoringEnabled": balancer["monitoringEnabled"],
            "name": balancer["name"],
            "serviceId": balancer["serviceId"],
            "status": balancer["status"],
        }
        for balancer in state.load_balancers_of(record["id"])
    ]
    return {"loadbalancers": links, "isMemberOFLoadBalancer": bool(links)}


for _kind in KINDS:
    COMPUTED[_kind] = _computed

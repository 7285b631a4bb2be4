# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented rules that several families share: creating, switching, patching, resizing."""

from __future__ import annotations

from . import build
from .actions import USER, Action, timestamp
from .call import Call, is_production
from .catalogue import SIZINGS
from .state import ACTIVE, INACTIVE, PREPARATION, PRODUCTION

PATCH_GROUPS = ("1", "2", "3")


def service_of_body(call: Call) -> dict:
    """The service a new resource goes to."""
    body = call.body
    service = call.state.services.get(body["serviceId"])
    call.require(service, "Unknown service")
    call.require(body.get("cloudId", service["cloudId"]) == service["cloudId"], "The service is not in this cloud")
    return service


def place_of_body(call: Call, zone_field: str) -> tuple[dict, dict, list[dict]]:
    """Region, area and zones of a creation body: the zone asked for, or all of the area with the default one first."""
    body, state = call.body, call.state
    region = state.regions.get(body["region"])
    call.require(region, "Unknown region")
    if body.get("area"):
        area = state.area(region["id"], body["area"])
        call.require(area, "Unknown area in this region")
    else:
        area = next(area for area in region["areas"] if area["defaultArea"])
    regulation = body.get("regulation")
    call.require(regulation in (None, "HDS", "STANDARD"), "Unknown regulation")
    call.require(regulation in (None, area["regulation"]), "The area does not follow this regulation")
    zones = area["availabilityZones"]
    if body.get(zone_field):
        zones = [zone for zone in zones if zone["id"] == body[zone_field]]
        call.require(zones, "Unknown availability zone in this area")
    return region, area, zones


def network_of_body(call: Call, area: dict, for_load_balancers: bool = False) -> dict:
    """The network asked for, or the area's default."""
    state, network_id = call.state, call.body.get("networkId")
    if network_id is None:
        if for_load_balancers:
            fitting = [n for n in state.networks.values() if n["area"] == area["id"] and n["_load_balancers"]]
            network = fitting[0] if fitting else None
        else:
            network = build.default_network(state, area["id"])
        call.require(network, "The area has no network for this")
        return network
    network = state.networks.get(network_id)
    call.require(network, "Unknown network")
    call.require(network["area"] == area["id"], "The network is not in this area")
    call.require(network["_load_balancers"] == for_load_balancers, "The network is not of this sort")
    call.require(network["ipFreeNumber"], "The network has no free address")
    return network


def sizing_of(call: Call, product: dict, sizing: str | None) -> str:
    call.require(sizing in product["_sizings"], "Unknown sizing for this product")
    return sizing


def management_of_body(call: Call, service: dict) -> dict:
    """Backup, monitoring and replication of a new resource, with their documented defaults and refusals."""
    body, production = call.body, service["environment"] == PRODUCTION
    if production:
        for option, reason, label in (
            ("backupEnabled", "noBackupProdReason", "backup"),
            ("monitoringEnabled", "noMonitoringProdReason", "monitoring"),
            ("replicationEnabled", "noReplicationProdReason", "replication"),
        ):
            refused = body.get(option) is False and not (body.get(reason) or "").strip()
            call.require(not refused, f"A production resource without {label} needs {reason}")
    for option, kind in (("serverBackupPolicyId", "SERVER"), ("dbBackupPolicyId", "DATABASE")):
        if body.get(option):
            policy = find_policy(call, body[option], kind)
            call.require(policy, f"Unknown backup policy in {option}")
    backup = body.get("backupEnabled", production)
    monitoring = body.get("monitoringEnabled", production or backup)
    return {
        "backupStatus": backup,
        "monitoringEnabled": monitoring,
        "monitoringRequested": monitoring,
        "monitoringAlerting": body.get("monitoringAlerting", False),
        # On-call supervision only comes with monitoring.
        "monitoringOnCallEnabled": monitoring and body.get("onCallSupervision", False),
        "replicationStatus": body.get("replicationEnabled", production),
    }


def find_policy(call: Call, wanted: str, kind: str) -> dict | None:
    """A backup policy by its policyId or its id: which of them a creation body wants is not written."""
    policies = call.state.backup_policies.values()
    return next((p for p in policies if p["type"] == kind and wanted in (p["policyId"], str(p["id"]))), None)


def unique_name(call: Call, *kinds: str) -> str:
    name = call.body["name"]
    call.require(name.strip(), "The name is empty")
    call.require(not call.state.named(name, *kinds), "A resource of this name exists")
    return name


def create(call: Call, record: dict, nodes: list[dict], message: str) -> Action:
    """Starts the creation: the resource shows at its end, or at once in PREPARATION (setting creation_visible).

    When the action fails, nothing is left, or a remnant in PREPARATION (setting failed_creation).
    """
    state = call.state
    added = [record, *nodes]

    def effect():
        for new in added:
            new.update(status=ACTIVE, _state="live")

    def undo():
        for new in added:
            if call.settings.failed_creation == "remnant":
                new.update(_state="live", _remnant=True)
            else:
                state.drop(new)

    action = call.start(record, f"CREATE_{record['resourceType']}", message, effect, undo)
    for new in added:
        new.update(status=PREPARATION, _state="live" if call.settings.creation_visible else "hidden")
        state.add(new)
    return action


def delete(call: Call, record: dict) -> Action:
    return call.start(
        record, f"DELETE_{record['resourceType']}", f"Delete {record['name']}", lambda: call.state.delete(record)
    )


def switch(call: Call, record: dict, status: str) -> Action:
    """start and stop: only from the other status."""
    starting = status == ACTIVE
    verb, needed = ("start", INACTIVE) if starting else ("stop", ACTIVE)
    call.require(record["status"] == needed, f"{verb} needs status {needed}, it is {record['status']}")
    change = build.start if starting else build.stop
    nodes = call.state.nodes(record["id"])
    return call.start(
        record,
        f"{verb.upper()}_{record['resourceType']}",
        f"{verb.capitalize()} {record['name']}",
        lambda: change(record, nodes),
    )


def update_monitoring(call: Call, record: dict, second: str, target: str) -> Action:
    """update_monitoring with `state` and a second switch (`alerting` for instances, `on_call` for the others)."""
    options = call.options
    call.require("state" in options or second in options, f"update_monitoring needs state or {second}")
    enabled = options.get("state", record["monitoringEnabled"])
    changes = {"monitoringEnabled": enabled, "monitoringRequested": enabled}
    if second in options:
        changes[target] = options[second]
    if not enabled:
        changes["monitoringOnCallEnabled"] = False
    process = "ENABLE_MONITORING" if enabled else "DISABLE_MONITORING"
    return call.start(record, process, f"Monitoring of {record['name']}", lambda: record.update(changes))


def patch_party_changes(record: dict, wanted: dict, single: bool) -> tuple[dict | None, str]:
    """The new patch party fields, or None and why they are refused."""
    group = wanted.get("patchGroup")
    group = None if group in (None, "") else str(group)
    excluded = wanted.get("excluded", record["patchParty"]["excluded"])
    if excluded:
        reason = (wanted.get("exclusionReason") or "").strip()
        if not reason:
            return None, "An exclusion needs an exclusionReason"
        return {"excluded": True, "exclusionReason": reason, "excludedBy": USER, "exclusionDate": timestamp()}, ""
    if group is not None and group not in PATCH_GROUPS:
        return None, "Wrong patch party group set"
    if group is not None and not single:
        return None, "The patch group is only allowed when the farm has one member"
    return {"excluded": False, "patchGroup": group}, ""


def apply_patch_party(record: dict, changes: dict) -> None:
    party = {**record["patchParty"], **changes}
    if not party["excluded"]:
        for name in ("exclusionReason", "excludedBy", "exclusionDate"):
            party.pop(name, None)
    if party.get("patchGroup") is None:
        party.pop("patchGroup", None)
    record["patchParty"] = party


def update_patch_party(call: Call, record: dict) -> Action:
    wanted = call.options.get("patchParty")
    call.require(wanted, "update_patch_party needs patchParty")
    single = record.get("nodeCount", 1) == 1
    changes, why = patch_party_changes(record, wanted, single)
    call.require(changes, why)
    process = "EXCLUDE_PATCHPARTY" if changes["excluded"] else "INCLUDE_PATCHPARTY"
    return call.start(record, process, f"Patch party of {record['name']}", lambda: apply_patch_party(record, changes))


def resize_cluster(call: Call, record: dict, sizing: str | None) -> Action:
    """Gives every node of a cluster another size."""
    sizing = sizing_of(call, call.state.products[record["_product"]], sizing)
    nodes = call.state.nodes(record["id"])

    def effect():
        record["_sizing"] = sizing
        if sizing in SIZINGS:
            for node in nodes:
                build.resize(node, sizing)
        build.recount(record, nodes)

    return call.start(record, f"RESIZE_{record['resourceType']}", f"Resize {record['name']} to {sizing}", effect)


def wanted_operation(call: Call, known: dict):
    """The function for the body's `operation`; without one a PATCH makes no sense (choices.rst)."""
    name = (call.body or {}).get("operation")
    call.require(name in known, "operation is missing")
    return known[name]


def production_reason(call: Call, record: dict, what: str) -> None:
    """Switching something off in production needs a deactivationReason."""
    reason = (call.options.get("deactivationReason") or "").strip()
    call.require(
        reason or not is_production(call.state, record),
        f"Deactivating the {what} in production needs deactivationReason",
    )

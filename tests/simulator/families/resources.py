# SPDX-License-Identifier: GPL-3.0-or-later
"""The generic view of resources."""

from __future__ import annotations

from .. import pages
from ..answer import Answer
from ..call import Call, Refusal, operation
from ..listing import filtered


@operation("list_resources")
def list_resources(call: Call):
    """Nodes of managed products have a page of their own (get_resource), so they are found by ids, too."""
    shown, by_ids = call.settings.tags_listed, bool(call.query.get("ids"))
    rows = filtered(call, nodes=call.settings.nodes_listed or (by_ids and shown != "without_nodes"))
    rows = [row for row in rows if row["_kind"] != "url"]
    if shown == "without_machines" or (shown == "by_ids" and not by_ids):
        rows = [row for row in rows if row["_kind"] not in ("instance", "application_server")]
    page = call.page(rows, "Resource")
    if shown in ("none", "null"):
        page["content"] = [_without_tags(row, shown == "null") for row in page["content"]]
    return page


def _without_tags(row: dict, has_null: bool) -> dict:
    return {**{name: row[name] for name in row if name != "tags"}, **({"tags": None} if has_null else {})}


@operation("get_resource")
def get_resource(call: Call):
    return call.state.view(call.resource(), "Resource")


@operation("resource_exists")
def resource_exists(call: Call):
    """Which code says 'does not exist' is not written: 404, from the general table."""
    kind_type = call.query.get("type")
    found = call.state.named(call.path["id"])
    if not any(kind_type in (None, record["type"], record["category"]) for record in found):
        raise Refusal(404)


@operation("get_resource_urls")
def get_resource_urls(call: Call):
    """One link although it 'Gets URLs'; nothing to show is an empty answer."""
    record = call.resource()
    urls = [node for node in call.state.nodes(record["id"]) if node["_kind"] == "url"]
    return _link(call, urls[0], record) if urls else Answer(204)


@operation("get_resource_parent")
def get_resource_parent(call: Call):
    record = call.resource()
    parent = call.state.get(record.get("_parent"))
    return _link(call, record, parent) if parent else Answer(204)


def _link(call: Call, record: dict, parent: dict) -> dict:
    return {
        "category": record["category"],
        "cloudId": record["cloudId"],
        "environment": record["environment"],
        "id": record["id"],
        "name": record["name"],
        "parentId": call.body_number(parent["id"]),
        "parentType": parent["resourceType"],
        "serviceId": record["serviceId"],
        "status": record["status"],
        "technology": record["technology"],
    }


@operation("get_resource_patch_policy")
def get_resource_patch_policy(call: Call):
    return call.resource()["patchParty"]


@operation("list_resource_nodes")
def list_resource_nodes(call: Call):
    return call.views(_machines(call, call.resource()), "Instance", part=True)


def _machines(call: Call, record: dict) -> list[dict]:
    if record["_kind"] == "loadbalancer":
        members = (call.state.get(member["resourceId"]) for member in record["_members"])
        return [member for member in members if member is not None]
    return [node for node in call.state.nodes(record["id"]) if node["_kind"] == "instance"]


@operation("get_resource_networks")
def get_resource_networks(call: Call):
    networks = _networks(call, call.resource())
    return networks[0] if networks else Answer(204)


@operation("list_resource_farm_networks")
def list_resource_farm_networks(call: Call):
    return _networks(call, call.resource())


def _networks(call: Call, record: dict) -> list[dict]:
    if "network" in record:
        return [record["network"]]
    return [node["network"] for node in _machines(call, record)]


@operation("list_resource_loadbalancers")
def list_resource_loadbalancers(call: Call):
    """The load balancers of which the resource, or one of its nodes, is a member."""
    record = call.resource()
    ids = [record["id"], *(node["id"] for node in call.state.nodes(record["id"]))]
    found = {balancer["id"]: balancer for each in ids for balancer in call.state.load_balancers_of(each)}
    return call.views(found.values(), "LoadBalancer")


@operation("list_resource_history")
def list_resource_history(call: Call):
    return history(call, [call.resource()["id"]])


def history(call: Call, resource_ids: list[int]) -> list[dict]:
    """The actions on these resources, newest first, filtered as the query says."""
    query = call.query
    process, status = pages.by_list(query.get("actions")), pages.by_list(query.get("statuses"))
    name = pages.by_list(query.get("names"), call.settings.names_filter)
    actions = [action for resource_id in resource_ids for action in call.state.actions.of(resource_id)]
    return [
        call.state.tracked(action)
        for action in sorted(actions, key=lambda action: -action.id)
        if process(call.state.process(action)) and status(action.status) and name(action.resource_name)
    ]


@operation("get_resource_backup_policies")
def get_resource_backup_policies(call: Call):
    return call.resource()["backupPolicyDetails"]


@operation("get_resources_metrics")
def get_resources_metrics(call: Call):
    records = filtered(call)
    phases: dict[str, int] = {}
    for record in records:
        phase = record.get("supportPhase", "STANDARD")
        phases[phase] = phases.get(phase, 0) + 1
    machines = [record for record in records if record["_kind"] in ("instance", "application_server")]
    ram = sum(record["ram"] for record in machines)
    return {
        "backupGb": 12 * sum(record["backupStatus"] for record in records),
        "coresCount": sum(record["cpu"] for record in machines),
        "count": len(records),
        "instancesCount": len(machines),
        "phasesDistribution": phases,
        "ramGb": ram,
        "score": 80,
        "servicesCount": len({record["serviceId"] for record in records}),
        "storageGb": sum(record["storage"] for record in machines),
    }

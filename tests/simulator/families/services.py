# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and what they hold."""

from __future__ import annotations

from .. import build, pages, rules
from ..actions import IN_PROGRESS
from ..call import Call, operation
from ..catalogue import DEPENDENCIES
from ..listing import filtered
from ..state import KINDS
from .resources import history
from .tags import tags_of

DATABASES = tuple(name for name, kind in KINDS.items() if kind.category == "MANAGED_DATABASES")
BROKERS = tuple(name for name, kind in KINDS.items() if kind.category == "MESSAGE_BROKERS")


@operation("list_services")
def list_services(call: Call):
    query = call.query
    tests = [
        (pages.by_list(query.get("names"), call.settings.names_filter), "name"),
        (pages.by_list(query.get("environments")), "environment"),
        (pages.by_list(query.get("statuses")), "status"),
        (pages.by_list([str(cloud) for cloud in query.get("clouds", [])]), "cloudId"),
    ]
    tags = pages.by_tags(query.get("tags"))
    found = [
        row
        for row in call.state.services.values()
        if all(test(row[name]) for test, name in tests) and tags(tags_of(row))
    ]
    page = call.page(found, "Service")
    page["content"] = [shown(call, service) for service in page["content"]]
    return page


@operation("get_service")
def get_service(call: Call):
    return shown(call, call.service())


def shown(call: Call, service: dict) -> dict:
    return {**build.public(service), "relations": _relations(call, service)}


@operation("get_service_relations")
def get_service_relations(call: Call):
    return _relations(call, call.service())


@operation("get_service_relations_stats")
def get_service_relations_stats(call: Call):
    return {name: len(services) for name, services in _relations(call, call.service()).items()}


def _relations(call: Call, service: dict) -> dict:
    services, own = call.state.services, service["id"]
    return {
        "dependencies": [build.public(services[other]) for other in DEPENDENCIES.get(own, [])],
        "impacts": [build.public(services[other]) for other, needed in DEPENDENCIES.items() if own in needed],
    }


@operation("list_service_history")
def list_service_history(call: Call):
    service = call.service("serviceId")
    resources = {action.resource_id for action in call.state.actions.all() if action.service_id == service["id"]}
    return history(call, sorted(resources))


@operation("get_service_stats")
def get_service_stats(call: Call):
    counts: dict[str, int] = {}
    for record in filtered(call, service_id=call.service()["id"]):
        counts[record["category"]] = counts.get(record["category"], 0) + 1
    return counts


def _listing(operation_id: str, kinds: tuple[str, ...], schema: str) -> None:
    """Registers a listing of the service's resources of some kinds."""

    @operation(operation_id)
    def list_of_service(call: Call):
        rows = filtered(call, *kinds, service_id=call.service()["id"])
        for name, field in (("nodeCount", "nodeCount"), ("vip", "virtualIp")):
            if name in call.query:
                rows = [row for row in rows if row.get(field) == call.query[name]]
        return call.views(rows, schema)


_listing("list_service_resources", (), "ManagedResource")
_listing("list_service_storage", ("glusterfs",), "StorageCluster")
_listing("list_service_network_clusters", ("network_cluster",), "NetworkCluster")
_listing("list_service_managed_databases", DATABASES, "ManagedDatabase")
_listing("list_service_kubernetes", ("kubernetes",), "KubernetesCluster")
_listing("list_service_hardwares", ("hardware",), "Hardware")
_listing("list_service_brokers", BROKERS, "MessageBroker")
_listing("list_service_application_servers", ("application_server",), "Instance")


@operation("list_service_loadbalancers")
def list_service_loadbalancers(call: Call):
    rows = filtered(call, "loadbalancer", service_id=call.service()["id"])
    count = call.query.get("nodes")
    return call.views([row for row in rows if count is None or len(row["_members"]) == count], "LoadBalancer")


@operation("list_service_instances")
def list_service_instances(call: Call):
    """The machines behind managed products only with withManagedNodes."""
    service_id = call.service()["id"]
    rows = filtered(call, "instance", service_id=service_id)
    if call.query.get("withApplicationServers"):
        rows += filtered(call, "application_server", service_id=service_id)
    if call.query.get("withManagedNodes"):
        rows += [
            node
            for node in call.state.live("instance", nodes=True)
            if node.get("_parent") and node["serviceId"] == service_id
        ]
    return call.views(rows, "Instance")


@operation("list_service_actions_in_progress")
def list_service_actions_in_progress(call: Call):
    service, category = call.service(), call.query.get("category")
    running = []
    for action in call.state.actions.all():
        record = call.state.resources.get(action.resource_id)
        if action.service_id == service["id"] and action.status == IN_PROGRESS:
            if not category or (record and record["category"] == category):
                running.append(call.state.accepted(action))
    return running


@operation("list_service_patch_policies")
def list_service_patch_policies(call: Call):
    """'Resources excluded' says the title, the answer's fields speak of all (setting patch_policies)."""
    rows = [record["patchParty"] for record in filtered(call, service_id=call.service()["id"])]
    return [row for row in rows if row["excluded"] or call.settings.patch_policies == "all"]


@operation("update_service_patch_policies")
def update_service_patch_policies(call: Call):
    """Rows succeed or fail one by one in one 200 answer."""
    service, rows = call.service(), []
    call.require(call.body, "No resource is given")
    call.commit()
    for wanted in call.body:
        record = call.named_in_body(wanted["resourceId"])
        if record is None or record["serviceId"] != service["id"]:
            changes, why = None, "Unknown resource in this service"
        elif call.state.actions.busy(record["id"]):
            changes, why = None, "An action is in progress on the resource"
        else:
            changes, why = rules.patch_party_changes(record, wanted, record.get("nodeCount", 1) == 1)
        if changes is None:
            rows.append(
                {
                    "id": -1,
                    "internalId": wanted["resourceId"],
                    "message": why,
                    "status": call.settings.refused_row_status,
                }
            )
        else:
            rows.append(_submit(call, record, changes))
    return rows


def _submit(call: Call, record: dict, changes: dict) -> dict:
    verb = "Exclude" if changes["excluded"] else "Include"
    action = call.start(
        record,
        f"{verb.upper()}_PATCHPARTY",
        f"{verb} PatchParty {record['name']}",
        lambda: rules.apply_patch_party(record, changes),
    )
    if call.settings.action_without_status:
        return {"id": action.id}
    shown = call.state.accepted(action)
    return {**shown, "id": call.body_number(record["id"])} if call.settings.patch_row_ids == "resource" else shown

# SPDX-License-Identifier: GPL-3.0-or-later
"""The estates that a simulator can start with (setting estate): the same names and ids each time."""

from __future__ import annotations

import time

from . import build, catalogue, elsewhere
from .actions import timestamp
from .state import ACTIVE, INACTIVE, State

BILLING, BILLING_QA, INTRANET, PORTAL, PORTAL_UAT, SANDBOX = 44411, 44412, 44413, 44421, 44422, 44423
DAY = 86400

# name, service, platform, sizing, zone, status
_INSTANCES = [
    ("PEBBILL01", BILLING, "deb12", "4cpu8gb", "EB-A", ACTIVE),
    ("PEBBILL02", BILLING, "deb12", "4cpu8gb", "EB-B", ACTIVE),
    ("PEBBILL03", BILLING, "rhel9", "2cpu4gb", "EB-C", INACTIVE),
    ("PEBBILLW01", BILLING, "windows2022", "4cpu16gb", "EB-A", ACTIVE),
    ("QEBBILL01", BILLING_QA, "ubuntu24", "2cpu4gb", "EB-A", ACTIVE),
    ("QEBBILL02", BILLING_QA, "ubuntu24", "2cpu4gb", "EB-B", INACTIVE),
    ("DEBINTRA01", INTRANET, "rhel9", "2cpu4gb", "EB-A", ACTIVE),
    ("DEBINTRA02", INTRANET, "ol9", "1cpu2gb", "EB-A", INACTIVE),
    ("PETPORT01", PORTAL, "deb12", "2cpu8gb", "ET-A", ACTIVE),
    ("PETPORTW01", PORTAL, "windows2022", "4cpu16gb", "ET-B", INACTIVE),
    ("UETPORT01", PORTAL_UAT, "deb11", "2cpu4gb", "ET-A", ACTIVE),
    # The oddity: one name, two services. The API calls names unique, estates know better.
    ("TWIN01", INTRANET, "deb12", "1cpu2gb", "EB-A", ACTIVE),
    ("TWIN01", PORTAL_UAT, "deb12", "1cpu2gb", "ET-B", INACTIVE),
]

# kind, name, service, product, sizing, zones, nodes, further fields
_CLUSTERS = [
    (
        "kubernetes",
        "billing-k8s",
        BILLING,
        "k8s130",
        "4cpu8gb",
        ["EB-A", "EB-B"],
        ["PEBK8S01", "PEBK8S02", "PEBK8S03"],
        {
            "availableAZs": ["EB-A", "EB-B"],
            "availableDCs": ["EB4"],
            "ingressProvider": "NGINX",
            "labelAreaList": ["EB-EMEA"],
            "labelRegion": "EB",
            "managementUrl": "https://rancher.acme.example/billing-k8s",
            "supportsHAMode": True,
            "technicalId": "c-billing",
            "topology": "STANDARD",
            "versionDetailed": "v1.30.9+rke2r1",
        },
    ),
    (
        "postgresql",
        "billingpg",
        BILLING,
        "pg15",
        "4cpu16gb",
        ["EB-A", "EB-B"],
        ["PEBPGBIL01", "PEBPGBIL02"],
        {
            "topology": "HA",
            "trigram": "bil",
            "allowedReplicationLag": 100,
            "tlsEnabled": True,
            "url": "billingpg.pg.acme.example",
        },
    ),
    (
        "postgresql",
        "intrapg",
        INTRANET,
        "pg14",
        "2cpu4gb",
        ["EB-A"],
        ["DEBPGINT01"],
        {
            "topology": "STANDALONE",
            "trigram": "int",
            "allowedReplicationLag": 100,
            "tlsEnabled": False,
            "url": "intrapg.pg.acme.example",
        },
    ),
    (
        "mariadb",
        "portal-maria",
        PORTAL,
        "mariadb1011",
        "2cpu8gb",
        ["ET-A", "ET-B"],
        ["PETMDB01", "PETMDB02", "PETMDB03"],
        {"topology": "CLUSTER", "url": "portal-maria.acme.example"},
    ),
    (
        "sqlserver",
        "billsql01",
        BILLING,
        "sqlserver2022",
        "4cpu16gb",
        ["EB-A"],
        ["PEBSQL01"],
        {"topology": "STANDALONE", "version": "2022 SE"},
    ),
    (
        "opensearch",
        "billing-search",
        BILLING_QA,
        "opensearch219",
        "2cpu8gb",
        ["EB-A", "EB-B", "EB-C"],
        ["QEBOS01", "QEBOS02", "QEBOS03"],
        {
            "dedicatedIngest": False,
            "elsType": "OPENSEARCH",
            "farmTopology": "CLUSTER",
            "managementUrls": ["https://billing-search.acme.example"],
        },
    ),
    (
        "redis",
        "portalcache",
        PORTAL_UAT,
        "redis72",
        "2cpu4gb",
        ["ET-A"],
        ["UETRED01"],
        {
            "persistenceMode": "PERSISTENT",
            "tlsEnabled": True,
            "topology": "STANDALONE",
            "url": "portalcache.acme.example",
        },
    ),
    (
        "apache_kafka",
        "billing_events",
        BILLING,
        "kafka39",
        "4cpu8gb",
        ["EB-A", "EB-B", "EB-C"],
        ["PEBKAF01", "PEBKAF02", "PEBKAF03"],
        {
            "bootstrapServer": "billing-events.acme.example:9092",
            "nodeSizing": "4cpu8gb",
            "restEndpoint": "",
            "zooKeeper": "",
        },
    ),
    (
        "rabbitmq",
        "intranet-rmq",
        INTRANET,
        "rabbitmq313",
        "2cpu4gb",
        ["EB-A"],
        ["DEBRMQ01"],
        {"brokerSize": "2cpu4gb", "managementUrl": "https://intranet-rmq.acme.example", "tlsEnabled": True},
    ),
    (
        "glusterfs",
        "billing_files",
        BILLING,
        "glusterfs102",
        "2cpu4gb",
        ["EB-A", "EB-B"],
        ["PEBGLU01", "PEBGLU02"],
        {"topology": "CLUSTER", "url": "billing-files.acme.example", "virtualIp": "10.62.0.50"},
    ),
    (
        "overdrive",
        "intradrive",
        INTRANET,
        "overdrive28",
        "XS",
        ["EB-A"],
        ["DEBOVD01"],
        {"url": "https://intradrive.acme.example"},
    ),
    (
        "matomo",
        "portal-stats",
        PORTAL,
        "matomo5",
        "S",
        ["ET-A"],
        ["PETMAT01"],
        {"url": "https://portal-stats.acme.example"},
    ),
]


def seed(settings, instances: int = 0) -> State:
    """A new state with a whole estate in it, and that many further instances."""
    if settings.estate == "elsewhere":
        state = State(settings, elsewhere.ELSEWHERE.first_id)
        elsewhere.fill(state)
    else:
        state = State(settings)
        _fill(state)
    add_instances(state, instances)
    return state


def _fill(state: State) -> None:
    catalogue.fill(state, catalogue.ACME)
    for name, service_id, platform, sizing, zone, status in _INSTANCES:
        state.add(
            build.instance(state, name, service_id, platform, sizing, zone, status=status, creationTime=catalogue.PAST)
        )
    state.add(build.instance(state, "PEBTOM01", BILLING, "tomcat10", "2cpu4gb", "EB-A", kind="application_server"))
    for kind, name, service_id, product, sizing, zones, nodes, fields in _CLUSTERS:
        record, members = build.cluster(
            state,
            kind,
            name,
            service_id,
            state.products[product],
            sizing,
            zones,
            None,
            nodes,
            creationTime=catalogue.PAST,
            **fields,
        )
        for added in [record, *members]:
            state.add(added)
    _load_balancers(state)
    _odd_ones(state)
    _details(state)
    for record in state.resources.values():
        state.remember(record)


def add_instance(state: State, name: str, service: int | str = "billing", **fields) -> dict:
    """Adds one instance to a service, given by name or id; the fields are those of build.instance."""
    if isinstance(service, str):
        service = next(row["id"] for row in state.services.values() if row["name"] == service)
    return state.add(build.instance(state, name, service, **fields))


def add_instances(state: State, count: int, service: int | str | None = None, **fields) -> None:
    """Adds instances BULK000001, BULK000002, ..., to one service or spread over all."""
    services = list(state.services)
    taken = sum(record["name"].startswith("BULK") for record in state.resources.values())
    for number in range(taken + 1, taken + count + 1):
        add_instance(state, f"BULK{number:06d}", service or services[number % len(services)], **fields)


def _load_balancers(state: State) -> None:
    web = state.named("PEBBILL01")[0], state.named("PEBBILL02")[0]
    balancer = load_balancer(state, "billing.acme.example", BILLING, state.networks[1190], 8080, "http-root", "HTTPS")
    balancer["_members"] = [member(instance, 8080) for instance in web]
    state.add(balancer)
    state.add(url(state, balancer, "billing.acme.example"))
    state.add(url(state, balancer, "www.billing.acme.example"))
    stopped = load_balancer(
        state, "portal-uat.acme.test", PORTAL_UAT, state.networks[2290], 80, "tcp", "HTTP", status=INACTIVE
    )
    state.add(stopped)
    state.add(url(state, stopped, "portal-uat.acme.test"))
    cluster = state.named("billing-k8s")[0]
    ingress = load_balancer(
        state, "apps.billing.acme.example", BILLING, state.networks[1190], 80, "tcp", "HTTP", _cluster=cluster["id"]
    )
    ingress["_members"] = [member(node, 80) for node in state.nodes(cluster["id"])]
    state.add(ingress)
    state.add(url(state, ingress, "apps.billing.acme.example"))


def load_balancer(
    state: State, name: str, service_id: int, network: dict, port: int, healthcheck: str, protocol: str, **fields
) -> dict:
    """A load balancer record without members and URLs."""
    address = state.new_address(network)
    return build.resource(
        state,
        "loadbalancer",
        name,
        service_id,
        "LOAD_BALANCER",
        "LOAD_BALANCER",
        **{
            "backupStatus": False,
            "replicationStatus": False,
            "botDefenseEnabled": False,
            "botDefenseUpdating": False,
            "defaultPersistence": "cookie",
            "fallbackPersistence": "source_addr",
            "healthChecks": [check for check in state.healthchecks if check["name"] == healthcheck],
            "ipAddress": address,
            "irules": [],
            "loadBalancingMode": "round-robin",
            "network": {**build.public(network), "ipAddress": address},
            "protocols": [row for row in state.protocols if row["name"] == protocol],
            "snatAutomap": True,
            "_members": [],
            "_port": port,
            **fields,
        },
    )


def member(instance: dict, port: int, state: str = "enabled") -> dict:
    """One member of a load balancer's pool."""
    return {"resourceId": instance["id"], "port": port, "state": state}


def url(state: State, balancer: dict, name: str, **fields) -> dict:
    """A URL of a load balancer: a resource of its own (it has an id, a status and a monitoring)."""
    return build.resource(
        state,
        "url",
        name,
        balancer["serviceId"],
        "URL",
        "URL",
        **{"monitoringMode": "STANDARD", "specificChecks": [], "_parent": balancer["id"], **fields},
    )


def _odd_ones(state: State) -> None:
    network_cluster, nodes = build.cluster(
        state,
        "network_cluster",
        "billing-fw",
        BILLING,
        {**state.products["ol9"], "name": "NETWORK_CLUSTER"},
        "2cpu4gb",
        ["EB-A", "EB-B"],
        1126,
        ["PEBFW01", "PEBFW02"],
        ipAddress="10.59.16.5",
    )
    for added in [network_cluster, *nodes]:
        state.add(added)
    state.add(
        build.resource(
            state,
            "hardware",
            "PEBHSM01",
            BILLING,
            "HARDWARE",
            "HARDWARE",
            dc="EB4",
            endOfCoverDate="2029-12-31",
            ip="10.59.16.9",
            location="Boulogne-Billancourt",
            maintenanceType="J+1",
            model="Security module",
            rack="R12",
            region="EB",
            serial="SN-0001",
            sticker="ST-0001",
        )
    )


def _details(state: State) -> None:
    first = state.named("PEBBILL01")[0]
    first["tags"] = [{"tagKey": "application", "tagValue": "billing"}, {"tagKey": "tier", "tagValue": "web"}]
    first["comment"] = first["description"] = "First web server of billing"
    first["_dns"] = [{"fqdn": "web1.acme.example", "type": "CNAME", "value": "PEBBILL01", "zone": "acme.example"}]
    state.named("PEBBILL02")[0]["tags"] = [{"tagKey": "application", "tagValue": "billing"}]
    portal = state.named("PETPORT01")[0]
    portal["snapshot"] = snapshot(portal, 42, "Before the release", "")
    kept_out = state.named("PEBBILLW01")[0]
    kept_out["patchParty"].update(
        excluded=True, exclusionReason="Patched by its vendor", excludedBy="operator", exclusionDate=catalogue.PAST
    )
    state.named("QEBBILL01")[0]["patchParty"]["patchGroup"] = "2"
    state.named("PEBBILL01")[0]["monitoringOnCallEnabled"] = True
    for name in ("PEBBILL01", "PEBBILL02", "billingpg"):
        policy = state.backup_policies[901]
        record = state.named(name)[0]
        record["backupPolicyDetails"] = {
            "backups": [
                {"backupLastDate": catalogue.PAST, "backupSize": 12, "id": record["id"] + 9, "type": policy["type"]}
            ],
            "policies": [applied_policy(policy)],
        }
        record["backup"] = {
            "backupSystem": "BACKUP",
            "filesNb": 1200,
            "lastDate": catalogue.PAST,
            "size": 12,
            "type": "FULL",
        }


def applied_policy(policy: dict) -> dict:
    """A backup policy as a resource shows it."""
    kept = (
        "durationInHours",
        "frequencies",
        "label",
        "name",
        "policyId",
        "replication",
        "scope",
        "startTime",
        "timezone",
        "type",
    )
    return {**{name: policy[name] for name in kept}, "backupLastDate": catalogue.PAST, "backupSize": 12}


def snapshot(record: dict, number: int, description: str, change_reference: str) -> dict:
    """A snapshot of an instance; kept for three days."""
    now = time.time()
    return {
        "changeReference": change_reference,
        "createdAt": timestamp(now),
        "createdBy": "api-demo",
        "description": description,
        "expiresAt": timestamp(now + 3 * DAY),
        "id": f"{record['id']}-snap-{number}",
        "label": f"Snapshot of {record['name']}",
        "snapshotSize": 1,
    }

# SPDX-License-Identifier: GPL-3.0-or-later
"""One request for each documented operation that the seed answers with success."""

from __future__ import annotations

import re

PASSWORD = "Abcdefgh1234!x"

# The resource that a path's {id} stands for, by the longest matching beginning of the path.
RESOURCES = {
    "/actions": None,
    "/analytics/matomo": "portal-stats",
    "/compute/backup-policies": 901,
    "/compute/containers/kubernetes": "billing-k8s",
    "/compute/instances": "PETPORT01",
    "/compute/platform/products": "deb12",
    "/compute/resources": "PEBBILL01",
    "/compute/services": 44411,
    "/databases/mariadb": "portal-maria",
    "/databases/opensearch": "billing-search",
    "/databases/postgresql": "billingpg",
    "/databases/redis": "portalcache",
    "/databases/sqlserver": "billsql01",
    "/hardwares": "PEBHSM01",
    "/message-brokers/apache-kafka": "billing_events",
    "/message-brokers/rabbitmq": "intranet-rmq",
    "/networking/loadbalancers": "billing.acme.example",
    "/networking/network-clusters": "billing-fw",
    "/networking/networks": 1125,
    "/storage/glusterfs": "billing_files",
    "/storage/overdrive": "intradrive",
}
PLACES = {
    "region": "EB",
    "regionId": "EB",
    "area": "EB-EMEA",
    "areaId": "EB-EMEA",
    "az": "EB-A",
    "network": "1125",
    "domainId": 31,
    "type": "LINUX",
    "fqdn": "web1.acme.example",
    "serviceId": 44411,
}
QUERIES = {
    "list_resource_nodes": {"type": "INSTANCES"},
    "list_resource_loadbalancers": {"type": "MESSAGE_BROKERS"},
    "list_statuses": {"type": "resource"},
    "list_backup_policies": {"serviceId": 44411, "policyType": "SERVER"},
    "list_area_certificates": {"domain": "acme.example"},
    "list_loadbalancer_events": {"from": "2026-03-15T00:00:00.000Z", "to": "2026-03-16T00:00:00.000Z"},
    "get_kubernetes_metrics": {"type": "az-distribution"},
    "get_region": {"withAreas": "true"},
    "get_product": {"storage": "true", "sizings": "true", "properties": "true"},
}
PLACE = {"region": "EB", "area": "EB-EMEA", "serviceId": 44413, "networkId": 1125}
BALANCER = {
    "region": "EB",
    "area": "EB-EMEA",
    "serviceId": 44413,
    "healthcheck": "tcp",
    "portMembers": "80",
    "profileName": "HTTP",
    "url": "new.acme.example",
}
NODES = {"admPassword": PASSWORD, "diskSize": 40, "nodeSizing": "2cpu4gb", **PLACE}
TAG = {"tagKey": "application", "tagValue": "billing"}
BODIES = {
    "create_instance": {"name": "NEWAPP01", "platform": "deb12", "resourceId": "2cpu4gb", **PLACE},
    "create_instance_snapshot": {"description": "Before", "changeReference": "RFC_123"},
    "delete_instance": {"changeReference": "RFC_123"},
    "update_instance": {"operation": "stop"},
    "add_resource_tag": {"tagKey": "a", "tagValue": "b"},
    "replace_resource_tags": [{"tagKey": "a", "tagValue": "b"}],
    "remove_resource_tag": TAG,
    "add_resource_dns_alias": {"fqdn": "alias.acme.example", "type": "CNAME", "value": "PEBBILL01"},
    "update_resource_comment": {"description": "A comment"},
    "update_service_patch_policies": [{"resourceId": 500000001, "excluded": False, "patchGroup": "1"}],
    "create_loadbalancer": BALANCER,
    "create_loadbalancer_url": {"name": "more.billing.acme.example"},
    "add_loadbalancer_member": {"resourceId": 500000004, "port": 8080},
    "update_loadbalancer": {"operation": "stop"},
    "update_loadbalancer_url": {"operation": "update_monitoring", "options": {"state": True, "onCall": True}},
    "update_loadbalancer_member": {"operation": "disabled"},
    "create_kubernetes": {
        "name": "newk8s",
        "platform": "k8s131",
        "ingressProvider": "NGINX",
        "instanceCount": 3,
        "nodeSizing": "2cpu4gb",
        **PLACE,
    },
    "update_kubernetes": {"operation": "upgrade", "options": {"version": "1.31"}},
    "create_kubernetes_loadbalancer": BALANCER,
    "create_postgresql": {
        "name": "newpg",
        "platform": "pg16",
        "postgreVersion": "16",
        "topology": "STANDALONE",
        "trigram": "new",
        "allowedReplicationLag": 100,
        **NODES,
    },
    "update_postgresql": {"operation": "stop"},
    "create_mariadb": {
        "name": "newmaria",
        "platform": "mariadb1011",
        "topology": "SINGLE",
        "instanceCount": 1,
        **NODES,
    },
    "update_mariadb": {"operation": "stop"},
    "create_sqlserver": {
        "name": "newsql",
        "platform": "sqlserver2022",
        "az": "EB-A",
        "collation": "French_CI_AS",
        "edition": "STD",
        "customerPassword": PASSWORD,
        "nodeSizing": "2cpu8gb",
        **PLACE,
    },
    "update_sqlserver": {"operation": "stop"},
    "create_opensearch": {
        "name": "newsearch",
        "platform": "opensearch219",
        "clusterVersion": "2.19.0",
        "instanceCount": "3",
        "nodePrefix": "NEWOS",
        **NODES,
    },
    "update_opensearch": {"operation": "stop"},
    "create_redis": {
        "name": "newredis",
        "platform": "redis72",
        "redisVersion": "7.2",
        "instanceCount": 3,
        "persistenceMode": "PERSISTENT",
        **NODES,
    },
    "update_redis": {"operation": "stop"},
    "create_apache_kafka": {
        "name": "newkafka",
        "platform": "kafka39",
        "kafkaVersion": "3.9",
        "brokerCount": 3,
        "nodePrefix": "NEWKA",
        **NODES,
    },
    "update_apache_kafka": {"operation": "stop"},
    "create_rabbitmq": {
        "name": "newrabbit",
        "platform": "rabbitmq313",
        "rabbitMqVersion": "3.13",
        "brokerCount": 1,
        "vmPrefix": "NEWRM",
        **NODES,
    },
    "update_rabbitmq": {"operation": "stop"},
    "create_glusterfs": {"name": "newfiles", "platform": "glusterfs102", "user_name": "dda", **NODES},
    "update_glusterfs": {"operation": "stop"},
    "create_overdrive": {
        "name": "newdrive",
        "region": "EB",
        "serviceId": 44413,
        "sizing": "XS",
        "password": PASSWORD,
        "driveSiteUri": "https://newdrive.acme.example",
    },
    "update_overdrive": {"operation": "stop"},
    "create_matomo": {
        "name": "newstats",
        "region": "EB",
        "serviceId": 44413,
        "sizing": "S",
        "password": PASSWORD,
        "defaultWebSiteName": "",
        "defaultWebUri": "",
    },
    "update_matomo": {"operation": "stop"},
}
# Operations that need the estate to be otherwise than seeded: who is meant, or what happens before.
OTHERS = {
    "create_instance_snapshot": "QEBBILL01",
    "delete_instance": "QEBBILL02",
    "delete_matomo": "portal-stats",
    "get_resource_parent": "PEBK8S01",
    "get_resource_urls": "billing.acme.example",
    "resource_exists": "PEBBILL01",
    "sqlserver_exists": "billsql01",
    "list_postgresql_versions": "intrapg",
}


def path_of(state, operation, action_id: int) -> str:
    """The operation's path with numbers of the seed, as the settings want them.

    action_id: for the one operation that needs an action.
    """

    def id_of(name: str, reading: str | None = None) -> int:
        record = next(record for record in state.resources.values() if record["name"] == name)
        return state.number(record["id"], reading or state.settings.product_paths)

    def value(found) -> str:
        name = found.group(1)
        if name == "actionId":
            return str(action_id)
        if name == "snapshotId":
            return f"{id_of('PETPORT01', 'id')}-snap-42"
        if name == "nodeId":
            return str(id_of("PEBK8S03"))
        if name == "urlId":
            return str(id_of("www.billing.acme.example"))
        if name == "memberId":
            return str(id_of("PEBBILL02", state.settings.body_numbers))
        if name != "id":
            return str(PLACES[name])
        beginnings = [beginning for beginning in RESOURCES if operation.path.startswith(beginning)]
        wanted = OTHERS.get(operation.id, RESOURCES[max(beginnings, key=len)])
        if operation.path_types["id"]["type"] == "string" or isinstance(wanted, int):
            return str(wanted)
        return str(id_of(wanted, "id" if operation.path.startswith("/compute/resources/") else None))

    return re.sub(r"\{(\w+)\}", value, operation.path)

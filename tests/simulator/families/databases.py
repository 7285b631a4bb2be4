# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed databases: the common list and PostgreSQL, MariaDB, SQL Server, OpenSearch, Redis."""

from __future__ import annotations

import copy
import re
from datetime import datetime, timedelta, timezone

from .. import build, clusters, contract, rules
from ..call import Call, Refusal, is_production, operation
from ..clusters import NODE_FIELDS
from ..listing import filtered
from ..state import ACTIVE, COMPUTED
from .services import DATABASES

# PostgreSQL extensions that can be installed, from version 15 on; True: needs a restart.
EXTENSIONS = {
    "btree_gist": False,
    "citext": False,
    "fuzzystrmatch": False,
    "hstore": False,
    "pg_trgm": False,
    "pgcrypto": False,
    "postgis": False,
    "tablefunc": False,
    "timescaledb": True,
    "unaccent": False,
    "uuid-ossp": False,
    "vector": False,
}
_POSTGRES_NEEDS = (
    "admPassword",
    "allowedReplicationLag",
    "area",
    "diskSize",
    "name",
    "networkId",
    "nodeSizing",
    "postgreVersion",
    "topology",
    "trigram",
)


@operation("list_databases")
def list_databases(call: Call):
    rows = filtered(call, *DATABASES)
    if "version" in call.query:
        rows = [row for row in rows if row["version"].split(".")[0] == str(call.query["version"])]
    return call.page(rows, "ManagedDatabase")


# PostgreSQL


@operation("create_postgresql")
def create_postgresql(call: Call):
    """Its field list is lost; what is needed comes from the prose."""
    body = call.body
    missing = [name for name in _POSTGRES_NEEDS if body.get(name) in (None, "")]
    call.require(not missing, f"{', '.join(missing)} missing")
    call.require(re.fullmatch(r"[a-z0-9]{5,60}", body["name"]), "The name must be 5 to 60 lowercase letters or digits")
    topology = body["topology"].upper()
    call.require(topology in ("STANDALONE", "HA"), "topology must be STANDALONE or HA")
    highly_available = topology == "HA"
    version = int(body["postgreVersion"]) if body["postgreVersion"].isdecimal() else 0
    call.require(not body.get("tls") or version >= 13, "tls needs version 13 or later")
    if highly_available:
        call.require(version >= 12, "HA needs version 12 or later")
        call.require(body.get("az") and "tls" in body, "az or tls missing")
        call.require(
            re.fullmatch(r"[A-Z0-9]{5,12}", body.get("nodePrefix", "")),
            "nodePrefix must be 5 to 12 uppercase characters",
        )
    return clusters.create(
        call,
        "postgresql",
        count=2 if highly_available else 1,
        prefix=body.get("nodePrefix") or body.get("prefix") or f"PG{body['name']}",
        version="postgreVersion",
        topology=topology,
        trigram=body["trigram"],
        allowedReplicationLag=body["allowedReplicationLag"],
        tlsEnabled=body.get("tls", False),
        url=f"{body['name']}.pg.acme.example",
    )


def _restore(call: Call, record: dict):
    """Both active and different, the same version, 12 or later; 7 days back, 14 in production."""
    options, state = call.options, call.state
    source = call.named_in_body(options.get("sourceId"), "postgresql")
    call.require(source, "Unknown source")
    call.require(source is not record, "Source and destination are the same")
    call.require(source["status"] == record["status"] == ACTIVE, "Source and destination must be ACTIVE")
    call.require(source["backupStatus"], "The source is not backed up")
    call.require(source["version"] == record["version"] and int(record["version"]) >= 12, "The versions do not fit")
    call.require(options.get("stop") in ("BEFORE", "AFTER"), "stop must be BEFORE or AFTER")
    moment = _moment(call, options.get("timestamp"))
    now = datetime.now(timezone.utc)
    oldest = now - timedelta(days=14 if is_production(state, source) else 7)
    call.require(oldest <= moment <= now, "The timestamp is out of the backup's reach")
    return call.start(record, "RESTORE_POSTGRESQL", f"Restore {source['name']} into {record['name']}", lambda: None)


def _moment(call: Call, text: str | None) -> datetime:
    try:
        moment = contract.moment_of(text or "")
    except ValueError:
        moment = None
    call.require(moment is not None and moment.tzinfo is not None, "timestamp must be a date-time")
    return moment


def _enable_ha(call: Call, record: dict):
    lag = call.options.get("replicationLag")
    call.require(isinstance(lag, int) and 1 <= lag <= 500, "replicationLag must be 1 to 500")
    call.require(record["topology"] == "STANDALONE", "Only a standalone instance can be converted")
    call.require(int(record["version"]) >= 12, "The version must be 12 or later")

    def effect():
        first = call.state.nodes(record["id"])[0]
        second = build.instance(
            call.state,
            f"{first['name']}B",
            record["serviceId"],
            first["_product"],
            first["_sizing"],
            first["labelAvailabilityZone"],
            record["_network"],
            parent=record,
        )
        call.state.add(second)
        record.update(topology="HA", allowedReplicationLag=lag)
        build.recount(record, [first, second])

    return call.start(record, "ENABLE_HA", f"High availability of {record['name']}", effect)


def _install_extension(call: Call, record: dict):
    names = [row.get("name") for row in call.options.get("extensions_list", [])]
    call.require(call.options.get("dbname") in _databases(call.state, record), "Unknown database")
    call.require(names and all(name in _extensions(record) for name in names), "Unknown extension")
    installed = _databases(call.state, record)[call.options["dbname"]]
    return call.start(
        record,
        "INSTALL_EXTENSION",
        f"Extensions of {record['name']}",
        lambda: installed.extend(n for n in names if n not in installed),
    )


def _upgrade(call: Call, record: dict):
    target = call.options.get("targetVersion", "")
    call.require(target.isdecimal() and int(target) in _versions(call, record), "This version cannot be upgraded to")
    product = next(
        row for row in call.state.products.values() if (row["type"], row["version"]) == ("POSTGRESQL", target)
    )
    changes = {
        "version": target,
        "productVersion": target,
        "productCode": product["code"],
        "productName": product["label"],
        "_product": product["id"],
    }
    return call.start(
        record, "UPGRADE_POSTGRESQL", f"Upgrade {record['name']} to {target}", lambda: record.update(changes)
    )


clusters.register(
    "postgresql",
    operations={
        **clusters.COMMON,
        "restore": _restore,
        "enable_ha": _enable_ha,
        "install_extension": _install_extension,
        "upgrade": _upgrade,
    },
)


def _databases(state, record: dict) -> dict[str, list[str]]:
    """Database name -> installed extensions."""
    return record.setdefault("_databases", copy.deepcopy(state.databases_of_new))


@operation("list_postgresql_databases")
def list_postgresql_databases(call: Call):
    databases = _databases(call.state, call.resource("postgresql"))
    return [
        {
            "name": name,
            "extensions": [{"name": extension, "schema": "public", "version": "1.0"} for extension in extensions],
        }
        for name, extensions in databases.items()
    ]


@operation("list_postgresql_extensions")
def list_postgresql_extensions(call: Call):
    return [
        {"comment": "", "link": "", "name": name, "requiresRestarting": restart, "version": "1.0"}
        for name, restart in _extensions(call.resource("postgresql")).items()
    ]


def _extensions(record: dict) -> dict[str, bool]:
    """Name -> whether its installation restarts the server; in self-service from version 15 on."""
    return EXTENSIONS if int(record["version"]) >= 15 else {}


@operation("list_postgresql_versions")
def list_postgresql_versions(call: Call):
    """Integers, although the upgrade wants a string."""
    return _versions(call, call.resource("postgresql"))


def _versions(call: Call, record: dict) -> list[int]:
    offered = (int(product["version"]) for product in call.state.products.values() if product["type"] == "POSTGRESQL")
    return sorted(version for version in offered if version > int(record["version"]))


def _postgresql_fields(state, record: dict) -> dict:
    nodes = state.nodes(record["id"])
    return {
        "area": nodes[0]["labelArea"],
        "instanceCount": len(nodes),
        "ipAddress": nodes[0]["ipAddress"],
        "networkId": record["_network"],
        "nodeSizing": record["_sizing"],
        "storage": nodes[0]["storage"],
    }


COMPUTED["postgresql"] = _postgresql_fields
NODE_FIELDS["PostgreSqlNode"] = lambda record, node: {
    "enableProfileBaseNtp": True,
    "firewallEnable": True,
    "manageSentinelOne": False,
    "ntpServers": ["10.0.0.1"],
}


# MariaDB


@operation("create_mariadb")
def create_mariadb(call: Call):
    body = call.body
    topology = body["topology"].upper()
    call.require(topology in ("SINGLE", "CLUSTER"), "topology must be SINGLE or CLUSTER")
    call.require(body["instanceCount"] == (1 if topology == "SINGLE" else 3), "SINGLE has 1 instance, CLUSTER has 3")
    return clusters.create(
        call,
        "mariadb",
        count=body["instanceCount"],
        prefix=f"MDB{body['name']}",
        version="version",
        disk=(40, 1024),
        topology=topology,
        url=f"{body['name']}.acme.example",
    )


clusters.register("mariadb", operations=clusters.COMMON)
NODE_FIELDS["MariaDbNode"] = lambda record, node: {"initialized": True, "version": record["version"]}


# SQL Server


@operation("list_sqlserver")
def list_sqlserver(call: Call):
    return call.page(filtered(call, "sqlserver"), "SqlServer")


@operation("sqlserver_exists")
def sqlserver_exists(call: Call):
    """The values of `property` are lost but for its default, NAME; 404 for 'does not exist' as for resources."""
    wanted, by = call.path["id"], call.settings.sqlserver_exists_by
    listeners = [one.get("_listener", "").lower() for one in call.state.live("sqlserver")]
    found = (by != "listener" and call.state.named(wanted, "sqlserver")) or (
        by != "name" and wanted.lower() in listeners
    )
    if not found:
        raise Refusal(404)


@operation("create_sqlserver")
def create_sqlserver(call: Call):
    body = call.body
    call.require(body["edition"] in ("STD", "ENT"), "edition must be STD or ENT")
    always_on = body.get("alwaysOn", False)
    call.require(not always_on or body["edition"] == "ENT", "Always On needs the edition ENT")
    call.require(len(body["name"]) <= 13, "The name must have at most 13 characters")
    volumes = body.get("volumes") or []
    for volume in volumes:
        low, high = (1, 70) if volume.get("id") == "disk0" else (10, 4096)
        call.require(low <= volume.get("sizeGb", low) <= high, "A volume's size is out of its bounds")
    call.require(len({**VOLUMES, **_sizes(volumes)}) <= len(DRIVES), "There are at most six volumes")
    return clusters.create(
        call,
        "sqlserver",
        count=body.get("nodeCount", 3) if always_on else 1,
        prefix=body.get("prefix") or body["name"],
        password="customerPassword",
        password_min=8,
        topology="ALWAYSON" if always_on else "STANDALONE",
        edition="EE" if body["edition"] == "ENT" else "SE",
        _listener=body.get("listenerName", ""),
        _witness=body.get("witness", ""),
        _volumes={**VOLUMES, **_sizes(volumes)},
    )


# The disks that there are anyway, GB; disk0 is C:, disk1 D: and so on.
VOLUMES = {"disk0": 70, "disk1": 30, "disk2": 30, "disk3": 10, "disk4": 10}
DRIVES = dict(zip(("disk0", "disk1", "disk2", "disk3", "disk4", "disk5"), "CDEFGH"))


def _sizes(volumes: list[dict]) -> dict[str, int]:
    return {volume["id"]: volume["sizeGb"] for volume in volumes if "id" in volume and "sizeGb" in volume}


def _sqlserver_node(record: dict, node: dict) -> dict:
    """Each disk is a drive, whose file system is a little smaller."""
    volumes = record.get("_volumes", VOLUMES)
    systems = [
        {"free": size // 2, "mountingPoint": f"{DRIVES[disk]}:", "sizeOf": size, "type": "NTFS"}
        for disk, size in volumes.items()
        if disk in DRIVES
    ]
    total = sum(volumes.values())
    return {
        "storage": total,
        "storageInformation": {"fileSystems": systems, "totalSizeDisks": total, "totalSizeFileSystems": total},
    }


# Their nodes have the schema of an instance, like those of other products.
NODE_FIELDS["Instance"] = lambda record, node: _sqlserver_node(record, node) if record["_kind"] == "sqlserver" else {}


def _sqlserver_fields(state, record: dict) -> dict:
    node = state.nodes(record["id"])[0]
    return {
        **{name: node[name] for name in ("area", "availabilityZone", "network", "region")},
        "agOptions": {
            "agListener": record.get("_listener", ""),
            "agListenerIp": "",
            "agName": "",
            "agWitness": record.get("_witness", ""),
        },
    }


COMPUTED["sqlserver"] = _sqlserver_fields
clusters.register("sqlserver", operations={**clusters.COMMON, "reset": clusters.reset})


# OpenSearch


@operation("create_opensearch")
def create_opensearch(call: Call):
    body = call.body
    count = int(body["instanceCount"]) if body["instanceCount"].isdecimal() else 0
    call.require(3 <= count <= 51 and count % 2, "instanceCount must be odd, 3 to 51")
    return clusters.create(
        call,
        "opensearch",
        count=count,
        prefix=body["nodePrefix"],
        version="clusterVersion",
        disk=(40, 1024),
        dedicatedIngest=False,
        elsType="OPENSEARCH",
        farmTopology="CLUSTER",
        managementUrls=[f"https://{body['name']}.acme.example"],
    )


def _add_nodes(call: Call, record: dict):
    options, state = call.options, call.state
    count = options.get("nodesCount", 0)
    call.require(count > 0 and count % 2 == 0, "nodesCount must be even")
    if call.settings.added_nodes == "pairs":
        call.require(count == 2, "Nodes are added two at a time")
        call.require(record["nodeCount"] >= 5, "Nodes can be added only to a cluster with dedicated masters")
    sizing = rules.sizing_of(call, state.products[record["_product"]], options.get("nodeSize"))

    def effect():
        nodes = state.nodes(record["id"])
        first = nodes[0]
        for number in range(len(nodes) + 1, len(nodes) + count + 1):
            zone = record["_zones"][number % len(record["_zones"])]
            node = build.instance(
                state,
                f"{first['name'][:-2]}{number:02d}",
                record["serviceId"],
                first["_product"],
                sizing,
                zone,
                record["_network"],
                parent=record,
                disk=options.get("diskSize", 40),
            )
            nodes.append(state.add(node))
        build.recount(record, nodes)

    return call.start(record, "ADD_NODES", f"Add {count} nodes to {record['name']}", effect)


def _resize_nodes(call: Call, record: dict):
    options = call.options
    sizing = rules.sizing_of(call, call.state.products[record["_product"]], options.get("nodeSize"))
    nodes = {node["name"]: node for node in call.state.nodes(record["id"])}
    wanted = options.get("nodes") or []
    call.require(wanted and all(name in nodes for name in wanted), "Unknown node")

    def effect():
        for name in wanted:
            build.resize(nodes[name], sizing)

    return call.start(record, "RESIZE_NODES", f"Resize nodes of {record['name']}", effect)


_opensearch = {name: function for name, function in clusters.COMMON.items() if name != "resize"}
clusters.register("opensearch", operations={**_opensearch, "add_nodes": _add_nodes, "resize_nodes": _resize_nodes})
NODE_FIELDS["OpenSearchNode"] = lambda record, node: {
    "clusterId": record["id"],
    "elsType": record["elsType"],
    "roles": _roles(record, node),
    "version": record["version"],
}


def _roles(record: dict, node: dict) -> list[str]:
    """From 5 nodes on, three are masters and nothing else; with 3, two of the masters hold data."""
    number = int(node["name"][-2:])
    if record["nodeCount"] >= 5:
        return ["cluster_manager"] if number <= 3 else ["data"]
    return ["cluster_manager", "data"] if number <= 2 else ["cluster_manager"]


# Redis


@operation("create_redis")
def create_redis(call: Call):
    body = call.body
    call.require(body["instanceCount"] in (1, 3), "instanceCount must be 1 or 3")
    return clusters.create(
        call,
        "redis",
        count=body["instanceCount"],
        prefix=body.get("vmPrefix") or f"RED{body['name']}",
        version="redisVersion",
        disk=(40, 1024),
        persistenceMode=body["persistenceMode"],
        tlsEnabled=body.get("tlsEnabled", False),
        topology="STANDALONE" if body["instanceCount"] == 1 else "SENTINEL",
        url=f"{body['name']}.acme.example",
    )


clusters.register("redis", operations=clusters.COMMON)

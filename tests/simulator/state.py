# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate: resources of every kind as one table, the catalogue around them, and how a record is shown.

A record is a dictionary with the fields of the API's richest answer for its kind, plus private ones that begin
with an underscore: `_kind`, `_state` ("hidden" while being created, "live", "leaving" and "removed"
once it is gone), `_dns`, `_zone`, ...
A view shows of a record what the documented schema of the answer names, and nothing else.
"""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from . import contract, processes
from .actions import Action, ActionLog
from .numbers import Numbers

PRODUCTION = "PRODUCTION"
ACTIVE, INACTIVE, PREPARATION, REMOVED = "ACTIVE", "INACTIVE", "PREPARATION", "REMOVED"
# States of records that are gone: some listings may still show them.
GONE = ("leaving", "removed")
_FIRST_RESOURCE = 500_000_001

# The fields that a sparse row has: what a real client saw in one.
SPARSE = frozenset(
    {
        "category",
        "cloudId",
        "cloudName",
        "comment",
        "creationTime",
        "creationUser",
        "environment",
        "family",
        "id",
        "internalResourceId",
        "name",
        "path",
        "productName",
        "resourceType",
        "serviceId",
        "serviceName",
        "status",
        "supportPhase",
        "type",
    }
)
# The fields that are out of date in an old row.
STALE = ("backupStatus", "cpu", "patchParty", "ram", "storage")


@dataclass(frozen=True)
class Kind:
    """What a resource is: where it lives in the API and how it is called there."""

    name: str
    category: str
    type: str | None
    path: str
    schema: str
    label: str
    node_schema: str = "Instance"


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("instance", "INSTANCES", None, "/compute/instances", "Instance", "Instance"),
        Kind(
            "application_server",
            "APPLICATION_SERVERS",
            None,
            "/compute/application-servers",
            "Instance",
            "Application server",
        ),
        Kind(
            "kubernetes",
            "CONTAINERS",
            "KUBERNETES",
            "/compute/containers/kubernetes",
            "KubernetesCluster",
            "Kubernetes",
        ),
        Kind(
            "loadbalancer",
            "LOAD_BALANCERS",
            "LOAD_BALANCER",
            "/networking/loadbalancers",
            "LoadBalancer",
            "Load Balancer",
        ),
        Kind("url", "LOAD_BALANCERS", "URL", "/networking/loadbalancers", "LoadBalancerUrl", "URL"),
        Kind(
            "postgresql",
            "MANAGED_DATABASES",
            "POSTGRESQL",
            "/databases/postgresql",
            "PostgreSql",
            "PostgreSQL",
            "PostgreSqlNode",
        ),
        Kind("mariadb", "MANAGED_DATABASES", "MARIADB", "/databases/mariadb", "MariaDb", "MariaDB", "MariaDbNode"),
        Kind("sqlserver", "MANAGED_DATABASES", "SQLSERVER", "/databases/sqlserver", "SqlServer", "SQL Server"),
        Kind(
            "opensearch",
            "MANAGED_DATABASES",
            "OPENSEARCH",
            "/databases/opensearch",
            "OpenSearch",
            "OpenSearch",
            "OpenSearchNode",
        ),
        Kind("redis", "MANAGED_DATABASES", "REDIS", "/databases/redis", "Redis", "Redis"),
        Kind(
            "apache_kafka",
            "MESSAGE_BROKERS",
            "APACHE_KAFKA",
            "/message-brokers/apache-kafka",
            "Kafka",
            "Apache Kafka",
            "KafkaNode",
        ),
        Kind(
            "rabbitmq",
            "MESSAGE_BROKERS",
            "RABBITMQ",
            "/message-brokers/rabbitmq",
            "RabbitMq",
            "RabbitMQ",
            "RabbitMqNode",
        ),
        Kind("glusterfs", "STORAGE", "GLUSTERFS", "/storage/glusterfs", "GlusterFs", "GlusterFS", "GlusterFsNode"),
        Kind("overdrive", "APPLICATION_SERVICES", "OVERDRIVE", "/storage/overdrive", "ApplicationService", "OverDrive"),
        Kind("matomo", "APPLICATION_SERVICES", "MATOMO", "/analytics/matomo", "ApplicationService", "Matomo"),
        Kind(
            "network_cluster",
            "NETWORK_CLUSTERS",
            "NETWORK_CLUSTER",
            "/networking/network-clusters",
            "NetworkCluster",
            "Network cluster",
        ),
        Kind("hardware", "HARDWARES", "HARDWARE", "/hardwares", "Hardware", "Hardware"),
    )
}
CLUSTER_KINDS = tuple(
    name for name in KINDS if name not in ("instance", "application_server", "loadbalancer", "url", "hardware")
)


@dataclass
class State:
    """Everything there is. `seed.py` fills it."""

    settings: object
    first_id: int = _FIRST_RESOURCE
    clouds: dict[int, dict] = field(default_factory=dict)
    services: dict[int, dict] = field(default_factory=dict)
    regions: dict[str, dict] = field(default_factory=dict)
    networks: dict[int, dict] = field(default_factory=dict)
    products: dict[str, dict] = field(default_factory=dict)
    backup_policies: dict[int, dict] = field(default_factory=dict)
    domains: list[dict] = field(default_factory=list)
    authentication_domains: list[dict] = field(default_factory=list)
    healthchecks: list[dict] = field(default_factory=list)
    certificates: list[dict] = field(default_factory=list)
    ssl_profiles: list[dict] = field(default_factory=list)
    protocols: list[dict] = field(default_factory=list)
    databases_of_new: dict[str, list[str]] = field(default_factory=dict)
    internal_whitelist: list[str] = field(default_factory=list)
    changes: list[dict] = field(default_factory=list)
    resources: dict[int, dict] = field(default_factory=dict)
    actions: ActionLog = field(default_factory=ActionLog)

    def __post_init__(self):
        self._ids = itertools.count(self.first_id)
        self._numbers = Numbers(self._ids)
        self._hosts: dict[int, int] = {}
        self._balancers: dict[int, dict] = {}
        self._names: dict[str, list[dict]] = {}
        self._leaving: list[tuple[float, list[dict]]] = []

    def next_id(self, kind: str | None = None, node: bool = False) -> int:
        """An id that is free; for a record of a kind, the one that its neighbour may already show as its number."""
        return self._numbers.next_id((kind, node))

    def internal(self, resource_id: int) -> int:
        """The internalResourceId that the record of this id shows now (setting numbers), also after its removal."""
        return self._numbers.other(resource_id, self.settings.numbers)

    def number(self, resource_id: int, reading: str) -> int:
        """The number by which a resource is called in a place that takes the `id` or the `internal` number."""
        return resource_id if reading == "id" else self.internal(resource_id)

    def by_number(self, number: object, reading: str, *kinds: str) -> dict | None:
        """The reverse: the resource that a number from a request means, like :meth:`get`."""
        if reading == "internal":
            number = self._numbers.owner(number, self.settings.numbers)
        return self.get(number, *kinds)

    def add(self, record: dict) -> dict:
        self.resources[record["id"]] = record
        self._numbers.add(record)
        self.remember(record)
        self._names.setdefault(record["name"].lower(), []).append(record)
        if record["_kind"] == "loadbalancer":
            self._balancers[record["id"]] = record
        return record

    def rename(self, record: dict, name: str) -> None:
        """Gives a resource another name."""
        self._names[record["name"].lower()].remove(record)
        record.update(name=name, label=name)
        self._names.setdefault(name.lower(), []).append(record)

    def drop(self, record: dict) -> None:
        """Takes a record out of the estate without a trace; its address is free again."""
        self.resources.pop(record["id"], None)
        self._numbers.drop(record)
        self._names[record["name"].lower()].remove(record)
        self._balancers.pop(record["id"], None)
        if "network" in record:
            self.networks[record["network"]["id"]]["ipFreeNumber"] += 1

    def delete(self, record: dict) -> None:
        """Takes a resource and its nodes out of the estate: at once, or as far as listings go a while later."""
        gone = [record, *self.nodes(record["id"])]
        if self.settings.removal_lags:
            for each in gone:
                each["_state"] = "leaving"
            self._leaving.append((time.time() + self.settings.removal_lags, gone))
        else:
            self._remove(gone)

    def settle(self) -> None:
        """Applies everything that has come due."""
        self.actions.settle()
        now = time.time()
        due = [gone for end, gone in self._leaving if end <= now]
        self._leaving = [(end, gone) for end, gone in self._leaving if end > now]
        for gone in due:
            self._remove(gone)

    def _remove(self, gone: list[dict]) -> None:
        """Takes the records out of the estate, or leaves them listed as REMOVED."""
        for record in gone:
            if self.settings.removed_visible:
                record.update(status=REMOVED, _state="removed")
            elif record["id"] in self.resources:
                self.drop(record)

    def remember(self, record: dict) -> None:
        """Keeps what rows go on showing of a record with the setting rows: old."""
        record["_first"] = {name: copy.copy(record[name]) for name in STALE if name in record}

    def live(self, *kinds: str, nodes: bool = False, names: list[str] | None = None) -> Iterator[dict]:
        """The resources that are to be seen, without the nodes of clusters unless asked for.

        names: look at resources of these names only (ignoring case), which does not walk the whole estate.
        """
        records = self.resources.values()
        if names is not None:
            records = [
                record for name in sorted({name.lower() for name in names}) for record in self._names.get(name, [])
            ]
            records.sort(key=lambda record: record["id"])
        for record in records:
            if (not kinds or record["_kind"] in kinds) and record["_state"] != "hidden":
                if nodes or "_parent" not in record:
                    yield record

    def get(self, resource_id: int, *kinds: str) -> dict | None:
        """A resource that can be asked for by its id; removed ones cannot."""
        record = self.resources.get(resource_id)
        if record is None or record["_state"] != "live" or (kinds and record["_kind"] not in kinds):
            return None
        return record

    def named(self, name: str, *kinds: str) -> list[dict]:
        """The resources of that name, those still being created included; names ignore case."""
        found = self._names.get(name.lower(), [])
        return [row for row in found if row["_state"] not in GONE and (not kinds or row["_kind"] in kinds)]

    def numbers_of(self, name: str) -> tuple[int, int]:
        """The id and the internalResourceId that the oldest resource of that name shows; KeyError without any."""
        record = self._oldest(name)
        return record["id"], self.internal(record["id"])

    def address_of(self, name: str) -> str:
        """The path at which the oldest resource of that name is found; KeyError without any."""
        record = self._oldest(name)
        kind, number = record["_kind"], self.number(record["id"], self.settings.product_paths)
        if kind == "url":
            return f"{KINDS[kind].path}/{self.number(record['_parent'], self.settings.product_paths)}/urls/{number}"
        return f"{KINDS['instance' if kind == 'application_server' else kind].path}/{number}"

    def _oldest(self, name: str) -> dict:
        found = self.named(name)
        if not found:
            raise KeyError(name)
        return found[0]

    def nodes(self, parent_id: int) -> list[dict]:
        return [record for record in self.resources.values() if record.get("_parent") == parent_id]

    def load_balancers_of(self, member_id: int) -> list[dict]:
        """The load balancers of which a resource is a member."""
        return [
            balancer
            for balancer in self._balancers.values()
            if balancer["_state"] == "live"
            and any(member["resourceId"] == member_id for member in balancer["_members"])
        ]

    def area(self, region_id: str, area_id: str) -> dict | None:
        areas = self.regions.get(region_id, {}).get("areas", [])
        return next((area for area in areas if area["id"] == area_id), None)

    def new_address(self, network: dict) -> str:
        """The next free address of a network."""
        host = self._hosts[network["id"]] = self._hosts.get(network["id"], 10) + 1
        first, second, third, _fourth = network["cidr"].split("/")[0].split(".")
        network["ipFreeNumber"] -= 1
        return f"{first}.{second}.{int(third) + host // 250}.{host % 250 + 1}"

    def view(self, record: dict, schema: str | None = None) -> dict:
        """What the API shows of a record in an answer of that schema (by default its kind's own)."""
        kind = record["_kind"]
        if kind in COMPUTED:
            record = {**record, **COMPUTED[kind](self, record)}
        shown = {name: record[name] for name in contract.load().fields(schema or KINDS[kind].schema) if name in record}
        if "internalResourceId" in shown and self.settings.numbers != "same":
            shown["internalResourceId"] = self.internal(record["id"])
        if self.settings.cluster_size == "total" and shown.get("nodeCount"):
            nodes = int(shown["nodeCount"])  # text, for GlusterFS
            shown.update({name: shown[name] * nodes for name in ("cpu", "ram") if name in shown}, sizing=None)
        if "ram" in shown and self.settings.ram_unit == "mb":
            shown["ram"] *= 1024
        return shown

    def row(self, record: dict, schema: str | None = None, part: bool = False) -> dict:
        """The same in a list of resources (settings rows and row_numbers), or of parts of one, which are complete."""
        rows = "full" if part else self.settings.rows
        shown = self.view({**record, **record["_first"]} if rows == "old" else record, schema)
        if rows == "sparse":
            shown = {name: value for name, value in shown.items() if name in SPARSE}
        if self.settings.row_numbers == "id_only":
            shown.pop("internalResourceId", None)
        return shown

    def accepted(self, action: Action) -> dict:
        """An action as the call that started it answers it."""
        shown = action.accepted(self.internal(action.resource_id))
        return {**shown, "process": self.process(action)}

    def tracked(self, action: Action) -> dict:
        """An action as GET /actions/{id} answers it."""
        return {**action.tracked(), "process": self.process(action)}

    def process(self, action: Action) -> str:
        """How the API calls what an action does (setting process_names)."""
        return processes.shown(action, self.settings.process_names)


# What is worked out when a record of a kind is shown: kind -> function(state, record) -> fields. Families add theirs.
COMPUTED: dict[str, Callable[[State, dict], dict]] = {}

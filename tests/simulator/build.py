# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes records: for the seed, for the tests and for what the API creates, all the same way."""

from __future__ import annotations

from .actions import USER, timestamp
from .catalogue import CATEGORY_OF_TYPE, SIZINGS
from .state import ACTIVE, INACTIVE, KINDS, PRODUCTION, State

PATCH_TAG, PATCH_DATE = "2026-Q2", "2026-04-23T18:00:00.000Z"
_PHASE_DATES = ("releasedAt", "endOfSalesAt", "extendedSupportAt", "endOfSupportAt", "supportPhase")


def resource(
    state: State,
    kind: str,
    name: str,
    service_id: int,
    kind_type: str,
    family: str,
    product: dict | None = None,
    **fields,
) -> dict:
    """The fields every resource has (ManagedResource and Resource of the contract); `fields` win."""
    described, service = KINDS[kind], state.services[service_id]
    production = service["environment"] == PRODUCTION
    record = {
        "backupPolicyDetails": {"backups": [], "policies": []},
        "backupStatus": production,
        "category": CATEGORY_OF_TYPE[kind_type],
        "cloudId": service["cloudId"],
        "cloudName": service["cloud"],
        "comment": "",
        "creationTime": timestamp(),
        "creationUser": USER,
        "description": "",
        "environment": service["environment"],
        "family": family,
        "id": state.next_id(kind, "_parent" in fields),
        "internalType": kind_type,
        "label": name,
        "metrologyUrl": "",
        "monitoringAlerting": production,
        "monitoringEnabled": production,
        "monitoringOnCallEnabled": False,
        "monitoringRequested": production,
        "name": name,
        "path": described.path,
        "prettyLabel": described.label,
        "replicationStatus": production,
        "resourceType": kind_type,
        "serviceId": service_id,
        "serviceKey": service["key"],
        "serviceName": service["name"],
        "status": ACTIVE,
        "tags": [],
        "technology": kind_type,
        "type": kind_type,
        "_dns": [],
        "_kind": kind,
        "_state": "live",
    }
    if product is not None:
        record.update({date: product[date] for date in _PHASE_DATES})
        record.update(
            platform=product["platform"],
            productCode=product["code"],
            productName=product["label"],
            productVersion=product["version"],
            _product=product["id"],
        )
    record["internalResourceId"] = record["id"]
    record["patchParty"] = {
        "excluded": False,
        "id": record["id"],
        "name": name,
        "patchDate": PATCH_DATE,
        "patchTag": PATCH_TAG,
    }
    record.update(fields)
    return record


def instance(
    state: State,
    name: str,
    service_id: int,
    platform: str | None = None,
    sizing: str | None = None,
    zone: str | None = None,
    network_id: int | None = None,
    kind: str = "instance",
    parent: dict | None = None,
    disk: int = 40,
    **fields,
) -> dict:
    """An instance, or a node of a cluster; not yet part of the estate."""
    product = state.products[platform or next(_images(state))]
    sizes = product["_sizings"]
    sizing = sizing or ("2cpu4gb" if "2cpu4gb" in sizes else sizes[0])
    region, area, zone = place(state, zone or next(_zones(state)))
    network = state.networks[network_id] if network_id else default_network(state, area["id"])
    address = state.new_address(network)
    kind_type, family = product["type"], product["name"]
    if kind == "application_server":
        image = state.products[product["platform"]]
        kind_type = product["type"]
    else:
        image = product
    of_parent = {} if parent is None else {"_parent": parent["id"], "parentResourceType": parent["resourceType"]}
    record = resource(
        state,
        kind,
        name,
        service_id,
        kind_type,
        family,
        product,
        area={key: value for key, value in area.items() if not key.startswith("_")},
        authenticationDomain=default_domain(state),
        availabilityZone=zone,
        imageCode=image["code"],
        ipAddress=address,
        isExternalIngressNode=False,
        isInternalIngressNode=False,
        isMemberOFLoadBalancer=False,
        labelArea=area["id"],
        labelAvailabilityZone=zone["id"],
        labelDataCenter=zone["datacenterId"],
        labelRegion=region["id"],
        loadbalancers=[],
        network={**public(network), "ipAddress": address},
        osName=image["label"],
        osType=image["type"],
        region={"id": region["id"], "location": region["location"], "dataCenter": region["dataCenter"]},
        replication={
            "storageClass": "STANDARD",
            "storageReplicationClass": "REPLICATED",
            "storageMoveInProgress": False,
        },
        storage=disk,
        storageInformation=storage_information(disk, image["type"]),
        storageMoveInProgress=False,
        **of_parent,
    )
    resize(record, sizing)
    record.update(fields)
    return record


def cluster(
    state: State,
    kind: str,
    name: str,
    service_id: int,
    product: dict,
    sizing: str,
    zones: list[str],
    network_id: int | None,
    nodes: list[str],
    disk: int = 40,
    **fields,
) -> tuple[dict, list[dict]]:
    """A managed product and its nodes, spread over the zones; neither is part of the estate yet."""
    described = KINDS[kind]
    record = resource(
        state,
        kind,
        name,
        service_id,
        described.type,
        product["name"],
        product,
        version=product["version"],
        allowMonitoringDisplay=True,
    )
    members = []
    for number, node in enumerate(nodes):
        zone = zones[number % len(zones)]
        members.append(
            instance(
                state,
                node,
                service_id,
                product["platform"],
                size_or(sizing),
                zone,
                network_id,
                parent=record,
                disk=disk,
            )
        )
    record["_network"] = members[0]["network"]["id"]
    record["_zones"] = zones
    record["_sizing"] = sizing
    record.update(fields)
    recount(record, members)
    return record, members


def recount(record: dict, nodes: list[dict]) -> None:
    """Sets what a cluster tells about its nodes."""
    record["nodeCount"] = len(nodes)
    record["cpu"] = nodes[0]["cpu"] if nodes else 0
    record["ram"] = nodes[0]["ram"] if nodes else 0
    record["sizing"] = record["_sizing"]


def resize(record: dict, sizing: str) -> None:
    """Gives an instance the CPU and RAM of a sizing."""
    record["cpu"], record["ram"] = SIZINGS[sizing]
    record["_sizing"] = sizing


def size_or(sizing: str) -> str:
    """The machine size behind a sizing; sizes by letter (Matomo, OverDrive) stand for one of the smaller machines."""
    return sizing if sizing in SIZINGS else "2cpu4gb"


def storage_information(disk: int, os_type: str) -> dict:
    mount = "C:" if os_type == "WINDOWS" else "/"
    return {
        "fileSystems": [
            {"free": disk // 2, "mountingPoint": mount, "sizeOf": disk, "type": "NTFS" if mount == "C:" else "ext4"}
        ],
        "totalSizeDisks": disk,
        "totalSizeFileSystems": disk,
    }


def place(state: State, zone_id: str) -> tuple[dict, dict, dict]:
    """Region, area and zone of a zone's id."""
    for region in state.regions.values():
        for area in region["areas"]:
            for zone in area["availabilityZones"]:
                if zone["id"] == zone_id:
                    return region, area, zone
    raise KeyError(zone_id)


def _images(state: State):
    """The products that are machines: deb12 first, where there is one."""
    images = [product_id for product_id, row in state.products.items() if row["category"] == "INSTANCES"]
    yield from sorted(images, key=lambda product_id: product_id != "deb12")


def _zones(state: State):
    """The ids of all zones."""
    for region in state.regions.values():
        for area in region["areas"]:
            yield from (zone["id"] for zone in area["availabilityZones"])


def default_domain(state: State) -> str:
    """The authentication domain of what names none."""
    return next(row["id"] for row in state.authentication_domains if row["isDefault"])


def default_network(state: State, area_id: str) -> dict | None:
    """The network with free addresses that a resource gets when none is asked for; None when all are full."""
    networks = [
        n for n in state.networks.values() if n["area"] == area_id and not n["_load_balancers"] and n["ipFreeNumber"]
    ]
    return max(networks, key=lambda network: network["defaultNetwork"], default=None)


def public(record: dict) -> dict:
    """A record without its private fields."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def stop(record: dict, nodes: list[dict]) -> None:
    """Stopping stops all machines; a cluster's monitoring is switched off with it."""
    for stopped in [record, *nodes]:
        stopped["status"] = INACTIVE
    if nodes:
        record.update(monitoringEnabled=False, monitoringOnCallEnabled=False)


def start(record: dict, nodes: list[dict]) -> None:
    for started in [record, *nodes]:
        started["status"] = ACTIVE

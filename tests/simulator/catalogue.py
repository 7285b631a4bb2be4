# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on offer: clouds, services, regions, networks, products, backup policies. Sizes in GB."""

from __future__ import annotations

from dataclasses import dataclass

from .state import State

FUTURE, PAST = "2031-12-31T00:00:00.000Z", "2023-01-15T00:00:00.000Z"
WINDOWS, LINUX = "WINDOWS", "LINUX"


@dataclass(frozen=True)
class Catalogue:
    """What one estate is offered. Names and ids are its own; nothing of them is part of the API."""

    clouds: dict
    services: list
    regions: dict
    networks: list
    default_networks: tuple
    products: list
    domains: list
    authentication_domains: list
    healthchecks: list
    certificates: list
    ssl_profiles: list
    databases: dict  # those of a new PostgreSQL, with their extensions
    first_id: int = 500_000_001


_CLOUDS = {101: "acme-retail", 102: "acme-health"}
# id, name, cloud, environment
_SERVICES = [
    (44411, "billing", 101, "PRODUCTION"),
    (44412, "billing-qa", 101, "QA"),
    (44413, "intranet", 101, "DEV"),
    (44421, "portal", 102, "PRODUCTION"),
    (44422, "portal-uat", 102, "RECETTE_UAT"),
    (44423, "sandbox", 102, "DEV"),
]

# A service depends on others.
DEPENDENCIES = {44411: [44421], 44412: [44422], 44413: [44411]}

# region: location, data centre; area: regulation, default; zone: data centre.
_REGIONS = {
    "EB": (
        "Boulogne-Billancourt",
        "EB4",
        {
            "EB-EMEA": ("STANDARD", {"EB-A": "EB4", "EB-B": "EB4", "EB-C": "EB5"}),
            "EB-HDS": ("HDS", {"EB-HDS-A": "EB4", "EB-HDS-B": "EB4", "EB-HDS-C": "EB5"}),
        },
    ),
    "ET": (
        "Toulouse",
        "ET1",
        {
            "ET-EMEA": ("STANDARD", {"ET-A": "ET1", "ET-B": "ET1"}),
            "ET-HDS": ("HDS", {"ET-HDS-A": "ET1", "ET-HDS-B": "ET1"}),
        },
    ),
}

# id, region, area, scope, environment, short description, range, free addresses, load balancers only
_NETWORKS = [
    (1125, "EB", "EB-EMEA", "frontend", "production", "EB_1125_DMZ8", "10.59.0.0/16", 60000, False),
    (1126, "EB", "EB-EMEA", "backend", "production", "EB_1126_BACK3", "10.60.0.0/16", 60000, False),
    (1127, "EB", "EB-EMEA", "frontend", "non_production", "EB_1127_DMZ9", "10.61.0.0/16", 60000, False),
    (1128, "EB", "EB-EMEA", "internet", "production", "EB_1128_PUB1", "198.51.100.0/24", 12, False),
    (1129, "EB", "EB-EMEA", "interco", "production", "EB_1129_INT1", "10.62.8.0/24", 0, False),
    (1130, "EB", "EB-HDS", "frontend", "production", "EB_1130_HDS1", "10.63.0.0/16", 60000, False),
    (1190, "EB", "EB-EMEA", "frontend", "production", "EB_1190_VIP1", "10.64.0.0/24", 200, True),
    (1191, "EB", "EB-EMEA", "internet", "production", "EB_1191_VIP2", "203.0.113.0/24", 20, True),
    (2210, "ET", "ET-EMEA", "frontend", "production", "ET_2210_DMZ1", "10.79.0.0/16", 60000, False),
    (2211, "ET", "ET-EMEA", "backend", "non_production", "ET_2211_BACK1", "10.80.0.0/16", 60000, False),
    (2215, "ET", "ET-HDS", "frontend", "production", "ET_2215_HDS1", "10.81.0.0/16", 60000, False),
    (2290, "ET", "ET-EMEA", "frontend", "production", "ET_2290_VIP1", "10.82.0.0/24", 200, True),
]

_SIZINGS = {
    "1cpu2gb": (1, 2),
    "2cpu2gb": (2, 2),
    "2cpu4gb": (2, 4),
    "2cpu8gb": (2, 8),
    "4cpu8gb": (4, 8),
    "4cpu16gb": (4, 16),
    "8cpu32gb": (8, 32),
    "16cpu64gb": (16, 64),
}
# Those of the other estate (elsewhere.py), too.
SIZINGS = {**_SIZINGS, "2cpu6gb": (2, 6), "3cpu6gb": (3, 6), "6cpu12gb": (6, 12), "6cpu24gb": (6, 24)}
_SMALL_AND_UP, _TWO_CPU_AND_UP = list(_SIZINGS), [s for s in _SIZINGS if s != "1cpu2gb"]
_WINDOWS_SIZINGS = [s for s in _SIZINGS if s not in ("1cpu2gb", "2cpu2gb")]
# OverDrive and Matomo have sizes of their own, by users or page views.
_LETTERS = ["XS", "S", "M", "L", "XL"]

# id, type, family, label, version, platform, support phase, sizings, topologies
_PRODUCTS = [
    ("deb11", LINUX, "DEBIAN", "Debian 11", "11", "deb11", "EXTENDED", _SMALL_AND_UP, ()),
    ("deb12", LINUX, "DEBIAN", "Debian 12", "12", "deb12", "STANDARD", _SMALL_AND_UP, ()),
    ("ubuntu24", LINUX, "UBUNTU", "Ubuntu 24.04", "24.04", "ubuntu24", "STANDARD", _SMALL_AND_UP, ()),
    ("rhel9", LINUX, "RHEL", "Red Hat Enterprise Linux 9", "9", "rhel9", "STANDARD", _SMALL_AND_UP, ()),
    ("ol9", LINUX, "ORACLE", "Oracle Linux 9", "9", "ol9", "STANDARD", _SMALL_AND_UP, ()),
    ("windows2022", WINDOWS, "WINDOWS", "Windows Server 2022", "2022", "windows2022", "STANDARD", _WINDOWS_SIZINGS, ()),
    ("tomcat10", "TOMCAT", "TOMCAT", "Tomcat 10", "10", "deb12", "STANDARD", _TWO_CPU_AND_UP, ()),
    (
        "k8s131",
        "KUBERNETES",
        "KUBERNETES",
        "Kubernetes 1.31",
        "v1.31.5",
        "ubuntu24",
        "STANDARD",
        _WINDOWS_SIZINGS,
        ("standalone", "ha"),
    ),
    (
        "k8s130",
        "KUBERNETES",
        "KUBERNETES",
        "Kubernetes 1.30",
        "v1.30.9",
        "ubuntu24",
        "END_OF_SALES",
        _WINDOWS_SIZINGS,
        ("standalone", "ha"),
    ),
    (
        "pg16",
        "POSTGRESQL",
        "POSTGRESQL",
        "PostgreSQL 16",
        "16",
        "deb12",
        "STANDARD",
        _TWO_CPU_AND_UP,
        ("standalone", "ha"),
    ),
    (
        "pg15",
        "POSTGRESQL",
        "POSTGRESQL",
        "PostgreSQL 15",
        "15",
        "deb12",
        "STANDARD",
        _TWO_CPU_AND_UP,
        ("standalone", "ha"),
    ),
    (
        "pg14",
        "POSTGRESQL",
        "POSTGRESQL",
        "PostgreSQL 14",
        "14",
        "deb12",
        "END_OF_SALES",
        _TWO_CPU_AND_UP,
        ("standalone", "ha"),
    ),
    (
        "mariadb1011",
        "MARIADB",
        "MARIADB",
        "MariaDB 10.11",
        "10.11",
        "deb12",
        "STANDARD",
        _TWO_CPU_AND_UP,
        ("single", "galera"),
    ),
    (
        "mariadb106",
        "MARIADB",
        "MARIADB",
        "MariaDB 10.6",
        "10.6",
        "deb12",
        "END_OF_SALES",
        _TWO_CPU_AND_UP,
        ("single", "galera"),
    ),
    (
        "sqlserver2022",
        "SQLSERVER",
        "SQLSERVER",
        "SQL Server 2022",
        "2022",
        "windows2022",
        "STANDARD",
        _WINDOWS_SIZINGS,
        ("standalone", "alwaysOn"),
    ),
    (
        "opensearch219",
        "OPENSEARCH",
        "OPENSEARCH",
        "OpenSearch 2.19",
        "2.19.0",
        "deb12",
        "STANDARD",
        _WINDOWS_SIZINGS,
        ("cluster",),
    ),
    ("redis72", "REDIS", "REDIS", "Redis 7.2", "7.2", "deb12", "STANDARD", _TWO_CPU_AND_UP, ("standalone", "sentinel")),
    (
        "kafka39",
        "APACHE_KAFKA",
        "APACHE_KAFKA",
        "Apache Kafka 3.9",
        "3.9",
        "deb12",
        "STANDARD",
        _WINDOWS_SIZINGS,
        ("cluster",),
    ),
    (
        "rabbitmq313",
        "RABBITMQ",
        "RABBITMQ",
        "RabbitMQ 3.13",
        "3.13",
        "deb12",
        "STANDARD",
        _TWO_CPU_AND_UP,
        ("standalone", "cluster"),
    ),
    (
        "glusterfs102",
        "GLUSTERFS",
        "GLUSTERFS",
        "GlusterFS 10.2",
        "10.2",
        "deb12",
        "STANDARD",
        ["2cpu4gb", "4cpu8gb"],
        ("cluster",),
    ),
    ("overdrive28", "OVERDRIVE", "OVERDRIVE", "OverDrive 28", "28", "deb12", "STANDARD", ["XS"], ("single",)),
    ("matomo5", "MATOMO", "MATOMO", "Matomo 5", "5", "deb12", "STANDARD", _LETTERS, ("single",)),
]

_DOMAINS = [
    {
        "description": "Internal",
        "id": 31,
        "isManagedByCegedim": True,
        "isPublic": False,
        "name": "acme.example",
        "sniDefault": False,
    },
    {
        "description": "Public",
        "id": 32,
        "isManagedByCegedim": True,
        "isPublic": True,
        "name": "acme.test",
        "sniDefault": True,
    },
    {
        "description": "Managed elsewhere",
        "id": 33,
        "isManagedByCegedim": False,
        "isPublic": True,
        "name": "acme.invalid",
        "sniDefault": False,
    },
]
_AUTHENTICATION_DOMAINS = [
    {"description": "Default domain", "id": "CGDM-EMEA", "isDefault": True},
    {"description": "Domain of the health area", "id": "CGDM-HDS", "isDefault": False},
]
_HEALTHCHECKS = [
    {"comment": "", "description": "A TCP connection opens", "id": 51, "name": "tcp"},
    {"comment": "", "description": "GET / answers 200", "id": 52, "name": "http-root"},
]
_CERTIFICATES = [
    {
        "certificateName": "star-acme-example",
        "commonName": "*.acme.example",
        "description": "",
        "expirationDate": FUTURE,
        "id": 61,
    },
    {
        "certificateName": "star-acme-test",
        "commonName": "*.acme.test",
        "description": "",
        "expirationDate": FUTURE,
        "id": 62,
    },
]
_SSL_PROFILES = [
    {
        "certificat": "star-acme-example",
        "description": "",
        "id": 71,
        "name": "clientssl-acme-example",
        "serverName": "acme.example",
        "sniDefault": False,
    },
    {
        "certificat": "star-acme-test",
        "description": "",
        "id": 72,
        "name": "clientssl-acme-test",
        "serverName": "acme.test",
        "sniDefault": True,
    },
]

ACME = Catalogue(
    clouds=_CLOUDS,
    services=_SERVICES,
    regions=_REGIONS,
    networks=_NETWORKS,
    default_networks=(1125, 2210),
    products=_PRODUCTS,
    domains=_DOMAINS,
    authentication_domains=_AUTHENTICATION_DOMAINS,
    healthchecks=_HEALTHCHECKS,
    certificates=_CERTIFICATES,
    ssl_profiles=_SSL_PROFILES,
    databases={"postgres": [], "app": ["pgcrypto"]},
)

CATEGORY_OF_TYPE = {
    LINUX: "INSTANCES",
    WINDOWS: "INSTANCES",
    "TOMCAT": "APPLICATION_SERVERS",
    "KUBERNETES": "CONTAINERS",
    "LOAD_BALANCER": "LOAD_BALANCERS",
    "URL": "LOAD_BALANCERS",
    "POSTGRESQL": "MANAGED_DATABASES",
    "MARIADB": "MANAGED_DATABASES",
    "SQLSERVER": "MANAGED_DATABASES",
    "OPENSEARCH": "MANAGED_DATABASES",
    "REDIS": "MANAGED_DATABASES",
    "APACHE_KAFKA": "MESSAGE_BROKERS",
    "RABBITMQ": "MESSAGE_BROKERS",
    "GLUSTERFS": "STORAGE",
    "OVERDRIVE": "APPLICATION_SERVICES",
    "MATOMO": "APPLICATION_SERVICES",
    "NETWORK_CLUSTER": "NETWORK_CLUSTERS",
    "HARDWARE": "HARDWARES",
}


def fill(state: State, offered: Catalogue) -> None:
    """Puts a catalogue into an empty state."""
    state.clouds = {number: {"id": number, "name": name} for number, name in offered.clouds.items()}
    state.databases_of_new = offered.databases
    for service_id, name, cloud, environment in offered.services:
        state.services[service_id] = {
            "advancedMonitoringAllowed": environment == "PRODUCTION",
            "cloud": state.clouds[cloud]["name"],
            "cloudId": cloud,
            "comment": f"The {name} service",
            "environment": environment,
            "id": service_id,
            "key": name.upper(),
            "name": name,
            "smsSubscribed": False,
            "status": "ACTIVE",
            "_tags": [{"tagKey": "application", "tagValue": name}],
        }
    for region, (location, datacenter, areas) in offered.regions.items():
        state.regions[region] = _region(region, location, datacenter, areas)
    clouds = [cloud["name"] for cloud in state.clouds.values()]
    for row in offered.networks:
        network = _network(offered, *row)
        network["cloud"] = clouds[-1 if network["area"].endswith("HDS") else 0]
        state.networks[network["id"]] = network
    for row in offered.products:
        product = _product(*row)
        state.products[product["id"]] = product
    _fill_policies(state)
    _fill_networking(state, offered)
    _fill_changes(state)


def _region(region: str, location: str, datacenter: str, areas: dict) -> dict:
    return {
        "id": region,
        "location": location,
        "dataCenter": datacenter,
        "areas": [
            {
                "id": area,
                "location": location,
                "regulation": regulation,
                "defaultArea": regulation == "STANDARD",
                "availabilityZones": [
                    {
                        "availabilityZoneGroup": area,
                        "datacenterId": zone_datacenter,
                        "defaultZone": zone == next(iter(zones)),
                        "id": zone,
                        "location": location,
                        "routable": True,
                    }
                    for zone, zone_datacenter in zones.items()
                ],
            }
            for area, (regulation, zones) in areas.items()
        ],
    }


def _network(offered, network_id, region, area, scope, environment, short, cidr, free, for_load_balancers) -> dict:
    stem = cidr.rsplit(".", 1)[0]
    return {
        "area": area,
        "cidr": cidr,
        "defaultNetwork": network_id in offered.default_networks,
        "description": f"{scope} {environment} of {area}",
        "dns": [{"alias": f"{area.lower()}.{offered.domains[0]['name']}", "domain": offered.domains[0]["name"]}],
        "environment": environment,
        "gateway": f"{stem}.1",
        "id": network_id,
        "ipFreeNumber": free,
        "isIpRangePublic": scope == "internet",
        "mask": "255.255.0.0" if cidr.endswith("/16") else "255.255.255.0",
        "networkShortDescription": short,
        "region": region,
        "scope": scope,
        "shortDescription": short,
        "technicalId": f"vlan-{network_id}",
        "usedPercent": 100 if free == 0 else 10,
        "_load_balancers": for_load_balancers,
    }


def _product(product_id, kind, family, label, version, platform, phase, sizings, topologies) -> dict:
    dates = {
        "releasedAt": PAST,
        "endOfSalesAt": PAST if phase in ("END_OF_SALES", "EXTENDED") else FUTURE,
        "extendedSupportAt": PAST if phase == "EXTENDED" else FUTURE,
        "endOfSupportAt": FUTURE,
    }
    return {
        **dates,
        "backupPolicyType": "SERVER" if kind in (LINUX, WINDOWS) else "DATABASE",
        "category": CATEGORY_OF_TYPE[kind],
        "categoryWeight": 1,
        "code": product_id,
        "comment": "",
        "configuration": {"topologies": [{name: name.upper() for name in topologies}] if topologies else []},
        "edition": "",
        "familyWeight": 1,
        "id": product_id,
        "label": label,
        "name": family,
        "platform": platform,
        "productDisplayable": True,
        "productIsDisabled": False,
        "productIsInBetaMode": False,
        "productSkipTechnology": False,
        "productVersion": version,
        "status": "ACTIVE",
        "supportFormAvailable": False,
        "supportFormId": "",
        "supportPhase": phase,
        "technology": kind,
        "technologyFormOnly": False,
        "technologyWeight": 1,
        "type": kind,
        "version": version,
        "_sizings": list(sizings),
    }


def _fill_policies(state: State) -> None:
    cloud = next(iter(state.clouds.values()))
    for policy_id, kind, label, days, replicated, default in (
        (901, "SERVER", "Daily, kept 28 days", 28, True, True),
        (902, "SERVER", "Daily, kept 7 days, one site", 7, False, False),
        (903, "DATABASE", "Daily, kept 14 days", 14, True, True),
        (904, "DATABASE", "Daily, kept 7 days, one site", 7, False, False),
    ):
        state.backup_policies[policy_id] = {
            "availableInAZ": [
                zone["id"]
                for region in state.regions.values()
                for area in region["areas"]
                for zone in area["availabilityZones"]
            ],
            "cloudId": str(cloud["id"]),
            "cloudName": cloud["name"],
            "default": default,
            "durationInHours": days * 24,
            "frequencies": {"DAILY": 1},
            "id": policy_id,
            "label": label,
            "name": f"{kind}_{days}D",
            "policyId": f"{kind}_{days}D",
            "replication": replicated,
            "scope": "FULL",
            "startTime": "20:00",
            "timezone": "Europe/Paris",
            "type": kind,
        }


def _fill_networking(state: State, offered: Catalogue) -> None:
    for name in ("domains", "authentication_domains", "healthchecks", "certificates", "ssl_profiles"):
        setattr(state, name, [dict(row) for row in getattr(offered, name)])
    state.protocols = [
        _protocol(1, "HTTP", 80, certificate=False),
        _protocol(2, "HTTPS", 443, certificate=True),
        _protocol(3, "TCP", 0, certificate=False),
    ]
    state.internal_whitelist = ["10.0.0.0/8", "172.16.0.0/12"]


def _protocol(order: int, name: str, port: int, certificate: bool) -> dict:
    profiles = (
        "NoPersistenceNoRedirect",
        "NoPersistenceOnly",
        "NoPersistenceRedirect",
        "PersistenceNoRedirect",
        "PersistenceOnly",
        "PersistenceRedirect",
    )
    return {
        "comment": "",
        "isCertificateRequired": certificate,
        "name": name,
        "order": order,
        "persistence": name != "TCP",
        "port": port,
        **{f"profile{profile}": f"{name.lower()}-{profile.lower()}" for profile in profiles},
        "protocol": "TCP",
        "redirectToHttps": name == "HTTP",
    }


def _fill_changes(state: State) -> None:
    cloud = next(iter(state.clouds.values()))
    for change_id, kind, environment, start, end, title in (
        (81, "RFC", "PROD", "2026-03-01T20:00:00.000Z", "2026-03-01T23:00:00.000Z", "Core switch replacement"),
        (82, "MAINTENANCE", "NON_PROD", "2026-04-02T20:00:00.000Z", "2026-04-02T22:00:00.000Z", "Patch party QA"),
        (83, "CUSTOMER", "ALL", "2026-05-10T06:00:00.000Z", "2026-05-10T07:00:00.000Z", "Release of billing"),
    ):
        state.changes.append(
            {
                "cloudId": cloud["id"],
                "cloudName": cloud["name"],
                "createdAt": PAST,
                "createdBy": "operator",
                "description": title,
                "descriptionFr": title,
                "detail": title,
                "detailFr": title,
                "endAt": end,
                "environment": environment,
                "executionEndAt": end,
                "executionStartAt": start,
                "id": change_id,
                "impact": "MINOR",
                "maintenanceType": "STANDARD",
                "number": change_id,
                "organizationId": 1,
                "patchTag": "2026-Q2",
                "startAt": start,
                "title": title,
                "titleFr": title,
                "type": kind,
                "updatedAt": PAST,
                "updatedBy": "operator",
            }
        )

# SPDX-License-Identifier: GPL-3.0-or-later
"""Another estate: what a playbook may take for granted of the first one, such as a name or a size, is not here.

Machines and clusters are offered under codes that say nothing of their version, a network is in an area that is not
the default one of its region, and a new PostgreSQL has no database but its own.
"""

from __future__ import annotations

from . import build, catalogue
from .catalogue import LINUX, Catalogue
from .state import ACTIVE, INACTIVE, State

LEDGER, LEDGER_TEST, TOOLS = 90310, 90311, 90377
_SIZES = ["2cpu6gb", "3cpu6gb", "6cpu12gb", "6cpu24gb"]
_FARM = ("standalone", "ha")

ELSEWHERE = Catalogue(
    clouds={734: "globex-north"},
    services=[
        (LEDGER, "GLOBEX - LEDGER - PROD", 734, "PRODUCTION"),
        (LEDGER_TEST, "GLOBEX - LEDGER - TEST", 734, "TEST"),
        (TOOLS, "GLOBEX - TOOLS", 734, "DEV"),
    ],
    regions={
        "NORD": (
            "Lille",
            "LIL2",
            {
                "NORD-OPEN": ("STANDARD", {"NORD-OPEN-1": "LIL2", "NORD-OPEN-2": "LIL3"}),
                "NORD-CARE": ("HDS", {"N-CARE-X": "LIL2", "N-CARE-Y": "LIL2", "N-CARE-Z": "LIL3"}),
            },
        ),
        "SUD": ("Nice", "NCE1", {"SUD-ALL": ("STANDARD", {"SUD-1": "NCE1"})}),
    },
    networks=[
        (71, "SUD", "SUD-ALL", "frontend", "production", "SUD-FRONT", "10.9.0.0/16", 60000, False),
        (72, "NORD", "NORD-OPEN", "frontend", "production", "NORD-FRONT", "10.10.0.0/16", 60000, False),
        (73, "NORD", "NORD-CARE", "backend", "non_production", "CARE-BACK-B", "10.11.0.0/16", 60000, False),
        (74, "NORD", "NORD-CARE", "frontend", "non_production", "CARE-VIP", "10.12.0.0/24", 200, True),
        (75, "NORD", "NORD-OPEN", "frontend", "production", "NORD-VIP", "10.13.0.0/24", 200, True),
    ],
    default_networks=(71, 72),
    products=[
        ("img-0041", LINUX, "ROCKY", "Rocky Linux 9", "9", "img-0041", "STANDARD", _SIZES, ()),
        ("img-0033", LINUX, "ROCKY", "Rocky Linux 8", "8", "img-0033", "END_OF_SALES", _SIZES, ()),
        ("kub-a", "KUBERNETES", "KUBERNETES", "Kubernetes 1.32", "v1.32.4", "img-0041", "END_OF_SALES", _SIZES, _FARM),
        ("kub-b", "KUBERNETES", "KUBERNETES", "Kubernetes 1.33", "v1.33.2", "img-0041", "STANDARD", _SIZES, _FARM),
        ("kub-c", "KUBERNETES", "KUBERNETES", "Kubernetes 1.34", "v1.34.0", "img-0041", "STANDARD", _SIZES, _FARM),
        ("sql-x", "POSTGRESQL", "POSTGRESQL", "PostgreSQL 17", "17", "img-0041", "STANDARD", _SIZES, _FARM),
        ("sql-y", "POSTGRESQL", "POSTGRESQL", "PostgreSQL 18", "18", "img-0041", "STANDARD", _SIZES, _FARM),
        ("mem-7", "REDIS", "REDIS", "Redis 8.0", "8.0", "img-0041", "STANDARD", _SIZES, ("standalone", "sentinel")),
        ("log-4", "APACHE_KAFKA", "APACHE_KAFKA", "Kafka 4.0", "4.0", "img-0041", "STANDARD", _SIZES, ("cluster",)),
        ("idx-3", "OPENSEARCH", "OPENSEARCH", "OpenSearch 3.1", "3.1.0", "img-0041", "STANDARD", _SIZES, ("cluster",)),
        ("vol-11", "GLUSTERFS", "GLUSTERFS", "GlusterFS 11.1", "11.1", "img-0041", "STANDARD", _SIZES, ("cluster",)),
        ("mar-11", "MARIADB", "MARIADB", "MariaDB 11.4", "11.4", "img-0041", "STANDARD", _SIZES, ("single", "galera")),
        ("rab-4", "RABBITMQ", "RABBITMQ", "RabbitMQ 4.0", "4.0", "img-0041", "STANDARD", _SIZES, ("standalone",)),
    ],
    domains=[
        {
            "description": "Globex",
            "id": 5,
            "isManagedByCegedim": True,
            "isPublic": False,
            "name": "globex.example",
            "sniDefault": False,
        }
    ],
    authentication_domains=[{"description": "Globex", "id": "GLX-AUTH", "isDefault": True}],
    healthchecks=[{"comment": "", "description": "A connection opens", "id": 8, "name": "glx-open"}],
    certificates=[],
    ssl_profiles=[],
    databases={"postgres": []},
    first_id=8_100_001,
)

# name, service, zone, network, status
_INSTANCES = [
    ("GLXLEDG01", LEDGER, "NORD-OPEN-1", 72, ACTIVE),
    ("GLXLEDG02", LEDGER, "NORD-OPEN-2", 72, INACTIVE),
    ("GLXTEST01", LEDGER_TEST, "N-CARE-X", 73, ACTIVE),
]


def fill(state: State) -> None:
    """Puts this estate into an empty state."""
    catalogue.fill(state, ELSEWHERE)
    for name, service, zone, network, status in _INSTANCES:
        state.add(build.instance(state, name, service, "img-0041", "2cpu6gb", zone, network, status=status))
    record, nodes = build.cluster(
        state,
        "postgresql",
        "ledgerbooks",
        LEDGER,
        state.products["sql-x"],
        "3cpu6gb",
        ["NORD-OPEN-1", "NORD-OPEN-2"],
        72,
        ["GLXBOOK01", "GLXBOOK02"],
        topology="HA",
        trigram="bks",
        allowedReplicationLag=100,
        tlsEnabled=True,
        url="ledgerbooks.globex.example",
    )
    for added in [record, *nodes]:
        state.add(added)

# SPDX-License-Identifier: GPL-3.0-or-later
"""MariaDB as ITCare documents it (the API reference, MariaDB)."""

from __future__ import annotations

from .shared.farm import AUTHENTICATION_DOMAIN, DATABASES, TLS, farm, node_count, topology, version
from .shared.rules import PASSWORD_12_20, farm_name, within

SINGLE, CLUSTER = "SINGLE", "CLUSTER"


def check_new(wanted):
    """For farm(): SINGLE is one node, and CLUSTER several."""
    if (wanted["topology"] == SINGLE) != (wanted["node_count"] == 1):
        yield "topology: %s does not go with node_count=%d" % (wanted["topology"], wanted["node_count"])


MARIADB = farm(
    "mariadb",
    "/databases/mariadb",
    "MARIADB",
    # The prose has 5 to 60 lowercase letters and digits (choices.rst).
    name=farm_name("[a-z0-9-]{4,60}", "4 to 60 lowercase letters, digits and hyphens"),
    password=PASSWORD_12_20,
    disk=within("disk_size", 40, 1024, "GB"),
    listed=DATABASES,
    needs=("platform",),
    check_new=check_new,
    fields=(
        version("version"),
        topology({SINGLE: ("SINGLE", "STANDALONE"), CLUSTER: ("CLUSTER", "GALERA")}),
        node_count(1, 3),
        AUTHENTICATION_DOMAIN,
        TLS,  # in the prose only, and no answer shows it (choices.rst)
    ),
)

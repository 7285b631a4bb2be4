# SPDX-License-Identifier: GPL-3.0-or-later
"""Redis as ITCare documents it (the API reference, Redis)."""

from __future__ import annotations

from .shared.farm import DATABASES, NODE_PREFIX, TLS, farm, node_count, version, word
from .shared.rules import FARM_NAME, PASSWORD_12_20, within

REDIS = farm(
    "redis",
    "/databases/redis",
    "REDIS",
    name=FARM_NAME,
    password=PASSWORD_12_20,
    disk=within("disk_size", 40, 1024, "GB"),
    listed=DATABASES,
    needs=("platform",),
    fields=(
        version("redisVersion"),
        node_count(1, 3),
        word("persistence_mode", required=True),
        TLS,
        NODE_PREFIX,
    ),
)

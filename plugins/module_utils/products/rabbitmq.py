# SPDX-License-Identifier: GPL-3.0-or-later
"""RabbitMQ as ITCare documents it (the API reference, RabbitMQ).

There is no rule for its name. It has 1 to 5 nodes by one page, and 1 or 3 by another (choices.rst).
"""

from __future__ import annotations

from dataclasses import replace

from .shared.farm import BROKERS, NODE_PREFIX, TLS, farm, node_count, version
from .shared.rules import PASSWORD_12_20, within

RABBITMQ = farm(
    "rabbitmq",
    "/message-brokers/rabbitmq",
    "RABBITMQ",
    password=PASSWORD_12_20,
    disk=within("disk_size", 10, 2048, "GB"),
    listed=BROKERS,
    needs=("platform",),
    fields=(
        version("rabbitMqVersion"),
        node_count(1, 5, created_as="brokerCount"),
        TLS,
        replace(NODE_PREFIX, required=True),
    ),
)

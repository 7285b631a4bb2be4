# SPDX-License-Identifier: GPL-3.0-or-later
"""Apache Kafka as ITCare documents it (the API reference, Apache Kafka)."""

from __future__ import annotations

from ..resource import Field
from .kafka_parameters import PARAMETERS
from .shared.farm import BROKERS, farm, node_count, version
from .shared.rules import PASSWORD_12_20, PREFIX_5_12, farm_name, within

KAFKA = farm(
    "kafka",
    "/message-brokers/apache-kafka",
    "APACHE_KAFKA",
    name=farm_name("[a-z0-9_]{5,60}", "5 to 60 lowercase letters, digits and underscores"),
    password=PASSWORD_12_20,
    disk=within("disk_size", 40, 1024, "GB"),
    listed=BROKERS,
    needs=("platform",),
    lacks=("availability_zone",),
    fields=(
        version("kafkaVersion"),
        node_count(3, 5, created_as="brokerCount"),
        Field("node_prefix", read=None, valid=PREFIX_5_12, required=True),
        PARAMETERS,
    ),
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Message brokers: the common list, Apache Kafka and RabbitMQ."""

from __future__ import annotations

import json

from .. import clusters
from ..call import Call, operation
from ..clusters import NODE_FIELDS
from ..listing import filtered
from ..state import COMPUTED
from .services import BROKERS


@operation("list_message_brokers")
def list_message_brokers(call: Call):
    return call.page(filtered(call, *BROKERS), "MessageBroker")


@operation("create_apache_kafka")
def create_apache_kafka(call: Call):
    body = call.body
    return clusters.create(
        call,
        "apache_kafka",
        count=body["brokerCount"],
        prefix=body["nodePrefix"],
        version="kafkaVersion",
        topology="CLUSTER",
        bootstrapServer=f"{body['name'].replace('_', '-')}.acme.example:9092",
        restEndpoint="",
        zooKeeper="",
    )


def _reconfigure(call: Call, record: dict):
    """The parameters are not listed: whatever is sent is taken.

    Whether those that are not named keep their values is not written: setting parameters_replaced.
    """
    call.require(call.options, "reconfigure needs a parameter")
    kept = {} if call.settings.parameters_replaced else record.get("_parameters", {})
    parameters = {**kept, **call.options}
    return call.start(
        record,
        "RECONFIGURE_APACHE_KAFKA",
        f"Reconfigure {record['name']}",
        lambda: record.update(_parameters=parameters),
    )


def _overloaded(state, record: dict) -> str:
    """How an answer spells the parameters is not written either: setting parameters_shown."""
    parameters = dict(sorted(record.get("_parameters", {}).items()))
    if not parameters:
        return ""
    return {
        "pairs": ",".join(f"{name}={value}" for name, value in parameters.items()),
        "lines": "\n".join(f"{name} = {value}" for name, value in parameters.items()),
        "json": json.dumps(parameters),
        "count": f"{len(parameters)} parameters",
    }[state.settings.parameters_shown]


clusters.register("apache_kafka", operations={**clusters.COMMON, "reconfigure": _reconfigure})
COMPUTED["apache_kafka"] = lambda state, record: {
    "nodeSizing": record["_sizing"],
    "overloadedParams": _overloaded(state, record),
}
NODE_FIELDS["KafkaNode"] = lambda record, node: {"brokerNodes": [node["name"]], "controllerNodes": [node["name"]]}


@operation("create_rabbitmq")
def create_rabbitmq(call: Call):
    body = call.body
    call.require(body["brokerCount"] in (1, 3, 5), "brokerCount must be 1, 3 or 5")
    return clusters.create(
        call,
        "rabbitmq",
        count=body["brokerCount"],
        prefix=body["vmPrefix"],
        version="rabbitMqVersion",
        topology="STANDALONE" if body["brokerCount"] == 1 else "CLUSTER",
        managementUrl=f"https://{body['name']}.acme.example",
        tlsEnabled=body.get("tlsEnabled", False),
    )


clusters.register("rabbitmq", operations=clusters.COMMON)
COMPUTED["rabbitmq"] = lambda state, record: {"brokerCount": record["nodeCount"], "brokerSize": record["_sizing"]}
NODE_FIELDS["RabbitMqNode"] = lambda record, node: {
    "erlangVersion": "26",
    "nodesNumber": str(record["nodeCount"]),
    "osImage": node["imageCode"],
    "product": record["productCode"],
}

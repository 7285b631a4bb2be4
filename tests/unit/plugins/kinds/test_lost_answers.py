# SPDX-License-Identifier: GPL-3.0-or-later
"""An order whose answer is lost takes effect once: its trace is looked for, and the same task again changes nothing.

Those of the first products are in test_conflicts.py and beside each module; these are the writes of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import creations
from ansible_collections.cegedim.cloud.tests.unit.plugins.kinds.things import WEB, spread


@dataclass(frozen=True)
class Write:
    """A task with one order of the kind ``operation``. ``always``: each run orders it."""

    module: str
    options: dict
    operation: str
    always: bool = False


VOLUME = dict(name="vol7", disk_size=12, password="Correct-Horse-42!")
WRITES = {
    "redis-create": Write("itcare_redis", dict(creations.REDIS, name="qaredis"), "create_redis"),
    "redis-resize": Write("itcare_redis", dict(name="portalcache", sizing="4cpu8gb"), "update_redis"),
    "redis-delete": Write("itcare_redis", dict(name="portalcache", state="absent"), "delete_redis"),
    "mariadb-create": Write("itcare_mariadb", dict(creations.MARIADB, name="qamaria"), "create_mariadb"),
    "opensearch-create": Write("itcare_opensearch", dict(creations.OPENSEARCH, name="qaos1"), "create_opensearch"),
    "opensearch-add": Write(
        "itcare_opensearch", dict(name="billing-search", node_count=5, disk_size=100), "update_opensearch"
    ),
    "opensearch-resize": Write(
        "itcare_opensearch", dict(name="billing-search", sizing="4cpu16gb"), "update_opensearch"
    ),
    "sqlserver-create": Write("itcare_sqlserver", dict(creations.SQLSERVER, name="qasql"), "create_sqlserver"),
    "sqlserver-reset": Write(
        "itcare_sqlserver", dict(name="billsql01", state="reset"), "update_sqlserver", always=True
    ),
    "kafka-create": Write("itcare_kafka", dict(creations.KAFKA, name="qakafka"), "create_apache_kafka"),
    "kafka-reconfigure": Write(
        "itcare_kafka", dict(name="billing_events", parameters={"log.retention.hours": 24}), "update_apache_kafka"
    ),
    "rabbitmq-create": Write("itcare_rabbitmq", dict(creations.RABBITMQ, name="qarmq"), "create_rabbitmq"),
    "glusterfs-create": Write("itcare_glusterfs", dict(creations.GLUSTERFS, name="qagluster"), "create_glusterfs"),
    "glusterfs-add": Write("itcare_glusterfs", dict(name="billing_files", volumes=[VOLUME]), "update_glusterfs"),
    "glusterfs-grow": Write(
        "itcare_glusterfs", dict(name="billing_files", volumes=[dict(name="data", disk_size=900)]), "update_glusterfs"
    ),
    "glusterfs-remove": Write(
        "itcare_glusterfs", dict(name="billing_files", volumes=[dict(name="data", state="absent")]), "update_glusterfs"
    ),
    "overdrive-create": Write("itcare_overdrive", dict(creations.OVERDRIVE, name="qadrive"), "create_overdrive"),
    "matomo-create": Write("itcare_matomo", dict(creations.MATOMO, name="qamatomo"), "create_matomo"),
    "matomo-extend": Write("itcare_matomo", dict(name="portal-stats", sizing="XL"), "update_matomo"),
    "alias-add": Write(
        "itcare_dns_alias", dict(resource=WEB, name="shop.acme.example", value=WEB), "add_resource_dns_alias"
    ),
    "alias-remove": Write(
        "itcare_dns_alias",
        dict(resource="PEBBILL01", name="web1.acme.example", state="absent"),
        "delete_resource_dns_alias",
    ),
    "patch-policy": Write(
        "itcare_patch_policy",
        dict(service="billing-qa", policies=[dict(resources=[WEB], excluded=True, exclusion_reason="Ours")]),
        "update_service_patch_policies",
    ),
    "comment": Write("itcare_comment", dict(service="billing-qa", comment="Ours"), "update_resource_comment"),
}
FAULTS = [
    dict(kind="reset_after"),
    dict(kind="error_after", status=502),
    dict(kind="error_after", status=500),
    dict(kind="truncate"),
    dict(kind="truncate_json"),
]
SETTINGS = [
    dict(),
    dict(late_visibility=0.3),
    dict(order_answers="object", process_names="opaque"),
    dict(process_names="prefixed", actions_sparse=True, creation_visible=True, numbers="different"),
    dict(late_action=0.3, numbers_as_text=True, rows="sparse"),
]


@pytest.mark.parametrize("name, fault, settings", spread(WRITES, FAULTS, SETTINGS), ids=str)
def test_order_whose_answer_is_lost_takes_effect_once(sim, task, name, fault, settings):
    write = WRITES[name]
    sim.configure(**settings)
    sim.fault(operation=write.operation, **fault)
    result, _writes = task(write.module)(**write.options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert len([entry for entry in sim.writes(operation=write.operation) if entry["applied"]]) == 1
    if not write.always:
        again, writes = task(write.module)(**write.options)
        assert not again.get("failed"), again["msg"]
        assert (again["changed"], writes) == (False, [])

# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory under the readings that the documentation leaves open; see ../readings.py."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import readings

ALL = ["instances", "application_servers", "databases", "message_brokers", "kubernetes", "glusterfs"]


@pytest.mark.slow
@pytest.mark.parametrize("number", readings.chosen())
def test_each_host_has_its_own(monkeypatch, inventory, number):
    print("mix %d: %s" % (number, readings.in_short(readings.MIXES[number])))
    platform = readings.Platform(monkeypatch, readings.MIXES[number])
    platform.add("QEBTWIN01", "billing-qa", tags=[{"tagKey": "tier", "tagValue": "here"}])
    platform.add("QEBTWIN01", "intranet", tags=[{"tagKey": "tier", "tagValue": "there"}])
    found = inventory(**readings.AUTH, resource_types=ALL, hostnames=["dns_alias", "name"], gather=["tags"])
    assert platform.writes() == []
    shown = {int(found.itcare(host)["id"]): found.itcare(host) for host in found.hosts}
    for record in platform.state.live("instance", "application_server"):
        host = shown.pop(record["id"])
        assert (host["name"], host["service_name"]) == (record["name"], record["serviceName"])
        assert host["tags"] == {one["tagKey"]: one["tagValue"] for one in record["tags"]}
        assert host["dns_aliases"] == [one["fqdn"] for one in record["_dns"]]
    for number, host in shown.items():
        node = platform.state.resources[number]
        parent = platform.state.resources[node["_parent"]]
        assert host["name"] == node["name"]
        # Nodes of other products than these are machines like others, where the platform lists them.
        if parent["_kind"] in ("kubernetes", "postgresql", "mariadb", "apache_kafka", "glusterfs"):
            assert host["node_of"]["name"] == parent["name"]
    ids = [found.itcare(host)["id"] for host in found.hosts]
    assert len(ids) == len(set(ids))

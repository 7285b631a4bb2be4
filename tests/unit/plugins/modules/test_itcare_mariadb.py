# SPDX-License-Identifier: GPL-3.0-or-later
"""The MariaDB module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import creations

PATH = "/databases/mariadb"
NEW = dict(creations.MARIADB, name="qa-maria")
CLUSTER = dict(NEW, topology="CLUSTER", node_count=3)
BODY = {
    "name": "qa-maria",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "platform": "mariadb1011",
    "version": "10.11",
    "topology": "SINGLE",
    "instanceCount": 1,
    "nodeSizing": "2cpu4gb",
    "diskSize": 40,
    "admPassword": "***",  # the journal keeps no secret
}


@pytest.fixture
def mariadb(task):
    return task("itcare_mariadb")


@pytest.fixture
def path(sim):
    """Of the MariaDB that is there already: a cluster."""
    return sim.address("portal-maria")


def test_create(mariadb):
    result, writes = mariadb.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    assert result["steps"] == ["create"]
    shown = result["mariadb"]
    assert (shown["status"], shown["version"], shown["topology"], shown["node_count"]) == (
        "ACTIVE",
        "10.11",
        "SINGLE",
        1,
    )


def test_create_sends_every_field(mariadb):
    options = dict(
        CLUSTER,
        availability_zone="EB-A",
        area="EB-EMEA",
        regulation="STANDARD",
        cloud=101,
        authentication_domain="CGDM-EMEA",
        tls=True,
        monitoring_enabled=True,
        monitoring_alerting=False,
        on_call_supervision=True,
        backup_enabled=False,
        no_backup_prod_reason="Rebuilt each night",
        replication_enabled=False,
        no_replication_prod_reason="Not needed",
        no_monitoring_prod_reason="Not needed",
    )
    result, ((_method, _path, body),) = mariadb.converges(**options)
    assert body == {
        **BODY,
        "topology": "CLUSTER",
        "instanceCount": 3,
        "az": "EB-A",
        "regulation": "STANDARD",
        "cloudId": 101,
        "authenticationDomain": "CGDM-EMEA",
        "tlsEnabled": True,
        "monitoringEnabled": True,
        "monitoringAlerting": False,
        "onCallSupervision": True,
        "backupEnabled": False,
        "noBackupProdReason": "Rebuilt each night",
        "replicationEnabled": False,
        "noReplicationProdReason": "Not needed",
        "noMonitoringProdReason": "Not needed",
    }
    assert (result["mariadb"]["topology"], result["mariadb"]["node_count"]) == ("CLUSTER", 3)


def test_create_and_all_that_a_creation_cannot_say(mariadb):
    result, _writes = mariadb.converges(
        **NEW,
        state="stopped",
        comment="orders of the shop",
        tags={"tier": "data"},
        patch_party=dict(excluded=False, patch_group=2),
    )
    assert result["steps"] == ["create", "update_patch_party", "comment", "add_tag", "stop"]


NOT_A_NAME = "name: %r is not allowed: use 4 to 60 lowercase letters, digits and hyphens"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "Maria"}, NOT_A_NAME % "Maria"),
        ({"name": "db1"}, NOT_A_NAME % "db1"),
        ({"name": "qa_maria"}, NOT_A_NAME % "qa_maria"),
        ({"name": "cluster"}, NOT_A_NAME % "cluster"),
        ({"disk_size": 39}, "disk_size: 39 is not within 40 to 1024 GB"),
        ({"disk_size": 1025}, "disk_size: 1025 is not within 40 to 1024 GB"),
        ({"node_count": 4}, "node_count: 4 is not within 1 to 3"),
        ({"node_count": 3}, "topology: SINGLE does not go with node_count=3"),
        ({"topology": "CLUSTER"}, "topology: CLUSTER does not go with node_count=1"),
        ({"admin_password": "NoSpecial0123456"}, "and lacks a special character"),
        ({"version": "13"}, "version: 13 is unknown"),
        ({"platform": "redis72"}, "platform: redis72 is unknown"),
        ({"authentication_domain": "NOWHERE"}, "authentication_domain: NOWHERE is unknown"),
    ],
)
def test_create_refused(mariadb, changed, message):
    assert message in mariadb.refuses(**{**NEW, **changed})


def test_name_that_only_the_pattern_allows(mariadb):
    _result, writes = mariadb.converges(**{**NEW, "name": "db-1"})
    assert writes[0][2]["name"] == "db-1"


@pytest.mark.parametrize("check", [True, False])
def test_password_stays_secret(mariadb, check):
    result, _writes = mariadb(check=check, **NEW)
    assert result["changed"] and NEW["admin_password"] not in str(result)


def test_present(mariadb, path):
    result, writes = mariadb.converges(name="portal-maria", sizing="4cpu8gb")
    assert writes == [("PATCH", path, {"operation": "resize", "options": {"sizing": "4cpu8gb"}})]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"sizing": "2cpu8gb"}, {"sizing": "4cpu8gb"})


def test_monitoring_and_patch_party(mariadb, path):
    _result, writes = mariadb.converges(
        name="portal-maria",
        monitoring_enabled=True,
        on_call_supervision=True,
        patch_party=dict(excluded=True, exclusion_reason="Patched by hand"),
    )
    party = {"patchParty": {"excluded": True, "exclusionReason": "Patched by hand"}}
    assert writes == [
        ("PATCH", path, {"operation": "update_monitoring", "options": {"state": True, "on_call": True}}),
        ("PATCH", path, {"operation": "update_patch_party", "options": party}),
    ]


def test_patch_group_is_for_a_single_node(mariadb):
    message = mariadb.refuses(name="portal-maria", patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 3")


def test_everything_as_it_is(mariadb):
    mariadb(**NEW)
    mariadb.changes_nothing(**{**NEW, "state": "started", "version": "10.11.6", "authentication_domain": "cgdm-emea"})


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [("CLUSTER", "CLUSTER"), ("Galera", "CLUSTER"), ("Cluster Galera", "CLUSTER"), ("Standalone", "SINGLE")],
)
def test_topology_in_another_spelling(sim, mariadb, shown, wanted):
    sim.state.named("portal-maria")[0]["topology"] = shown
    mariadb.changes_nothing(name="portal-maria", topology=wanted)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(version="10.6"), "version is fixed at creation: it is 10.11, not 10.6"),
        (dict(topology="SINGLE"), "topology is fixed at creation: it is CLUSTER, not SINGLE"),
        (dict(node_count=1), "node_count is fixed at creation: it is 3, not 1"),
        (dict(availability_zone="ET-C"), "availability_zone is fixed at creation: it is ET-A and ET-B, not ET-C"),
        (
            dict(authentication_domain="OTHER"),
            "authentication_domain is fixed at creation: it is CGDM-EMEA, not OTHER",
        ),
    ],
)
def test_fixed(mariadb, options, sentence):
    assert mariadb.refuses(name="portal-maria", **options).endswith(sentence)


def test_what_the_platform_does_not_show_is_not_compared(mariadb):
    result, writes = mariadb(name="portal-maria", disk_size=80, tls=True)
    assert (result["changed"], writes) == (False, [])
    assert "not compared, since the platform does not show it: disk_size, tls" in result["warnings"][0]


@pytest.mark.usefixtures("silent_rows")
def test_a_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(mariadb, path):
    _result, writes = mariadb.converges(name="portal-maria", sizing="4cpu8gb")
    assert writes[0][:2] == ("PATCH", path)


def test_creation_whose_answer_is_lost(sim, mariadb):
    sim.fault("reset_after", operation="create_mariadb")
    result, writes = mariadb(**NEW)
    assert result["changed"] and len(writes) == 1
    assert "the answer was lost, but it took effect" in result["warnings"][0]


def test_topology_in_words_that_are_not_known_is_not_compared(sim, mariadb):
    sim.state.named("portal-maria")[0]["topology"] = "Multi-master"
    result = mariadb.changes_nothing(name="portal-maria", topology="CLUSTER")
    assert "not compared, since the platform does not show it: topology" in result["warnings"][0]

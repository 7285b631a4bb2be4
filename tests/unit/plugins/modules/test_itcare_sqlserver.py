# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL Server module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import creations

PATH = "/databases/sqlserver"
NEW = dict(creations.SQLSERVER, name="qasql01")
ALWAYS_ON = dict(NEW, edition="ENT", always_on=True)
BODY = {
    "name": "qasql01",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "az": "EB-A",
    "networkId": 1127,
    "platform": "sqlserver2022",
    "edition": "STD",
    "collation": "French_CI_AS",
    "nodeSizing": "2cpu8gb",
    "customerPassword": "***",  # the journal keeps no secret
}
THERE = "billsql01"


@pytest.fixture
def sqlserver(task):
    return task("itcare_sqlserver")


@pytest.fixture
def path(sim):
    return sim.address(THERE)


def disks(**sizes):
    return [dict(id=name, size_gb=size) for name, size in sizes.items()]


def test_create(sqlserver):
    result, writes = sqlserver.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    assert result["steps"] == ["create"]
    shown = result["sqlserver"]
    assert (shown["status"], shown["version"], shown["edition"]) == ("ACTIVE", "2022 SE", "STD")
    assert (shown["always_on"], shown["node_count"], shown["sizing"]) == (False, 1, "2cpu8gb")


def test_create_sends_every_field(sqlserver):
    options = dict(
        ALWAYS_ON,
        node_count=3,
        listener_name="qalsnr01",
        witness="qawit01",
        availability_mode="Synchronous_commit",
        failover_mode="Automatic",
        readable_secondary="READ_ONLY",
        ssis=True,
        ssrs=False,
        ssas=True,
        as_collation="Latin1_General_CI_AS",
        as_server_mode_ent="TABULAR",
        full_text=True,
        specific_request="Please install a font",
        volumes=disks(disk2=200, disk5=100),
        node_prefix="DEBSQL",
        authentication_domain="CGDM-EMEA",
        area="EB-EMEA",
        regulation="STANDARD",
        cloud=101,
        monitoring_enabled=True,
        monitoring_alerting=False,
        on_call_supervision=True,
        backup_enabled=False,
        no_backup_prod_reason="Rebuilt each night",
        replication_enabled=False,
        no_replication_prod_reason="Not needed",
        no_monitoring_prod_reason="Not needed",
    )
    result, ((_method, _path, body),) = sqlserver.converges(**options)
    assert body == {
        **BODY,
        "edition": "ENT",
        "alwaysOn": True,
        "nodeCount": 3,
        "listenerName": "qalsnr01",
        "witness": "qawit01",
        "availabilityMode": "Synchronous_commit",
        "failoverMode": "Automatic",
        "readableSecondary": "READ_ONLY",
        "ssis": True,
        "ssrs": False,
        "ssas": True,
        "asCollaction": "Latin1_General_CI_AS",
        "asServerModeEnt": "TABULAR",
        "fullText": True,
        "specificRequest": "Please install a font",
        "volumes": [{"id": "disk2", "sizeGb": 200}, {"id": "disk5", "sizeGb": 100}],
        "prefix": "DEBSQL",
        "authenticationDomainId": "CGDM-EMEA",
        "regulation": "STANDARD",
        "cloudId": 101,
        "monitoringEnabled": True,
        "monitoringAlerting": False,
        "onCallSupervision": True,
        "backupEnabled": False,
        "noBackupProdReason": "Rebuilt each night",
        "replicationEnabled": False,
        "noReplicationProdReason": "Not needed",
        "noMonitoringProdReason": "Not needed",
    }
    shown = result["sqlserver"]
    assert (shown["always_on"], shown["node_count"], shown["listener_name"]) == (True, 3, "qalsnr01")


def test_create_and_all_that_a_creation_cannot_say(sqlserver):
    result, _writes = sqlserver.converges(
        **NEW,
        state="stopped",
        comment="sales",
        tags={"tier": "data"},
        patch_party=dict(excluded=False, patch_group=2),
    )
    assert result["steps"] == ["create", "update_patch_party", "comment", "add_tag", "stop"]


NOT_A_NAME = "name: %r is not allowed: use 5 to 60 letters and digits"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "sql1"}, NOT_A_NAME % "sql1"),
        ({"name": "qa-sql01"}, NOT_A_NAME % "qa-sql01"),
        ({"name": "cluster"}, NOT_A_NAME % "cluster"),
        ({"admin_password": "Ab1-xyz"}, "and lacks 8 characters"),
        ({"admin_password": "NoSpecial0123456"}, "and lacks a special character"),
        ({"node_count": 3}, "node_count: 3 nodes need always_on=true"),
        (
            {"listener_name": "lsnr", "failover_mode": "x"},
            "listener_name, failover_mode: only with always_on=true",
        ),
        ({"as_collation": "x"}, "as_collation: only with ssas=true"),
        (
            {"ssas": True, "as_server_mode_ent": "x"},
            "as_server_mode_ent: only with edition=ENT, and it is STD",
        ),
        ({"volumes": disks(disk0=71)}, "volumes: disk0 has 1 to 70 GB, not 71"),
        ({"volumes": disks(disk2=9)}, "volumes: disk2 has 10 to 4096 GB, not 9"),
        ({"volumes": disks(disk2=4097)}, "volumes: disk2 has 10 to 4096 GB, not 4097"),
        ({"volumes": disks(disk2=20) * 2}, "volumes: disk2 is given twice"),
        ({"volumes": disks(**{"D:": 20})}, "volumes: D: is not the id of a disk, such as disk0"),
        (
            {"volumes": disks(**{"disk%d" % number: 20 for number in range(7)})},
            "volumes: there are at most 6, and 7 are given",
        ),
        ({"platform": "redis72"}, "platform: redis72 is unknown"),
        ({"sizing": "3cpu7gb"}, "sizing: 3cpu7gb is unknown"),
        ({"authentication_domain": "NOWHERE"}, "authentication_domain: NOWHERE is unknown"),
    ],
)
def test_create_refused(sqlserver, changed, message):
    assert message in sqlserver.refuses(**{**NEW, **changed})


def test_patch_group_of_a_new_cluster(sqlserver):
    message = sqlserver.refuses(**ALWAYS_ON, patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 2")


def test_name_in_capitals_as_in_the_example(sqlserver):
    _result, writes = sqlserver.converges(**{**NEW, "name": "RSQL22"})
    assert writes[0][2]["name"] == "RSQL22"


@pytest.mark.parametrize("check", [True, False])
def test_password_stays_secret(sqlserver, check):
    result, _writes = sqlserver(check=check, **NEW)
    assert result["changed"] and NEW["admin_password"] not in str(result)


# The listener


@pytest.mark.parametrize("by", ["either", "listener"])
def test_listener_that_is_taken_is_refused(sim, sqlserver, by):
    sim.configure(sqlserver_exists_by=by)
    sim.state.named(THERE, "sqlserver")[0]["_listener"] = "BILLLSNR01"
    message = sqlserver.refuses(**ALWAYS_ON, listener_name="billlsnr01")
    assert message == "listener_name: a SQL Server has the name billlsnr01 already"


@pytest.mark.parametrize("by", ["either", "name", "listener"])
def test_listener_that_is_free(sim, sqlserver, by):
    sim.configure(sqlserver_exists_by=by)
    sqlserver.converges(**ALWAYS_ON, listener_name="qalsnr01")
    assert [one["path"] for one in sim.requests(operation="sqlserver_exists")] == []  # the last run creates nothing
    sqlserver(name="qasql01", state="absent")
    sqlserver(**ALWAYS_ON, listener_name="qalsnr01")
    asked = sim.requests(operation="sqlserver_exists")
    assert {(one["method"], one["path"], one["status"]) for one in asked} == {("HEAD", PATH + "/qalsnr01", 404)}


def test_listener_about_which_the_platform_does_not_tell(sim, sqlserver):
    sim.fault("status", times=99, status=403, operation="sqlserver_exists")
    result, writes = sqlserver(**ALWAYS_ON, listener_name="qalsnr01")
    assert result["changed"] and len(writes) == 1
    assert "listener_name: could not be checked: " in str(result["warnings"])


def test_listener_of_an_existing_one_is_not_looked_up(sim, sqlserver):
    sqlserver(**ALWAYS_ON, listener_name="qalsnr01")
    sqlserver.changes_nothing(**ALWAYS_ON, listener_name="QALSNR01")
    assert sim.requests(operation="sqlserver_exists") == []


# What changes


def test_present(sqlserver, path):
    result, writes = sqlserver.converges(name=THERE, sizing="8cpu32gb")
    assert writes == [("PATCH", path, {"operation": "resize", "options": {"sizing": "8cpu32gb"}})]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"sizing": "4cpu16gb"}, {"sizing": "8cpu32gb"})


def test_reset(sqlserver, path):
    for _time in range(2):
        result, writes = sqlserver(name=THERE, state="reset")
        assert (result["steps"], writes) == (["reset"], [("PATCH", path, {"operation": "reset"})])


def test_reset_of_what_is_stopped(sqlserver):
    sqlserver(name=THERE, state="stopped")
    assert "reset requires it to be ACTIVE" in sqlserver.refuses(name=THERE, state="reset")


def test_reset_of_what_is_protected(sqlserver):
    sqlserver(name=THERE, tags={"protected": "true"})
    assert "protected" in sqlserver.refuses(name=THERE, state="reset")


def test_monitoring_and_patch_party(sqlserver, path):
    _result, writes = sqlserver.converges(
        name=THERE,
        monitoring_enabled=True,
        on_call_supervision=True,
        patch_party=dict(excluded=True, exclusion_reason="Patched by hand"),
    )
    party = {"patchParty": {"excluded": True, "exclusionReason": "Patched by hand"}}
    assert writes == [
        ("PATCH", path, {"operation": "update_monitoring", "options": {"state": True, "on_call": True}}),
        ("PATCH", path, {"operation": "update_patch_party", "options": party}),
    ]


def test_everything_as_it_is(sqlserver):
    options = dict(ALWAYS_ON, listener_name="qalsnr01", node_count=3, volumes=disks(disk2=200, disk0=60))
    sqlserver(**options)
    sqlserver.changes_nothing(**options, state="started")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(edition="ENT"), "edition is fixed at creation: it is STD, not ENT"),
        (dict(always_on=True), "always_on is fixed at creation: it is False, not True"),
        (dict(node_count=3), "node_count is fixed at creation: it is 1, not 3"),
        (dict(availability_zone="EB-C"), "availability_zone is fixed at creation: it is EB-A, not EB-C"),
        (dict(volumes=disks(disk2=20)), "volumes are fixed at creation: disk2 is 30 GB, not 20"),
        (
            dict(volumes=disks(disk1=30, disk2=50, disk3=20)),
            "volumes are fixed at creation: disk2 is 30 GB, not 50, disk3 is 10 GB, not 20",
        ),
        (
            dict(authentication_domain="OTHER"),
            "authentication_domain is fixed at creation: it is CGDM-EMEA, not OTHER",
        ),
    ],
)
def test_fixed(sqlserver, options, sentence):
    assert sqlserver.refuses(name=THERE, **options).endswith(sentence)


def test_listener_is_fixed(sqlserver):
    sqlserver(**ALWAYS_ON, listener_name="qalsnr01")
    message = sqlserver.refuses(name="qasql01", listener_name="qalsnr02")
    assert message.endswith("listener_name is fixed at creation: it is qalsnr01, not qalsnr02")


@pytest.mark.parametrize(
    ("mount", "size", "message"),
    [
        ("E:", 29, None),  # a file system is a little smaller than its disk
        ("e:\\", 30 * 1024, None),
        ("E", 30 * 1024**3, None),
        ("E:", "30", None),
        ("E:", 60 * 1024, "volumes are fixed at creation: disk2 is 60 GB, not 30"),
        ("/data", 60, None),
    ],
)
def test_drives_in_other_spellings_and_units(sim, sqlserver, mount, size, message):
    shown = {"fileSystems": [{"free": 1, "mountingPoint": mount, "sizeOf": size, "type": "NTFS"}]}
    sim.fault("mutate", times=99, operation="list_sqlserver_nodes", set={"path": "storageInformation", "value": shown})
    if message:
        assert sqlserver.refuses(name=THERE, volumes=disks(disk2=30)).endswith(message)
        return
    sqlserver.changes_nothing(name=THERE, volumes=disks(disk2=30))


@pytest.mark.parametrize("shown", ["2022", "2022 Whatever"])
def test_edition_that_the_platform_does_not_tell_is_not_compared(sim, sqlserver, shown):
    sim.state.named(THERE, "sqlserver")[0]["version"] = shown
    result, writes = sqlserver(name=THERE, edition="ENT")
    assert (result["changed"], writes) == (False, [])
    assert "not compared, since the platform does not show it: edition" in result["warnings"][0]


@pytest.mark.parametrize("shown", ["ALWAYSON", "AlwaysOn", "Always On"])
def test_topology_in_another_spelling(sim, sqlserver, shown):
    sim.state.named(THERE, "sqlserver")[0]["topology"] = shown
    sqlserver.changes_nothing(name=THERE, always_on=True)


def test_creation_whose_answer_is_lost(sim, sqlserver):
    sim.fault("reset_after", operation="create_sqlserver")
    result, writes = sqlserver(**NEW)
    assert result["changed"] and len(writes) == 1
    assert "the answer was lost, but it took effect" in result["warnings"][0]


def test_only_its_own_listing_is_asked(sim, sqlserver):
    sqlserver(name=THERE)
    assert "list_databases" not in {one["operation"] for one in sim.requests()}

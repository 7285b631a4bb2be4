# SPDX-License-Identifier: GPL-3.0-or-later
"""The OverDrive module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import pytest

PATH = "/storage/overdrive"
PASSWORD = "Correct-Horse-42"
NEW = dict(
    name="qadrive",
    service="intranet",
    region="EB",
    sizing="XS",
    admin_password=PASSWORD,
    drive_site_uri="qadrive.acme.example",
)
BODY = {
    "name": "qadrive",
    "serviceId": 44413,
    "region": "EB",
    "sizing": "XS",
    "password": "***",  # the journal keeps no secret
    "driveSiteUri": "qadrive.acme.example",
}
SEEDED = "intradrive"


@pytest.fixture
def overdrive(task):
    return task("itcare_overdrive")


@pytest.fixture
def path(sim):
    """Of the OverDrive that is there already."""
    return "%s/%d" % (PATH, sim.state.named(SEEDED, "overdrive")[0]["id"])


def test_create(overdrive):
    result, writes = overdrive.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    shown = result["overdrive"]
    assert (shown["name"], shown["status"], shown["sizing"]) == ("qadrive", "ACTIVE", "XS")


def test_create_sends_every_field(overdrive):
    _result, ((_method, _path, body),) = overdrive.converges(
        **NEW,
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
    assert body == {
        **BODY,
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


def test_create_and_all_that_a_creation_cannot_say(overdrive):
    result, _writes = overdrive.converges(**NEW, state="stopped", comment="the drive", tags={"tier": "files"})
    assert result["steps"] == ["create", "comment", "add_tag", "stop"]
    shown = result["overdrive"]
    assert (shown["status"], shown["comment"], shown["tags"]) == ("INACTIVE", "the drive", {"tier": "files"})


def test_no_area_is_asked_for(sim, overdrive):
    overdrive(**NEW)
    assert not [one for one in sim.requests() if one["path"].endswith("/areas")]


NOT_A_NAME = "name: %r is not allowed: use 4 to 60 lowercase letters, digits and dashes"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "qa_drive"}, NOT_A_NAME % "qa_drive"),
        ({"name": "qad"}, NOT_A_NAME % "qad"),
        ({"name": "a" * 61}, NOT_A_NAME % ("a" * 61)),
        ({"service": "no-such"}, "there is no service called no-such (or this account does not see it)"),
    ],
)
def test_create_refused(overdrive, changed, message):
    assert overdrive.refuses(**{**NEW, **changed}) == message


def test_size_that_is_not_offered(overdrive):
    assert overdrive.refuses(**{**NEW, "sizing": "M"}).startswith("sizing: M is unknown")


def test_size_that_there_is_not(overdrive):
    assert "value of sizing must be one of: XS, S, M, L, XL" in overdrive.refuses(**{**NEW, "sizing": "2cpu4gb"})


@pytest.mark.parametrize("option", ["network", "area", "platform", "patch_party", "disk_size"])
def test_what_an_application_service_does_not_have_is_no_option(overdrive, option):
    assert "Unsupported parameters" in overdrive.refuses(**NEW, **{option: "1"})


@pytest.mark.parametrize("password", ["Ab1-", "NoSpecial0123456", "no-uppercase-012"])
def test_password_rule_does_not_show_the_password(overdrive, password):
    message = overdrive.refuses(**{**NEW, "admin_password": password})
    assert message.startswith("admin_password: ") and password not in message


def test_password_may_be_long(overdrive):
    overdrive.converges(**{**NEW, "admin_password": "A-Very-Long-Password-42" * 3})


def test_password_stays_secret_and_is_not_compared(overdrive):
    result, _writes = overdrive(**NEW)
    assert result["changed"] and PASSWORD not in str(result)
    overdrive.changes_nothing(**{**NEW, "admin_password": "Another-Horse-43"})


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(sizing="S"), "sizing is fixed at creation: it is XS, not S"),
        (dict(region="ET"), "region is fixed at creation: it is EB, not ET"),
        (dict(monitoring_enabled=True), "monitoring_enabled is fixed at creation: it is False, not True"),
        (dict(backup_enabled=True), "backup_enabled is fixed at creation: it is False, not True"),
    ],
)
def test_fixed(overdrive, options, sentence):
    overdrive(**NEW, backup_enabled=False, monitoring_enabled=False)
    assert overdrive.refuses(name="qadrive", **options).endswith(sentence)


def test_another_region_is_not_removed(overdrive):
    assert "region: it is EB, not ET" in overdrive.refuses(name=SEEDED, region="ET", state="absent")


def test_everything_as_it_is(overdrive):
    overdrive(**NEW)
    overdrive.changes_nothing(**NEW, regulation="STANDARD", state="started")


def test_monitoring_does_not_count_while_stopped(overdrive):
    overdrive(**NEW, monitoring_enabled=True)
    result, _writes = overdrive.converges(name="qadrive", monitoring_enabled=True, state="stopped")
    assert (result["steps"], result["overdrive"]["monitoring_enabled"]) == (["stop"], False)


def test_stop_and_start(overdrive, path):
    for state, operation in (("stopped", "stop"), ("started", "start")):
        _result, writes = overdrive.converges(name=SEEDED, state=state)
        assert writes == [("PATCH", path, {"operation": operation})]


@pytest.mark.parametrize("state", ["started", "stopped"])
def test_absent_in_any_status(overdrive, path, state):
    overdrive(name=SEEDED, state=state)
    result, writes = overdrive.converges(name=SEEDED, state="absent")
    assert writes == [("DELETE", path, None)]
    assert result["overdrive"] is None


def test_protected_by_its_tag(overdrive):
    overdrive(name=SEEDED, tags={"protected": "true"})
    assert "protected" in overdrive.refuses(name=SEEDED, state="absent")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The GlusterFS module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import time

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

PATH = "/storage/glusterfs"
PASSWORD, USER_PASSWORD = "Correct-Horse-42!", "mySuperPassw0rd42"
NEW = dict(
    name="qa_files",
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="glusterfs102",
    user_name="dda",
    sizing="2cpu4gb",
    disk_size=15,
    admin_password=PASSWORD,
)
BODY = {
    "name": "qa_files",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "platform": "glusterfs102",
    "user_name": "dda",
    "nodeSizing": "2cpu4gb",
    "diskSize": 15,
    "admPassword": "***",  # the journal keeps no secret
}
SEEDED = "billing_files"  # it has the volume `data` of 100 GB


@pytest.fixture
def glusterfs(task):
    return task("itcare_glusterfs")


@pytest.fixture
def path(sim):
    """Of the GlusterFS that is there already."""
    return "%s/%d" % (PATH, sim.state.named(SEEDED, "glusterfs")[0]["id"])


def volume(name, disk_size=None, **more):
    return dict(name=name, disk_size=disk_size, **more)


def sizes(result):
    return {one["name"]: one["disk_size"] for one in result["glusterfs"]["volumes"]}


def test_create(glusterfs):
    result, writes = glusterfs.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    assert (result["glusterfs"]["status"], result["glusterfs"]["version"]) == ("ACTIVE", "10.2")


def test_create_and_all_that_a_creation_cannot_say(glusterfs):
    result, writes = glusterfs.converges(
        **NEW,
        volumes=[volume("dda", 15), volume("more", 42, password=USER_PASSWORD)],
        state="stopped",
        comment="the letters",
        tags={"tier": "files"},
        patch_party=dict(excluded=True, exclusion_reason="Patched by its vendor"),
    )
    assert result["steps"] == ["create", "add_volume", "update_patch_party", "comment", "add_tag", "stop"]
    options = {"diskSize": "42", "userName": "more", "userPass": "***"}
    assert writes[1][2] == {"operation": "add_volume", "options": options}
    assert sizes(result) == {"dda": 15, "more": 42}


NOT_A_NAME = "name: %r is not allowed: use 5 to 60 lowercase letters, digits, dashes and underscores"
NOT_A_VOLUME = "%s: %r is not allowed: use 1 to 32 lowercase letters, digits, dashes and underscores"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "Files1"}, NOT_A_NAME % "Files1"),
        ({"name": "tiny"}, NOT_A_NAME % "tiny"),
        ({"name": "a" * 61}, NOT_A_NAME % ("a" * 61)),
        ({"disk_size": 9}, "disk_size: 9 is not within 10 to 1024 GB"),
        ({"disk_size": 1025}, "disk_size: 1025 is not within 10 to 1024 GB"),
        ({"user_name": "a" * 33}, NOT_A_VOLUME % ("user_name", "a" * 33)),
        ({"volumes": [volume("A")]}, NOT_A_VOLUME % ("volumes", "A")),
        ({"volumes": [volume("a"), volume("a")]}, "volumes: a is named more than once"),
        ({"volumes": [volume("a", 0)]}, "volumes: a needs a disk_size of 1 GB or more"),
        (
            {"volumes": [volume("dda", 20)]},
            "volumes: dda is the first volume, which a creation makes with disk_size=15",
        ),
        (
            {"volumes": [volume("dda", state="absent")]},
            "volumes: dda is the first volume, which a creation makes with disk_size=15",
        ),
        (
            {"volumes": [volume("more", 42)]},
            "volumes: more is not there, and to add it disk_size and password are needed",
        ),
    ],
)
def test_create_refused(glusterfs, changed, message):
    assert glusterfs.refuses(**{**NEW, **changed}) == message


def test_name_may_be_the_word_cluster(glusterfs):
    # Only other products say that it may not. The simulator refuses it for all of them.
    predicted, _writes = glusterfs(check=True, **{**NEW, "name": "cluster"})
    assert predicted["changed"]


@pytest.mark.parametrize(("option", "value"), [("platform", "redis72"), ("sizing", "8cpu32gb")])
def test_create_with_what_the_catalogue_does_not_have(glusterfs, option, value):
    assert glusterfs.refuses(**{**NEW, option: value}).startswith("%s: %s is unknown" % (option, value))


@pytest.mark.parametrize("password", ["Ab1-", "NoSpecial0123456", "Much-Too-Long-A-Secret-42"])
def test_password_rule_does_not_show_the_password(glusterfs, password):
    message = glusterfs.refuses(**{**NEW, "admin_password": password})
    assert message.startswith("admin_password: ") and password not in message


@pytest.mark.parametrize("check", [True, False])
def test_passwords_stay_secret(glusterfs, check):
    result, _writes = glusterfs(check=check, **NEW, volumes=[volume("more", 42, password=USER_PASSWORD)])
    assert result["changed"]
    assert PASSWORD not in str(result) and USER_PASSWORD not in str(result)


def test_passwords_are_not_compared(glusterfs):
    glusterfs.converges(**NEW, volumes=[volume("more", 42, password=USER_PASSWORD)])
    glusterfs.changes_nothing(
        **{**NEW, "admin_password": "Another-Horse-43!"}, volumes=[volume("more", 42, password="another")]
    )


def test_resize(glusterfs, path):
    _result, writes = glusterfs.converges(name=SEEDED, sizing="4cpu8gb")
    assert writes == [("PATCH", path, {"operation": "resize", "options": {"sizing": "4cpu8gb"}})]


def test_stop_and_start_with_a_change_reference(glusterfs, path):
    for state, operation in (("stopped", "stop"), ("started", "start")):
        _result, writes = glusterfs.converges(name=SEEDED, state=state, change_reference="RFC_123")
        assert writes == [("PATCH", path, {"operation": operation, "options": {"changeReference": "RFC_123"}})]


def test_monitoring(glusterfs, path):
    glusterfs(name=SEEDED, monitoring_enabled=False)
    _result, writes = glusterfs.converges(name=SEEDED, monitoring_enabled=True, on_call_supervision=True)
    assert writes == [("PATCH", path, {"operation": "update_monitoring", "options": {"state": True, "on_call": True}})]


def test_patch_party_takes_no_group_although_the_number_of_nodes_is_text(glusterfs, path):
    wanted = dict(excluded=True, exclusion_reason="Patched by its vendor")
    _result, writes = glusterfs.converges(name=SEEDED, patch_party=wanted)
    sent = {"patchParty": {"excluded": True, "exclusionReason": "Patched by its vendor"}}
    assert writes == [("PATCH", path, {"operation": "update_patch_party", "options": sent})]
    message = glusterfs.refuses(name=SEEDED, patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 2")


def test_fixed(glusterfs):
    glusterfs(**NEW)
    message = glusterfs.refuses(name="qa_files", network="1126")
    assert message.endswith("network is fixed at creation: it is EB_1127_DMZ9 (1127), not 1126")


def test_disk_that_the_platform_does_not_show(glusterfs):
    result, writes = glusterfs(name=SEEDED, disk_size=80)
    assert (result["changed"], writes) == (False, [])
    assert "not compared, since the platform does not show it: disk_size" in result["warnings"][0]


# Volumes


def test_volume_is_added(glusterfs, path):
    result, writes = glusterfs.converges(name=SEEDED, volumes=[volume("more", 42, password=USER_PASSWORD)])
    options = {"diskSize": "42", "userName": "more", "userPass": "***"}
    assert writes == [("PATCH", path, {"operation": "add_volume", "options": options})]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"volumes": {"more": None}}, {"volumes": {"more": 42}})
    assert sizes(result) == {"data": 100, "more": 42}


def test_volume_is_resized(glusterfs, path):
    result, writes = glusterfs.converges(name=SEEDED, volumes=[volume("data", 120)])
    options = {"name": "data", "diskSize": "120", "userName": "data"}
    assert writes == [("PATCH", path, {"operation": "resize_volume", "options": options})]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"volumes": {"data": 100}}, {"volumes": {"data": 120}})


def test_volume_is_deleted(glusterfs, path):
    result, writes = glusterfs.converges(name=SEEDED, volumes=[volume("data", state="absent")])
    assert writes == [("PATCH", path, {"operation": "delete_volume", "options": {"name": "data"}})]
    (step,) = result["diff"]
    assert (step["before"], step["after"]) == ({"volumes": {"data": 100}}, {"volumes": {"data": None}})
    assert sizes(result) == {}


def test_volumes_all_at_once(glusterfs, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.1)  # the volume of the first task might show late
    glusterfs(name=SEEDED, volumes=[volume("old", 20, password=USER_PASSWORD)])
    wanted = [volume("old", state="absent"), volume("data", 120), volume("new", 30, password=USER_PASSWORD)]
    result, _writes = glusterfs.converges(name=SEEDED, volumes=wanted)
    assert result["steps"] == ["add_volume", "resize_volume", "delete_volume"]
    assert sizes(result) == {"data": 120, "new": 30}


@pytest.mark.parametrize("wanted", [volume("data"), volume("data", 100), volume("gone", state="absent")])
def test_volumes_as_they_are(glusterfs, wanted):
    glusterfs.changes_nothing(name=SEEDED, volumes=[wanted])


def test_volume_that_nobody_names_stays(glusterfs):
    glusterfs.changes_nothing(name=SEEDED, volumes=[])


def test_volume_does_not_shrink(glusterfs):
    message = glusterfs.refuses(name=SEEDED, volumes=[volume("data", 50)])
    assert message.endswith("volumes cannot shrink: data has 100 GB, not 50")
    wanted = [volume("data", 50), volume("more", 42, password=USER_PASSWORD)]
    result, _writes = glusterfs(name=SEEDED, volumes=wanted, on_fixed_difference="warn")
    assert result["steps"] == ["add_volume"] and "data has 100 GB, not 50" in result["warnings"][0]


@pytest.mark.parametrize("lacking", [dict(disk_size=42), dict(password=USER_PASSWORD), {}])
def test_volume_that_is_added_needs_size_and_password(glusterfs, lacking):
    message = glusterfs.refuses(name=SEEDED, volumes=[dict(name="more", **lacking)])
    assert message == "volumes: more is not there, and to add it disk_size and password are needed"


def test_protected_volume_is_not_deleted(glusterfs):
    glusterfs(name=SEEDED, tags={"protected": "true"})
    assert "delete_volume" in glusterfs.refuses(name=SEEDED, volumes=[volume("data", state="absent")])
    glusterfs.converges(name=SEEDED, volumes=[volume("data", 120)])


def test_volumes_wait_until_it_runs(glusterfs):
    glusterfs(name=SEEDED, state="stopped")
    result, writes = glusterfs(name=SEEDED, volumes=[volume("data", 120)])
    assert (result["changed"], writes) == (False, [])
    assert "left as it is until it runs: volumes" in result["warnings"][0]
    result, _writes = glusterfs.converges(name=SEEDED, volumes=[volume("data", 120)], state="started")
    assert result["steps"] == ["start", "resize_volume"]


def test_volumes_that_are_known_only_when_it_runs(sim, glusterfs):
    glusterfs(name=SEEDED, state="stopped")
    sim.fault("status", operation="list_glusterfs_volumes", status=400, times=2)
    wanted = [volume("data", 120), volume("more", 42, password=USER_PASSWORD)]
    result, writes = glusterfs(name=SEEDED, volumes=wanted, state="started")
    assert result["steps"] == ["start", "volumes"]
    assert [body["operation"] for _method, _path, body in writes] == ["start", "add_volume", "resize_volume"]
    assert sizes(result) == {"data": 120, "more": 42}


def test_volume_of_a_protected_one_is_not_deleted_unseen(sim, glusterfs):
    glusterfs(name=SEEDED, tags={"protected": "true"})
    glusterfs(name=SEEDED, state="stopped")
    sim.fault("status", operation="list_glusterfs_volumes", status=400, times=2)
    result, writes = glusterfs(name=SEEDED, volumes=[volume("data", state="absent")], state="started")
    assert result["failed"] and "protected" in result["msg"] and writes == []


@pytest.mark.parametrize("place", ["path", "export", "bare"])
@pytest.mark.parametrize("unit", ["gb", "mb"])
def test_every_reading_of_the_volumes(sim, glusterfs, place, unit):
    sim.configure(mounting_points=place, volume_unit=unit)
    glusterfs.converges(name=SEEDED, volumes=[volume("more", 42, password=USER_PASSWORD), volume("data", 120)])
    glusterfs.converges(name=SEEDED, volumes=[volume("more", state="absent"), volume("data", 120)])


def test_volume_is_added_once_where_the_answer_is_lost(sim, glusterfs):
    sim.fault("reset_after", operation="update_glusterfs")
    result, writes = glusterfs(name=SEEDED, volumes=[volume("more", 42, password=USER_PASSWORD)])
    assert result["changed"] and len(writes) == 1
    assert "the answer was lost, but it took effect" in result["warnings"][0]


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("wait", [True, False])
def test_volume_of_an_earlier_run_that_shows_late_is_not_added_again(sim, glusterfs, wait):
    """That run did not wait, or was interrupted; its action has succeeded, and the volume does not show yet."""
    sim.configure(action_seconds=0.3, late_visibility=1.5)
    wanted = dict(name=SEEDED, volumes=[volume("more", 42, password=USER_PASSWORD)])
    assert len(glusterfs(**wanted, wait=False)[1]) == 1
    time.sleep(0.5)
    result, writes = glusterfs(**wanted, wait=wait)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], writes) == (False, [])
    assert wait or result["still_to_do"] == ["add_volume"]
    glusterfs.changes_nothing(**wanted)


def test_new_volume_that_never_shows_under_its_name_is_a_failure(sim, glusterfs, monkeypatch):
    monkeypatch.setattr(clock, "SETTLE_SECONDS", 0.2)
    sim.fault("mutate", operation="list_glusterfs_volumes", set={"path": "mountingPoint", "value": "/v7"}, times=-1)
    result, writes = glusterfs(name=SEEDED, volumes=[volume("more", 42, password=USER_PASSWORD)])
    assert result["failed"] and len(writes) == 1
    assert "add_volume should lead to volumes={'more': 42}" in result["msg"]


def test_protected_by_its_tag(glusterfs):
    glusterfs(name=SEEDED, tags={"protected": "true"})
    assert "protected" in glusterfs.refuses(name=SEEDED, state="absent")


def test_absent(glusterfs, path):
    result, writes = glusterfs.converges(name=SEEDED, state="absent")
    assert writes == [("DELETE", path, None)]
    assert result["glusterfs"] is None

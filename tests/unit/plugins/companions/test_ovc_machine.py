# SPDX-License-Identifier: GPL-3.0-or-later
"""ovc_machine on the simulator of OpenvCloud."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

APP = {"cloudspace": "web", "name": "app01"}
NEW = {**APP, "image": "Ubuntu 22.04 x64", "size": "medium", "disk_size": 20}
WEB01, DB01 = {"cloudspace": "web", "name": "web01"}, {"cloudspace": "web", "name": "db01"}


@pytest.fixture
def run(openvcloud, run_on):
    on = run_on(openvcloud)

    def run(check=False, **options):
        return on("ovc_machine", check, **options)

    return run


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)


def sent(openvcloud):
    return [(entry["path"].rpartition("cloudapi/")[2], entry["body"]) for entry in openvcloud.writes()]


def calls(openvcloud):
    return [call.partition("/")[2] for call, _body in sent(openvcloud)]


# Creation


def test_create_check_mode(openvcloud, run):
    result = run(check=True, state="started", **NEW)
    assert result["changed"] and result["steps"] == ["create"] and result["machine"]["name"] == "app01"
    assert openvcloud.writes() == []


@pytest.mark.parametrize("seconds", [0, 0.6])
def test_create(openvcloud, run, seconds):
    openvcloud.configure(power_seconds=seconds)
    wanted = {**NEW, "description": "An application", "data_disks": [50, 10], "userdata": {"users": ["hush-4711"]}}
    predicted = run(check=True, **wanted)
    result = run(**wanted)
    assert result["changed"] and result["steps"] == ["create"] and result["diff"] == predicted["diff"]
    assert result["machine"]["status"] == "RUNNING"
    assert "password" not in str(result["machine"]) and "hush-4711" not in str(result["diff"])
    body = {
        "cloudspaceId": 101,
        "name": "app01",
        "description": "An application",
        "imageId": 31,
        "disksize": 20,
        "sizeId": 2,
        "datadisks": [50, 10],
        "userdata": {"users": ["hush-4711"]},
    }
    assert sent(openvcloud) == [("machines/create", body)]
    for check in (False, True):
        again = run(check=check, **wanted)
        assert again["changed"] is False and again["steps"] == [] and again["diff"] == []
    assert len(openvcloud.writes()) == 1


def test_create_by_numbers(openvcloud, run):
    wanted = {**APP, "image": "33", "vcpus": 3, "memory": 3072, "disk_size": 20, "userdata": "#cloud-config"}
    run(**wanted)
    body = sent(openvcloud)[0][1]
    assert (body["imageId"], body["vcpus"], body["memory"], body["userdata"]) == (33, 3, 3072, "#cloud-config")
    assert run(**wanted)["changed"] is False


@pytest.mark.parametrize(
    ("state", "steps", "status"),
    [
        ("started", ["create"], "RUNNING"),
        ("stopped", ["create", "stop"], "HALTED"),
        ("paused", ["create", "pause"], "PAUSED"),
        ("restarted", ["create"], "RUNNING"),
        ("reset", ["create"], "RUNNING"),
    ],
)
def test_create_with_a_state(run, state, steps, status):
    assert run(check=True, state=state, **NEW)["steps"] == steps
    result = run(state=state, **NEW)
    assert result["steps"] == steps and result["machine"]["status"] == status


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cloudspace": "webb"}, "cloudspace: webb does not exist: do you mean web (101)?"),
        ({"image": "Ubuntu 22.04"}, "image: Ubuntu 22.04 does not exist: do you mean Ubuntu 22.04 x64 (31)?"),
        ({"size": "mediun"}, "size: mediun does not exist: do you mean medium (2)?"),
        ({"size": None}, "missing: size; a creation needs it, or vcpus and memory"),
        ({"image": None}, "missing: image; a creation needs it"),
        ({"disk_size": None}, "missing: disk_size; a creation needs it"),
        ({"name": None, "id": 999}, "id: there is no machine 999"),
        ({"cloudspace": None}, "missing: cloudspace; a machine is found by cloudspace and name, or by id"),
        ({"force": True}, "force is for state=stopped, and state is present"),
        ({"permanently": True}, "permanently is for state=absent, and state is present"),
        ({"boot_disk": 4}, "boot_disk is for state=started or restarted, and state is present"),
        ({"state": "absent", "in_bin": True}, "in_bin: a machine in the bin is deleted by its id and with permanently"),
    ],
)
def test_wrong_options(openvcloud, run, options, said):
    result = run(**{**NEW, **options})
    assert result["failed"] and result["msg"].startswith(said)
    assert openvcloud.writes() == []


def test_create_where_the_cloudspace_is_not_there_yet_check_mode(openvcloud, run):
    result = run(check=True, **{**NEW, "cloudspace": "next-year"})
    assert result["changed"] and "taken for something that an earlier task creates" in result["warnings"][0]


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_a_creation(openvcloud, run, kind):
    openvcloud.fault(kind, path=".*/machines/create")
    result = run(**NEW)
    assert result["changed"] and result["machine"]["name"] == "app01"
    assert calls(openvcloud) == ["create"]


def test_creation_that_got_lost(openvcloud, run, impatient):
    openvcloud.fault("reset_before", path=".*/machines/create")
    result = run(**NEW)
    assert "nothing was sent again: look first" in result["msg"]
    assert calls(openvcloud) == ["create"]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_order_that_was_taken_on_is_told_where_the_wait_fails(openvcloud, run, asynchronous):
    openvcloud.configure(power_seconds=30, task_seconds=30)
    result = run(state="stopped", asynchronous=asynchronous, wait_timeout=0.5, **NEW)
    assert result["failed"] and (result["changed"], result["steps"]) == (True, ["create"])
    openvcloud.configure(power_seconds=0, task_seconds=0)
    openvcloud.machines[103].update(status="RUNNING", until=None)
    openvcloud.fault("status", path=".*/machines/stop", status=409, body='"Not now"')
    refused = run(state="stopped", **WEB01)
    assert refused["failed"] and "changed" not in refused and "steps" not in refused


def test_creation_that_ends_in_error(openvcloud, run):
    openvcloud.fault("mutate", path=".*/machines/get", set={"path": "status", "value": "ERROR"})
    assert run(**NEW)["msg"].endswith("is in the status ERROR")


# Changes


def test_update(openvcloud, run):
    wanted = {**WEB01, "description": "The first"}
    predicted = run(check=True, **wanted)
    result = run(**wanted)
    assert result["steps"] == ["update"] and result["diff"] == predicted["diff"]
    assert run(**wanted)["changed"] is False


def test_rename(openvcloud, run):
    assert run(id=103, name="www01")["steps"] == ["update"]
    assert run(id=103, name="www01")["changed"] is False
    assert openvcloud.machines[103]["name"] == "www01"


def test_rename_to_a_name_in_the_bin(openvcloud, run):
    openvcloud.machines[105]["status"] = "DELETED"
    assert "it is that of one in the bin" in run(id=103, name="web02")["msg"]


@pytest.mark.parametrize("size", [{"size": "large"}, {"size": "3"}, {"vcpus": 4, "memory": 8192}])
def test_resize(openvcloud, run, size):
    predicted = run(check=True, **WEB01, **size)
    result = run(**WEB01, **size)
    assert result["steps"] == predicted["steps"] == ["resize"] and result["diff"] == predicted["diff"]
    assert result["machine"]["memory"] == 8192 and "warnings" not in result
    assert run(**WEB01, **size)["changed"] is False


@pytest.mark.parametrize("answer", ["later", "later_empty"])
def test_resize_that_waits_for_a_stop_and_start(openvcloud, run, answer):
    openvcloud.configure(resize=answer)
    result = run(**WEB01, size="large")
    assert result["changed"] and not result.get("failed")
    assert result["warnings"] == ["the new size takes effect when the machine has been stopped and started"]
    assert run(**WEB01, size="large")["changed"] is False


def test_resize_that_shows_after_a_stop_and_start(openvcloud, run):
    openvcloud.configure(resize="later", resize_shows="old")
    assert run(**WEB01, size="large")["warnings"]
    run(**WEB01, state="stopped")
    run(**WEB01, state="started")
    assert run(**WEB01, size="large")["changed"] is False


def test_stopped_and_resized(openvcloud, run):
    """A machine that runs cannot become smaller, so it is stopped first."""
    assert run(**WEB01, state="stopped", size="small")["steps"] == ["stop", "resize"]


def test_data_disks_that_lack_are_added(openvcloud, run):
    wanted = {**DB01, "data_disks": [20, 100, 30]}
    predicted = run(check=True, **wanted)
    result = run(**wanted)
    assert result["steps"] == ["add_disk", "add_disk"] and result["diff"] == predicted["diff"]
    assert run(**wanted)["changed"] is False
    assert run(**DB01, data_disks=[100])["changed"] is False  # the others stay


def test_data_disk_that_has_grown(openvcloud, run):
    assert run(**DB01, data_disks=[80])["changed"] is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"image": "Windows 2022"}, "image is fixed at creation: it is Ubuntu 22.04 x64 (31), not Windows 2022 (32)"),
        ({"disk_size": 50}, "disk_size is fixed at creation: it is 20, not 50"),
        ({"data_disks": [200]}, "data_disks: the data disks of the machine have 100 GB, not 200"),
    ],
)
def test_fixed(openvcloud, run, options, said):
    assert run(**DB01, **options)["msg"].startswith(said)
    assert openvcloud.writes() == []


# Power


def in_status(openvcloud, status, number=103):
    openvcloud.machines[number]["status"] = status


@pytest.mark.parametrize("seconds", [0, 0.4])
@pytest.mark.parametrize(
    ("status", "state", "steps", "then"),
    [
        ("RUNNING", "stopped", ["stop"], "HALTED"),
        ("HALTED", "started", ["start"], "RUNNING"),
        ("PAUSED", "started", ["resume"], "RUNNING"),
        ("RUNNING", "paused", ["pause"], "PAUSED"),
        ("HALTED", "paused", ["start", "pause"], "PAUSED"),
        ("PAUSED", "stopped", ["stop"], "HALTED"),
    ],
)
def test_power(openvcloud, run, status, state, steps, then, seconds):
    openvcloud.configure(power_seconds=seconds)
    in_status(openvcloud, status)
    assert run(check=True, state=state, **WEB01)["steps"] == steps
    result = run(state=state, **WEB01)
    assert result["steps"] == steps and result["machine"]["status"] == then
    openvcloud.journal.clear()
    for check in (False, True):
        assert run(check=check, state=state, **WEB01)["changed"] is False
    assert openvcloud.writes() == []


@pytest.mark.parametrize(
    ("status", "state", "steps"),
    [
        ("RUNNING", "restarted", ["reboot"]),
        ("HALTED", "restarted", ["start"]),
        ("PAUSED", "restarted", ["resume", "reboot"]),
        ("RUNNING", "reset", ["reset"]),
    ],
)
def test_again(openvcloud, run, status, state, steps):
    in_status(openvcloud, status)
    result = run(state=state, **WEB01)
    assert result["steps"] == steps and result["machine"]["status"] == "RUNNING"
    assert calls(openvcloud) == steps


def test_forced_stop(openvcloud, run):
    run(state="stopped", force=True, **WEB01)
    assert sent(openvcloud) == [("machines/stop", {"machineId": 103, "force": True})]


def test_rescue_disk(openvcloud, run):
    in_status(openvcloud, "HALTED")
    run(state="started", boot_disk=104, **WEB01)
    assert sent(openvcloud) == [("machines/start", {"machineId": 103, "diskId": 104})]


def test_machine_that_is_moving_is_waited_for(openvcloud, run):
    openvcloud.pass_through(openvcloud.machines[103], "UNHEARDOFING", "HALTED", 0.6)
    result = run(state="stopped", **WEB01)
    assert result["changed"] is False and result["machine"]["status"] == "HALTED"


def test_machine_that_moves_for_ever(openvcloud, run):
    in_status(openvcloud, "MIGRATING")
    result = run(state="stopped", wait_timeout=0.5, **WEB01)
    assert result["failed"] and result["msg"].startswith("web01 (103), which is MIGRATING: this has not changed within")


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_a_stop(openvcloud, run, kind):
    openvcloud.fault(kind, path=".*/machines/stop")
    result = run(state="stopped", **WEB01)
    assert result["changed"] and calls(openvcloud) == ["stop"]


def test_lost_answer_of_a_restart(openvcloud, run):
    """Nothing shows whether it has happened."""
    openvcloud.fault("reset_after", path=".*/machines/reboot")
    result = run(state="restarted", **WEB01)
    assert result["failed"] and "look first" in result["msg"] and calls(openvcloud) == ["reboot"]


def test_page_of_an_error(openvcloud, run, impatient):
    openvcloud.fault("status", path=".*/machines/stop", status=500, body="<html>Error eco-77aa-1</html>")
    result = run(state="stopped", **WEB01)
    assert "its reference for that is eco-77aa-1" in result["msg"] and calls(openvcloud) == ["stop"]


# Removal


def test_absent_check_mode(openvcloud, run):
    assert run(check=True, state="absent", **WEB01)["steps"] == ["delete"]
    assert openvcloud.writes() == []


@pytest.mark.parametrize("bin", ["missing", "record"])
@pytest.mark.parametrize("permanently", [False, True])
def test_absent(openvcloud, run, permanently, bin):
    openvcloud.configure(bin=bin)
    result = run(state="absent", permanently=permanently, **WEB01)
    assert result["changed"] and result["steps"] == ["delete"]
    assert openvcloud.machines[103]["status"] == ("DESTROYED" if permanently else "DELETED")
    openvcloud.journal.clear()
    for check in (False, True):
        for key in (WEB01, {"id": 103}):
            assert run(check=check, state="absent", **key)["changed"] is False
    assert openvcloud.writes() == []


def test_absent_idempotent(openvcloud, run):
    assert run(state="absent", **APP)["changed"] is False
    assert openvcloud.writes() == []


def test_absent_where_the_cloudspace_is_gone(openvcloud, run):
    result = run(state="absent", cloudspace="gone", name="web01")
    assert result["changed"] is False and "so there is nothing to delete" in result["warnings"][0]


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_a_deletion(openvcloud, run, kind):
    openvcloud.fault(kind, path=".*/machines/delete")
    assert run(state="absent", permanently=True, **WEB01)["changed"]
    assert calls(openvcloud) == ["delete"]


def test_name_in_the_bin(openvcloud, run):
    run(state="absent", **WEB01)
    result = run(**{**NEW, "name": "web01"})
    assert result["msg"].startswith("Selected name already exists (POST machines/create: 409). No machine of the")
    assert "delete that one for good (state=absent with permanently, and its id)" in result["msg"]
    purged = run(state="absent", id=103, permanently=True, in_bin=True)
    assert purged["changed"] and openvcloud.machines[103]["status"] == "DESTROYED"
    assert run(state="absent", id=103, permanently=True, in_bin=True)["changed"] is False
    assert run(**{**NEW, "name": "web01"})["changed"]


def test_name_in_the_bin_that_can_be_read(openvcloud, run):
    openvcloud.configure(bin="record")
    run(state="absent", **WEB01)
    assert run(state="absent", id=103, permanently=True)["steps"] == ["delete"]
    assert run(state="absent", id=103, permanently=True)["changed"] is False


def test_purge_shows_no_other_machine(openvcloud, run):
    """The order answers true, which is not the id 1."""
    run(state="absent", **WEB01)
    openvcloud.journal.clear()
    run(state="absent", id=103, permanently=True, in_bin=True)
    read = [entry["body"] for entry in openvcloud.requests() if entry["path"].endswith("machines/get")]
    assert read == [{"machineId": 103}] * 2


def test_absent_where_the_id_means_another_one(openvcloud, run):
    said = run(id=103, name="db01", state="absent")["msg"]
    assert said == "id: the machine 103 is web01, not db01; give only one of id and name to delete it"
    assert run(id=103, account="acme-labs", state="absent")["msg"].startswith("account: it tells cloudspaces")
    assert openvcloud.writes() == []


def test_conflict_that_is_not_about_the_name(openvcloud, run):
    openvcloud.fault("status", path=".*/machines/resize", status=409, body='"Stop it first"')
    result = run(**WEB01, description="Front end", size="large")
    assert result["msg"] == "Stop it first (POST machines/resize: 409)"
    assert result["changed"] and result["steps"] == ["update"]


def test_cloudspace_that_cannot_be_read(openvcloud, run):
    openvcloud.fault("status", path=".*/cloudspaces/get", status=404, body='"No such cloudspace"')
    assert run(id=103, image="Ubuntu 22.04 x64")["msg"] == "id: the cloudspace 101 of machine 103 cannot be read"


def test_numbers_as_text(openvcloud, run, numbers_as_text):
    wanted = {**WEB01, "id": 103, "size": "medium", "image": "Ubuntu 22.04 x64"}
    assert run(**wanted)["changed"] is False
    assert openvcloud.writes() == []


def test_name_that_is_free_again(openvcloud, run):
    run(state="absent", permanently=True, **WEB01)
    assert run(**{**NEW, "name": "web01"})["steps"] == ["create"]


def test_machine_in_error_can_only_be_deleted(openvcloud, run):
    in_status(openvcloud, "ERROR")
    assert "nothing can be done with it but to delete it" in run(id=103, state="started")["msg"]
    assert run(id=103, state="absent")["steps"] == ["delete"]


def test_cloudspaces_of_the_same_name(openvcloud, run):
    openvcloud.add_cloudspace("web", 13, openvcloud.locations[0])
    assert "web is the name of several" in run(**WEB01)["msg"]
    assert run(account="acme", **WEB01)["changed"] is False


# Records that are not what they should be


@pytest.mark.parametrize(
    "body, words",
    [
        ('{"a": 1}', "an object without id and name"),
        ('{"id": 999, "name": "web01", "status": "RUNNING"}', "the record of 999"),
        ("null", "machines/get answered something else than an object"),
        ("", "machines/get answered something else than an object"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent", "stopped"])
def test_record_of_something_else_changes_nothing(openvcloud, run, body, words, state):
    openvcloud.fault("status", times=-1, path="/machines/get", status=200, body=body, content_type="application/json")
    assert words in run(**WEB01, state=state)["msg"]
    assert openvcloud.writes() == []


@pytest.mark.parametrize("state", ["present", "absent", "stopped"])
def test_record_that_is_listed_and_not_there_changes_nothing(openvcloud, run, state):
    openvcloud.fault("status", times=-1, path="/machines/get", status=404, body='"Machine not found"')
    assert "is listed, and its record cannot be read" in run(**WEB01, state=state)["msg"]
    assert openvcloud.writes() == []


def test_status_that_cannot_be_read_moves_nothing(openvcloud, run):
    openvcloud.fault("mutate", times=-1, path="/machines/get", drop="status")
    for state in ("started", "stopped", "paused", "restarted", "reset"):
        assert run(**WEB01, state=state)["msg"] == "web01 (103): its status cannot be read"
    assert run(**WEB01)["changed"] is False
    assert openvcloud.writes() == []


def test_record_without_its_id_is_that_of_the_id_asked_for(openvcloud, run):
    openvcloud.fault("mutate", times=-1, path="/machines/get", drop="id")
    run(**WEB01, state="stopped")
    assert sent(openvcloud) == [("machines/stop", {"machineId": 103})]


def test_name_that_is_the_id_of_another(openvcloud, run_on):
    row = openvcloud.machines[103]
    number = openvcloud.add_machine("103", openvcloud.cloudspaces[row["cloudspaceid"]], 31, 1, 1024)["id"]
    wanted = {"cloudspace": "web", "public_port": 2222, "local_port": 22, "machine": "103"}
    result = run_on(openvcloud)("ovc_port_forward", **wanted)
    assert "may mean several" in result["msg"] and str(number) in result["msg"]
    assert openvcloud.writes() == []


@pytest.mark.parametrize(
    "status, state, call",
    [("RUNNING", "restarted", "reboot"), ("PAUSED", "restarted", "resume"), ("PAUSED", "started", "resume")],
)
def test_rescue_disk_that_no_start_takes(openvcloud, run, status, state, call):
    in_status(openvcloud, status)
    message = run(state=state, boot_disk=104, **WEB01)["msg"]
    assert message.startswith("boot_disk: the machine is %s, and a %s takes no disk" % (status, call))
    assert openvcloud.writes() == []


def test_rescue_disk_of_one_that_runs_already(openvcloud, run):
    result = run(state="started", boot_disk=104, **WEB01)
    assert result["changed"] is False and "boot_disk: the machine is RUNNING already" in result["warnings"][0]


def test_rescue_disk_of_a_new_one(openvcloud, run):
    message = run(state="started", boot_disk=104, **NEW)["msg"]
    assert message == "boot_disk: a new machine starts from its own disk, not from 104"
    assert openvcloud.writes() == []

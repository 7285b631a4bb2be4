# SPDX-License-Identifier: GPL-3.0-or-later
"""ovc_disk on the simulator of OpenvCloud."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock

ARCHIVE = {"account": "acme", "name": "archive"}
NEW = {**ARCHIVE, "location": "ch-gen-dc01", "size": 50}
ADDED = {"cloudspace": "web", "machine": "web01", "name": "archive", "size": 50}


@pytest.fixture
def run(openvcloud, run_on):
    on = run_on(openvcloud)

    def run(check=False, **options):
        return on("ovc_disk", check, **options)

    return run


def sent(openvcloud):
    return [(entry["path"].rpartition("cloudapi/")[2], entry["body"]) for entry in openvcloud.writes()]


# Creation


def test_create_check_mode(openvcloud, run):
    result = run(check=True, **NEW)
    assert result["changed"] and result["steps"] == ["create"] and result["disk"]["name"] == "archive"
    assert openvcloud.writes() == []


def test_create(openvcloud, run):
    wanted = {**NEW, "type": "T", "description": "Old things", "ssd_size": 5, "iops": 1000}
    predicted = run(check=True, **wanted)
    result = run(**wanted)
    assert result["steps"] == ["create"] and result["diff"] == predicted["diff"]
    assert (result["disk"]["size_max"], result["disk"]["status"]) == (50, "CREATED")
    body = {
        "accountId": 12,
        "gid": 201,
        "name": "archive",
        "description": "Old things",
        "size": 50,
        "type": "T",
        "ssdSize": 5,
        "iops": 1000,
    }
    assert sent(openvcloud) == [("disks/create", body)]
    for check in (False, True):
        assert run(check=check, **wanted)["changed"] is False
    assert len(openvcloud.writes()) == 1


def test_create_where_a_cloudspace_is(openvcloud, run):
    run(cloudspace="lab", name="archive", size=10)
    assert sent(openvcloud)[0][1] == {
        "accountId": 13,
        "gid": 202,
        "name": "archive",
        "description": "archive",
        "size": 10,
        "type": "D",
    }


def test_add_to_a_machine(openvcloud, run):
    predicted = run(check=True, **ADDED)
    result = run(**ADDED)
    assert result["steps"] == ["create"] and result["diff"] == predicted["diff"]
    assert result["disk"]["status"] == "ASSIGNED" and result["disk"]["id"] in openvcloud.machines[103]["disks"]
    assert sent(openvcloud)[0][0] == "machines/addDisk"
    for check in (False, True):
        assert run(check=check, **ADDED)["changed"] is False


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
@pytest.mark.parametrize(("options", "call"), [(NEW, "disks/create"), (ADDED, "machines/addDisk")])
def test_lost_answer_of_a_creation(openvcloud, run, kind, options, call):
    openvcloud.fault(kind, path=".*/" + call)
    assert run(**options)["disk"]["name"] == "archive"
    assert [name for name, _body in sent(openvcloud)] == [call]


def test_creation_that_got_lost(openvcloud, run, monkeypatch):
    """A disk of this name in the bin is not taken for it."""
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)
    run(**NEW)
    run(state="absent", **ARCHIVE)
    openvcloud.journal.clear()
    openvcloud.fault("reset_before", path=".*/disks/create")
    assert "nothing was sent again: look first" in run(**NEW)["msg"]
    assert len(openvcloud.writes()) == 1


def test_machine_that_is_full(openvcloud, run):
    machine = openvcloud.machines[103]
    while len(machine["disks"]) < 25:
        machine["disks"].append(openvcloud.add_disk("more", openvcloud.cloudspaces[101], 1, "D", "ASSIGNED")["id"])
    for check in (True, False):
        assert run(check=check, **ADDED)["msg"] == "machine web01 (103) has 25 disks, and 25 is the most"
    assert openvcloud.writes() == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"account": None}, "missing: account; a disk is found by account and name, or by id"),
        ({"size": None}, "missing: size; a creation needs it"),
        ({"location": None}, "missing: location; a creation needs it, or a cloudspace"),
        ({"machine": "web01"}, "missing: cloudspace; a machine is found by cloudspace and name"),
        ({"machine": "web01", "cloudspace": "web"}, "location: a disk of a machine is where its machine is"),
        ({"detach": True}, "detach is for state=absent, and state is present"),
        ({"permanently": True}, "permanently is for state=absent, and state is present"),
        ({"name": None, "id": 999}, "id: there is no disk 999"),
    ],
)
def test_wrong_options(openvcloud, run, options, said):
    assert run(**{**NEW, **options})["msg"].startswith(said)
    assert openvcloud.writes() == []


# Growth


def test_grow(openvcloud, run):
    run(**NEW)
    wanted = {**ARCHIVE, "size": 80}
    predicted = run(check=True, **wanted)
    result = run(**wanted)
    assert result["steps"] == predicted["steps"] == ["resize"] and result["diff"] == predicted["diff"]
    assert result["disk"]["size_max"] == 80 and "warnings" not in result
    assert run(**wanted)["changed"] is False


@pytest.mark.parametrize("answer", ["later", "later_empty"])
def test_grow_in_use(openvcloud, run, answer):
    openvcloud.configure(resize=answer)
    result = run(id=104, size=40)
    assert result["changed"] and not result.get("failed")
    assert result["warnings"] == [
        "the new size takes effect when the machine that uses the disk has been stopped and started"
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"size": 10}, "size: a disk only grows: it has 20 GB, not 10"),
        ({"type": "D"}, "type is fixed at creation: it is B, not D"),
        ({"iops": 10}, "iops is fixed at creation: it is 2000, not 10"),
        ({"name": "other"}, "name is fixed at creation: it is Boot disk, not other"),
        (
            {"cloudspace": "web", "machine": "web02"},
            "machine is fixed at creation: the disk is of no machine that is shown, not web02 (105); no call that",
        ),
    ],
)
def test_fixed(openvcloud, run, options, said):
    assert run(id=104, **options)["msg"].startswith(said)
    assert openvcloud.writes() == []


@pytest.mark.parametrize("shows_machines", [True, False])
def test_each_machine_has_a_disk_of_that_name(openvcloud, run, monkeypatch, shows_machines):
    """With the machine, the name means its own disk, whichever others have that name."""
    if not shows_machines:
        monkeypatch.setattr("ansible_collections.cegedim.cloud.tests.simulator.companions.openvcloud._user_of", nobody)
    for machine in ("web01", "web02", "db01"):
        wanted = {**ADDED, "machine": machine}
        assert run(check=True, **wanted)["steps"] == ["create"]
        result = run(**wanted)
        assert result["steps"] == ["create"]
        (row,) = [row for row in openvcloud.machines.values() if row["name"] == machine]
        assert result["disk"]["id"] == row["disks"][-1]
        assert [run(check=check, **wanted)["changed"] for check in (False, True)] == [False, False]
    assert run(**{**ADDED, "machine": "web02", "size": 70})["steps"] == ["resize"]
    sizes = sorted(disk["sizeMax"] for disk in openvcloud.disks.values() if disk["name"] == "archive")
    assert sizes == [50, 50, 70]


def nobody(ovc, disk):
    return None


def test_disk_that_no_machine_has_is_not_taken_for_its(openvcloud, run):
    """Whoever adds ``machine`` to a task may expect that the disk is attached, which no documented call does."""
    run(**NEW)
    said = "machine is fixed at creation: the disk is of no machine that is shown, not web01 (103)"
    assert run(**ADDED)["msg"].startswith(said)
    assert len(openvcloud.writes()) == 1


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_while_another_machine_gets_a_disk_of_that_name(openvcloud, run, monkeypatch, kind):
    original = type(openvcloud).add_disk

    def both(cloud, *arguments):
        if arguments[0] == "archive":
            other = original(cloud, *arguments)
            cloud.machines[105]["disks"].append(other["id"])
        return original(cloud, *arguments)

    monkeypatch.setattr(type(openvcloud), "add_disk", both)
    openvcloud.fault(kind, path=".*/machines/addDisk")
    assert run(**ADDED)["disk"]["id"] == openvcloud.machines[103]["disks"][-1]
    assert len(openvcloud.writes()) == 1


def test_name_of_several(openvcloud, run):
    """Each machine has a boot disk; with the machine it is clear which one is meant."""
    assert (
        "Boot disk is the name of several: give one of the ids 104, 106" in run(account="acme", name="Boot disk")["msg"]
    )
    result = run(cloudspace="web", machine="web02", name="Boot disk", size=30)
    assert result["disk"]["id"] == 106 and result["steps"] == ["resize"]


def test_type_that_is_empty_is_not_given(openvcloud, run):
    run(**NEW, type="")
    assert sent(openvcloud)[0][1]["type"] == "D" and run(**NEW, type="")["changed"] is False


def test_numbers_as_text(openvcloud, run, numbers_as_text):
    run(**ADDED)
    assert run(**ADDED)["changed"] is False


# Removal


def test_absent_check_mode(openvcloud, run):
    run(**NEW)
    openvcloud.journal.clear()
    assert run(check=True, state="absent", **ARCHIVE)["steps"] == ["delete"]
    assert openvcloud.writes() == []


@pytest.mark.parametrize("permanently", [False, True])
def test_absent(openvcloud, run, permanently):
    run(**NEW)
    assert run(state="absent", permanently=permanently, **ARCHIVE)["steps"] == ["delete"]
    openvcloud.journal.clear()
    for check in (False, True):
        assert run(check=check, state="absent", permanently=permanently, **ARCHIVE)["changed"] is False
    assert openvcloud.writes() == []


def test_absent_idempotent(openvcloud, run):
    for key in (ARCHIVE, {"id": 999}):
        assert run(state="absent", **key)["changed"] is False
    assert openvcloud.writes() == []


def test_from_the_bin_for_good(openvcloud, run):
    run(**NEW)
    run(state="absent", **ARCHIVE)
    assert run(state="absent", permanently=True, **ARCHIVE)["steps"] == ["delete"]
    assert run(state="absent", permanently=True, **ARCHIVE)["changed"] is False


def test_absent_in_use(openvcloud, run):
    run(**ADDED)
    used = {"cloudspace": "web", "name": "archive", "state": "absent"}
    assert run(**used)["msg"].startswith("Can not delete disk which is attached (POST disks/delete: 409)")
    assert run(detach=True, **used)["changed"]
    assert sent(openvcloud)[-1][1]["detach"] is True


@pytest.mark.parametrize("check", [False, True])
def test_absent_spares_the_disk_of_another_machine(openvcloud, run, check):
    run(**ADDED)
    openvcloud.journal.clear()
    other = {"cloudspace": "web", "machine": "db01", "state": "absent", "detach": True}
    assert run(check=check, name="archive", **other)["changed"] is False
    number = next(number for number, disk in openvcloud.disks.items() if disk["name"] == "archive")
    said = run(check=check, id=number, **other)["msg"]
    assert said == "id: disk %d is not one of machine db01 (107)" % number
    assert openvcloud.writes() == []
    assert run(name="archive", **{**other, "machine": "web01"})["steps"] == ["delete"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "archive"}, "id: the disk 104 is Boot disk, not archive; give only one of id and name to delete it"),
        ({"account": "acme-labs"}, "id: disk 104 is of the account 12, not 13"),
    ],
)
def test_absent_where_the_id_means_another_one(openvcloud, run, options, said):
    assert run(id=104, state="absent", detach=True, **options)["msg"] == said
    assert openvcloud.writes() == []


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_a_deletion(openvcloud, run, kind):
    run(**NEW)
    openvcloud.fault(kind, path=".*/disks/delete")
    assert run(state="absent", **ARCHIVE)["changed"]
    assert len(openvcloud.writes()) == 2


def test_other_location_of_one_that_exists(openvcloud, run):
    message = run(id=104, location="be-g8-4")["msg"]
    assert message == "location is fixed at creation: it is that of the grid 201, not be-g8-4 (grid 202)"
    assert run(id=104, location="Geneva")["changed"] is False

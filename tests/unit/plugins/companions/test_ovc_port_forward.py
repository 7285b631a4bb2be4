# SPDX-License-Identifier: GPL-3.0-or-later
"""ovc_port_forward on the simulator of OpenvCloud."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import clock
from ansible_collections.cegedim.cloud.plugins.module_utils.ovc import forward

HTTPS = {"cloudspace": "web", "public_port": 443}
NEW = {**HTTPS, "machine": "web01", "local_port": 8443}
SSH = {"cloudspace": "web", "public_port": 2201}
PLACE = {"cloudspaceId": 101, "publicIp": "203.0.113.10"}


@pytest.fixture
def run(openvcloud, run_on):
    on = run_on(openvcloud)

    def run(check=False, **options):
        return on("ovc_port_forward", check, **options)

    return run


def sent(openvcloud):
    return [(entry["path"].rpartition("portforwarding/")[2], entry["body"]) for entry in openvcloud.writes()]


def test_create_check_mode(openvcloud, run):
    result = run(check=True, **NEW)
    assert result["changed"] and result["steps"] == ["create"]
    assert result["port_forward"] == {
        "public_ip": "203.0.113.10",
        "public_port": 443,
        "protocol": "tcp",
        "machine_id": 103,
        "local_port": 8443,
    }
    assert openvcloud.writes() == []


def test_create(openvcloud, run):
    predicted = run(check=True, **NEW)
    result = run(**NEW)
    assert result["steps"] == ["create"] and result["diff"] == predicted["diff"]
    shown = result["port_forward"]
    assert (shown["public_port"], shown["local_port"], shown["machine_id"]) == (443, 8443, 103) and "id" not in shown
    body = {**PLACE, "publicPort": 443, "protocol": "tcp", "machineId": 103, "localPort": 8443}
    assert sent(openvcloud) == [("create", body)]
    for check in (False, True):
        again = run(check=check, **NEW)
        assert again["changed"] is False and again["diff"] == []
    assert len(openvcloud.writes()) == 1


def test_protocol_is_a_part_of_the_key(openvcloud, run):
    assert run(**{**NEW, "public_port": 2201, "protocol": "udp"})["steps"] == ["create"]
    assert len(openvcloud.forwards[101]) == 4


def test_public_address_may_have_a_length(openvcloud, run):
    openvcloud.cloudspaces[101]["publicipaddress"] = "203.0.113.10/24"
    assert run(**SSH, machine="web01", local_port=22)["changed"] is False


def test_change(openvcloud, run):
    wanted = {**SSH, "machine": "web02", "local_port": 2222}
    predicted = run(check=True, **wanted)
    result = run(**wanted)
    assert result["steps"] == ["update"] and result["diff"] == predicted["diff"]
    assert result["diff"][0]["before"]["machineId"] == 103 and result["diff"][0]["after"]["machineId"] == 105
    source = {"sourcePublicIp": "203.0.113.10", "sourcePublicPort": 2201, "sourceProtocol": "tcp"}
    body = {**PLACE, **source, "publicPort": 2201, "protocol": "tcp", "machineId": 105, "localPort": 2222}
    assert sent(openvcloud) == [("updateByPort", body)]
    assert run(**wanted)["changed"] is False


def test_indexes_shift_and_do_not_matter(openvcloud, run):
    """Every change moves all others in the list, whose places are their ids."""
    others = [row for row in openvcloud.forwards[101] if row["publicPort"] != 2202]
    run(**NEW)
    assert run(cloudspace="web", public_port=2202, state="absent")["changed"]
    run(**{**NEW, "public_port": 444})
    assert run(**NEW)["changed"] is False
    left = openvcloud.forwards[101]
    assert all(row in left for row in others) and [row["publicPort"] for row in left] == [444, 443, 2201, 80]


def test_without_a_machine_id_the_address_counts(openvcloud, run):
    for _time in range(2):
        openvcloud.fault("mutate", path=".*/portforwarding/list", drop="*/machineId")
    assert run(**SSH, machine="web01", local_port=22)["changed"] is False


def test_absent_check_mode(openvcloud, run):
    assert run(check=True, state="absent", **SSH)["steps"] == ["delete"]
    assert openvcloud.writes() == []


def test_absent(openvcloud, run):
    assert run(state="absent", **SSH)["steps"] == ["delete"]
    assert sent(openvcloud) == [("deleteByPort", {**PLACE, "publicPort": 2201, "proto": "tcp"})]
    for check in (False, True):
        assert run(check=check, state="absent", **SSH)["changed"] is False


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"machine": "db01"}, "203.0.113.10:2201/tcp leads to machine 103, not db01; leave out machine and local_port"),
        ({"machine": "gone"}, "203.0.113.10:2201/tcp leads to machine 103, not gone"),
        ({"local_port": 23}, "203.0.113.10:2201/tcp leads to local_port 22, not 23"),
    ],
)
def test_absent_where_it_leads_elsewhere(openvcloud, run, target, said):
    for check in (False, True):
        assert run(check=check, state="absent", **SSH, **target)["msg"].startswith(said)
    assert openvcloud.writes() == []


@pytest.mark.parametrize("machine", ["web01", "103"])
def test_absent_where_it_leads(run, machine):
    assert run(state="absent", **SSH, machine=machine, local_port=22)["steps"] == ["delete"]
    assert run(state="absent", **SSH, machine=machine, local_port=22)["changed"] is False


def test_numbers_as_text(openvcloud, run, numbers_as_text):
    assert run(**SSH, machine="web01", local_port=22)["changed"] is False
    assert openvcloud.writes() == []


@pytest.mark.parametrize("body", ["null", "{}", "5", "[1]"])
def test_answer_that_is_no_list(openvcloud, run, body):
    openvcloud.fault("status", path=".*/portforwarding/list", status=200, body=body, content_type="application/json")
    assert run(**NEW)["msg"] == "portforwarding/list answered something else than a list of objects"
    assert openvcloud.writes() == []


def test_absent_that_somebody_else_was_faster_with(openvcloud, run):
    openvcloud.fault("error_after", path=".*/deleteByPort", status=404, body='"Could not find it"')
    assert run(state="absent", **SSH)["changed"]


def test_absent_idempotent(openvcloud, run):
    assert run(state="absent", **HTTPS)["changed"] is False
    assert openvcloud.writes() == []


def test_absent_where_the_cloudspace_is_gone(run):
    result = run(state="absent", cloudspace="gone", public_port=22)
    assert result["changed"] is False and "so there is nothing to delete" in result["warnings"][0]


def test_no_gateway_yet(openvcloud, run):
    openvcloud.cloudspaces[101]["status"] = "VIRTUAL"
    assert run(state="absent", **SSH)["changed"] is False
    assert run(**NEW)["msg"].startswith("Cannot create a portforwarding during cloudspace deployment.")


def test_machine_gets_its_address_late(openvcloud, run, monkeypatch):
    nic = openvcloud.machines[103]["interfaces"][0]
    address, nic["ipAddress"] = nic["ipAddress"], "Undefined"
    real = forward._addresses

    def addresses(machine):
        found = real(machine)
        nic["ipAddress"] = address
        return found

    monkeypatch.setattr(forward, "_addresses", addresses)
    assert run(**NEW)["changed"]


def test_machine_without_an_address(openvcloud, run):
    result = run(cloudspace="lab", public_port=22, machine="new01", local_port=22)
    assert result["msg"].startswith("Cannot create portforwarding when Virtual Machine did not acquire an IP Address.")


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
@pytest.mark.parametrize(
    ("options", "call"),
    [(NEW, "create"), ({**NEW, "public_port": 2201}, "updateByPort"), ({**SSH, "state": "absent"}, "deleteByPort")],
)
def test_lost_answer(openvcloud, run, kind, options, call):
    openvcloud.fault(kind, path=".*/portforwarding/" + call)
    assert run(**options)["changed"]
    assert [name for name, _body in sent(openvcloud)] == [call]


def test_order_that_got_lost(openvcloud, run, monkeypatch):
    monkeypatch.setattr(clock, "LATE_SECONDS", 0.5)
    openvcloud.fault("reset_before", path=".*/portforwarding/create")
    assert "nothing was sent again: look first" in run(**NEW)["msg"]
    assert len(openvcloud.writes()) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"public_port": 70000}, "public_port: 70000 is not within 1 to 65535"),
        ({"local_port": 0}, "local_port: 0 is not within 1 to 65535"),
        ({"local_port": None}, "missing: local_port; a port forward leads to a port of a machine"),
        ({"machine": "web1"}, "machine: web1 does not exist: do you mean"),
        ({"cloudspace": "wbe"}, "cloudspace: wbe does not exist; there is web (101), lab (102)"),
        ({"public_ip": "192.0.2.1"}, "Invalid public IP 192.0.2.1 (POST portforwarding/create: 400)"),
    ],
)
def test_wrong_options(run, options, said):
    assert run(**{**NEW, **options})["msg"].startswith(said)


def test_machine_is_not_there_yet_check_mode(openvcloud, run):
    result = run(check=True, **{**NEW, "machine": "next-year"})
    assert result["changed"] and "taken for something that an earlier task creates" in result["warnings"][0]

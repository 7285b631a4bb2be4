# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory of OpenvCloud does where a part cannot be read, and what is in its cache."""

from __future__ import annotations

import json
import os
import time

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.cegedim.cloud.plugins.inventory import ovc
from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_cache, ovc_estate
from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory.test_itcare_cache import age, entries, entry_of

ALL = ["db01", "new01", "web01", "web02", "win01"]
STALE = dict(cache_stale_if_error=True, cache_timeout=100)


def fails(run, **options):
    with pytest.raises(AnsibleParserError) as failure:
        run(**options)
    return str(failure.value)


def refuse(cloud, operation, status, **options):
    cloud.fault("status", operation="ovc." + operation, status=status, times=-1, **options)


@pytest.fixture
def broken(cloud, monkeypatch):
    """``broken(operation, status, cloudspace)``: that cloudspace's answer to this operation is an error from now on."""
    operations = {one.id: one for one in cloud.operations}

    def broken(name, status, cloudspace):
        one = operations["ovc." + name]
        number = next(space["id"] for space in cloud.cloudspaces.values() if space["name"] == cloudspace)

        def handler(system, call):
            from ansible_collections.cegedim.cloud.tests.simulator.answer import Answer

            if call.json().get("cloudspaceId") == number:
                return (
                    Answer(status, "it is closed") if status != 500 else Answer(500, b"<html>eco-1</html>", "text/html")
                )
            return one.handler(system, call)

        changed = [type(row)(**{**vars(row), "handler": handler}) if row is one else row for row in cloud.operations]
        monkeypatch.setattr(cloud, "operations", tuple(changed), raising=False)
        return number

    return broken


# Parts that cannot be read


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("operation", ["machines/list", "portforwarding/list"])
def test_cloudspace_that_cannot_be_read_fails_the_inventory(ovc_inventory, broken, operation, status):
    number = broken(operation, status, "lab")
    text = fails(ovc_inventory, connect_by=["port_forward"])
    assert text.startswith("cloudspace lab (id %d): " % number) and str(status) in text


@pytest.mark.parametrize("status", [403, 500])
def test_cloudspace_that_cannot_be_read_is_named_where_a_part_will_do(ovc_inventory, broken, status):
    number = broken("machines/list", status, "lab")
    found = ovc_inventory(on_partial="warn")
    assert found.hosts == ["db01", "web01", "web02"]
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("The inventory is not complete: cloudspace lab (id %d): " % number)


def test_forwards_that_cannot_be_read_are_told(ovc_inventory, broken):
    broken("portforwarding/list", 403, "web")
    found = ovc_inventory(on_partial="warn", connect_by=["port_forward", "address"])
    assert found.hosts == ALL and found.vars("web01")["ansible_host"] == "192.168.103.250"
    assert found.warnings[0].startswith("The inventory is not complete: cloudspace web (id ")


def test_page_that_cannot_be_read(ovc_inventory, cloud):
    refuse(cloud, "machines/get", 403)
    assert fails(ovc_inventory).startswith("machine new01 (id ")
    found = ovc_inventory(on_partial="warn", gather=["details"])
    assert found.hosts == ALL and found.ovc("web01")["source"] == "listing"
    assert len(found.warnings) == 5


@pytest.mark.parametrize("operation", ["cloudspaces/list", "machines/list"])
def test_nothing_at_all_fails_in_any_case(ovc_inventory, cloud, operation):
    refuse(cloud, operation, 403)
    assert "403" in fails(ovc_inventory, on_partial="warn")


@pytest.mark.parametrize(
    "operation, data",
    [
        *((name, data) for name in ("cloudspaces", "machines", "portforwarding") for data in ({}, "text", [1])),
        ("get", "text"),
        ("get", []),
    ],
)
def test_answer_of_another_shape_fails(ovc_inventory, cloud, monkeypatch, operation, data):
    operation = "machines/get" if operation == "get" else operation + "/list"
    changed = [
        type(row)(**{**vars(row), "handler": lambda system, call: data}) if row.id == "ovc." + operation else row
        for row in cloud.operations
    ]
    monkeypatch.setattr(cloud, "operations", tuple(changed), raising=False)
    assert "something else than" in fails(ovc_inventory, connect_by=["port_forward", "address"], gather=["details"])


def test_row_without_an_id_fails(ovc_inventory, cloud, monkeypatch):
    changed = [
        type(row)(**{**vars(row), "handler": lambda system, call: [{"name": "x"}]})
        if "machines/list" in row.id
        else row
        for row in cloud.operations
    ]
    monkeypatch.setattr(cloud, "operations", tuple(changed), raising=False)
    assert "machines/list answered a row without an id" in fails(ovc_inventory)


# What goes while it is read


def test_cloudspace_that_goes_meanwhile_is_left_out(ovc_inventory, cloud, broken):
    number = broken("machines/list", 404, "lab")
    assert "cloudspace lab" in fails(ovc_inventory)  # it is still there

    def gone(client, reader, read=ovc_estate._cloudspaces):
        found = read(client, reader)
        cloud.cloudspaces[number]["status"] = "DELETED"
        return found

    original = ovc_estate._cloudspaces
    ovc_estate._cloudspaces = gone
    try:
        assert ovc_inventory().hosts == ["db01", "web01", "web02"]
    finally:
        ovc_estate._cloudspaces = original


def test_machine_that_goes_meanwhile_is_left_out(ovc_inventory, cloud, monkeypatch):
    read = ovc_estate._read_pages

    def deleted_first(*arguments):
        next(row for row in cloud.machines.values() if row["name"] == "web01")["status"] = "DESTROYED"
        return read(*arguments)

    monkeypatch.setattr(ovc_estate, "_read_pages", deleted_first)
    assert ovc_inventory(gather=["details"]).hosts == [name for name in ALL if name != "web01"]


def test_machine_that_is_there_and_has_no_page_fails(ovc_inventory, cloud):
    refuse(cloud, "machines/get", 404)
    assert fails(ovc_inventory).startswith("machine new01 (id ")


# The cache


def test_hit_makes_no_request_and_no_login(ovc_cached, cloud):
    first = ovc_cached(connect_by=["port_forward", "address"])
    cloud.journal.clear()
    second = ovc_cached(connect_by=["port_forward", "address"])
    assert second.data.get_groups_dict() == first.data.get_groups_dict()
    assert {name: second.vars(name) for name in ALL} == {name: first.vars(name) for name in ALL}
    assert cloud.journal.entries() == []


@pytest.mark.parametrize(
    "change",
    [
        {"include": "ovc.vcpus > 2"},
        {"hostnames": ["ovc.name ~ 'x'"]},
        {"default_groups": []},
        {"vars_style": "prefixed"},
        {"local_ports": [2222]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_made_of_the_data_may_change_without_reading_again(ovc_cached, cloud, change):
    ovc_cached()
    cloud.journal.clear()
    ovc_cached(**change)
    assert cloud.journal.entries() == []


@pytest.mark.parametrize(
    "change",
    [
        {"accounts": ["acme"]},
        {"cloudspaces": ["web"]},
        {"statuses": ["RUNNING"]},
        {"names": ["web01"]},
        {"gather": ["images"]},
        {"gather": ["details"]},
        {"connect_by": ["address", "port_forward"]},
        {"client_authentication": "basic", "scope": "offline_access"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_filters_or_another_login_are_another_entry(ovc_cached, cloud, tmp_path, change):
    ovc_cached()
    cloud.journal.clear()
    ovc_cached(**change)
    assert cloud.requests() != [] and len(entries(tmp_path)) == 2


def test_entry_has_no_secret(ovc_cached, cloud, tmp_path):
    ovc_cached(gather=["details"], connect_by=["port_forward"])
    (path,) = entries(tmp_path)
    estate = json.dumps(inventory_cache.unpack(entry_of(path), ovc.InventoryModule.PARTS))
    assert "web01" in estate
    secrets = [one["password"] for row in cloud.machines.values() for one in row["accounts"]]
    secrets += [space["secret"] for space in cloud.cloudspaces.values()]
    for secret in (*secrets, cloud.login["client_secret"], "password", "access_token"):
        assert secret not in path.read_text() + path.name + estate


def test_partial_result_is_never_stored(ovc_cached, broken, tmp_path):
    broken("machines/list", 403, "lab")
    assert ovc_cached(on_partial="warn").warnings
    assert entries(tmp_path) == []


@pytest.mark.parametrize("status", [500, 503])
def test_stale_entry_where_the_platform_fails(ovc_cached, cloud, tmp_path, status):
    ovc_cached(**STALE)
    age(tmp_path, 5000)
    refuse(cloud, "machines/list", status)
    found = ovc_cached(**STALE)
    assert found.hosts == ALL
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("OpenvCloud cannot be read, so what was read 500")


@pytest.mark.parametrize("on_partial", ["fail", "warn"])
def test_refused_login_gets_no_stale_entry(ovc_cached, cloud, tmp_path, on_partial):
    ovc_cached(**STALE, on_partial=on_partial)
    age(tmp_path, 5000)
    refuse(cloud, "cloudspaces/list", 403)
    assert "403" in fails(ovc_cached, **STALE, on_partial=on_partial)


def test_old_entry_is_read_again(ovc_cached, cloud, tmp_path):
    ovc_cached(cache_timeout=100)
    age(tmp_path, 101)
    cloud.journal.clear()
    ovc_cached(cache_timeout=100)
    assert cloud.requests() != []


def test_flushed_cache_is_read_anew(ovc_cached, cloud):
    ovc_cached()
    cloud.add_machine("late", next(iter(cloud.cloudspaces.values())), 31, vcpus=1, memory=512)
    assert "late" not in ovc_cached().hosts
    assert "late" in ovc_cached(flush=True).hosts
    assert "late" in ovc_cached().hosts


def test_entry_of_another_plugin_or_a_damaged_one_is_read_again(ovc_cached, tmp_path):
    ovc_cached()
    (path,) = entries(tmp_path)
    entry = entry_of(path)
    packed = inventory_cache.pack({"hosts": {}, "products": {}, "dns_aliases": None, "notes": []})
    assert packed.keys() == entry.keys()
    text = json.dumps(packed)
    path.write_text(json.dumps({"__payload__": text}) if "__payload__" in path.read_text() else text)
    os.utime(path, (time.time(),) * 2)
    assert ovc_cached().hosts == ALL

# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of OpenvCloud with a large estate, and with names that nobody expects."""

from __future__ import annotations

import os

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz
from ansible_collections.cegedim.cloud.tests.unit.plugins.companions.changing import Answers
from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory import test_itcare_trust
from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory.test_itcare_trust import RISKY, trusted_text
from ansible_collections.cegedim.cloud.tests.unit.plugins.inventory.test_ovc import asked, fails, truth

trap = test_itcare_trust.trap  # a fixture
SAMPLE = int(os.environ.get("ITCARE_FUZZ", 30))  # changed answers that are tried
ONCE_BUGS = [
    ("POST", "ovc.cloudspaces/list", (0, "accountId"), "list"),
    ("POST", "ovc.machines/get", ("interfaces",), "number"),
]
SPACES, EACH = 60, 40
ODD = ["a b", "a,b", "[x]", "x[1:3]", "a:&b", "!web", "~w.*", "w*", "été", "WEB", " x ", "{{ 7*7 }}", "1", "a;b"]


def only(cloud, count=1):
    """So many cloudspaces, and no machine."""
    for rows in (cloud.cloudspaces, cloud.machines, cloud.forwards, cloud.disks):
        rows.clear()
    return [cloud.add_cloudspace("space%d" % number, 12 + number % 2, cloud.locations[0]) for number in range(count)]


def add(cloud, space, name, **fields):
    return cloud.add_machine(name, space, 31, vcpus=1, memory=512, **fields)


# A large estate


@pytest.fixture
def large(cloud):
    for place, space in enumerate(only(cloud, SPACES)):
        for number in range(EACH):
            status = "DELETED" if number == 7 else "HALTED" if number % 5 == 0 else "RUNNING"
            address = "Undefined" if number % 11 == 0 else "10.%d.1.%d" % (place, number)
            add(cloud, space, "m%03d%02d" % (place, number), status=status, address=address)
        cloud.forwards[space["id"]].append(
            {
                "publicIp": space["publicipaddress"],
                "publicPort": 2200,
                "localIp": "10.%d.1.1" % place,
                "localPort": 22,
                "protocol": "tcp",
            }
        )
    return cloud


def shown(found):
    """What an inventory has of each machine, by id, as ``truth`` says it."""
    records = [(name, found.ovc(name)) for name in found.hosts]
    return {
        record["id"]: {
            "name": name,
            "status": record["status"],
            "vcpus": record["vcpus"],
            "address": found.vars(name).get("ansible_host"),
            "cloudspace": record["cloudspace_name"],
            "account": record["account_name"],
            "location": record["location"],
        }
        for name, record in records
    }


def test_large_estate_host_by_host(ovc_inventory, large):
    found = ovc_inventory(gather=["details"])
    assert shown(found) == truth(large) and len(found.hosts) == SPACES * (EACH - 1)
    assert len(found.members("status_HALTED")) == SPACES * EACH // 5
    assert found.warnings == []


def test_large_estate_from_the_cache(ovc_cached, large):
    options = {"connect_by": ["port_forward", "address"], "compose": {"place": "ovc.cloudspace_name"}}
    first = ovc_cached(**options)
    assert len(asked(large, "machines/list")) == len(asked(large, "portforwarding/list")) == SPACES
    large.journal.clear()
    again = ovc_cached(**options)
    assert large.journal.entries() == []
    assert again.hosts == first.hosts and len(first.hosts) == SPACES * (EACH - 1)
    for name in first.hosts:
        assert again.vars(name) == first.vars(name) and again.groups_of(name) == first.groups_of(name)
    through = [name for name in first.hosts if first.vars(name).get("ansible_port") == 2200]
    assert len(through) == SPACES


@pytest.mark.parametrize("number", range(0, SPACES, 17))
def test_selection_of_a_large_estate_fails_closed(ovc_inventory, large, number):
    """One machine, wherever it is, that a condition cannot be evaluated for is enough."""
    row = list(large.machines.values())[number * EACH + 3]
    wanted = "ovc.status == 'RUNNING' and ovc.description | length > 0"
    every = {"gather": ["details"], "include": wanted}
    for one in large.machines.values():
        one["description"] = "x"
    row["description"] = None
    text = fails(ovc_inventory, **every)
    assert "cannot be evaluated for %s (id %d)" % (row["name"], row["id"]) in text
    row["description"] = ""
    assert row["name"] not in ovc_inventory(**every).hosts


# Any answer


@pytest.mark.parametrize("on_partial", ["fail", "warn"])
def test_no_answer_is_a_traceback(ovc_inventory, cloud, monkeypatch, on_partial):
    """It ends with hosts that Ansible can use, or with a sentence."""
    options = {
        "gather": ["details", "images"],
        "connect_by": ["port_forward", "address"],
        "duplicates": "suffix",
        "on_partial": on_partial,
        "hostnames": ["name", "'ovc' ~ ovc.id"],
        "keyed_groups": [{"key": "ovc.status | string"}],
    }
    answers = Answers(cloud)
    monkeypatch.setattr(cloud, "operations", answers.operations)
    ovc_inventory(**options)
    ended, bugs = [], {}
    for cell in ONCE_BUGS + fuzz.sample(fuzz.cells(answers.seen), SAMPLE, on_partial):
        answers.cell = cell
        try:
            found = ovc_inventory(**options)
            ended.append(True)
            assert all(isinstance(name, str) and name.strip() for name in found.hosts), cell
        except AnsibleParserError as problem:
            ended.append(False)
            assert len(str(problem).split()) > 3, (cell, problem)
        except Exception as bug:
            bugs.setdefault(repr(bug), cell)
    assert not bugs
    assert True in ended and False in ended
    cloud.clear_violations()  # ids of a wrong type are sent as they came


# Names


def test_every_host_can_be_named_on_the_command_line(ovc_inventory, cloud):
    """Whatever a machine is called, its host is selected by its name alone, and no other host is."""
    (space,) = only(cloud)
    for name in ODD:
        add(cloud, space, name)
    found = ovc_inventory(duplicates="suffix")
    assert len(found.hosts) == len(ODD)
    manager = InventoryManager(DataLoader(), sources=[])
    manager._inventory = found.data
    for name in found.hosts:
        manager.clear_pattern_cache()
        assert [host.name for host in manager.get_hosts(name)] == [name]


@pytest.mark.parametrize("name", ["-oProxyCommand=x", "a/b", "..", "a\tb", "localhost", "", None, "all"])
def test_name_that_cannot_be_that_of_a_host(ovc_inventory, cloud, name):
    (space,) = only(cloud)
    row = add(cloud, space, name)
    assert "hostnames gives no usable name for %s (id %d)" % (name, row["id"]) in fails(ovc_inventory)
    assert ovc_inventory(hostnames=["name", "'ovc' ~ ovc.id"]).hosts == ["ovc%d" % row["id"]]


@pytest.mark.parametrize("number", range(len(RISKY)))
def test_names_are_never_run(ovc_inventory, cloud, trap, number):
    """Those of machines, cloudspaces and accounts, wherever they end up: host, group, variable, message."""
    file, call = trap
    text = test_itcare_trust.texts(call)[number].replace("/", "_")
    cloud.accounts[0]["name"] = text
    space = cloud.add_cloudspace(text, 12, cloud.locations[0])
    row = add(cloud, space, text, description=text)
    made = {
        "keyed_groups": [{"key": "ovc.cloudspace_name"}, {"key": "ovc.name", "prefix": "n"}],
        "compose": {"copy": "ovc.name"},
        "groups": {"theirs": "ovc.name == ovc.account_name"},
        "include": "ovc.name != 'run'",
        "hostnames": ["'ovc' ~ ovc.id"],
    }
    found = ovc_inventory(gather=["details"], **made)
    name = "ovc%d" % row["id"]
    assert found.vars(name)["copy"] == found.ovc(name)["cloudspace_name"] == text
    assert name in found.members("theirs")
    templar = Templar(loader=DataLoader(), variables=found.vars(name))
    assert templar.template(trusted_text("{{ ovc.name }}")) == text
    add(cloud, space, text)
    fails(ovc_inventory, **{**made, "hostnames": ["hostname"]})
    fails(ovc_inventory, **{**made, "include": "ovc.nothing"})
    assert not file.exists()


def test_machines_of_one_name_are_told_apart_by_more_than_the_cloudspace(ovc_inventory, cloud):
    """Cloudspaces of two accounts may have the same name; the id tells then."""
    one, other = only(cloud, 2)
    other["name"] = one["name"] = "web"
    rows = [add(cloud, space, "m1") for space in (one, other)]
    assert "several hosts have the same name: m1 (id %d in cloudspace web" % rows[0]["id"] in fails(ovc_inventory)
    names = ["m1_web_%d" % row["id"] for row in rows]
    assert sorted(ovc_inventory(duplicates="suffix").hosts) == sorted(names)
    found = ovc_inventory(duplicates="first")
    assert found.ovc("m1")["id"] == rows[0]["id"] and found.hosts == ["m1"]

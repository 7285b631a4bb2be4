# SPDX-License-Identifier: GPL-3.0-or-later
"""roles/estate_report: the files say what the inventory says, and change only if the estate does."""

from __future__ import annotations

import csv
import json
import pathlib
import re
import subprocess
import sys

import pytest
from player import ROOT, Player, changes, example_of, role
from simulator import Simulator

README = ROOT / "roles" / "estate_report" / "README.md"
TABLES = ("machines", "products", "others", "loadbalancers", "services", "attention", "changes")
EVERYTHING = "instances application_servers databases message_brokers kubernetes glusterfs".split()
HOSTILE = "</script><script>alert(1)</script>{{ 7 * 6 }}"


@pytest.fixture
def simulator():
    with Simulator(action_seconds=0.1) as simulator:
        yield simulator


@pytest.fixture
def player(simulator, tmp_path):
    return Player(simulator, tmp_path)


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "report"


def report(directory, **variables):
    return role("estate_report", estate_report_directory=str(directory), **variables)


def data_of(directory):
    return json.loads((directory / "estate.json").read_text())


def files_of(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def embedded(directory):
    """The data in the page, as a browser reads it: up to the first end of the element."""
    return json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script', page(directory), re.S)[1])


def page(directory):
    return (directory / "estate.html").read_text()


def hosts_of(player, **more):
    """The hosts (dict) of an inventory with everything."""
    source = player.directory / "all.itcare.yml"
    options = {"plugin": "cegedim.cloud.itcare", "resource_types": EVERYTHING, "duplicates": "suffix", **more}
    source.write_text(json.dumps(options))
    program = pathlib.Path(sys.executable).with_name("ansible-inventory")
    command = [sys.executable, program, "-i", source, "--list", "--export"]
    done = subprocess.run(command, env=player.environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["_meta"]["hostvars"]


def counted(values):
    values = list(values)
    return {value: values.count(value) for value in values}


def equals_the_inventory(player, directory, **options):
    hosts = [host["itcare"] for host in hosts_of(player, **options).values()]
    made = data_of(directory)
    assert sorted(host["id"] for host in hosts) == sorted(one["id"] for one in made["machines"])
    assert made["numbers"]["machines"] == len(hosts)
    for field, variable in (("environment", "environment"), ("family", "family"), ("status", "status")):
        told = {one["value"]: one["count"] for one in made["numbers"]["machines_by"][field]}
        assert told == counted(host.get(variable) for host in hosts)
    shown = {one["id"]: one["tags"] for one in made["machines"]}
    assert shown == {host["id"]: host["tags"] if options.get("read_tags", True) else None for host in hosts}


def test_example(simulator, player, tmp_path):
    """The rhythm of all roles; what changes here are files, and nothing is sent but reads."""
    play = example_of("estate_report")
    directory = player.directory / "report"  # beside the playbook
    assert changes(player.play(play, "--check"))
    assert not directory.exists()
    results = player.play(play)
    assert changes(results)
    before = files_of(directory)
    assert sorted(before) == sorted(["estate.html", "estate.json", *(f"{table}.csv" for table in TABLES)])
    assert changes(player.play(play)) == []
    assert changes(player.play(play, "--check")) == []
    assert files_of(directory) == before
    assert player.writes() == [] and simulator.violations() == []
    equals_the_inventory(player, directory)
    assert all(path.stat().st_mode & 0o007 == 0 for path in (directory, *directory.iterdir()))


@pytest.mark.parametrize(
    "settings",
    [
        {"estate": "elsewhere"},
        {"estate": "elsewhere", "rows": "sparse", "patch_policies": "excluded"},
        {"nodes_listed": True},
        {"numbers": "different", "product_paths": "internal", "body_numbers": "internal"},
    ],
    ids=str,
)
def test_numbers_are_those_of_the_inventory(tmp_path, directory, settings):
    with Simulator(action_seconds=0.1, **settings) as simulator:
        player = Player(simulator, tmp_path)
        player.play(report(directory))
        equals_the_inventory(player, directory, read_tags=settings.get("rows") != "sparse")
        assert changes(player.play(report(directory))) == []
        assert simulator.violations() == []
        made = data_of(directory)
        instances = [one for one in made["machines"] if one["kind"] == "instance"]
        assert all(one["sizing"] and one["backup"] is not None and one["snapshot"] for one in instances)
        members = [member for one in made["loadbalancers"] for member in one["members"]]
        assert all(member["machine_id"] for member in members)
        assert all(one["backup"] is not None and one["monitoring"] is not None for one in made["products"])
        assert all(one["end_of_support"] and one["version"] for one in made["products"])
        assert made["numbers"]["urls"] == sum(len(one["urls"]) for one in made["loadbalancers"])
        assert made["support"]["resources"] == sum(one["count"] for one in made["support"]["ends"])


def test_json_is_as_the_readme_says(player, directory):
    player.play(report(directory))
    player.simulator.add_instance("NEW01", "billing")
    player.play(report(directory))
    made = data_of(directory)
    text = README.read_text().split("`estate.json` is the same data:")[1]
    keys, tables = text.split("The fields of the tables:")
    assert list(made) == re.findall(r"^\| `(\w+)` \|", keys, re.M)
    described = re.findall(r"^\| `(\w+)` \| (`.*`) \|$", tables, re.M)
    assert {table for table, _fields in described} == set(TABLES)
    for table, fields in described:
        assert made[table]
        for row in made[table]:
            assert list(row) == re.findall(r"`(\w+)`", fields)
    for table in TABLES:
        rows = list(csv.DictReader((directory / f"{table}.csv").open(newline="")))
        assert rows and all(None not in row.values() for row in rows)
    assert len(list(csv.DictReader((directory / "machines.csv").open()))) == made["numbers"]["machines"]


def test_what_changed(simulator, player, directory):
    player.play(report(directory))
    first = data_of(directory)
    simulator.add_instance("NEW01", "billing")
    stopped = simulator.state.named("PEBBILL01")[0]
    stopped["status"] = "INACTIVE"
    simulator.state.named("PEBBILL02")[0].update(cpu=8, ram=32)
    assert changes(player.play(report(directory), "--check")), "check mode says that the report would change"
    assert data_of(directory) == first
    player.play(report(directory))
    second = data_of(directory)
    assert {(one["what"], one["name"], one["before"], one["after"]) for one in second["changes"]} == {
        ("added", "NEW01", "", ""),
        ("resized", "PEBBILL02", "4cpu8gb", "8cpu32gb"),
        ("status", "PEBBILL01", "ACTIVE", "INACTIVE"),
    }
    assert second["since"] == first["as_of"]
    earlier = directory.parent / "earlier.json"
    earlier.write_text(json.dumps(second))
    stopped["status"] = "ACTIVE"
    results = player.play(report(directory, estate_report_previous=str(earlier)))
    assert [one["what"] for one in data_of(directory)["changes"]] == ["status"]
    assert "estate.html" in str(results[-1]["msg"])
    assert changes(player.play(report(directory, estate_report_previous=str(earlier)))) == []


def test_texts_of_the_platform_stay_texts(simulator, player, directory):
    simulator.add_instance("EVIL01", "billing", comment=HOSTILE, productName='=HYPERLINK("https://example.com")')
    simulator.state.named("PEBBILL01")[0]["patchParty"].update(excluded=True, exclusionReason=HOSTILE)
    player.play(report(directory, estate_report_title="<b>Estate</b>"))
    (evil,) = [one for one in data_of(directory)["machines"] if one["name"] == "EVIL01"]
    assert evil["comment"] == HOSTILE, "no template was evaluated"
    assert HOSTILE not in page(directory) and "alert(1)" in page(directory)
    assert page(directory).count("<script") == page(directory).count("</script") == 2
    assert "<b>Estate" not in page(directory)
    texts = embedded(directory)["machines"]["texts"]
    assert HOSTILE in texts
    rows = csv.DictReader((directory / "machines.csv").open(newline=""))
    assert [row["platform"] for row in rows if row["name"] == "EVIL01"] == ['\'=HYPERLINK("https://example.com")']


def test_page_needs_no_network(player, directory):
    player.play(report(directory, estate_report_link="https://console.example.com/resources/{id}"))
    outside = re.sub(r'<script type="application/json".*?</script>', "", page(directory), flags=re.S)
    assert set(re.findall(r"https?://[^\s\"'<>)]+", outside)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(?:src|@import|url\()\s*=?\s*[\"']?(?!data:)\w+:", outside)
    assert embedded(directory)["link"] == "https://console.example.com/resources/{id}"


def test_some_services_and_parts(player, directory):
    left_out = ["loadbalancers", "patch_parties", "kubernetes", "resources"]
    play = report(
        directory,
        estate_report_services=["portal", "44413"],
        estate_report_leave_out=left_out,
        estate_report_snapshots=0,
    )
    player.play(play)
    made = data_of(directory)
    assert {one["service"] for one in made["machines"]} == {"portal", "intranet"}
    assert {one["name"] for one in made["services"]} == {"portal", "intranet"}
    assert (made["loadbalancers"], made["others"], made["parties"]) == (None, None, None)
    asked = {entry["operation"] for entry in player.simulator.requests()}
    assert not {"list_loadbalancers", "list_changes", "list_kubernetes", "get_instance_snapshot"} & asked


def test_few_are_asked_one_by_one(tmp_path, directory):
    with Simulator(action_seconds=0.1, rows="sparse") as simulator:
        player = Player(simulator, tmp_path)
        player.play(report(directory, estate_report_details=3, estate_report_snapshots=2))
        asked = [entry["operation"] for entry in simulator.requests()]
        assert (asked.count("get_instance"), asked.count("get_instance_snapshot")) == (3, 2)
        sized = [one for one in data_of(directory)["machines"] if one["kind"] == "instance" and one["cpu"]]
        backup = [one["name"] for one in data_of(directory)["products"] if one["backup"] is not None]
        assert len(backup) == 3
        assert len(sized) == 3 and {one["environment"] for one in sized} == {"PRODUCTION"}


@pytest.mark.parametrize(
    "variables, message",
    [
        ({"estate_report_services": ["nobody"]}, "there is no service called nobody"),
        ({"estate_report_services": ["biling"]}, "there is no service called biling: do you mean billing (44411) or"),
        ({"estate_report_directory": "report"}, "estate_report_directory has to be an absolute path, such as /"),
        ({"estate_report_link": "javascript:alert({id})"}, "estate_report_link has to begin with https://"),
        ({"estate_report_previous": "/nowhere/estate.json"}, "estate_report_previous has to be the absolute path of a"),
        ({"estate_report_previous": "estate.json"}, "not estate.json"),
        ({"estate_report_leave_out": ["everything"]}, "value of estate_report_leave_out must be one or more of"),
    ],
)
def test_wrong_values(player, directory, variables, message):
    play = role("estate_report", **{"estate_report_directory": str(directory), **variables})
    assert message in player.refused(play)
    assert not directory.exists()


def test_last_report_that_is_broken(player, directory):
    directory.mkdir()
    (directory / "estate.json").write_text('{"format": 1, "as_')
    assert ': "old: the earlier report is not JSON' in player.refused(report(directory))
    assert sorted(files_of(directory)) == ["estate.json"]

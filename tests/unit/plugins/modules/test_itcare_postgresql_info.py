# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of PostgreSQL against the simulator: exactly what is asked, and what is shown."""

from __future__ import annotations

import pytest


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the PostgreSQL, and the requests ``(path, query)``."""

    def run_info(**options):
        sim.clear_journal()
        result = run("itcare_postgresql_info", **options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is False and sim.writes() == []
        return result["postgresql"], [(entry["path"], entry["query"]) for entry in sim.requests()]

    return run_info


def names(rows):
    return [row["name"] for row in rows]


def test_list_shows_no_other_databases(info):
    rows, asked = info()
    assert names(rows) == ["billingpg", "intrapg"]
    assert [path for path, _query in asked] == ["/databases"]


@pytest.mark.usefixtures("silent_rows")
def test_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(info):
    """The page that was read for that is shown, and not read again."""
    rows, asked = info(gather=["details"])
    assert names(rows) == ["billingpg", "intrapg"]
    assert {row["source"] for row in rows} == {"details"}
    pages = [path for path, _query in asked if path.startswith("/databases/postgresql/")]
    assert len(pages) == len(set(pages))


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(names=["intrapg"]), {"names": "intrapg"}, ["intrapg"]),
        (dict(services=["44411"]), {"services": "44411"}, ["billingpg"]),
        (dict(environments=["DEV"]), {"environments": "DEV"}, ["intrapg"]),
        (dict(statuses=["INACTIVE"]), {"statuses": "INACTIVE"}, []),
        (dict(version=15), {"version": "15"}, ["billingpg"]),
        (dict(versions=["14"]), {"versions": "14"}, ["intrapg"]),
        (dict(topologies=["HA"]), {"topologies": "HA"}, ["billingpg"]),
        (dict(monitoring_status=True), {"monitoringStatus": "true"}, ["billingpg"]),
        (dict(monitoring_on_call_status=False), {"monitoringOnCallStatus": "false"}, ["billingpg", "intrapg"]),
        (dict(backup_status=False), {"backupStatus": "false"}, ["intrapg"]),
        (dict(recovery_status=True), {"recoveryStatus": "true"}, ["billingpg"]),
        (dict(included_in_patch_party=True), {"includedInPatchParty": "true"}, ["billingpg", "intrapg"]),
        (dict(clouds=[101]), {"clouds": "101"}, ["billingpg", "intrapg"]),
        (dict(families=["POSTGRESQL"]), {"families": "POSTGRESQL"}, ["billingpg", "intrapg"]),
        (dict(restore=True), {"restore": "true"}, None),
        (dict(sort="name,desc"), {"sort": "name,desc"}, ["intrapg", "billingpg"]),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(info, options, sent, found):
    rows, asked = info(**options)
    ((path, query),) = asked
    assert path == "/databases"
    assert {key: value for key, value in query.items() if key not in ("page", "size")} == sent
    assert found is None or names(rows) == found


def test_by_id(sim, info):
    number = sim.state.named("intrapg")[0]["id"]
    (row,), asked = info(id=number)
    assert asked == [("/databases/postgresql/%d" % number, {})]
    assert (row["name"], row["network_id"]) == ("intrapg", 1125)


def test_by_id_that_is_none(info):
    assert info(id=1)[0] == []


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("databases", [{"name": "postgres", "extensions": []}]),
        ("versions", [15, 16]),
        ("extensions", []),
        ("tags", {}),
    ],
)
def test_gather(info, choice, expected):
    (row,), asked = info(names=["intrapg"], gather=[choice])
    shown = row[choice]
    assert (shown[:1] if choice == "databases" else shown) == expected
    assert len(asked) == 2


def test_gather_details_joins_the_row(info):
    (row,), _asked = info(names=["billingpg"], gather=["details"])
    assert (row["network_id"], row["tls_enabled"], row["trigram"]) == (1125, True, "bil")


def test_gather_nodes_and_networks(info):
    (row,), _asked = info(names=["billingpg"], gather=["nodes", "networks"])
    assert names(row["nodes"]) == ["PEBPGBIL01", "PEBPGBIL02"]
    assert [network["id"] for network in row["networks"]] == [1125, 1125]


def test_gather_everything(info):
    rows, _asked = info(gather=CHOICES)
    assert all(set(CHOICES) - {"details"} <= set(row) for row in rows)


CHOICES = [
    "backup_policies",
    "databases",
    "details",
    "dns_aliases",
    "extensions",
    "history",
    "loadbalancers",
    "networks",
    "nodes",
    "operations",
    "parent",
    "patch_policy",
    "tags",
    "versions",
]


def test_id_and_filter(run):
    result = run("itcare_postgresql_info", id=1, names=["a"])
    assert result["failed"] and "mutually exclusive" in result["msg"]


def test_filter_with_a_comma(run):
    result = run("itcare_postgresql_info", topologies=["HA,STANDALONE"])
    assert result["failed"] and "a comma separates values" in result["msg"]


def test_page_that_is_not_there(sim, run):
    """A farm is looked for in the listing that shows it: its own path has none."""
    sim.fault("status", status=404, path="/databases/postgresql/", times=-1)
    result = run("itcare_postgresql_info", names=["billingpg"], gather=["details"])
    assert result["failed"] and "is listed, and has no page below /databases/postgresql" in result["msg"]
    assert sim.violations() == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of OverDrive against the simulator: exactly what is asked, and what is shown."""

from __future__ import annotations

import pytest

PATH = "/storage/overdrive"
NAME = "intradrive"


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the OverDrive, and the requests ``(path, query)``."""

    def run_info(**options):
        sim.clear_journal()
        result = run("itcare_overdrive_info", **options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is False and sim.writes() == []
        return result["overdrive"], [(entry["path"], entry["query"]) for entry in sim.requests()]

    return run_info


@pytest.fixture
def there(sim):
    """The record that is there already."""
    (record,) = sim.state.live("overdrive")
    return record


def names(rows):
    return [row["name"] for row in rows]


def test_list(info):
    (row,), asked = info()
    assert (row["name"], row["source"]) == (NAME, "listing")
    assert [path for path, _query in asked] == [PATH]


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(names=[NAME]), {"names": NAME}, [NAME]),
        (dict(names=["nosuch"]), {"names": "nosuch"}, []),
        (dict(clouds=[101]), {"clouds": "101"}, [NAME]),
        (dict(sort="name,desc"), {"sort": "name,desc"}, [NAME]),
    ],
)
def test_filter(info, options, sent, found):
    rows, asked = info(**options)
    ((path, query),) = asked
    assert path == PATH
    assert {key: value for key, value in query.items() if key not in ("page", "size")} == sent
    assert names(rows) == found


@pytest.mark.parametrize("option", ["services", "tags", "statuses"])
def test_filter_that_its_listing_does_not_have(run, option):
    result = run("itcare_overdrive_info", **{option: "a"})
    assert result["failed"] and "Unsupported parameters" in result["msg"]


def test_by_id(info, there):
    (row,), asked = info(id=there["id"])
    assert asked == [("%s/%d" % (PATH, there["id"]), {})]
    assert (row["name"], row["source"]) == (NAME, "details")


def test_gather_nodes_and_networks(sim, info, there):
    (row,), asked = info(gather=["nodes", "networks"])
    nodes = list(sim.state.nodes(there["id"]))
    assert names(row["nodes"]) == names(nodes)
    assert len(row["networks"]) == len(nodes)
    generic = "/compute/resources/%d" % there["id"]
    assert sorted(path for path, _query in asked) == sorted([PATH, generic + "/farm-networks", generic + "/nodes"])


def test_gather_everything(info):
    (row,), _asked = info(gather=CHOICES)
    assert set(CHOICES) - {"details"} <= set(row) and row["source"] == "details"
    assert "stop" in [one["operation"] for one in row["available_actions"]]


CHOICES = [
    "backup_policies",
    "details",
    "dns_aliases",
    "history",
    "loadbalancers",
    "networks",
    "nodes",
    "operations",
    "parent",
    "patch_policy",
    "tags",
]

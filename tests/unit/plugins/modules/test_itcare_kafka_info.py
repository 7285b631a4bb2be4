# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of Kafka against the simulator: exactly what is asked, and what is shown."""

from __future__ import annotations

import pytest

PATH = "/message-brokers/apache-kafka"
KIND = "apache_kafka"  # the simulator's word


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the Kafka, and the requests ``(path, query)``."""

    def run_info(**options):
        sim.clear_journal()
        result = run("itcare_kafka_info", **options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is False and sim.writes() == []
        return result["kafka"], [(entry["path"], entry["query"]) for entry in sim.requests()]

    return run_info


@pytest.fixture
def there(sim):
    """The records that are there already."""
    return list(sim.state.live(KIND))


def names(rows):
    return [row["name"] for row in rows]


def test_list_shows_no_other_product(info, there):
    rows, asked = info()
    assert names(rows) == names(there) != []
    assert [path for path, _query in asked] == ["/message-brokers"]
    assert {row["source"] for row in rows} == {"listing"}


@pytest.mark.usefixtures("silent_rows")
def test_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(info, there):
    rows, _asked = info(gather=["nodes"])
    assert names(rows) == names(there)


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(names=["billing_events"]), {"names": "billing_events"}, ["billing_events"]),
        (dict(services=["44413"]), {"services": "44413"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["billing_events"]),
        (dict(versions=["3.9"]), {"versions": "3.9"}, ["billing_events"]),
        (dict(versions=["3.6.0"]), {"versions": "3.6.0"}, []),
        (dict(backup_status=False), {"backupStatus": "false"}, []),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(info, options, sent, found):
    rows, asked = info(**options)
    ((path, query),) = asked
    assert path == "/message-brokers"
    assert {key: value for key, value in query.items() if key not in ("page", "size")} == sent
    assert names(rows) == found


def test_by_id(info, there):
    (row,), asked = info(id=there[0]["id"])
    assert asked == [("%s/%d" % (PATH, there[0]["id"]), {})]
    assert (row["name"], row["source"]) == (there[0]["name"], "details")


def test_details_show_what_no_listing_shows(info):
    (row,), _asked = info(names=["billing_events"], gather=["details"])
    assert (row["bootstrap_server"], row["overloaded_params"]) == ("billing-events.acme.example:9092", "")


def test_gather_nodes_and_networks(sim, info, there):
    (row,), asked = info(names=names(there[:1]), gather=["nodes", "networks"])
    nodes = list(sim.state.nodes(there[0]["id"]))
    assert names(row["nodes"]) == names(nodes)
    assert len(row["networks"]) == len(nodes)
    assert len(asked) == 3


def test_gather_everything(info, there):
    rows, _asked = info(gather=CHOICES)
    assert len(rows) == len(there)
    assert all(set(CHOICES) - {"details"} <= set(row) and row["source"] == "details" for row in rows)


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

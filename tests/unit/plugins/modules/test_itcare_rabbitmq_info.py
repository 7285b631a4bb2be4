# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of RabbitMQ against the simulator: exactly what is asked, and what is shown."""

from __future__ import annotations

import pytest

PATH = "/message-brokers/rabbitmq"
KIND = "rabbitmq"  # the simulator's word


@pytest.fixture
def info(sim, run):
    """``info(**options)``: the RabbitMQ, and the requests ``(path, query)``."""

    def run_info(**options):
        sim.clear_journal()
        result = run("itcare_rabbitmq_info", **options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is False and sim.writes() == []
        return result["rabbitmq"], [(entry["path"], entry["query"]) for entry in sim.requests()]

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
        (dict(names=["intranet-rmq"]), {"names": "intranet-rmq"}, ["intranet-rmq"]),
        (dict(services=["44411"]), {"services": "44411"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["intranet-rmq"]),
        (dict(versions=["3.13"]), {"versions": "3.13"}, ["intranet-rmq"]),
        (dict(versions=["3.12"]), {"versions": "3.12"}, []),
        (dict(backup_status=True), {"backupStatus": "true"}, []),
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
    (row,), _asked = info(names=["intranet-rmq"], gather=["details"])
    assert (row["tls_enabled"], row["broker_size"], row["broker_count"]) == (True, "2cpu4gb", 1)


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

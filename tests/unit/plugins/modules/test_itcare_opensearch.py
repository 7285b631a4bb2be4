# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenSearch module against the simulator: what it answers, and exactly what it sends."""

from __future__ import annotations

import time

import pytest

from ansible_collections.cegedim.cloud.tests.unit.plugins import creations

PATH = "/databases/opensearch"
NEW = dict(creations.OPENSEARCH, name="qa_search")
BODY = {
    "name": "qa_search",
    "serviceId": 44413,
    "region": "EB",
    "area": "EB-EMEA",
    "networkId": 1127,
    "platform": "opensearch219",
    "clusterVersion": "2.19.0",
    "instanceCount": "5",
    "nodePrefix": "DEBOS",
    "nodeSizing": "2cpu8gb",
    "diskSize": 100,
    "admPassword": "***",  # the journal keeps no secret
}
THERE = "billing-search"  # with three nodes


@pytest.fixture
def opensearch(task):
    return task("itcare_opensearch")


@pytest.fixture
def path(sim):
    return sim.address(THERE)


def sizes(sim, name):
    return {node["name"]: node["_sizing"] for node in sim.state.nodes(sim.state.named(name, "opensearch")[0]["id"])}


def resize(size, *names):
    return {"operation": "resize_nodes", "options": {"nodeSize": size, "nodes": list(names)}}


def pair(size, disk):
    return {"operation": "add_nodes", "options": {"nodesCount": 2, "nodeSize": size, "diskSize": disk}}


def test_create(opensearch):
    result, writes = opensearch.converges(**NEW)
    assert writes == [("POST", PATH, BODY)]
    assert result["steps"] == ["create"]
    shown = result["opensearch"]
    assert (shown["status"], shown["version"], shown["node_count"], shown["sizing"]) == (
        "ACTIVE",
        "2.19.0",
        5,
        "2cpu8gb",
    )
    assert len(shown["nodes"]) == 5


def test_create_sends_every_field(opensearch):
    options = dict(
        NEW,
        node_count=3,
        availability_zone="EB-A",
        area="EB-EMEA",
        regulation="STANDARD",
        cloud=101,
        monitoring_enabled=True,
        monitoring_alerting=False,
        on_call_supervision=True,
        backup_enabled=False,
        no_backup_prod_reason="Rebuilt each night",
        replication_enabled=False,
        no_replication_prod_reason="Not needed",
        no_monitoring_prod_reason="Not needed",
    )
    _result, ((_method, _path, body),) = opensearch.converges(**options)
    assert body == {
        **BODY,
        "instanceCount": "3",
        "az": "EB-A",
        "regulation": "STANDARD",
        "cloudId": 101,
        "monitoringEnabled": True,
        "monitoringAlerting": False,
        "onCallSupervision": True,
        "backupEnabled": False,
        "noBackupProdReason": "Rebuilt each night",
        "replicationEnabled": False,
        "noReplicationProdReason": "Not needed",
        "noMonitoringProdReason": "Not needed",
    }


def test_create_and_all_that_a_creation_cannot_say(opensearch):
    result, _writes = opensearch.converges(
        **NEW,
        state="stopped",
        comment="logs of the shop",
        tags={"tier": "data"},
        patch_party=dict(excluded=True, exclusion_reason="Patched by hand"),
    )
    assert result["steps"] == ["create", "update_patch_party", "comment", "add_tag", "stop"]


NOT_A_NAME = "name: %r is not allowed: use 4 to 60 lowercase letters, digits, hyphens and underscores"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "Logs"}, NOT_A_NAME % "Logs"),
        ({"name": "log"}, NOT_A_NAME % "log"),
        ({"name": "cluster"}, NOT_A_NAME % "cluster"),
        ({"disk_size": 39}, "disk_size: 39 is not within 40 to 1024 GB"),
        ({"disk_size": 1025}, "disk_size: 1025 is not within 40 to 1024 GB"),
        ({"node_count": 4}, "node_count: a new cluster has an odd number of nodes, and 4 is even"),
        ({"node_count": 1}, "node_count: 1 is not within 3 to 51"),
        ({"node_count": 53}, "node_count: 53 is not within 3 to 51"),
        (
            {"node_prefix": "debos"},
            "node_prefix: 'debos' is not allowed: use 4 to 60 uppercase letters, digits, hyphens and dots",
        ),
        ({"admin_password": "NoSpecial0123456"}, "and lacks a special character"),
        ({"version": "1.2.3"}, "version: 1.2.3 is unknown"),
        ({"platform": "redis72"}, "platform: redis72 is unknown"),
        ({"sizing": "3cpu7gb"}, "sizing: 3cpu7gb is unknown"),
        (
            {"nodes": [dict(name="DEBOS01", sizing="4cpu8gb")]},
            "nodes: a new cluster has nodes of one size; resize some when it is there",
        ),
    ],
)
def test_create_refused(opensearch, changed, message):
    assert message in opensearch.refuses(**{**NEW, **changed})


@pytest.mark.parametrize("check", [True, False])
def test_password_stays_secret(opensearch, check):
    result, _writes = opensearch(check=check, **NEW)
    assert result["changed"] and NEW["admin_password"] not in str(result)


def test_everything_as_it_is(opensearch):
    opensearch(**NEW)
    opensearch.changes_nothing(**{**NEW, "state": "started", "version": "2.19"})


# The size of nodes


def test_present(sim, opensearch, path):
    result, writes = opensearch.converges(name=THERE, sizing="4cpu8gb")
    assert writes == [("PATCH", path, resize("4cpu8gb", "QEBOS01", "QEBOS02", "QEBOS03"))]
    (step,) = result["diff"]
    assert step["before"] == {"nodes": dict.fromkeys(("QEBOS01", "QEBOS02", "QEBOS03"), "2cpu8gb")}
    assert step["after"] == {"nodes": dict.fromkeys(("QEBOS01", "QEBOS02", "QEBOS03"), "4cpu8gb")}
    assert result["opensearch"]["sizing"] == "4cpu8gb"


def test_only_nodes_of_another_size_are_resized(sim, opensearch, path):
    opensearch(name=THERE, nodes=[dict(name="QEBOS02", sizing="4cpu8gb")])
    _result, writes = opensearch.converges(name=THERE, sizing="4cpu8gb")
    assert writes == [("PATCH", path, resize("4cpu8gb", "QEBOS01", "QEBOS03"))]


def test_chosen_nodes_are_resized(sim, opensearch, path):
    result, writes = opensearch.converges(name=THERE, nodes=[dict(name="QEBOS02", sizing="4cpu8gb")])
    assert writes == [("PATCH", path, resize("4cpu8gb", "QEBOS02"))]
    assert sizes(sim, THERE) == {"QEBOS01": "2cpu8gb", "QEBOS02": "4cpu8gb", "QEBOS03": "2cpu8gb"}
    assert result["opensearch"]["sizing"] == "2cpu8gb and 4cpu8gb"


def test_chosen_nodes_are_an_exception_to_the_size_of_all(sim, opensearch, path):
    wanted = dict(name=THERE, sizing="4cpu8gb", nodes=[dict(name="QEBOS01", sizing="4cpu16gb")])
    _result, writes = opensearch.converges(**wanted)
    assert [body for _method, _path, body in writes] == [
        resize("4cpu8gb", "QEBOS02", "QEBOS03"),
        resize("4cpu16gb", "QEBOS01"),
    ]


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [dict(name="QEBOS09", sizing="4cpu8gb")],
            "there is no node QEBOS09: do you mean QEBOS01, QEBOS02 or QEBOS03? These are: QEBOS01, QEBOS02, QEBOS03",
        ),
        ([dict(name="QEBOS01", sizing="4cpu8gb")] * 2, "nodes: QEBOS01 is given twice"),
        ([dict(name="QEBOS01", sizing="large")], "sizing: 'large' is not of the form"),
        ([dict(name="QEBOS01", sizing="3cpu7gb")], "nodes: the size 3cpu7gb is unknown"),
    ],
)
def test_chosen_nodes_refused(opensearch, nodes, message):
    assert message in opensearch.refuses(name=THERE, nodes=nodes)


def test_nodes_that_do_not_show_their_size_are_not_resized(sim, opensearch):
    for operation in ("list_opensearch_nodes", "get_instance"):
        sim.fault("mutate", times=99, operation=operation, drop="cpu")
    message = opensearch.refuses(name=THERE, sizing="4cpu8gb")
    assert message == (
        "sizing: the size of QEBOS01, QEBOS02, QEBOS03 is not shown, so the nodes cannot be resized; "
        "leave the option out"
    )


def test_size_that_a_listing_of_nodes_leaves_out_is_read_at_each(sim, opensearch, path):
    sim.fault("mutate", times=99, operation="list_opensearch_nodes", drop="cpu")
    opensearch.changes_nothing(name=THERE, sizing="2cpu8gb")
    _result, writes = opensearch.converges(name=THERE, sizing="4cpu8gb")
    assert writes == [("PATCH", path, resize("4cpu8gb", "QEBOS01", "QEBOS02", "QEBOS03"))]


# The number of nodes


def test_nodes_are_added_in_pairs(sim, opensearch, path):
    opensearch(**NEW)
    result, writes = opensearch.converges(name="qa_search", node_count=9)
    address = sim.address("qa_search")
    assert writes == [("PATCH", address, pair("2cpu8gb", 100))] * 2
    assert [step["after"]["node_count"] for step in result["diff"]] == [7, 9]
    assert result["opensearch"]["node_count"] == 9


def test_what_new_nodes_have_can_be_said(opensearch, path):
    _result, writes = opensearch.converges(name=THERE, node_count=5, sizing="4cpu8gb", disk_size=200)
    assert [body for _method, _path, body in writes] == [
        resize("4cpu8gb", "QEBOS01", "QEBOS02", "QEBOS03"),
        pair("4cpu8gb", 200),
    ]


def test_new_nodes_need_a_size_where_there_are_several(opensearch):
    opensearch(name=THERE, nodes=[dict(name="QEBOS02", sizing="4cpu8gb")])
    message = opensearch.refuses(name=THERE, node_count=5)
    assert message == "node_count: the nodes do not all show the same sizing; give what new ones have"


def test_nodes_that_leave_out_their_storage(sim, opensearch):
    sim.fault("mutate", times=99, operation="list_opensearch_nodes", drop="storage")
    message = opensearch.refuses(name=THERE, node_count=5)
    assert message == "node_count: the nodes do not all show the same disk_size; give what new ones have"


def test_half_a_pair(opensearch):
    message = opensearch.refuses(name=THERE, node_count=6)
    assert message == "node_count: nodes are added in pairs: it is 3, so it cannot become 6"


def test_fewer_nodes(opensearch):
    opensearch(**NEW)
    assert opensearch.refuses(name="qa_search", node_count=3).endswith("node_count cannot go down: it is 5, not 3")
    result, writes = opensearch(name="qa_search", node_count=3, on_fixed_difference="warn")
    assert (result["changed"], writes) == (False, [])
    assert "node_count cannot go down: it is 5, not 3" in result["warnings"][0]


def test_platform_that_adds_two_at_a_time(sim, opensearch):
    sim.configure(added_nodes="pairs")
    opensearch(**NEW)
    opensearch.converges(name="qa_search", node_count=9)


def test_platform_that_adds_none_to_a_cluster_without_dedicated_masters(sim, opensearch):
    sim.configure(added_nodes="pairs")
    result, _writes = opensearch(name=THERE, node_count=5)
    assert result["failed"] and "Nodes can be added only to a cluster with dedicated masters" in result["msg"]


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_nodes_of_an_earlier_run_that_show_late_are_not_added_again(sim, opensearch):
    sim.configure(action_seconds=0.3, late_visibility=1.5)
    wanted = dict(name=THERE, node_count=5)
    assert len(opensearch(**wanted, wait=False)[1]) == 1
    time.sleep(0.5)
    result, writes = opensearch(**wanted)
    assert (result["changed"], writes, result["opensearch"]["node_count"]) == (False, [], 5)


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_nodes_whose_addition_is_answered_with_a_conflict_and_shows_late_are_added_once(sim, opensearch):
    sim.configure(action_seconds=0.1, late_visibility=1.5, late_action=1.5)
    sim.fault("error_after", operation="update_opensearch", status=409)
    result, writes = opensearch(name=THERE, node_count=5)
    assert not result.get("failed"), result["msg"]
    assert (len(writes), result["opensearch"]["node_count"]) == (1, 5)


def test_nodes_whose_addition_is_not_answered_are_added_once(sim, opensearch):
    opensearch(**NEW)
    sim.fault("reset_after", operation="update_opensearch")
    result, writes = opensearch(name="qa_search", node_count=7)
    assert result["changed"] and len(writes) == 1
    assert result["opensearch"]["node_count"] == 7


# All else


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(version="2.15.0"), "version is fixed at creation: it is 2.19.0, not 2.15.0"),
        (
            dict(availability_zone="ET-A"),
            "availability_zone is fixed at creation: it is EB-A and EB-B and EB-C, not ET-A",
        ),
        (dict(region="ET"), "region is fixed at creation: it is EB, not ET"),
    ],
)
def test_fixed(opensearch, options, sentence):
    assert opensearch.refuses(name=THERE, **options).endswith(sentence)


def test_monitoring_and_patch_party(opensearch, path):
    _result, writes = opensearch.converges(
        name=THERE,
        monitoring_enabled=True,
        on_call_supervision=True,
        patch_party=dict(excluded=True, exclusion_reason="Patched by hand"),
        sizing="2cpu8gb",
        nodes=[dict(name="QEBOS01", sizing="2cpu8gb")],
    )
    party = {"patchParty": {"excluded": True, "exclusionReason": "Patched by hand"}}
    assert writes == [
        ("PATCH", path, {"operation": "update_monitoring", "options": {"state": True, "on_call": True}}),
        ("PATCH", path, {"operation": "update_patch_party", "options": party}),
    ]


def test_patch_group_is_for_a_single_node(opensearch):
    rows = [dict(name="QEBOS01", sizing="4cpu8gb")]
    message = opensearch.refuses(name=THERE, nodes=rows, patch_party=dict(excluded=False, patch_group=3))
    assert message.startswith("patch_party: a patch_group is for a single node, and there are 3")


@pytest.mark.usefixtures("silent_rows")
def test_a_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(opensearch, path):
    _result, writes = opensearch.converges(name=THERE, sizing="4cpu8gb")
    assert writes[0][:2] == ("PATCH", path)


def test_changed_while_it_runs(opensearch):
    result, _writes = opensearch.converges(name=THERE, state="stopped", sizing="4cpu8gb")
    assert result["steps"] == ["resize_nodes", "stop"]
    result, _writes = opensearch.converges(name=THERE, state="started", sizing="2cpu8gb")
    assert result["steps"] == ["start", "resize_nodes"]

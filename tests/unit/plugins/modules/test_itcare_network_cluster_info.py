# SPDX-License-Identifier: GPL-3.0-or-later
"""The network clusters of services against the simulator: what it answers, and exactly what it asks."""

from __future__ import annotations

import pytest


@pytest.fixture
def info(lookup):
    return lookup("itcare_network_cluster_info")


def test_clusters_of_a_service(info):
    result, asked = info(services="44411", statuses="ACTIVE")
    assert [row["name"] for row in result["network_clusters"]] == ["billing-fw"]
    assert asked == [("/compute/services/44411/network-clusters", {"statuses": "ACTIVE"})]


@pytest.mark.parametrize("reading", [dict(), dict(numbers="different", product_paths="internal")], ids=str)
def test_nodes_and_networks(sim, info, reading):
    sim.configure(**reading)
    result, asked = info(names="billing-fw", gather=["nodes", "networks", "details"])
    (one,) = result["network_clusters"]
    assert [node["name"] for node in one["nodes"]] == ["PEBFW01", "PEBFW02"]
    assert one["networks"][0]["cidr"]
    assert one["source"] == "details"
    path = sim.address("billing-fw")
    assert {path, path + "/nodes", path + "/networks"} <= {asked for asked, _query in asked}


def test_by_id(sim, info):
    number = sim.state.named("billing-fw")[0]["id"]
    result, asked = info(id=number)
    assert [row["name"] for row in result["network_clusters"]] == ["billing-fw"]
    assert asked[0] == ("/networking/network-clusters/%d" % number, {})


def test_check_mode_reads_the_same(info):
    assert info(check=True, services="44411") == info(services="44411")
